"""Who reports a call, and that it is reported once: HMAC-SHA256 over the moment and the body, under a secret
of each phone system.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from kept.accounts.limits.rate_limits import Limit
from kept.touchpoints.support.phone_system.models import MARKS, Heard
from kept.touchpoints.support.phone_system.systems import PhoneSystem

SYSTEM, MOMENT, SIGNATURE = "Kept-Phone-System", "Kept-Timestamp", "Kept-Signature"
FRESH = timedelta(minutes=5)
"""So far a phone system's clock may be off; a signature is remembered for longer."""
REMEMBERED = 3 * FRESH
LARGEST = 4_096
EVENTS = Limit("phone-events", 600, timedelta(minutes=1))
WRONG = Limit("phone-wrong", 30, timedelta(minutes=15))
DEMO = PhoneSystem("demo", "cet-power", "service", "")


class Refused(Exception):
    """``status`` and a sentence that says how to mend it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def systems() -> Mapping[str, PhoneSystem]:
    """Those of the settings; in a demo, one more, whose secret nobody is told."""
    found: dict[str, PhoneSystem] = dict(settings.KEPT_PHONE_SYSTEMS)  # type: ignore[misc]
    if settings.KEPT_DEMO:
        found[DEMO.name] = PhoneSystem(DEMO.name, DEMO.entity, DEMO.kind, MARKS.mark("the demo's secret"))
    return found


def sign(system: PhoneSystem, body: bytes, moment: int) -> str:
    """As the header has it: "sha256=" and 64 hex digits."""
    said = f"{moment}.".encode() + body
    return "sha256=" + hmac.digest(system.secret.encode(), said, hashlib.sha256).hex()


def headers(system: PhoneSystem, body: bytes) -> dict[str, str]:
    """What a phone system sends beside a body."""
    moment = int(time.time())
    return {SYSTEM: system.name, MOMENT: str(moment), SIGNATURE: sign(system, body, moment)}


def verified(given: Mapping[str, str], body: bytes, machine: str) -> PhoneSystem:
    """Which system signed it, just now. Whatever is wrong with who signed looks and takes the same. Raises
    Refused.
    """
    if len(body) > LARGEST:
        raise Refused(413, f"Send at most {LARGEST} bytes.")
    known = systems().get(given.get(SYSTEM, ""))
    moment = given.get(MOMENT, "")
    stamp = int(moment) if moment.isascii() and moment.isdigit() and len(moment) <= 12 else 0
    # An unknown system is compared as well, so that its name is told from a known one by nothing.
    right = sign(known or PhoneSystem("", "", "", "x" * 64), body, stamp)
    same = hmac.compare_digest(right.encode(), given.get(SIGNATURE, "").encode("utf-8", "replace"))
    if known is None or not same:
        # Only what is wrong is counted, so that no stranger shuts a phone system out.
        if not WRONG.spend(machine):
            raise Refused(429, "Too many messages were not signed right. Wait 15 minutes.")
        raise Refused(
            401,
            f"Sign the moment, a full stop and the body with the secret of {SYSTEM}. See docs/support.md.",
        )
    if abs(time.time() - stamp) > FRESH.total_seconds():
        raise Refused(401, "The timestamp is more than five minutes off. Set the clock, and sign anew.")
    if not EVENTS.spend(known.name):
        raise Refused(429, "More than 600 messages came in a minute. Wait a minute.")
    return known


def hear_once(system: PhoneSystem, signature: str) -> None:
    """Joins the caller's transaction: what fails was not heard, and may be sent again. Raises Refused."""
    try:
        with transaction.atomic():
            Heard.objects.create(mark=MARKS.mark(f"{system.name}|{signature}"))
    except IntegrityError:
        raise Refused(409, "This very message was heard already.") from None
