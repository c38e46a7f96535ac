"""Taking the cases of an export in: one act, one transaction and one entry of the ledger for each.

A dry run goes the same way and saves nothing. Killed anywhere, it is run again: what is here already is left
as it is, and what the ledger did not hear of is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from kept import references
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased, NotAllowed
from kept.core.vault.readers import Job, SystemReader
from kept.people import mailboxes, phones
from kept.people.models import Person
from kept.products.models import Product
from kept.sentences import sentence
from kept.touchpoints.support.case_imports.case_writing import write_case, write_messages
from kept.touchpoints.support.case_imports.foreign_cases import (
    NOTE,
    ForeignCase,
    ForeignFile,
    ForeignMessage,
    Found,
    LeftOut,
)
from kept.touchpoints.support.case_imports.models import CaseImport, ImportedCase
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.attachments import File, NotTaken, read
from kept.touchpoints.support.cases.mail_intake import mark_of
from kept.touchpoints.support.models import Case, Message

IMPORTER = SystemReader(job="support.import")
SOURCES = {
    CaseImport.System.CSV: sentence("import from a CSV file"),
    CaseImport.System.ZAMMAD: sentence("import from Zammad"),
    CaseImport.System.FREESCOUT: sentence("import from FreeScout"),
}
LISTED = 1000
"""So many of those left out are named; the rest is counted."""


@dataclass(slots=True)
class Tally:
    """What came across, or would. ``grown``: cases of an earlier export that got more messages."""

    new: int = 0
    grown: int = 0
    same: int = 0
    persons: int = 0
    messages: int = 0
    notes: int = 0
    files: int = 0
    left_out: int = 0
    named: list[LeftOut] = field(default_factory=list)

    def leave_out(self, found: Iterable[LeftOut]) -> None:
        for one in found:
            self.left_out += 1
            if len(self.named) < LISTED:
                self.named.append(one)

    @property
    def summary(self) -> str:
        come = f"{self.new} new, {self.grown} with more messages, {self.same} as before"
        beside = (
            f"{self.persons} new persons, {self.messages} messages, {self.notes} notes, {self.files} files"
        )
        return f"Cases: {come}. With them {beside}. {self.left_out} did not come across."


@dataclass(slots=True)
class Ready:
    """A case that was looked at: ``known`` where it is here already, ``said`` is what is new of it."""

    case: ForeignCase
    person: Person | None
    email: str
    phone: Any
    product: Product | None
    known: ImportedCase | None
    said: list[tuple[ForeignMessage, str, list[File]]]


class Import:
    """One run over an export. ``save`` False: a dry run."""

    def __init__(self, batch: CaseImport, *, save: bool, language: str = "") -> None:
        self.batch, self.save, self.language = batch, save, language
        self.tally = Tally()
        self._people: set[str] = set()
        self._seen: set[str] = set()
        self._policy = versions.current().policy

    def run(self, found: Found) -> Tally:
        """Take in what the reader of the export finds. Raises NotAnExport and FileNotKept."""
        # Reasons are for whoever typed the command.
        with translation.override("en"):
            for one in found:
                if isinstance(one, LeftOut):
                    self.tally.leave_out([one])
                    continue
                with ExitStack() as opened:
                    self._take(one, opened)
        return self.tally

    def _take(self, case: ForeignCase, opened: ExitStack) -> None:
        left_out: list[LeftOut] = []
        ready = self._looked_at(case, left_out, opened)
        self.tally.leave_out(left_out)
        if ready is None:
            return
        try:
            if self.save:
                self._saved(ready)
        except (NotAllowed, KeyErased) as no:
            self.tally.leave_out([LeftOut(case.where, str(no))])
            return
        self._count(ready)

    def _count(self, ready: Ready) -> None:
        tally = self.tally
        first = ready.case.key not in self._seen
        self._seen.add(ready.case.key)
        tally.new += first and ready.known is None
        tally.grown += first and ready.known is not None and bool(ready.said)
        tally.same += first and ready.known is not None and not ready.said
        fresh = ready.person is None and ready.email not in self._people
        tally.persons += fresh and ready.known is None
        self._people.add(ready.email)
        noted = sum(one.author == NOTE for one, _mark, _files in ready.said)
        tally.notes += noted
        tally.messages += len(ready.said) - noted
        tally.files += sum(len(files) for _one, _mark, files in ready.said)

    # Looked at ----------------------------------------------------------------------------------------------

    def _looked_at(self, case: ForeignCase, left_out: list[LeftOut], opened: ExitStack) -> Ready | None:
        """None where nothing of it comes across; why is in ``left_out``."""
        known = (
            ImportedCase.objects.filter(mark=self.batch.mark("case", case.key)).select_related("case").first()
        )
        reason = self._refused(case, known)
        email = ""
        try:
            email = mailboxes.check(case.person.email if case.person else "")
        except mailboxes.MailboxError:
            typed = case.person.email if case.person else ""
            reason = reason or (
                f"“{typed[:60]}” is no address we can write to."
                if typed
                else "Its customer has no e-mail address."
            )
        if reason:
            left_out.append(LeftOut(case.where, reason))
            return None
        said = list(self._said(case, known, left_out, opened))
        if not said and known is None and case.key not in self._seen:
            left_out.append(LeftOut(case.where, "Nothing that was said in it comes across."))
            return None
        if said and known is not None and known.case is not None and lives_here(known):
            left_out.append(
                LeftOut(
                    case.where, f"Case {known.case.reference} was worked on here since: it stays as it is."
                )
            )
            said = []
        with gate.purpose(topics.PURPOSE_OF[case.kind], reader=IMPORTER, about=self._job):
            people = Person.objects.find(email=mailboxes.canonical(email)).select_related("account")
            person = people.order_by(F("account").asc(nulls_last=True), "pk").first()
        product = Product.objects.filter(code=case.product.upper()).first() if case.product else None
        if case.product and product is None:
            left_out.append(
                LeftOut(case.where, f"No product is called “{case.product[:40]}”. It is left out.")
            )
        return Ready(case, person, email, self._phone(case, left_out), product, known, said)

    @property
    def _job(self) -> Job:
        return Job(f"support.import: {self.batch.pk or 'dry run'}")

    def _refused(self, case: ForeignCase, known: ImportedCase | None) -> str:
        if known is not None and known.case is None:
            return "It was here and is gone: erased, or its time was over. It does not come again."
        if case.opened_at > timezone.now():
            return "It was opened on a day that is still to come."
        if case.closed_at is None:
            return ""
        rule = self._policy.purposes[topics.PURPOSE_OF[case.kind]]
        until = rule.duration.after(max(case.closed_at, case.opened_at))
        closed = timezone.localdate(case.closed_at)
        return (
            f"It was closed on {closed}, and the policy keeps such a case until {timezone.localdate(until)}."
            if until <= timezone.now()
            else ""
        )

    def _phone(self, case: ForeignCase, left_out: list[LeftOut]) -> Any:
        try:
            return phones.parse(case.person.phone) if case.person and case.person.phone else None
        except phones.PhoneError:
            left_out.append(
                LeftOut(case.where, "The phone number of its customer cannot be read. It is left out.")
            )
            return None

    def _said(
        self, case: ForeignCase, known: ImportedCase | None, left_out: list[LeftOut], opened: ExitStack
    ) -> Iterator[tuple[ForeignMessage, str, list[File]]]:
        """What is not here yet, each with its mark and the files we take."""
        marks = {one.key: self._mark(case, one) for one in case.messages}
        here = Message.objects.filter(mail_mark__in=marks.values()).values_list("mail_mark", "case_id")
        there = dict(here)
        notes = (
            set(known.case.staff_notes.values_list("at", flat=True))
            if known is not None and known.case
            else set()
        )
        for one in case.messages:
            mark = marks[one.key]
            if one.author == NOTE and one.at in notes:
                continue
            if mark in there:
                if known is None or there[mark] != known.case_id:
                    left_out.append(LeftOut(one.where, "This mail is in another case here already."))
                continue
            there[mark] = None
            if one.author == NOTE:
                left_out += [LeftOut(each.where, "A note holds no files here.") for each in one.files]
                files = []
            else:
                files = [file for each in one.files for file in self._files(each, left_out, opened)]
            if one.text.strip() or files:
                yield one, mark, files
            else:
                left_out.append(LeftOut(one.where, "It is empty."))

    def _mark(self, case: ForeignCase, one: ForeignMessage) -> str:
        if one.message_id and one.author != NOTE:
            return mark_of(one.message_id)
        return self.batch.mark("message", f"{case.key}|{one.key}")

    def _files(self, file: ForeignFile, left_out: list[LeftOut], opened: ExitStack) -> Iterator[File]:
        try:
            upload = file.upload()
            opened.callback(upload.close)
            yield read(upload)
        except NotTaken as no:
            left_out.append(LeftOut(file.where, f"{no}."))
        except OSError as wrong:
            left_out.append(LeftOut(file.where, f"It cannot be read: {wrong.strerror}."))

    # Saved --------------------------------------------------------------------------------------------------

    def _saved(self, ready: Ready) -> None:
        """Raises NotAllowed, KeyErased, FileNotKept: then nothing of it is here."""
        known, now = ready.known, timezone.now()
        if known is not None and not ready.said and known.recorded_at is not None:
            return
        purpose = topics.PURPOSE_OF[ready.case.kind]
        with (
            gate.purpose(
                purpose,
                reader=IMPORTER,
                about=self._job,
                source=SOURCES[CaseImport.System(self.batch.system)],
            ) as act,
            transaction.atomic(),
        ):
            act.kind = "collected"
            case = known.case if known is not None else None
            if case is None:
                case, known = self._begun(ready, now)
            elif ready.said:
                write_messages(case, ready.said, closed_at=ready.case.closed_at)
                ImportedCase.objects.filter(pk=known.pk).update(at=now, recorded_at=None) if known else None
            system = CaseImport.System(self.batch.system).label
            what = sentence(
                "Case {reference} came over from {system}", reference=case.reference, system=system
            )
            act.touch(case.person_id, what=what)
        ImportedCase.objects.filter(case=case).update(recorded_at=now)

    def _begun(self, ready: Ready, now: datetime) -> tuple[Case, ImportedCase]:
        owner = ready.person or self._enrolled(ready)
        case = write_case(
            ready.case,
            owner,
            reference=references.make("SUP"),
            product=ready.product,
            called=f"{CaseImport.System(self.batch.system).label} {ready.case.number}",
            said=ready.said,
        )
        known = ImportedCase.objects.create(
            batch=self.batch,
            case=case,
            mark=self.batch.mark("case", ready.case.key),
            at=now,
            made_person=ready.person is None,
        )
        return case, known

    def _enrolled(self, ready: Ready) -> Person:
        company, given = self._policy.company, ready.case.person
        assert given is not None
        wanted = given.language or self.language
        owner = Person.objects.enrol(
            name=" ".join(given.name.split())[:200] or ready.email.partition("@")[0],
            email=ready.email,
            controller=company.region_of("*").entity,
            language=wanted if wanted in company.languages else company.languages[0],
        )
        if ready.phone is not None:
            owner.correct("phone", ready.phone)
        return owner


def lives_here(imported: ImportedCase) -> bool:
    """Whether somebody wrote, called, noted or changed something in it since it came across."""
    case, since = imported.case, imported.at
    if case is None:
        return False
    later = (case.conversation, case.staff_notes, case.calls, case.steps, case.revealed)
    return (
        case.assignee is not None
        or case.merged_into_id is not None
        or case.merged.exists()
        or case.shares.exists()
        or any(rows.filter(at__gt=since).exists() for rows in later)
    )
