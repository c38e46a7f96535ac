"""Mail that stays in a folder of this machine: a copy of everything we wrote, which an erasure must find as
well.
"""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from email.utils import getaddresses
from pathlib import Path
from uuid import UUID

from django.conf import settings

from kept.outbox.silence import stays_here

# Django's file backend writes the mails of one connection one after the other, each ended by a line of
# dashes.
BETWEEN = b"-" * 79 + b"\n"


def forget(is_hers: Callable[[str], bool], spared: UUID | None = None) -> int:
    """Remove every mail to an address for which ``is_hers`` says yes, but the message ``spared``.

    How many. Raises OSError.
    """
    folder = Path(settings.EMAIL_FILE_PATH)
    return (
        sum(_of_file(file, is_hers, spared) for file in sorted(folder.glob("*.log")))
        if stays_here() and folder.is_dir()
        else 0
    )


def _of_file(file: Path, is_hers: Callable[[str], bool], spared: UUID | None) -> int:
    letters = [raw for raw in file.read_bytes().split(BETWEEN) if raw.strip()]
    kept = [raw for raw in letters if not _goes(raw, is_hers, spared)]
    if not kept:
        file.unlink()
    elif len(kept) < len(letters):
        beside = file.with_suffix(".part")
        beside.write_bytes(b"".join(raw + BETWEEN for raw in kept))
        beside.replace(file)
    return len(letters) - len(kept)


def _goes(raw: bytes, is_hers: Callable[[str], bool], spared: UUID | None) -> bool:
    letter = message_from_bytes(raw.lstrip(), policy=policy.default)
    if spared is not None and str(spared) in str(letter["Message-ID"]):
        return False
    return any(
        is_hers(address)
        for _, address in getaddresses([str(letter[name]) for name in ("To", "Cc") if letter[name]])
    )
