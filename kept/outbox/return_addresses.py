"""Where a mail comes back to when it cannot be delivered: an address of its own for each (VERP), so that
whatever a mail server writes, it is known which mail it is about.

The address is KEPT_MAIL_BOUNCES with the mail's id and a keyed mark after a plus sign: nobody else can say
of a mail of ours that it came back.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from uuid import UUID

from django.conf import settings

from kept.core.vault.sealing.sealed_box import Box

_BOX = Box("outbox.return_addresses")
_MARK = 10
_LOCAL = re.compile(r"(?P<base>[^+@]+)\+(?P<id>[a-z2-7]{26})(?P<mark>[0-9a-f]{10})@(?P<host>[^@]+)")


def return_address(message: UUID) -> str:
    """The envelope sender of one mail; "" where no address for it is set."""
    local, _, host = settings.KEPT_MAIL_BOUNCES.partition("@")
    return f"{local}+{_spelled(message)}{_mark(message)}@{host}" if host else ""


def message_of(address: str) -> UUID | None:
    """Which mail an address of ours belongs to; None for any other, and for one that was made up."""
    found = _LOCAL.fullmatch(address.strip().lower())
    if not found or f"{found['base']}@{found['host']}" != settings.KEPT_MAIL_BOUNCES:
        return None
    try:
        message = UUID(bytes=base64.b32decode(found["id"].upper() + "=" * 6))
    except (binascii.Error, ValueError):
        return None
    return message if hmac.compare_digest(_mark(message), found["mark"]) else None


def _spelled(message: UUID) -> str:
    """Small letters and figures alone: servers are free to change the case."""
    return base64.b32encode(message.bytes).decode().rstrip("=").lower()


def _mark(message: UUID) -> str:
    return _BOX.mark(str(message))[:_MARK]
