"""The person as a purpose lets a role see them: shown, masked until a reason is given, or not at this desk at
all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils import timezone

from kept.core.ledger.versions import Ruling
from kept.core.policy.decide import decide
from kept.core.policy.verdict import Reader, Refused, Standing
from kept.core.vault.columns.values import held, show
from kept.people.models import Person
from kept.sentences import sentence


@dataclass(frozen=True, slots=True)
class Spec:
    """One line of the card. ``masked``: opens for a reason only."""

    name: str
    title: str
    category: str
    masked: bool


LINES = (
    Spec("name", sentence("Name"), "identity.name", masked=False),
    Spec("email", sentence("E-mail"), "contact.email", masked=False),
    Spec("phone_typed", sentence("Phone"), "contact.phone", masked=True),
    Spec("address_lines", sentence("Address"), "contact.address", masked=True),
)
MASKED = {spec.name: spec for spec in LINES if spec.masked}


class Work(Protocol):
    """What a look is bound to: a matter, or a case; with what was opened in it for a reason."""

    revealed: Any

    @property
    def purpose(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Line:
    """``value`` when it is open; ``masked`` when a reason would open it; ``refused`` when nothing here would.

    ``known``: there is a value at all.
    """

    spec: Spec
    value: Any = None
    known: bool = True
    masked: bool = False
    refused: Refused | None = None
    until: datetime | None = None


def card(matter: Work, person: Person, reader: Reader, ruling: Ruling, standing: Standing) -> list[Line]:
    """Inside an act bound to the matter.

    Opens what may be shown, and nothing else; a masked value is not even read.
    """
    open_until = {
        row.field: row.until
        for row in matter.revealed.filter(until__gt=timezone.now(), person=person.pk).only("field", "until")
    }
    return [_line(spec, matter, person, reader, ruling, standing, open_until) for spec in LINES]


def _line(
    spec: Spec,
    matter: Work,
    person: Person,
    reader: Reader,
    ruling: Ruling,
    standing: Standing,
    open_until: dict[str, datetime],
) -> Line:
    refused = refusal(matter.purpose, spec.category, reader, ruling, standing)
    if refused:
        return Line(spec, refused=refused)
    if not held(person, _column(spec)):
        return Line(spec, known=False)
    if spec.masked and spec.name not in open_until:
        return Line(spec, masked=True)
    return Line(spec, value=show(person, spec.name), until=open_until.get(spec.name))


def refusal(
    purpose: str, category: str, reader: Reader, ruling: Ruling, standing: Standing
) -> Refused | None:
    """What the policies that rule today say of a kind of data, without opening anything."""
    answers = (
        decide(policy, purpose, category, reader, standing, None, timezone.localdate())
        for policy in ruling.policies
    )
    return next((answer for answer in answers if isinstance(answer, Refused)), None)


def _column(spec: Spec) -> str:
    return "address" if spec.name == "address_lines" else spec.name
