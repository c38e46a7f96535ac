"""Erasures as the ledger tells them: for when each was promised, which were undone, which are done.

Laid beside rows and keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from kept.core.ledger.acts import Said, acts_of
from kept.core.vault.subject_keys import keys
from kept.rights.erasure.models import Erasure, Record
from kept.sentences import Sentence, sentence

ASKED, UNDONE = "Erasure asked for, to be done on ", "Erasure undone"


@dataclass(slots=True)
class Told:
    """Where the erasure of one person stands by their own acts: for which day it is promised, or that it is
    done.
    """

    day: date | None = None
    done: Said | None = None


def _told() -> dict[bytes, Told]:
    found: dict[bytes, Told] = {}
    for act in acts_of(["changed", "erased"]):
        for alias, detail in act.parts:
            what = str(detail.get("what", ""))
            one = found.get(alias, Told())
            if act.kind == "erased":
                one.done = act
            elif what.startswith(ASKED):
                one.day = datetime.strptime(what.removeprefix(ASKED), "%d %B %Y").date()  # noqa: DTZ007 (a day)
            elif what.startswith(UNDONE):
                one.day = None
            else:
                continue
            found[alias] = one
    return found


def brought_back() -> list[Sentence]:
    """People whose erasure stands in the ledger and who have a key again; and more erasures than the record
    knows of.
    """
    done = {alias: one.done for alias, one in _told().items() if one.done}
    alive = len(keys.subjects_of(done.keys()))
    since = timezone.now() - settings.KEPT_FORGET_AFTER
    lately = sum(act.at > since for act in done.values())
    written = Record.objects.count()
    found = [sentence("{n} people who were erased have a key again", n=alive)] if alive else []
    return (
        [*found, sentence("{n} erasures are in the ledger and not in the record", n=lately - written)]
        if lately > written
        else found
    )


def out_of_time(now: datetime) -> list[Sentence]:
    """Promised for a day that is over, put off in silence, or lost: by the day that was told to the
    person.
    """
    waiting = {alias: one.day for alias, one in _told().items() if one.day and not one.done}
    subjects = keys.subjects_of(waiting.keys())
    rows = dict(Erasure.objects.filter(undone_at=None, destroyed_at=None).values_list("subject", "falls_at"))
    return [
        said
        for alias, day in waiting.items()
        if alias in subjects
        for said in _of(subjects[alias], day, rows, now)
    ]


def _of(subject: UUID, day: date, rows: dict[UUID | None, datetime], now: datetime) -> Iterator[Sentence]:
    if timezone.localdate(now) > day + timedelta(days=1):
        yield sentence("promised for {day}, and not done", day=day.isoformat())
    elif subject not in rows:
        yield sentence("promised for {day}, and nobody is working on it", day=day.isoformat())
    elif timezone.localdate(rows[subject]) > day:
        later = timezone.localdate(rows[subject]).isoformat()
        yield sentence("promised for {day}, and put down for {later}", day=day.isoformat(), later=later)
