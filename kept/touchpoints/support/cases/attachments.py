"""Files that come with a message: what we take is said before, programs are refused, pictures lose what they
tell beside the picture.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.vault.sealed_files.files import SealedFile
from kept.core.vault.sealing.cards import mask_card_numbers
from kept.portal.form_parts import uploads
from kept.touchpoints.support.cases import pictures, topics
from kept.touchpoints.support.models import Attachment, Message

MOST = 5
ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.txt,.log,.csv,.zip"
ZIP, TEXT = "application/zip", "text/plain"
_TEXTS = {".txt", ".log", ".csv"}
# What a machine would run: by its first bytes (Windows, Linux, macOS, Java, a script), or by its ending.
_RUNS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_PROGRAMS = frozenset(
    {".exe", ".msi", ".com", ".scr", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jse", ".wsf", ".hta", ".jar"}
    | {".apk", ".app", ".dmg", ".pkg", ".deb", ".rpm", ".sh", ".run", ".dll", ".lnk"}
)


class NotTaken(ValueError):
    """A file that we do not take. The message says what to do instead."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that was looked at: ``content`` is what is kept of it, or says it piece by piece."""

    name: str
    media_type: str
    content: Iterable[bytes]


def plain_name(name: str) -> str:
    """The name without folders, and without a card number in it."""
    return mask_card_numbers(PurePath(name.replace("\\", "/")).name)[0][:120]


def judge(name: str, size: int) -> None:
    """What can be said before a byte is here: nothing, too much, a program. Raises NotTaken."""
    if not size:
        raise NotTaken(_("{file} is empty. Choose another file").format(file=name))
    if uploads.too_large(size):
        raise NotTaken(
            _("{file} is {size}; the limit is {limit}. Send a shorter video, or a link to it").format(
                file=name, size=uploads.megabytes(size), limit=uploads.megabytes(uploads.limit())
            )
        )
    if PurePath(name).suffix.lower() in _PROGRAMS:
        raise NotTaken(_("We cannot take program files. Put logs in a .zip."))


def kind_of(name: str, head: bytes) -> str:
    """What the first bytes say it is. Raises NotTaken."""
    if head.startswith(_RUNS):
        raise NotTaken(_("We cannot take program files. Put logs in a .zip."))
    kind = uploads.media_type(io.BytesIO(head)) or _other(head, PurePath(name).suffix.lower())
    if not kind:
        raise NotTaken(
            _("{file} is none of PDF, JPG, PNG, WebP, TXT, LOG, CSV and ZIP. Put it in a .zip").format(
                file=name
            )
        )
    return kind


def read(upload: Any) -> File:
    """Look at what somebody chose: an uploaded file, or anything with name, size, read and seek.

    Raises NotTaken.
    """
    name = plain_name(str(upload.name))
    judge(name, upload.size)
    upload.seek(0)
    kind = kind_of(name, upload.read(512))
    upload.seek(0)
    if not kind.startswith("image/"):
        return File(name, kind, iter(lambda: upload.read(65536), b""))
    return File(name, kind, [without_metadata(name, upload.read(), kind)])


def without_metadata(name: str, content: bytes, kind: str) -> bytes:
    """A picture without what it tells beside the picture. Raises NotTaken."""
    try:
        return pictures.without_metadata(content, kind)
    except pictures.NotAPicture:
        raise NotTaken(_("{file} cannot be read to its end. Choose it again").format(file=name)) from None


def _other(head: bytes, ending: str) -> str:
    if head.startswith(b"PK\x03\x04") and ending == ".zip":
        return ZIP
    return TEXT if ending in _TEXTS and b"\0" not in head else ""


def keep(message: Message, files: Sequence[File], *, at: datetime | None = None) -> list[Attachment]:
    """Seal files under the key of the message; they came ``at`` a time, now where none is said.

    Joins the open act. Raises FileNotKept.
    """
    return [
        Attachment.objects.create(
            message=message,
            keeper=message.keeper,
            file=sealed(file, keeper=message.keeper, kind=message.case.kind),
            at=at or timezone.now(),
        )
        for file in files
    ]


def sealed(file: File, *, keeper: UUID, kind: str) -> UUID:
    """A file of a case of this kind, sealed under somebody's key. Raises FileNotKept."""
    return SealedFile.write(
        keeper,
        file.content,
        category="sales.content" if kind == topics.SALES else "support.content",
        name=file.name,
        media_type=file.media_type,
        limit=settings.KEPT_UPLOAD_LIMIT,
    )


def resealed(file: UUID, keeper: UUID) -> UUID:
    """The same file under the key of somebody else; the one before goes with the transaction."""
    known, content = SealedFile.describe(file), b"".join(SealedFile.open(file))
    made = SealedFile.write(
        keeper, iter([content]), category=known.category, name=known.name, media_type=known.media_type
    )
    SealedFile.drop(file)
    return made
