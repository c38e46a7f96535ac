"""A file of a case as an answer: to be saved, never shown in the page, and never taken for anything else."""

from __future__ import annotations

from pathlib import PurePath
from uuid import UUID

from django.http import HttpResponse

from kept.core.vault.sealed_files.files import SealedFile

ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/zip": ".zip",
}


def downloaded(file: UUID, reference: str) -> HttpResponse:
    """Inside an act. The name is our own: the one somebody gave it is not trusted."""
    known = SealedFile.describe(file)
    ending = ENDINGS.get(known.media_type) or _text_ending(known.name)
    answer = HttpResponse(b"".join(SealedFile.open(file)), content_type=known.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{reference}-{file.hex[:6]}{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _text_ending(name: str) -> str:
    ending = PurePath(name).suffix.lower()
    return ending if ending in {".log", ".csv"} else ".txt"
