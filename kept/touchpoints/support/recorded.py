"""What staff did in cases as the ledger tells it, laid beside the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q

from kept.core.ledger.acts import Acts, Said, acts_of
from kept.core.policy.verdict import SYSTEM
from kept.core.vault.subject_keys import keys
from kept.sentences import sentence
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.models import Case, HeldAnswer, Message, Note, Reveal, Step

ACTS = ("read", "answered", "collected", "changed", "closed")
ABOUT = "case "
CAME_ACROSS = Q(role="") & (Q(case__came_by__at__gt=F("at")) | Q(came_to__came_by__at__gt=F("at")))
"""What was written elsewhere, by somebody without a post here, before its case came across."""
HANDED_ON = Q(role="", writer=None) & (Q(at=F("case__opened_at")) | Q(at=F("came_to__opened_at")))
"""What somebody of staff wrote above a mail they forwarded: it came with its case."""
NEAR = timedelta(seconds=10)
"""Between a row and the entry that is committed when its act ends."""


def of_staff() -> tuple[dict[str, list[Said]], Acts]:
    """Acts of staff bound to a case, and the program's that sent what they wrote, by the reference of the
    case; and the acts they were found among.
    """
    acts = acts_of(ACTS)
    found: dict[str, list[Said]] = {}
    for act in acts:
        by_desk = act.role in topics.ROLES or (act.role == SYSTEM and act.kind == "answered")
        if act.about.startswith(ABOUT) and by_desk and act.parts:
            found.setdefault(act.about.removeprefix(ABOUT), []).append(act)
    return found, acts


def rows_since(since: datetime) -> list[tuple[str, str, datetime]]:
    """(reference, kind of act, when) of all that staff wrote or opened in cases."""
    said = Message.objects.filter(author=Message.Author.STAFF, at__gt=since).select_related(
        "case", "came_to", "parted_from"
    )
    said = said.exclude(CAME_ACROSS)
    # What staff wrote left a moment later, by the program: either is on record.
    found = [(_said_in(row), "answered", row.at) for row in said]
    found += [(_said_in(row), "collected", row.written_at) for row in said if row.written_at]
    held = HeldAnswer.objects.filter(at__gt=since).select_related("case")
    found += [(row.case.reference, "collected", row.at) for row in held]
    noted = Note.objects.filter(at__gt=since).exclude(CAME_ACROSS).exclude(HANDED_ON)
    noted = noted.select_related("case", "came_to")
    found += [((row.came_to or row.case).reference, "collected", row.at) for row in noted]
    revealed = Reveal.objects.filter(at__gt=since).select_related("case")
    return found + [(row.case.reference, "read", row.at) for row in revealed]


def _said_in(row: Message) -> str:
    """The case it was said in, wherever it stands today."""
    return (row.parted_from or row.came_to or row.case).reference


def differences(by_case: dict[str, list[Said]], rows: Iterable[tuple[str, str, datetime]]) -> Iterator[str]:
    """One sentence each: what was written or opened and is not on record; a look at a case that was closed,
    is another role's, or is gone.
    """
    for reference, kind, at in rows:
        if not any(act.kind == kind and abs(act.at - at) <= NEAR for act in by_case.get(reference, ())):
            yield sentence("something was done in case {reference} without an entry", reference=reference)
    cases = {row.reference: row for row in Case.objects.filter(reference__in=by_case)}
    here = keys.subjects_of({alias for acts in by_case.values() for act in acts for alias, _ in act.parts})
    for reference, acts in by_case.items():
        case = cases.get(reference)
        if case is None:
            # It goes with the person it is about, and by its term.
            if all(alias in here for act in acts for alias, _ in act.parts):
                yield sentence("case {reference} was worked on, and its row is gone", reference=reference)
            continue
        closed = list(_closed(case))
        for act in acts:
            if act.role == SYSTEM:
                continue
            if act.purpose != case.purpose or topics.KIND_OF[act.role] != case.kind:
                yield sentence("case {reference} was opened by another role", reference=reference)
            elif any(begin + NEAR < act.at < end for begin, end in closed):
                yield sentence("somebody looked at case {reference} while it was closed", reference=reference)


def _closed(case: Case) -> Iterator[tuple[datetime, datetime]]:
    """From when to when it was closed, by the steps on its record."""
    begin = None
    for step in case.steps.filter(kind__in=[Step.Kind.CLOSED, Step.Kind.REOPENED]):
        if step.kind == Step.Kind.CLOSED:
            begin = begin or step.at
        elif begin is not None:
            yield begin, step.at
            begin = None
    if begin is not None:
        yield begin, datetime.max.replace(tzinfo=begin.tzinfo)
