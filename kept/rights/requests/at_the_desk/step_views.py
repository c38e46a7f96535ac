"""The steps of a request at the desk.

Each loads the request, takes one step, and goes back; a step that cannot be taken says why, in its own form.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kept.accounts.requests import DeskRequest
from kept.core.vault.errors import VaultError
from kept.rights.requests import flows
from kept.rights.requests.askers import authority_checks
from kept.rights.requests.at_the_desk import by_hand
from kept.rights.requests.at_the_desk.by_hand import ByHandForm
from kept.rights.requests.at_the_desk.desk_views import answering_only, found, shown
from kept.rights.requests.at_the_desk.forms import (
    AnswerForm,
    AuthorityForm,
    ClosingForm,
    ControllerForm,
    ExtensionForm,
)
from kept.rights.requests.course import fulfilment_registry
from kept.rights.requests.models import Request, Step
from kept.sentences import day


@require_POST
@answering_only
def answer(request: DeskRequest, id: UUID) -> HttpResponse:
    row, form = found(request, id), AnswerForm(request.POST)

    def act() -> str:
        flows.answer(
            request=row,
            by=request.reader,
            text=form.cleaned_data["text"],
            outcome=form.cleaned_data["outcome"],
        )
        return (
            _("{reference} is answered.")
            if row.closed_at
            else _("{reference} is answered. Print the letter and post it.")
        ).format(reference=row.reference)

    return _taken(request, row, "answer_form", form, act)


@require_POST
@answering_only
def extension(request: DeskRequest, id: UUID) -> HttpResponse:
    row, form = found(request, id), ExtensionForm(request.POST)

    def act() -> str:
        flows.extend(request=row, by=request.reader, reason=form.cleaned_data["reason"])
        told = row.steps.filter(kind=Step.Kind.EXTENDED, what__endswith=flows.BY_LETTER).exists()
        return (
            _("{reference} is due on {day} now. Print the letter that says why, and post it today.")
            if told
            else _("{reference} is due on {day} now. They are told why by mail.")
        ).format(reference=row.reference, day=day(row.due))

    return _taken(request, row, "extension_form", form, act)


@require_POST
@answering_only
def controller(request: DeskRequest, id: UUID) -> HttpResponse:
    row = found(request, id)
    form = ControllerForm(request.POST, now=row.region)

    def act() -> str:
        flows.reroute(request=row, by=request.reader, region=form.cleaned_data["region"])
        return _("{reference} is with {controller} now. It is due on {day}, as before.").format(
            reference=row.reference, controller=row.where.controller.title, day=day(row.due)
        )

    return _taken(request, row, "controller_form", form, act)


@require_POST
@answering_only
def closing(request: DeskRequest, id: UUID) -> HttpResponse:
    row, form = found(request, id), ClosingForm(request.POST)

    def act() -> str:
        given = form.cleaned_data
        flows.close(
            request=row,
            by=request.reader,
            outcome=given["outcome"],
            reason=given["reason"],
            other=given["other"],
        )
        return _("{reference} is closed.").format(reference=row.reference)

    return _taken(request, row, "closing_form", form, act)


@require_POST
@answering_only
def identity(request: DeskRequest, id: UUID) -> HttpResponse:
    """Ask who it is, or stop asking: the clock stands in between."""
    row = found(request, id)

    def act() -> str:
        if row.waiting_since:
            flows.give_up_identity(request=row, by=request.reader)
            return _("The clock runs again. {reference} is due on {day}.").format(
                reference=row.reference, day=day(row.due)
            )
        flows.ask_identity(request=row, by=request.reader)
        return _("They are asked to confirm who they are. Until they do, the clock stands.")

    return _taken(request, row, "", None, act)


@require_POST
@answering_only
def checking(request: DeskRequest, id: UUID) -> HttpResponse:
    """Who it is about was checked by hand: a letter or a call needs no e-mail."""
    row = found(request, id)
    form = ByHandForm(request.POST, files=row.attachments.count())

    def act() -> str:
        by_hand.confirm(request=row, by=request.reader, **form.cleaned_data)
        letter = row.steps.filter(
            kind=Step.Kind.AUTHORITY_CONFIRMED, what__endswith=authority_checks.BY_LETTER
        ).exists()
        return (
            _(
                "It is sure whom {reference} is about. It stands on their timeline. Print the letter that"
                " tells them, and post it today."
            )
            if letter
            else _("It is sure whom {reference} is about. It stands on their timeline.")
        ).format(reference=row.reference)

    return _taken(request, row, "by_hand_form", form, act)


@require_POST
@answering_only
def authority(request: DeskRequest, id: UUID) -> HttpResponse:
    """Somebody asks for somebody else: ask for what is missing. The clock stands in between."""
    row, form = found(request, id), AuthorityForm(request.POST)

    def act() -> str:
        authority_checks.ask_authority(request=row, by=request.reader, missing=form.cleaned_data["missing"])
        return _("They are asked for it. Until it is confirmed, the clock stands.")

    return _taken(request, row, "authority_form", form, act)


@require_POST
@answering_only
def posting(request: DeskRequest, id: UUID) -> HttpResponse:
    row = found(request, id)

    def act() -> str:
        flows.posted(request=row, by=request.reader)
        return _("{reference} is closed: the letter is on its way.").format(reference=row.reference)

    return _taken(request, row, "", None, act)


@require_POST
@answering_only
def carrying_out(request: DeskRequest, id: UUID) -> HttpResponse:
    """Do what was asked, by whichever room can."""
    row = found(request, id)
    return _taken(request, row, "", None, lambda: fulfilment_registry.carry_out(row, by=request.reader))


@require_POST
@answering_only
def taking_back(request: DeskRequest, id: UUID) -> HttpResponse:
    """They changed their mind by letter or phone: stop what was begun, also where the answer that told of it
    has closed the request.
    """
    row = found(request, id)
    return _taken(
        request,
        row,
        "",
        None,
        lambda: fulfilment_registry.take_back(row, by=request.reader) or _("There is nothing left to undo."),
    )


def _taken(
    request: DeskRequest, row: Request, name: str, form: Form | None, act: Callable[[], str]
) -> HttpResponse:
    """Take the step and say what was done; or show the page again with the sentence that says what comes
    first, and what was typed.
    """
    if form is not None and not form.is_valid():
        return shown(request, row, status=422, **{name: form})
    try:
        said = act()
    except (flows.NotYet, fulfilment_registry.CannotCarryOut, VaultError) as no:
        row.refresh_from_db()
        if form is None:
            messages.error(request, str(no))
            return redirect("desk-request", id=row.pk)
        form.add_error(None, str(no))
        return shown(request, row, status=422, **{name: form})
    messages.success(request, said)
    # One that went to another company's controller is on their board.
    return (
        redirect("desk-requests")
        if row.closed_at or row.controller != request.post_held.entity
        else redirect("desk-request", id=row.pk)
    )
