"""From receipt to closing.

Each verb is one act, one transaction, one entry in the ledger, and one step on the record.

Whoever acts: a person in a session of theirs, the controller's staff for this request, or the program for a
job of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.ledger import versions
from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.people.models import Person
from kept.rights.requests.askers import authority_checks, identity
from kept.rights.requests.course import clock, fulfilment_registry, letters
from kept.rights.requests.course.in_text import in_text
from kept.rights.requests.course.verbs import (
    NO_AUTHORITY,
    PURPOSE,
    NotYet,
    act_of,
    lacks_authority,
    locked,
    ran_on,
    run_on,
    step,
    tell,
)
from kept.rights.requests.intake import ForWhom, Received, Upload, keep_files, receive, recognise
from kept.rights.requests.models import Request, Step
from kept.sentences import day, sentence

__all__ = [
    "ForWhom",
    "NotYet",
    "Received",
    "Upload",
    "add",
    "answer",
    "ask_identity",
    "close",
    "extend",
    "extension_problem",
    "give_up_identity",
    "identified",
    "posted",
    "receive",
    "recognise",
    "reroute",
]

BY_LETTER = "to be told by letter today"
"""How the step ends on the record where nobody could be told by mail."""
CLERK = SystemReader(job="requests.identify")


def ask_identity(*, request: Request, by: Reader, stands: bool = True) -> None:
    """It is not sure who asks, and it must be: from now on the clock stands until that is answered or given
    up. Raises NotYet.

    ``stands=False``: a code is sent, and the clock runs on, because the law lets nobody wait for it
    (California: an opt-out).
    """
    with act_of(request, by) as act, transaction.atomic():
        act.kind = "changed"
        row = locked(request)
        if row.known:
            raise NotYet(_("It is known already who asks. The clock runs on."))
        if row.waiting_since:
            raise NotYet(_("Identity was asked for already, and the clock stands."))
        if lacks_authority(row):
            raise NotYet(
                _(
                    "Somebody asks for somebody else: a code says nothing of that. Ask for what shows that"
                    " they may."
                )
            )
        row.waiting_since = timezone.now() if stands else None
        row.save(update_fields=["waiting_since"])
        asked = (
            sentence("Who asks was to be confirmed; the clock stands")
            if stands
            else sentence("Who asks was to be confirmed; the clock runs on")
        )
        step(row, by, Step.Kind.IDENTITY_ASKED, asked)
        if not letters.ask_identity(row, code=identity.begin(row)) and isinstance(by, StaffReader):
            # A clock that stood while nobody was asked would be a way to win time.
            raise NotYet(
                _(
                    "No e-mail address is known, so nobody can be asked that way. Write to them; the clock"
                    " runs on meanwhile."
                )
            )
        tell(
            row,
            sentence(
                "We asked you to confirm who you are, {reference}; the clock stands until then",
                reference=row.reference,
            )
            if stands
            else sentence(
                "We asked you to confirm who you are, {reference}; the clock runs on until then",
                reference=row.reference,
            ),
        )
    request.refresh_from_db()


def identified(*, request: Request, person: Person, what: str = "") -> None:
    """It is sure who asks: the words are sealed under their key, the asker's own key is destroyed, the clock
    runs again.

    The caller has seen the proof: a code that came back from the known address, or a session. ``what``:
    another sentence for the timeline.
    """
    with (
        gate.purpose(
            PURPOSE, reader=CLERK, about=Job(request.matter_ref), source="identity confirmed"
        ) as act,
        transaction.atomic(),
    ):
        row = locked(request)
        if row.person_id == person.pk:
            return
        act.kind = "identified"
        if lacks_authority(row):
            raise NotYet(str(NO_AUTHORITY))
        authority_checks.settle_identity(
            row,
            person,
            what=what or sentence("You confirmed that you asked {reference}", reference=row.reference),
        )
    request.refresh_from_db()


def give_up_identity(*, request: Request, by: Reader, why: str = "") -> None:
    """Nobody waits for the identity check any more: the clock runs again. Raises NotYet."""
    with act_of(request, by) as act, transaction.atomic():
        act.kind = "changed"
        row = locked(request)
        if row.waiting_since is None:
            raise NotYet(_("No identity check is waiting."))
        days = run_on(row)
        row.save()
        step(
            row,
            by,
            Step.Kind.IDENTITY_GIVEN_UP,
            ran_on(why or sentence("We no longer ask who it is"), days),
            until=row.due,
        )
        tell(
            row,
            sentence("We no longer ask you to confirm who you are, {reference}", reference=row.reference),
        )
    request.refresh_from_db()


def add(
    *,
    request: Request,
    by: Reader,
    text: str,
    what: str,
    files: Sequence[Upload] = (),
    along: Callable[[Request], None] | None = None,
) -> None:
    """Whoever asked says more, or somebody in their name: ``what`` says by which way.

    Sealed as the request is; no clock moves. Raises NotYet.
    """
    with act_of(request, by) as act, transaction.atomic():
        act.kind = "changed"
        row = locked(request)
        said = row.note(Step.Kind.ADDED, role=by.role, entity=by.entity, what=what, reason=text)
        keep_files(row, files, step=said)
        if along is not None:
            along(row)
        tell(row, sentence("More was said about {reference}", reference=row.reference))


def extend(*, request: Request, by: Reader, reason: str) -> None:
    """More time, where the law has some: once, before the first date, with the reasons told in this very
    transaction. Raises NotYet.
    """
    reason = reason.strip()
    with act_of(request, by) as act, transaction.atomic():
        act.kind = "extended"
        row = locked(request)
        problem = extension_problem(row)
        if problem:
            raise NotYet(problem)
        if not reason:
            raise NotYet(_("Write the reasons: the law wants them told."))
        term = row.term
        assert term.extended is not None
        row.due, row.extended_at = clock.moved(term.extended, row.paused_days), timezone.now()
        row.save(update_fields=["due", "extended_at"])
        told = (
            sentence("Extended under {article}: told by mail", article=term.article)
            if letters.extended(row, reason=reason, article=term.article)
            else sentence("Extended under {article}: to be told by letter today", article=term.article)
        )
        step(
            row,
            by,
            Step.Kind.EXTENDED,
            told,
            until=row.due,
            reason=reason,
        )
        tell(
            row,
            sentence("We need longer for {reference}: until {day}", reference=row.reference, day=row.due),
        )
    request.refresh_from_db()


def extension_problem(request: Request, now: datetime | None = None) -> str:
    """Why this request cannot be extended now, in one sentence; "" when it can."""
    term = request.term
    if request.closed_at or request.answered_at:
        return _("It is answered. There is nothing to extend.")
    if request.extended_at:
        return _("It was extended already, and the law allows it once.")
    if term.extended is None:
        return _("No law on file allows more time for it. What was promised holds.")
    if request.days_left(now) < 0:
        return _("The first date, {day}, is over. An extension is told before it.").format(
            day=day(request.first_due)
        )
    if clock.moved(term.extended, request.paused_days) <= request.due:
        return _("The law grants no more time than it has.")
    return ""


def reroute(*, request: Request, by: Reader, region: str) -> None:
    """Another controller answers.

    It was received when it was received: no day of the clock moves. Raises NotYet.
    """
    company = versions.current().policy.company
    with act_of(request, by) as act, transaction.atomic():
        act.kind = "rerouted"
        row = locked(request)
        if region not in company.regions:
            raise NotYet(_("The policy knows no such region. Choose one from the list."))
        if region == row.region:
            raise NotYet(_("This controller answers it already. Choose another one."))
        row.region = region
        row.save(update_fields=["region"])
        step(
            row,
            by,
            Step.Kind.REROUTED,
            sentence("Passed on to {controller}", controller=company.regions[region].controller.title),
            until=row.due,
        )
        letters.rerouted(row)
        tell(
            row,
            sentence(
                "Another controller answers {reference} now: {controller}",
                reference=row.reference,
                controller=company.regions[region].controller.title,
            ),
        )
    request.refresh_from_db()


def answer(*, request: Request, by: Reader, text: str, outcome: str = Request.Outcome.ANSWERED) -> None:
    """The answer: sealed, mailed and closed; or sealed and waiting to be posted, where they asked for a
    letter. Raises NotYet.
    """
    text = text.strip()
    with act_of(request, by) as act, transaction.atomic():
        act.kind = "answered"
        row = locked(request)
        if not text:
            raise NotYet(_("Write the answer."))
        if outcome != Request.Outcome.DENIED and lacks_authority(row):
            raise NotYet(str(NO_AUTHORITY))
        if row.answered_at:
            raise NotYet(_("It is answered already, and waits to be posted."))
        now = timezone.now()
        if outcome == Request.Outcome.DENIED and lacks_authority(row):
            authority_checks.refuse(row, missing=text)
        row.answer, row.answered_at, row.outcome = text, now, outcome
        run_on(row)
        posted = row.answer_by == Request.AnswerBy.POST or not letters.answer(row)
        if not posted:
            row.closed_at = now
        row.save()
        said = sentence("Answered; the letter is to be posted") if posted else sentence("Answered")
        step(row, by, Step.Kind.ANSWERED, said)
        tell(row, sentence("{reference} was answered", reference=row.reference))
    request.refresh_from_db()


def posted(*, request: Request, by: Reader) -> None:
    """The letter with the answer is on its way. Raises NotYet."""
    with act_of(request, by) as act, transaction.atomic():
        act.kind = "closed"
        row = locked(request)
        if not row.answered_at:
            raise NotYet(_("Write the answer first."))
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
        step(row, by, Step.Kind.POSTED, sentence("The letter was posted"))
        tell(row, sentence("The answer to {reference} was posted", reference=row.reference))
    request.refresh_from_db()


def close(*, request: Request, by: Reader, outcome: str, reason: str = "", other: str = "") -> None:
    """End it without an answer: taken back, never confirmed, nobody known, spam, the same as ``other`` (a
    reference); or refused, which wants its reasons (Art. 12(4)). Spam is answered by nobody. Raises NotYet.
    """
    reason = reason.strip()
    same = _same(request, outcome, other)
    if request.closed_at is None and outcome != Request.Outcome.FULFILLED:
        # First, so that whoever dies in between leaves an open request, and never one taken back whose work
        # goes on.
        try:
            fulfilment_registry.take_back(request, by=by)
        except fulfilment_registry.CannotCarryOut as no:
            raise NotYet(str(no)) from None
    with act_of(request, by) as act, transaction.atomic():
        act.kind = "closed"
        row = locked(request)
        if outcome not in Request.Outcome.values:
            raise NotYet(_("Choose how it ended."))
        if outcome == Request.Outcome.DENIED and not reason:
            raise NotYet(_("Write the reasons: whoever is refused is told why."))
        if outcome == Request.Outcome.SPAM and row.known:
            raise NotYet(
                _("It is sure who asks, so it is no spam. Refuse it with reasons, and they are told.")
            )
        if outcome == Request.Outcome.DENIED and lacks_authority(row):
            authority_checks.refuse(row, missing=reason)
        run_on(row)
        row.closed_at, row.outcome, row.duplicate_of = timezone.now(), outcome, same
        row.save()
        ending = in_text(row.get_outcome_display())
        if same:
            ending = sentence("{ending}, {reference}", ending=ending, reference=same.reference)
        step(row, by, Step.Kind.CLOSED, sentence("Closed: {ending}", ending=ending), reason=reason)
        # Whoever answers spam tells it that somebody is there.
        if (
            outcome != Request.Outcome.SPAM
            and not letters.closed(row, reason=reason)
            and outcome == Request.Outcome.DENIED
        ):
            raise NotYet(
                _("No e-mail address is known. Write the refusal as an answer: it can be printed and posted.")
            )
        tell(row, sentence("{reference} was closed: {ending}", reference=row.reference, ending=ending))
    request.refresh_from_db()


def _same(request: Request, outcome: str, reference: str) -> Request | None:
    """The request it is a duplicate of, where it is closed as one. Raises NotYet."""
    if outcome != Request.Outcome.DUPLICATE:
        return None
    found = Request.objects.filter(reference=reference.strip().upper()).exclude(pk=request.pk).first()
    if found is None:
        raise NotYet(_("Enter the reference of the request it is the same as, like Q-1234-5678."))
    if found.duplicate_of_id == request.pk:
        raise NotYet(
            _("{reference} was closed as a duplicate of this one. Answer this one.").format(
                reference=found.reference
            )
        )
    return found
