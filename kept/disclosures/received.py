"""Who received what of one person: counted, and for each field by name, day and purpose (GDPR Art. 15(1)(c),
C-154/21).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from kept.core.policy.model import Policy
from kept.outbox.models import Disclosure
from kept.rights.correction.disclosures import names_by_field
from kept.sentences import Sentence, counted, joined


@dataclass(frozen=True, slots=True)
class Time:
    """One time a field went to somebody. ``state`` is a mark of the pages, ``word`` what stands beside it."""

    recipient: str
    at: datetime
    purpose: str
    clause: str
    reason: str
    state: str
    word: str


@dataclass(slots=True)
class Field:
    """One field: what it is called, and where it went, the newest first."""

    name: str
    times: list[Time] = field(default_factory=list)

    @property
    def companies(self) -> int:
        return len({time.recipient for time in self.times})


@dataclass(frozen=True, slots=True)
class Received:
    """``left_out``: names of fields that were asked for and held back."""

    fields: tuple[Field, ...]
    companies: int
    times: int
    left_out: tuple[str, ...]

    @property
    def figures(self) -> Sentence:
        """Like "3 companies, 11 fields, 4 times"."""
        said = (
            counted("{n} company", "{n} companies", self.companies),
            counted("{n} field", "{n} fields", len(self.fields)),
            counted("{n} time", "{n} times", self.times),
        )
        return joined(said, ", ")


def received(subject: UUID, policy: Policy) -> Received:
    """What may have left of this person, by field. Mail is counted where recipients are listed."""
    rows = list(Disclosure.had(subject).order_by("-queued_at"))
    names, found = names_by_field(), dict[str, Field]()
    for row in rows:
        time = _time(row, policy)
        for id in row.fields:
            found.setdefault(id, Field(names.get(id, id))).times.append(time)
    held_back = dict.fromkeys(names.get(id, id) for row in _asked(subject) for id in row)
    order = sorted(found.values(), key=lambda one: (-one.companies, one.name))
    return Received(tuple(order), len({row.recipient for row in rows}), len(rows), tuple(held_back))


def _asked(subject: UUID) -> Iterable[list[str]]:
    return Disclosure.objects.filter(subject=subject).exclude(left_out=[]).values_list("left_out", flat=True)


def _time(row: Disclosure, policy: Policy) -> Time:
    whom, purpose = policy.recipients.get(row.recipient), policy.purposes.get(row.purpose)
    return Time(
        whom.legal_name if whom else row.recipient,
        row.sent_at or row.queued_at,
        purpose.title if purpose else row.purpose,
        purpose.clause if purpose else "",
        str(row.reason),
        *_state(row),
    )


def _state(row: Disclosure) -> tuple[str, str]:
    if row.denied_at:
        return "broken", _("They say they do not have it")
    if row.acknowledged_at:
        return "kept", _("Received")
    return ("kept", _("Sent")) if row.sent_at else ("waiting", _("On its way"))
