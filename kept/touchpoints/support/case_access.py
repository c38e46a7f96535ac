"""What the pages of a case show, read inside an act: who may see it, what was said, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kept.accounts.requests import KnownRequest
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.core.vault.sealed_files.filerow import SealedFileRow
from kept.core.vault.sealed_files.files import SealedFile
from kept.equipment.models import Holding
from kept.outbox.models import Message as Mailed
from kept.people.models import Person
from kept.sentences import sentence
from kept.touchpoints.support.cases import flows
from kept.touchpoints.support.cases.sharing import HANDER
from kept.touchpoints.support.models import Case, CaseLink, Message

OPENED = "support.opened"
"""Where the session keeps which cases were opened here with their code."""


@dataclass(frozen=True, slots=True)
class Access:
    """``reader`` opens the case for ``person``: its owner, a colleague, or whoever has its code."""

    case: Case
    reader: SelfReader | SystemReader
    person: Person
    owner: bool

    @property
    def signed_in(self) -> bool:
        return isinstance(self.reader, SelfReader) or not self.owner


def access(request: KnownRequest, reference: str) -> Access | None:
    """How whoever asks may open it. None for somebody else's case, as for one that does not exist."""
    case = Case.objects.called(reference)
    if case is None:
        return None
    if isinstance(request.reader, SelfReader):
        assert request.person is not None
        if case.person_id == request.reader.subject:
            return Access(case, request.reader, request.person, owner=True)
        if not case.confidential and case.shared_with(request.reader.subject):
            return Access(case, HANDER, request.person, owner=False)
    if _opened_here(request, case):
        return Access(case, flows.CLERK, case.person, owner=True)
    return None


def _opened_here(request: KnownRequest, case: Case) -> bool:
    """Its code was typed in this browser, or that of one of theirs that was put together with it."""
    typed, waiting = request.session.get(OPENED, {}), [case]
    for one in waiting if typed else ():
        if one.code_counts and typed.get(one.reference) == one.code:
            return True
        waiting += one.merged.filter(person=case.person_id)
    return False


def remember(request: KnownRequest, case: Case) -> None:
    """This browser has typed in the code: kept in its sealed session, never in an address."""
    request.session[OPENED] = {**request.session.get(OPENED, {}), case.reference: case.code}


def reading(allowed: Access) -> gate.purpose:
    """An act in which the case can be read, also what colleagues wrote."""
    case, reader = allowed.case, allowed.reader
    if isinstance(reader, SelfReader) and case.conversation.filter(author=Message.Author.COLLEAGUE).exists():
        reader = HANDER
    about = reader.subject if isinstance(reader, SelfReader) else Job(case.matter_ref)
    return gate.purpose(case.purpose, reader=reader, about=about)


def note(act: gate.Act, allowed: Access) -> None:
    """On the timeline of whose case it is: they looked, or a colleague they share it with did."""
    case = allowed.case
    said = (
        sentence("You looked at case {reference}", reference=case.reference)
        if allowed.owner
        else sentence("A colleague you share case {reference} with read it", reference=case.reference)
    )
    act.touch(case.person_id, what=said)


def page(allowed: Access) -> dict[str, Any]:
    """Inside ``reading``."""
    case = Case.objects.select_related("person", "product", "holding__unit__product").get(pk=allowed.case.pk)
    return {
        "case": case,
        "owner": allowed.owner,
        "title": case.words,
        "number": case.number,
        "firmware": case.firmware if case.kind == Case.Kind.SERVICE else "",
        "entries": entries(case, allowed.person),
        **course(case),
        "links": _links(case) if allowed.owner else [],
        "person": allowed.person,
        "signed_in": allowed.signed_in,
    }


def _links(case: Case) -> list[tuple[Case, str]]:
    """Other cases of theirs that staff linked with it; somebody else's are not told."""
    return [(other, how) for _row, other, how in CaseLink.of(case) if other.person_id == case.person_id]


def course(case: Case) -> dict[str, Any]:
    """What happened to it, and which mails of ours about it could not be delivered, the newest first."""
    rows = Mailed.objects.filter(about=case.reference, subject=case.person_id, came_back_at__isnull=False)
    return {"steps": list(case.steps.all()), "came_back": list(rows.order_by("-came_back_at")[:3])}


def entries(case: Case, person: Person | None = None) -> list[dict[str, Any]]:
    """Messages and calls of a case, oldest first; notes of staff are not among them."""
    rows: list[dict[str, Any]] = [
        {
            "message": one,
            "at": one.at,
            "mine": person is not None and one.keeper == person.pk and one.author != Message.Author.STAFF,
            "text": show(one, _words_in(case)),
            "files": [file for file in (described(each.file) for each in one.attachments.all()) if file],
        }
        for one in case.conversation.select_related("case").prefetch_related("attachments")
    ]
    rows += [
        {
            "call": one,
            "at": one.at,
            "text": show(one, one.said_in),
            "annotations": [
                {"at": each.at, "text": show(each, one.said_in)}
                for each in one.annotations.select_related("call").order_by("at")
            ],
        }
        for one in case.calls.prefetch_related("annotations")
    ]
    return sorted(rows, key=lambda row: row["at"])


def _words_in(case: Case) -> str:
    return "enquiry" if case.kind == Case.Kind.SALES else "text"


def described(file: Any) -> Any:
    """Name, kind and size of a file; None for one that has just gone."""
    try:
        return SealedFile.describe(file)
    except SealedFileRow.DoesNotExist:
        return None


def machines(person: Person) -> list[tuple[str, str]]:
    """(holding, words) of what is registered to them and their organisations. Inside an act."""
    held = Holding.objects.of(person.pk, *person.organisations()).filter(until=None)
    rows = held.select_related("unit__product")[:50]
    return [(str(one.pk), f"{one.unit.product.name}, {one.unit.number}") for one in rows]
