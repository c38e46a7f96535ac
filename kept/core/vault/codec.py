"""What stands inside a seal: the value of an ordinary Django field, as bytes.

Strings as UTF-8, bytes as they are, JSON as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from kept.dates import from_iso

# A DateTimeField is a DateField, so it comes first. Python reads its own spelling ten times faster than
# Django reads anybody's.
_MOMENTS: tuple[tuple[Any, Callable[[str], Any]], ...] = (
    (models.DateTimeField, datetime.fromisoformat),
    (models.DateField, from_iso),
    (models.TimeField, time.fromisoformat),
)
Encode = Callable[[Any], bytes]
Decode = Callable[[bytes], Any]


def codec(inner: models.Field[Any, Any]) -> tuple[Encode, Decode]:
    """Encode takes what ``inner.to_python`` returns; decode gives it back equal."""
    if isinstance(inner, models.JSONField):
        return _json, json.loads
    if isinstance(inner, models.BinaryField):
        return bytes, bytes
    if isinstance(inner, models.CharField | models.TextField):
        return str.encode, bytes.decode
    read = next((read for kind, read in _MOMENTS if isinstance(inner, kind)), None)
    if read is not None:
        return (lambda value: value.isoformat().encode()), (lambda raw: read(raw.decode()))
    return (lambda value: str(value).encode()), (lambda raw: inner.to_python(raw.decode()))


def _json(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()
