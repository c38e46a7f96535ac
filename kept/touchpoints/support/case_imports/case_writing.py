"""A foreign case as rows of ours, at the times it tells. Joins the open act and its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from kept.core.vault.sealing.cards import mask_card_numbers
from kept.mailroom.reading.text_extraction import clean
from kept.people.models import Person
from kept.products.models import Product
from kept.touchpoints.support.case_imports.foreign_cases import NOTE, STAFF, ForeignCase, ForeignMessage
from kept.touchpoints.support.cases import flows, service_levels
from kept.touchpoints.support.cases.attachments import File, keep
from kept.touchpoints.support.cases.words import TITLE, said_in, title_from
from kept.touchpoints.support.models import Case, Message, Note, Step

Said = Sequence[tuple[ForeignMessage, str, list[File]]]


def write_case(
    given: ForeignCase, owner: Person, *, reference: str, product: Product | None, called: str, said: Said
) -> Case:
    """The case with all that was said. ``called``: how people knew it, which its title ends with."""
    case = Case(reference=reference, kind=given.kind, topic=given.topic, severity=given.severity)
    case.person, case.entity, case.language = owner, owner.controller, owner.language
    case.market, case.product = flows.market_of(owner.controller), product
    case.channel = said[0][0].channel if said else Case.Channel.MAIL
    case.opened_at = case.worked_at = given.opened_at
    service_levels.set_due(case)
    case.call_it(_title(given, said, called))
    if given.kind == Case.Kind.SERVICE:
        case.serial = given.serial or None
    case.save(force_insert=True)
    Step.objects.create(case=case, kind=Step.Kind.OPENED, at=given.opened_at)
    write_messages(case, said, closed_at=given.closed_at)
    return case


def _title(given: ForeignCase, said: Said, called: str) -> str:
    mark = f" ({flows.covered(clean(called))[:40]})"
    text = " ".join(clean(given.title).split()) or next((one.text for one, _m, _f in said), "")
    # Covered before it is cut: what is left of a card number would not look like one.
    return title_from(flows.covered(text)[: TITLE * 2])[: TITLE - len(mark)].rstrip() + mark


def write_messages(case: Case, said: Said, *, closed_at: datetime | None) -> None:
    """Messages, notes and files at their own times, and what follows for the case from all of them."""
    for one, mark, files in said:
        if one.author == NOTE:
            _note(case, one)
        else:
            keep(_message(case, one, mark), files, at=one.at)
    spoken = case.conversation.order_by("at")
    answered = spoken.filter(author=Message.Author.STAFF).values_list("at", flat=True).first()
    newest = spoken.last()
    case.answered_at = answered
    case.awaits = (
        Case.Awaits.CUSTOMER
        if newest is not None and newest.author == Message.Author.STAFF
        else Case.Awaits.US
    )
    moments = [case.opened_at, *([newest.at] if newest is not None else [])]
    if closed_at is not None and case.closed_at is None:
        case.closed_at = min(max(closed_at, case.opened_at), timezone.now())
        Step.objects.create(case=case, kind=Step.Kind.CLOSED, at=case.closed_at)
    case.worked_at = case.closed_at or max(moments)
    if case.awaits == Case.Awaits.CUSTOMER and case.closed_at is None:
        service_levels.wait(case, case.worked_at)
    service_levels.set_due(case)
    case.save(
        update_fields=[
            *("answered_at", "awaits", "closed_at", "worked_at"),
            *("answer_by", "close_by", "clock"),
        ]
    )


def _message(case: Case, one: ForeignMessage, mark: str) -> Message:
    """Without a role or a writer: who answered elsewhere holds no post here."""
    text, cards = mask_card_numbers(clean(one.text.replace("\r\n", "\n")).strip())
    made = Message(
        case=case,
        keeper=case.person_id,
        author=Message.Author.STAFF if one.author == STAFF else Message.Author.CUSTOMER,
        channel=one.channel,
        masked=cards,
        mail_mark=mark,
        at=min(one.at, timezone.now()),
        **{said_in(case.kind): text},
    )
    made.save(force_insert=True)
    return made


def _note(case: Case, one: ForeignMessage) -> None:
    made = Note(case=case, keeper=case.person_id, role="", at=min(one.at, timezone.now()))
    setattr(made, said_in(case.kind), flows.covered(clean(one.text).strip()))
    made.save(force_insert=True)
