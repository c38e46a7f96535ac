"""A person chooses: yes, no, or a mere acknowledgement; objects, restricts, and takes each of them back. All of it acts at once.

The ledger's entry is left by the act around the call (the vault knows the person's alias); pass its id to link the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kept.core.consent.models import Choice, Limit, ShownNotice, StandingRow
from kept.core.ledger.pack import canonical

Answer = Literal["yes", "no", "acknowledged"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What was shown: the very text, the clause of the policy it stands for, and the number of the version."""

    text: str
    clause: str
    policy: int

    def hash(self, language: str) -> str:
        """SHA-256 as 64 hex digits. The same words in another language are another notice."""
        return sha256(canonical([self.text, self.clause, self.policy, language])).hexdigest()


def choose(
    subject: UUID, purpose: str, *, answer: Answer, notice: Notice, language: str, source: str, at: datetime | None = None, act: UUID | None = None
) -> Choice:
    """Keep the answer and let it act. ``source``: the touchpoint. ``at``: when it was given, if not now (a call written down later).

    "no" withdraws a consent and objects; "yes" consents and takes an objection back; "acknowledged" changes nothing, ever.
    Raises ValueError for another answer, an empty notice or a time to come.
    """
    if answer not in Choice.Answer.values:
        raise ValueError("An answer is yes, no or acknowledged.")
    if not notice.text.strip():
        raise ValueError("A choice without a notice proves nothing. Say what was shown.")
    now = timezone.now()
    if at and at > now:
        raise ValueError("A choice cannot be made in the future.")
    with transaction.atomic():
        row = _locked(subject)
        shown, _ = ShownNotice.objects.get_or_create(
            hash=notice.hash(language), defaults={"text": notice.text, "clause": notice.clause, "policy": notice.policy, "language": language}
        )
        choice = Choice.objects.create(
            subject=subject, purpose=purpose, answer=answer, notice=shown, source=source, at=at or now, recorded_at=now, act=act
        )
        if answer == "yes":
            _close(row, purpose, Limit.Kind.OBJECTION)
            row.consents = sorted({*row.consents, purpose})
        elif answer == "no":
            _open(row, purpose, Limit.Kind.OBJECTION, source)
        row.save()
    return choice


def history(subject: UUID) -> list[Choice]:
    """Every answer with its notice, newest first."""
    return list(Choice.objects.filter(subject=subject).select_related("notice").order_by("-id"))


def limits(subject: UUID) -> list[Limit]:
    """Every objection and restriction, lifted ones too, newest first."""
    return list(Limit.objects.filter(subject=subject).order_by("-id"))


def object_to(subject: UUID, purpose: str, *, source: str = "") -> None:
    """GDPR Art. 21. It ends a consent for the purpose as well."""
    _limit(subject, purpose, Limit.Kind.OBJECTION, source)


def restrict(subject: UUID, purpose: str, *, source: str = "") -> None:
    """GDPR Art. 18."""
    _limit(subject, purpose, Limit.Kind.RESTRICTION, source)


def lift(subject: UUID, purpose: str, *, kinds: Iterable[str] = Limit.Kind.values) -> None:
    """Take back objection and restriction, or the one named. A consent that an objection ended does not come back: it is asked anew."""
    with transaction.atomic():
        row = _locked(subject)
        for kind in kinds:
            _close(row, purpose, kind)
        row.save()


def _limit(subject: UUID, purpose: str, kind: str, source: str) -> None:
    with transaction.atomic():
        row = _locked(subject)
        _open(row, purpose, kind, source)
        row.save()


def _locked(subject: UUID) -> StandingRow:
    """The standing, held until the transaction ends. Answers act in the order they are recorded: clocks of two machines may disagree."""
    row = StandingRow.objects.select_for_update().filter(subject=subject).first()
    if row is None:
        StandingRow.objects.get_or_create(subject=subject)
        row = StandingRow.objects.select_for_update().get(subject=subject)
    return row


def _open(row: StandingRow, purpose: str, kind: str, source: str) -> None:
    # One that is open already stays as it is: the database holds them apart.
    limit = Limit(subject=row.subject, purpose=purpose, kind=kind, source=source, since=timezone.now())
    Limit.objects.bulk_create([limit], ignore_conflicts=True)
    if kind == Limit.Kind.OBJECTION:
        row.objections = sorted({*row.objections, purpose})
        row.consents = [other for other in row.consents if other != purpose]
    else:
        row.restrictions = sorted({*row.restrictions, purpose})


def _close(row: StandingRow, purpose: str, kind: str) -> None:
    Limit.objects.filter(subject=row.subject, purpose=purpose, kind=kind, until=None).update(until=timezone.now())
    if kind == Limit.Kind.OBJECTION:
        row.objections = [other for other in row.objections if other != purpose]
    else:
        row.restrictions = [other for other in row.restrictions if other != purpose]
