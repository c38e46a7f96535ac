"""Requests at the desk: the board, one request, and what arrives by letter or phone.

The board opens nothing; one request opens under its own purpose.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.errors import FileNotKept, KeyErased
from kept.core.vault.sealed_files.files import SealedFile
from kept.portal.form_parts import uploads
from kept.rights.copies.zip_response import zipped
from kept.rights.requests import flows, fulfilment
from kept.rights.requests.askers.representation import authority_of
from kept.rights.requests.at_the_desk import board, request_page
from kept.rights.requests.at_the_desk.by_hand import ByHandForm
from kept.rights.requests.at_the_desk.forms import (
    AnswerForm,
    AuthorityForm,
    ClosingForm,
    ControllerForm,
    ExtensionForm,
    NewForm,
)
from kept.rights.requests.course import letters
from kept.rights.requests.course.in_text import in_text
from kept.rights.requests.desk import ANSWERING, ROLES, regions_of
from kept.rights.requests.models import Authority, Request
from kept.sentences import day, sentence

for_controllers = staff_required(roles=ROLES)
answering_only = staff_required(roles=ANSWERING)
PURPOSE = flows.PURPOSE


@never_cache
@require_safe
@for_controllers
def requests(request: DeskRequest) -> HttpResponse:
    """Soonest due first, for each controller this post works for."""
    policy, post = versions.spoken(), request.post_held
    controller, state = request.GET.get("controller", ""), request.GET.get("state", "")
    regions = [policy.company.regions[id] for id in regions_of(post.role, post.entity)]
    lines = board.board(
        policy,
        role=post.role,
        entity=post.entity,
        controller=controller,
        state=state if state in board.STATES else "",
    )
    context = {
        "lines": lines,
        "regions": regions,
        "controller": controller,
        "state": state,
        "states": board.STATES.items(),
        "most": board.MOST,
    }
    return render(request, "requests/desk/board.html", {**context, "answering": post.role in ANSWERING})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@answering_only
def new(request: DeskRequest) -> HttpResponse:
    """A letter, a call, an e-mail or a visit, with the day it really arrived."""
    form = NewForm(request.POST or None, request.FILES or None, sent=_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            received = flows.receive(reader=request.reader, **form.given())
        except (flows.NotYet, FileNotKept) as no:
            form.add_error(None, str(no))
        else:
            messages.success(
                request,
                _("{reference} is taken in. It is due on {day}.").format(
                    reference=received.request.reference, day=day(received.request.due)
                ),
            )
            if received.request.controller != request.post_held.entity:
                # Somebody else's controller answers it: it is on their board now, and no longer on this one.
                messages.info(
                    request,
                    _("It goes to {controller}.").format(controller=received.request.where.controller.title),
                )
                return redirect("desk-requests")
            return redirect("desk-request", id=received.request.pk)
    return render(
        request, "requests/desk/new.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


def found(request: DeskRequest, id: UUID) -> Request:
    """One that this post may see. Another company's looks as if it did not exist."""
    post = request.post_held
    row = (
        Request.objects.filter(pk=id, region__in=regions_of(post.role, post.entity))
        .select_related("person")
        .first()
    )
    if row is None:
        raise Http404
    return row


@never_cache
@require_safe
@for_controllers
def request(request: DeskRequest, id: UUID) -> HttpResponse:
    return shown(request, found(request, id))


def shown(request: DeskRequest, row: Request, *, status: int = 200, **forms: BaseForm) -> HttpResponse:
    """The page, with a form that was refused in its place.

    Rendered inside the act: the look is on record before a byte leaves.
    """
    policy = versions.spoken()
    row.by(policy.company)
    answering = request.post_held.role in ANSWERING
    context = {
        **request_page.context(row, answering=answering),
        "copy": fulfilment.copy_by_post(row),
        "line": board.line(row, timezone.now()),
        "wrong": next(iter(forms.values()), None),
    }
    if not context["answering"]:
        return render(request, "requests/desk/request.html", context, status=status)
    prefilled = request_page.filled(policy, row, request.GET.get("template", ""))
    context |= {
        "templates": request_page.templates(policy, row),
        "answer_form": AnswerForm(initial={"text": prefilled, "outcome": "answered"}),
        "extension_form": ExtensionForm(),
        "controller_form": ControllerForm(now=row.region),
        "closing_form": ClosingForm(),
        "authority_form": AuthorityForm(),
        "by_hand_form": ByHandForm(initial=_as_asked(row), files=row.attachments.count()),
        "purpose": policy.purposes[PURPOSE],
        **forms,
    }
    with gate.purpose(PURPOSE, reader=request.reader, about=row) as act:
        try:
            context["words"] = request_page.words(row)
            if row.keeper:
                act.touch(
                    row.keeper, what=sentence("Looked at {reference}, to answer it", reference=row.reference)
                )
        except KeyErased:
            context["words"] = None
        return render(request, "requests/desk/request.html", context, status=status)


