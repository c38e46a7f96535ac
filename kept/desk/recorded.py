"""Looks at the desk as the ledger tells them, laid beside the matters they were bound to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from kept.core.ledger.acts import Acts, Said, acts_of
from kept.core.register.terms import closing_days
from kept.core.vault.subject_keys import keys
from kept.desk.matter_bounds import SHOWN
from kept.desk.models import LOOKED_FOR, WENT_ON, Matter, Reveal
from kept.sentences import sentence

KINDS = ("read", "opened", "changed", "disclosed", "answered", "closed")
NOT_STAFF = frozenset({"self", "system", "officer", ""})
MATTER = "matter "
LATELY = timedelta(days=180)
"""Matters have a term, and their entries a longer one."""
NEAR = timedelta(seconds=10)
"""Between the row of a look and the entry that is committed when its act ends."""


def looks() -> tuple[list[Said], Acts]:
    """Every act of staff over people's data, and the acts they were found among."""
    acts = acts_of(KINDS)
    return [act for act in acts if act.role not in NOT_STAFF and act.parts], acts


def differences(staff: list[Said], acts: Acts) -> list[str]:
    """One sentence each: a look without a matter, outside its time or its purpose; a matter or a look nobody
    recorded.
    """
    by_matter: dict[int, list[Said]] = {}
    for act in staff:
        number = act.about.removeprefix(MATTER)
        if act.about.startswith(MATTER) and number.isdigit():
            by_matter.setdefault(int(number), []).append(act)
    rows = {row.number: row for row in Matter.objects.all()}
    wrong = [
        sentence("somebody of {role} looked without a matter", role=act.role)
        for act in staff
        if not act.about
    ]
    return [*wrong, *_looks(by_matter, rows), *_unrecorded(by_matter, rows, acts)]


def _looks(by_matter: Mapping[int, list[Said]], rows: Mapping[int, Matter]) -> Iterator[str]:
    aliases = {alias for acts in by_matter.values() for act in acts for alias, _ in act.parts}
    here = keys.subjects_of(aliases)
    for number, acts in by_matter.items():
        matter = rows.get(number)
        if matter is None:
            # It goes with the person it is about, or with the colleague who wrote it.
            lately = timezone.now() - max(act.at for act in acts) < LATELY
            if lately and all(alias in here for act in acts for alias, _ in act.parts):
                yield sentence("matter {number} was worked on, and its row is gone", number=number)
            continue
        for act in acts:
            ended = matter.closed_at and act.at > matter.closed_at + NEAR
            if act.purpose != matter.purpose or act.role != matter.role:
                yield sentence(
                    "matter {number} is {purpose} of {role}, and was used for {used} by {by}",
                    number=number,
                    purpose=matter.purpose,
                    role=matter.role,
                    used=act.purpose,
                    by=act.role,
                )
            elif ended or act.at < matter.opened_at - NEAR:
                yield sentence("somebody looked under matter {number} while it was not open", number=number)


def _unrecorded(by_matter: Mapping[int, list[Said]], rows: Mapping[int, Matter], acts: Acts) -> Iterator[str]:
    for number, matter in rows.items():
        if matter.opened_at > acts.since and number not in by_matter:
            yield sentence("matter {number} was opened without an entry in the ledger", number=number)
    for look in Reveal.objects.filter(at__gt=acts.since).select_related("matter"):
        said = by_matter.get(look.matter.number, [])
        if not any(_gave_a_reason(act) and abs(act.at - look.at) <= NEAR for act in said):
            yield sentence(
                "something was opened under matter {number} without an entry in the ledger",
                number=look.matter.number,
            )


def _gave_a_reason(act: Said) -> bool:
    """What is masked opens for a reason only, and the reason lies sealed in the entry."""
    return act.kind == "read" and any("note" in detail for _, detail in act.parts)


def found_under(staff: list[Said]) -> Counter[int]:
    """How many people were found under each matter, as the ledger tells it: whoever was found twice counts
    twice.
    """
    return Counter(
        number
        for act in staff
        for number in [_number(act)]
        if number
        for _, detail in act.parts
        if detail.get("what") == LOOKED_FOR
    )


def reasons(staff: list[Said]) -> Counter[int]:
    """How often somebody said why a matter needs more."""
    said = Counter[int]()
    for act in staff:
        number = _number(act)
        said[number] += (
            sum(detail.get("what") == f"{WENT_ON} {number}" for _, detail in act.parts) if number else 0
        )
    return +said


def beyond(staff: list[Said], found: Mapping[int, int]) -> list[str]:
    """Matters that led to more people than their bound and the reasons given for them.

    The ledger counts, not the matter's own row.
    """
    said = reasons(staff)
    return [
        sentence(
            "{n} under matter {number}, with {reasons} reasons",
            n=count,
            number=number,
            reasons=said[number],
        )
        for number, count in found.items()
        if count > SHOWN.most * (1 + said[number])
    ]


def _number(act: Said) -> int:
    number = act.about.removeprefix(MATTER)
    return int(number) if act.about.startswith(MATTER) and number.isdigit() else 0


@closing_days.told
def moved() -> Iterator[str]:
    """Matters that are said to end on a day to come.

    Work on one leaves no entry of its own, so the past is not told apart.
    """
    tomorrow = timezone.now() + timedelta(days=1)
    moved = Matter.objects.filter(Q(closed_at__gt=tomorrow) | Q(worked_at__gt=tomorrow)).order_by(
        "-worked_at"
    )
    for number in moved.values_list("number", flat=True)[: closing_days.NEWEST]:
        yield sentence("matter {number} is said to end on a day that has not come", number=number)
