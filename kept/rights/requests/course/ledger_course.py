"""The course of each request as the ledger tells it: when it arrived, until when it was due, how it ended.

No table is asked.

The day it is due stands in the receipt that was given for it, and the receipt's hash in the ledger. Pauses
and an extension are acts of their own. So a row that was changed since says something else than what is told
here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from kept.core.ledger.acts import Acts, Said, acts_of
from kept.core.policy.places import Region
from kept.rights.receipts.models import Receipt
from kept.rights.receipts.offline import document_of
from kept.rights.requests.course import clock

KINDS = ("asked", "answered", "closed", "extended", "identified", "changed")
_REFERENCE = re.compile(r"Q-[0-9A-Z]{4}-[0-9A-Z]{4}")
_UNTIL = re.compile(r"until (\d{1,2} [A-Z][a-z]+ \d{4})")
STANDS, RUNS_ON = (
    (
        "We asked you to confirm who you are",
        "We asked for the proof of authority",
    ),
    "We no longer ask you to confirm",
)


@dataclass(slots=True)
class Course:
    """``pauses``: from when to when the clock stood, None while it does.

    ``extended``: until when, and when that was told.
    """

    reference: str
    asked: Said | None = None
    answered: Said | None = None
    closed: Said | None = None
    erased: Said | None = None
    extended: tuple[date, datetime] | None = None
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    first_due: date | None = None
    received: date | None = None

    @property
    def ended(self) -> Said | None:
        """What closed it: an answer that was mailed, a letter that was posted, an end without either, or
        whose it was is erased.
        """
        return self.closed or self.answered or self.erased

    def due(self, region: Region) -> date | None:
        """The last day on which it may be answered, by what is on record. None where no receipt says it."""
        if self.first_due is None:
            return None
        start, since = self.extended or (self.first_due, None)
        stood = [
            clock.paused_days(a, b, region) for a, b in self.pauses if b and (since is None or b > since)
        ]
        # Days are counted at the desk that was in charge then; one that took over since may live in another
        # zone.
        return start + timedelta(days=sum(stood) + bool(self.pauses))


def courses() -> tuple[dict[str, Course], Acts]:
    """By reference; and the acts they were told by."""
    acts, found = acts_of(KINDS), dict[str, Course]()
    for act in acts:
        for reference, what in _named(act):
            _go_on(found.setdefault(reference, Course(reference)), act, what)
    _end_with_whose(found)
    _read_receipts(found)
    return found, acts


def _named(act: Said) -> Iterator[tuple[str, str]]:
    """(reference, the sentence) of each request an act is about."""
    for _, detail in act.parts:
        what = str(detail.get("what", ""))
        named = _REFERENCE.search(what) or _REFERENCE.search(act.about)
        if named:
            yield named.group(), what


def _go_on(course: Course, act: Said, what: str) -> None:
    if act.kind == "asked":
        course.asked = course.asked or act
    elif act.kind == "extended" and (until := _UNTIL.search(what)):
        course.extended = datetime.strptime(until.group(1), "%d %B %Y").date(), act.at  # noqa: DTZ007 (a day)
    elif act.kind == "changed" and what.startswith(STANDS) and "the clock stands" in what:
        course.pauses.append((act.at, None))
    elif act.kind in {"identified", "answered", "closed"} or (
        act.kind == "changed" and what.startswith(RUNS_ON)
    ):
        course.pauses = [(a, b or act.at) for a, b in course.pauses]
    if act.kind == "answered":
        course.answered = act
    elif act.kind == "closed":
        course.closed = act


def _end_with_whose(found: dict[str, Course]) -> None:
    """Whoever asked was erased meanwhile, and what was open of theirs ended with them; the act of the erasure
    is its only word.
    """
    erased = {alias: act for act in acts_of(["erased"]) for alias, _ in act.parts}
    for course in found.values():
        for alias, detail in course.asked.parts if course.asked else ():
            if alias in erased and course.reference in str(detail.get("what", "")):
                course.erased = erased[alias]


def _read_receipts(found: dict[str, Course]) -> None:
    """The receipts of these arrivals, as far as their text is the one that was recorded."""
    recorded = {detail.get("sha256") for act in acts_of(["receipt"]) for _, detail in act.parts}
    by_act = {course.asked.id: course for course in found.values() if course.asked}
    for act, text in Receipt.objects.filter(kind="request", part=1).values_list("act", "text"):
        course = by_act.get(act or UUID(int=0))
        if course and sha256(text.encode()).hexdigest() in recorded:
            details = document_of(text).get("kept:details", {})
            if details.get("Reference") == course.reference:
                course.first_due = date.fromisoformat(details["Answer due on"])
                course.received = date.fromisoformat(details["Received on"])
