"""From noticing a breach to closing it. Each verb is one transaction, and one step on the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.ledger import versions
from kept.core.ledger.record import record
from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, SystemReader
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.rights.breaches import affected
from kept.rights.breaches.models import Breach, Step
from kept.rights.requests.course.in_text import in_text
from kept.sentences import Sentence, counted, day, moment, sentence

PURPOSE = "security"
TELLER = SystemReader(job="breaches.tell")


class NotYet(Exception):
    """The step cannot be taken now. The message says what to do first."""


def note(
    *,
    by: Reader,
    region: str,
    title: str,
    happened: str,
    noticed_at: datetime,
    categories: Sequence[str],
    risk: str,
) -> Breach:
    """Write a breach down. The people are counted now, from the data map; the count can be corrected."""
    # Before the transaction: it looks at everybody, and nobody else's writing shall wait for it.
    about = affected.count(categories)
    with transaction.atomic():
        breach = Breach.objects.create(
            region=region,
            title=title,
            happened=happened,
            noticed_at=noticed_at,
            categories=list(categories),
            risk=risk,
            people_about=about,
        )
        _step(breach, by, sentence("Written down"))
    return breach


def assess(breach: Breach, *, by: Reader, risk: str, likely: str, measures: str, people_about: int) -> None:
    """What it means for people, and what is done against it."""
    with _open(breach) as row:
        before = row.get_risk_display()
        row.risk, row.likely, row.measures, row.people_about = risk, likely, measures, people_about
        row.save()
        _step(
            row,
            by,
            (
                sentence(
                    "Assessed: {before}, now {risk}",
                    before=in_text(before),
                    risk=in_text(row.get_risk_display()),
                )
                if before != row.get_risk_display()
                else sentence("Assessed")
            ),
        )


def authority(
    breach: Breach, *, by: Reader, told_at: datetime | None, reference: str = "", reason: str = ""
) -> None:
    """The authority was told, late only with the reasons (Art. 33(1)); or it need not be, and here is why.

    Raises NotYet for a late telling, or none at all, without reasons, and for a second telling.
    """
    with _open(breach) as row:
        if row.authority_told_at:
            raise NotYet(
                _("The authority was told on {day} already. Write a new breach for a new one.").format(
                    day=day(row.authority_told_at)
                )
            )
        by_when = row.authority_by
        if told_at is None and not reason:
            raise NotYet(_("Say when the authority was told, or why it need not be."))
        if told_at and by_when and told_at > by_when and not reason:
            raise NotYet(
                _(
                    "This was after the deadline, {moment}. The law wants the reasons: write them down."
                ).format(moment=moment(by_when))
            )
        if told_at is None and row.risk in {Breach.Risk.SOME, Breach.Risk.HIGH}:
            raise NotYet(
                _(
                    "A breach that is a risk to people is told to the authority. Tell it, or assess the"
                    " risk anew first."
                )
            )
        row.authority_told_at, row.authority_reference, row.authority_reason = told_at, reference, reason
        row.save()
        _step(
            row,
            by,
            sentence("The authority was told") if told_at else sentence("The authority need not be told"),
        )


def tell_people(breach: Breach, *, by: Reader, letter: str) -> None:
    """Begin to write to everybody affected.

    The worker does the rest, and goes on where it stopped. Raises NotYet.
    """
    with _open(breach) as row:
        if row.telling_since:
            raise NotYet(_("They are being told already."))
        if not row.categories:
            raise NotYet(_("Say first which kinds of data it is about: from them follows who is told."))
        row.letter, row.telling_since = letter, timezone.now()
        row.save()
        _step(row, by, sentence("Telling everybody it is about"))


def not_telling(breach: Breach, *, by: Reader, reason: str) -> None:
    """Art. 34(3): the data was unreadable, the risk is gone, or it was announced in public instead."""
    with _open(breach) as row:
        if row.telling_since:
            raise NotYet(_("They are being told already."))
        row.people_reason = reason
        row.save()
        _step(row, by, sentence("The people need not be told one by one"))


def close(breach: Breach, *, by: Reader) -> None:
    """Raises NotYet while the risk is not known, or authority or people wait."""
    with _open(breach) as row:
        if row.risk == Breach.Risk.UNKNOWN:
            raise NotYet(_("Assess the risk first."))
        if not row.authority_settled:
            raise NotYet(_("Tell the authority first, or write down why it need not be told."))
        if not row.people_settled:
            raise NotYet(_("Tell the people first, or write down why they need not be told one by one."))
        row.closed_at = timezone.now()
        row.save()
        _step(row, by, sentence("Closed"))


def tell_due() -> int:
    """Queue the next mails of a breach whose people are being told.

    Returns how many; killed anywhere, it goes on where it was.
    """
    breach = (
        Breach.objects.filter(people_told_at=None)
        .exclude(telling_since=None)
        .order_by("telling_since")
        .first()
    )
    if breach is None:
        return 0
    ids = next(affected.batches(breach.categories, breach.told_up_to), [])
    with gate.purpose(
        PURPOSE, reader=TELLER, about=Job(f"breaches.tell {breach.reference}"), source="breach"
    ) as act:
        act.kind = "sent"
        with transaction.atomic():
            row = Breach.objects.select_for_update().get(pk=breach.pk)
            if row.told_up_to != breach.told_up_to or row.people_told_at:
                return 0  # another worker was quicker
            if not ids:
                row.people_told_at = timezone.now()
                row.save(update_fields=["people_told_at"])
                said = counted("{n} person was written to", "{n} people were written to", row.told)
                Step.note(row, TELLER, said)
                return 0
            row.told += sum(_tell(row, person, act) for person in Person.objects.filter(pk__in=ids))
            row.told_up_to = ids[-1]
            row.save(update_fields=["told", "told_up_to"])
    return len(ids)


def _tell(breach: Breach, person: Person, act: gate.Act) -> int:
    """One mail; nobody is written to who was forgotten a moment ago, or has no address."""
    try:
        address = person.email
    except KeyErased:
        return 0
    if not address:
        return 0
    mail(
        subject=person.pk,
        to=address,
        template="breaches/mail/told.txt",
        context={"breach": breach},
        purpose=PURPOSE,
    )
    act.touch(
        person.pk, what=sentence("We wrote to you about a breach, {reference}", reference=breach.reference)
    )
    return 1


@contextmanager
def _open(breach: Breach) -> Iterator[Breach]:
    """The row under a lock, in a transaction. Raises NotYet for a breach that is closed."""
    with transaction.atomic():
        row = Breach.objects.select_for_update().get(pk=breach.pk)
        if row.closed_at:
            raise NotYet(_("This breach is closed. What comes to light later is written down as a new one."))
        yield row


def _step(breach: Breach, by: Reader, what: Sentence) -> None:
    """On the record twice: as a row, and in the ledger with the two moments that the law counts between, so
    that neither is moved unseen.
    """
    Step.note(breach, by, what)
    told = breach.authority_told_at
    moments = {"noticed": moment_of(breach.noticed_at), "authority": moment_of(told) if told else ""}
    record(
        "changed",
        purpose=PURPOSE,
        role=by.role,
        entity=by.entity,
        about=f"breach {breach.reference}",
        policy=versions.current().number,
        parts=[],
        payload={"breach": moments},
    )


def moment_of(at: datetime) -> str:
    """As the ledger writes it: in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
