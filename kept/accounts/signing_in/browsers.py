"""The browsers a person is signed in with, as they may see and end them.

Read out of the sealed sessions, kept nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils import timezone

from kept.accounts.models import Session, User
from kept.accounts.second_factors import capabilities
from kept.accounts.signing_in.sessions import contents_of
from kept.sentences import sentence, unpacked

UNKNOWN = sentence("A browser")


@dataclass(frozen=True, slots=True)
class Browser:
    """One signed-in browser. ``last`` is exact to the hour."""

    mark: str
    device: str
    first: datetime | None
    last: datetime | None
    here: bool


def seen(request: HttpRequest) -> None:
    """Remember the first use and the hour of the last one in the session itself; at most one write an
    hour.
    """
    hour = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0).isoformat()
    if request.session.get("last") != hour:
        request.session.setdefault("first", hour)
        request.session["last"] = hour


def of(user: User, *, current: str) -> list[Browser]:
    """This browser first, then the one used last."""
    found = [_browser(row, current) for row in user.sessions.filter(expires__gt=timezone.now())]
    found.sort(key=lambda browser: browser.last or datetime.min.replace(tzinfo=UTC), reverse=True)
    return sorted(found, key=lambda browser: not browser.here)


def end(user: User, *, mark: str | None, current: str) -> int:
    """End one browser of this person; or with no mark all but the current one, and every code and link that
    waits. Returns how many ended.
    """
    if mark and not mark.isalnum():
        return 0  # no mark of ours, and PostgreSQL would stumble over a NUL
    others = user.sessions.exclude(mark=current)
    if not mark:
        return capabilities.end_everything(user, but=current)
    return int(others.filter(mark=mark).delete()[0])


def _browser(row: Session, current: str) -> Browser:
    contents = contents_of(row) or {}
    first, last = (_moment(contents.get(name)) for name in ("first", "last"))
    device = unpacked(contents["device"]) if "device" in contents else UNKNOWN
    return Browser(row.mark, device, first, last, row.mark == current)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
