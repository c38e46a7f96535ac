"""Settings of mail that are each right and do not fit together: said at the start, in one sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from kept.mailroom.environment import Door, Mailbox

HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@checks.register("kept")
def mail_is_set_whole(**options: Any) -> list[checks.CheckMessage]:
    """One error for each half of a configuration: mail would be lost, read by others, or come back to
    nobody.
    """
    return [checks.Error(msg, hint=hint, id=f"mailroom.E00{number}") for number, msg, hint in faults()]


def faults() -> Iterator[tuple[int, str, str]]:
    """(number, what is wrong, how to mend it)."""
    mailbox: Mailbox | None = settings.KEPT_IMAP
    door: Door | None = settings.KEPT_LMTP
    if mailbox is not None and not mailbox.password:
        yield 1, "KEPT_IMAP has no password.", "Write it after the user's name: imaps://user:password@host."
    if mailbox is not None and mailbox.scheme == "imap" and mailbox.host not in HERE:
        yield (
            2,
            "KEPT_IMAP would send the password and every mail in the clear.",
            "Write imaps://, or imap+tls:// for a server that begins without protection.",
        )
    if settings.KEPT_MAIL_BOUNCES and door is None and mailbox is None:
        yield (
            3,
            "KEPT_MAIL_BOUNCES names an address, and no mail is received here.",
            "Set KEPT_LMTP or KEPT_IMAP so that what comes back arrives, or leave KEPT_MAIL_BOUNCES out.",
        )
    if door is not None and door.port and door.port == (urlsplit(settings.KEPT_SITE).port or 0):
        yield (
            4,
            f"KEPT_LMTP names port {door.port}, where the portal itself listens.",
            "Name another, like 8024.",
        )
    if door is not None and not door.port and not Path(door.host).parent.is_dir():
        yield (
            5,
            f"KEPT_LMTP names a socket file in {Path(door.host).parent}, and there is no such folder.",
            "Make it, so that the mail server and Kept may both enter it, or name another.",
        )
