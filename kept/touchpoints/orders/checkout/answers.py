"""What was answered on the pages before, carried from page to page by the browser, sealed.

Nothing of a check-out that is not finished is kept: not in a table, not in a session. What the browser
carries opens here alone, for the same basket, within a day.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from kept.core.vault.errors import SealBroken
from kept.core.vault.sealing.sealed_box import Box

BOX = Box("orders.checkout")
LIVES = timedelta(days=1)
_AT = "at"
LONGEST = 20_000


def carry(said: Mapping[str, Any], basket: UUID) -> str:
    """As a hidden field holds it."""
    words = json.dumps({_AT: timezone.now().timestamp(), **said})
    return urlsafe_b64encode(BOX.seal(words.encode(), bound_to=basket.hex)).decode()


def carried(text: str, basket: UUID) -> dict[str, Any] | None:
    """What ``carry`` made; None for what is older than a day, of another basket, or none of ours."""
    if not text or len(text) > LONGEST:
        return None
    try:
        said: dict[str, Any] = json.loads(BOX.open(urlsafe_b64decode(text), bound_to=basket.hex))
    except (SealBroken, ValueError):
        return None
    fresh = timezone.now().timestamp() - float(said[_AT]) < LIVES.total_seconds()
    return said if fresh else None