@never_cache
@require_safe
@answering_only
def file(request: DeskRequest, id: UUID, file: UUID) -> HttpResponse:
    """One file that came with it, as a download: what somebody sent is never shown in our own pages."""
    row = found(request, id)
    if not row.matter_open or not row.attachments.filter(file=file).exists():
        raise Http404
    with gate.purpose(PURPOSE, reader=request.reader, about=row) as act:
        if row.keeper:
            act.touch(
                row.keeper, what=sentence("Opened a file you sent with {reference}", reference=row.reference)
            )
        return download(row, file)


def download(row: Request, file: UUID) -> HttpResponse:
    """Inside an act bound to the request."""
    known = SealedFile.describe(file)
    answer = HttpResponse(b"".join(SealedFile.open(file)), content_type=known.media_type)
    answer["Content-Disposition"] = (
        f'attachment; filename="{row.reference}{uploads.ending(known.media_type)}"'
    )
    return answer


@never_cache
@require_safe
@answering_only
def letter(request: DeskRequest, id: UUID) -> HttpResponse:
    """To be printed and posted: the answer; before there is one, the reasons why it takes longer."""
    row = found(request, id)
    if row.closed_at or not (row.answered_at or row.extended_at):
        raise Http404
    entity = versions.spoken().company.entities[row.controller]
    with gate.purpose(PURPOSE, reader=request.reader, about=row):
        context: dict[str, Any] = {
            "request_": row,
            "words": request_page.words(row),
            "entity": entity,
            "today": row.today(),
            "longer": request_page.extension(row),
            "kind": in_text(row.get_kind_display()),
        }
        return _posted(request, letters.spoken(row.language), "requests/desk/letter.html", context)


@never_cache
@require_safe
@answering_only
def telling(request: DeskRequest, id: UUID) -> HttpResponse:
    """To be printed and posted to whom it is about, whom no mail can tell: somebody asked in their name."""
    row = found(request, id)
    authority = authority_of(row)
    if (
        row.closed_at
        or row.person is None
        or authority is None
        or authority.telling != Authority.Telling.TOLD
    ):
        raise Http404
    entity = versions.spoken().company.entities[row.controller]
    with gate.purpose(PURPOSE, reader=request.reader, about=row) as act:
        act.touch(
            row.person.pk,
            what=sentence("A letter was printed that tells you of {reference}", reference=row.reference),
        )
        to = {
            "name": row.person.name,
            "address": row.person.address_lines,
            "who": authority,
            "relation": in_text(authority.get_relation_display()),
            "kind": in_text(row.get_kind_display()),
        }
        return _posted(
            request,
            letters.spoken(row.person.language),
            "requests/desk/telling.html",
            {"request_": row, "to": to, "entity": entity, "today": row.today()},
        )


def _posted(request: DeskRequest, language: str, template: str, context: dict[str, Any]) -> HttpResponse:
    """A letter as it is printed: the page that holds it is in the language of whoever gets it."""
    with translation.override(language):
        return render(request, template, context)


@never_cache
@require_safe
@answering_only
def copy_by_post(request: DeskRequest, id: UUID) -> HttpResponseBase:
    """The copy that goes with the letter, to be printed: nobody can fetch it for want of an e-mail
    address.
    """
    row = found(request, id)
    made = fulfilment.copy_by_post(row)
    if made is None or made.finished_at is None:
        raise Http404
    return zipped(partial(fulfilment.take_for_post, row, made), day=timezone.localdate(made.finished_at))


def _as_asked(row: Request) -> dict[str, str]:
    """What the form of a check begins with: who asks, as they said."""
    authority = authority_of(row)
    return (
        {"asker": authority.relation, "check": "authority", "telling": Authority.Telling.TOLD}
        if authority
        else {}
    )


def _sent(request: HttpRequest) -> int:
    return int(request.META.get("CONTENT_LENGTH") or 0)
