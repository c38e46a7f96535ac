"""Files people send: recognised by their first bytes, never by their name, and no larger than was said
before.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kept.sentences import number

_MARKS = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
)
_WEBP = "image/webp"
_ENDINGS = {kind: end for _mark, kind, end in _MARKS} | {_WEBP: ".webp", "text/plain": ".txt"}
MEGA = 1_000_000


def limit() -> int:
    """In bytes."""
    return int(settings.KEPT_UPLOAD_LIMIT)


def too_large(size: int) -> bool:
    return size > limit()


def not_taken(request: HttpRequest) -> int:
    """In bytes, of what was sent and not read as files, because it is too large; 0 otherwise."""
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    return sent if too_large(sent) and not request.FILES else 0


def megabytes(size: int) -> str:
    """Rounded up to a tenth, so that what is too large never reads as if it were not."""
    tenths = ceil(size * 10 / MEGA)
    return _("{n} MB").format(n=number(tenths / 10 if tenths % 10 else tenths // 10))


def sentence(size: int) -> str:
    said = _("The file is {size}; the limit is {limit}. Try a photo instead of a scan.")
    return said.format(size=megabytes(size), limit=megabytes(limit()))


def media_type(upload: Any) -> str:
    """What the first bytes say it is; "" for what we do not take."""
    upload.seek(0)
    head = upload.read(12)
    upload.seek(0)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _WEBP
    return next((kind for mark, kind, _end in _MARKS if head.startswith(mark)), "")


def ending(kind: str) -> str:
    """The ending of a file name, from what the file is: the name somebody gave it is not trusted."""
    return _ENDINGS.get(kind, ".bin")
