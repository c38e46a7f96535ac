"""A person chooses: yes, no, or a mere acknowledgement; objects, restricts, and takes each of them back.

All of it acts at once.

The ledger's entry is left by the act around the call (the vault knows the person's alias); pass its id to
link the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Literal
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from kept.core.consent.models import Choice, Limit, ShownNotice, StandingRow
from kept.core.ledger.tree.row_format import canonical
from kept.core.prepared import Prepared, add, change, write

Answer = Literal["yes", "no", "acknowledged"]
_HELD = Prepared(lambda subject: StandingRow.objects.select_for_update().filter(subject=subject))
_LIFTED = (
    "UPDATE consent_limit SET until = %s WHERE subject = %s AND purpose = %s AND kind = %s AND until IS NULL"
)
_OF_LIMIT = {field.name: field for field in Limit._meta.concrete_fields}


@dataclass(frozen=True, slots=True)
class Notice:
    """What was shown: the very text, the clause of the policy it stands for, and the number of the
    version.
    """

    text: str
    clause: str
    policy: int

    def hash(self, language: str) -> str:
        """SHA-256 as 64 hex digits. The same words in another language are another notice."""
        return _hash(self, language)


@lru_cache(maxsize=1024)
def _hash(notice: Notice, language: str) -> str:
    return sha256(canonical([notice.text, notice.clause, notice.policy, language])).hexdigest()


def hold(subject: UUID) -> StandingRow | None:
    """Where a person stands, held until the transaction ends: what is decided by it is still true when the
    answer is kept.

    None for whoever has none: they were never known, or were erased.
    """
    row: StandingRow | None = _HELD.first(subject)
    return row


def choose(
    subject: UUID,
    purpose: str,
    *,
    answer: Answer,
    notice: Notice,
    language: str,
    source: str,
    at: datetime | None = None,
    act: UUID | None = None,
    held: StandingRow | None = None,
) -> Choice:
    """Keep the answer and let it act.

    ``source``: the touchpoint. ``at``: when it was given, if not now (a call written down later).

    "no" withdraws a consent and objects; "yes" consents and takes an objection back; "acknowledged" changes
    nothing, ever. ``held``: what ``hold`` gave the caller in this transaction. Raises ValueError for another
    answer, an empty notice or a time to come.
    """
    if answer not in Choice.Answer.values:
        raise ValueError("An answer is yes, no or acknowledged.")
    if not notice.text.strip():
        raise ValueError("A choice without a notice proves nothing. Say what was shown.")
    now = timezone.now()
    if at and at > now:
        raise ValueError("A choice cannot be made in the future.")
    with transaction.atomic(savepoint=False):
        row = held or _locked(subject)
        shown = keep_notice(notice, language)
        choice = Choice(
            subject=subject,
            purpose=purpose,
            answer=answer,
            notice_id=shown,
            source=source,
            at=at or now,
            recorded_at=now,
            act=act,
        )
        add(choice)
        if answer == "yes":
            _close(row, purpose, Limit.Kind.OBJECTION)
            row.consents = sorted({*row.consents, purpose})
            row.given_under = {**row.given_under, purpose: notice.policy}
        elif answer == "no":
            _open(row, purpose, Limit.Kind.OBJECTION, source)
        if answer != "acknowledged":
            change(row)
    return choice


def keep_notice(notice: Notice, language: str) -> str:
    """Keep what was shown, once for everybody; its hash.

    For an answer that stands with nobody's name, as on a device of a visitor.
    """
    hash = notice.hash(language)
    # Not asked for first: together with the answer it costs no message of its own.
    add(
        ShownNotice(
            hash=hash, text=notice.text, clause=notice.clause, policy=notice.policy, language=language
        ),
        unless_there=True,
    )
    return hash


def history(subject: UUID) -> list[Choice]:
    """Every answer with its notice, newest first."""
    return list(Choice.objects.filter(subject=subject).select_related("notice").order_by("-id"))


def limits(subject: UUID) -> list[Limit]:
    """Every objection and restriction, lifted ones too, newest first."""
    return list(Limit.objects.filter(subject=subject).order_by("-id"))


def answers_since(moment: datetime) -> list[Choice]:
    """Every yes and no that was written down after a moment, of everybody, oldest first."""
    return list(Choice.objects.filter(recorded_at__gt=moment).exclude(answer="acknowledged").order_by("id"))


def answers_until(moment: datetime) -> list[Choice]:
    """Every yes and no up to a moment, of everybody."""
    return list(Choice.objects.filter(recorded_at__lte=moment).exclude(answer="acknowledged"))


def changed_notices() -> int:
    """How many of the texts that people were shown no longer read as when they were shown: each is kept under
    its own hash.
    """
    texts = ShownNotice.objects.iterator(chunk_size=500)
    return sum(Notice(one.text, one.clause, one.policy).hash(one.language) != one.hash for one in texts)


def open_limits() -> list[Limit]:
    """Every objection and restriction that stands, of everybody."""
    return list(Limit.objects.filter(until=None))


def object_to(subject: UUID, purpose: str, *, source: str = "") -> None:
    """GDPR Art. 21. It ends a consent for the purpose as well."""
    _limit(subject, purpose, Limit.Kind.OBJECTION, source)


def restrict(subject: UUID, purpose: str, *, source: str = "", held: StandingRow | None = None) -> None:
    """GDPR Art. 18."""
    _limit(subject, purpose, Limit.Kind.RESTRICTION, source, held)


def lift(
    subject: UUID, purpose: str, *, kinds: Iterable[str] = Limit.Kind.values, held: StandingRow | None = None
) -> None:
    """Take back objection and restriction, or the one named.

    A consent that an objection ended does not come back: it is asked anew.
    """
    with transaction.atomic(savepoint=False):
        row = held or _locked(subject)
        for kind in kinds:
            _close(row, purpose, kind)
        change(row)


def _limit(subject: UUID, purpose: str, kind: str, source: str, held: StandingRow | None = None) -> None:
    with transaction.atomic(savepoint=False):
        row = held or _locked(subject)
        _open(row, purpose, kind, source)
        change(row)


def _locked(subject: UUID) -> StandingRow:
    """The standing, held until the transaction ends.

    Answers act in the order they are recorded: clocks of two machines may disagree.
    """
    row = hold(subject)
    if row is None:
        StandingRow.objects.get_or_create(subject=subject)
        row = StandingRow.objects.select_for_update().get(subject=subject)
    return row


def _open(row: StandingRow, purpose: str, kind: str, source: str) -> None:
    # One that is open already stays as it is: the database holds them apart.
    add(
        Limit(subject=row.subject, purpose=purpose, kind=kind, source=source, since=timezone.now()),
        unless_there=True,
    )
    if kind == Limit.Kind.OBJECTION:
        row.objections = sorted({*row.objections, purpose})
        row.consents = [other for other in row.consents if other != purpose]
        row.given_under = {other: number for other, number in row.given_under.items() if other != purpose}
    else:
        row.restrictions = sorted({*row.restrictions, purpose})


def _close(row: StandingRow, purpose: str, kind: str) -> None:
    # In step with the limits, and held: where it names none, none is open.
    if purpose not in (row.objections if kind == Limit.Kind.OBJECTION else row.restrictions):
        return
    values = {"until": timezone.now(), "subject": row.subject, "purpose": purpose, "kind": str(kind)}
    write(_LIFTED, [_OF_LIMIT[name].get_db_prep_save(value, connection) for name, value in values.items()])
    if kind == Limit.Kind.OBJECTION:
        row.objections = [other for other in row.objections if other != purpose]
    else:
        row.restrictions = [other for other in row.restrictions if other != purpose]
