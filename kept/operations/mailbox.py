"""The demo's mail, which never leaves the machine: read here by whoever tries the portal out.

A real portal has no such page.
"""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

MOST = 20


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    date: str
    body: str


@login_not_required
@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The latest mails, newest first. 404 outside the demo."""
    if not settings.KEPT_DEMO:
        raise Http404
    return render(request, "operations/mailbox.html", {"letters": letters(Path(settings.EMAIL_FILE_PATH))})


def letters(folder: Path) -> list[Letter]:
    """Each file of Django's file backend holds the mails of one connection, one after the other with a line
    of dashes between.
    """
    files = (
        sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)[:MOST]
        if folder.is_dir()
        else []
    )
    found: list[Letter] = []
    for file in files:
        for raw in reversed(file.read_bytes().split(b"-" * 79 + b"\n")):
            if raw.strip() and len(found) < MOST:
                found.append(_letter(raw))
    return found


def _letter(raw: bytes) -> Letter:
    mail = message_from_bytes(raw.lstrip(), policy=policy.default)
    body = mail.get_body(("plain",))
    return Letter(
        str(mail["To"]),
        str(mail["Subject"]),
        str(mail["Date"]),
        str(body.get_content()).partition("\n-- \n")[0].strip() if body else "",
    )
