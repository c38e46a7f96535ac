"""What stands inside a seal: the value of an ordinary Django field, as bytes.

Strings as UTF-8, bytes as they are, JSON as JSON; a sentence with its message and its values, so that it is
still shown in the reader's language when it is opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from kept import sentences
from kept.dates import from_iso

# A DateTimeField is a DateField, so it comes first. Python reads its own spelling ten times faster than
# Django reads anybody's.
_MOMENTS: tuple[tuple[Any, Callable[[str], Any]], ...] = (
    (models.DateTimeField, datetime.fromisoformat),
    (models.DateField, from_iso),
    (models.TimeField, time.fromisoformat),
)
_SENTENCE = b"\xff"
"""Before a sentence: a byte that no UTF-8 holds."""
Encode = Callable[[Any], bytes]
Decode = Callable[[bytes], Any]


def codec(inner: models.Field[Any, Any]) -> tuple[Encode, Decode]:
    """Encode takes what ``inner.to_python`` returns; decode gives it back equal."""
    if isinstance(inner, models.JSONField):
        return _json, json.loads
    if isinstance(inner, models.BinaryField):
        return bytes, bytes
    if isinstance(inner, models.CharField | models.TextField):
        return _text, _read_text
    read = next((read for kind, read in _MOMENTS if isinstance(inner, kind)), None)
    if read is not None:
        return (lambda value: value.isoformat().encode()), (lambda raw: read(raw.decode()))
    return (lambda value: str(value).encode()), (lambda raw: inner.to_python(raw.decode()))


def _text(value: str) -> bytes:
    if type(value) is not str and isinstance(value, sentences.Sentence):
        return _SENTENCE + _json(value.packed())
    return value.encode()


def _read_text(raw: bytes) -> str:
    return sentences.unpacked(json.loads(raw[1:])) if raw[:1] == _SENTENCE else raw.decode()


def _json(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()
