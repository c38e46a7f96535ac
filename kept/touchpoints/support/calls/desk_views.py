"""Calls at the desk: log one, find who called, verify them before anything is read out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.accounts.signing_in.staff import staff_required
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.desk import flows as desk
from kept.desk import matter_bounds
from kept.desk.forms import PersonForm
from kept.people.models import Person
from kept.touchpoints.support.at_the_desk.queues import cases_of
from kept.touchpoints.support.calls import flows
from kept.touchpoints.support.calls.forms import CallForm, CodeForm, NotedForm
from kept.touchpoints.support.calls.models import Call
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.flows import NotNow
from kept.touchpoints.support.phone_system.models import Ring
from kept.touchpoints.support.phone_system.signatures import DEMO

MOST = 30


def _calls(request: DeskRequest) -> Any:
    return Call.objects.filter(kind=topics.KIND_OF[request.post_held.role], entity=request.reader.entity)


def _country(request: DeskRequest) -> str:
    """Where the desk stands: a number without a country code is dialled from there."""
    return ruling(request).policy.company.entities[request.reader.entity].country


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(roles=topics.ROLES)
def calls(request: DeskRequest) -> HttpResponse:
    """The form that logs one, and what is to be done next; nothing personal is opened for the list."""
    form = CallForm(request.POST or None, country=_country(request))
    if request.method == "POST" and form.is_valid():
        made = flows.log_call(
            reader=request.reader, kind=topics.KIND_OF[request.post_held.role], said=form.said
        )
        return redirect("desk-call", id=made.pk)
    to_do = _calls(request).exclude(next_step=Call.Next.NONE).filter(next_done_at=None).order_by("next_at")
    kind, entity = topics.KIND_OF[request.post_held.role], request.reader.entity
    context = {
        "form": form,
        "ringing": Ring.objects.ringing(kind, entity)[:MOST],
        "demo": settings.KEPT_DEMO and (kind, entity) == (DEMO.kind, DEMO.entity),
        "to_do": to_do[:MOST],
        "latest": _calls(request).filter(opener=request.reader.actor).order_by("-at")[:10],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "support/desk/calls.html", context, status=status)


def _found(request: DeskRequest, id: UUID) -> Call:
    row = _calls(request).filter(pk=id).select_related("person", "matter", "case").first()
    if row is None or row.matter is None:
        raise Http404
    return row


def _show(request: DeskRequest, call: Call, *, status: int = 200, **more: Any) -> HttpResponse:
    matter = call.matter
    assert matter is not None
    context: dict[str, Any] = {
        "call": call,
        "matter": matter,
        "purpose": ruling(request).spoken.purposes.get(matter.purpose),
        "code_form": CodeForm(),
        "noted_form": NotedForm(country=_country(request), initial={"outcome": call.outcome}),
        **more,
    }
    if not matter.matter_open or context["purpose"] is None:
        return render(request, "support/desk/call_closed.html", context)
    with gate.purpose(matter.purpose, reader=request.reader, about=matter):
        context |= {
            "text": show(call, call.said_in),
            "number": show(call, "number"),
            "name": show(call, "name"),
        }
        if call.person is not None:
            context["who"] = show(call.person, "name")
            context["cases"] = list(
                cases_of(request.reader).filter(closed_at=None, person=call.person)[:MOST]
            )
        return render(request, "support/desk/call.html", context, status=status)


@never_cache
@require_safe
@staff_required(roles=topics.ROLES)
def call(request: DeskRequest, id: UUID) -> HttpResponse:
    return _show(request, _found(request, id))


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def search(request: DeskRequest, id: UUID) -> HttpResponse:
    """Who has this number, or this name: one is a match, several may be. Each who is found reads about it."""
    row = _found(request, id)
    assert row.matter is not None
    if not row.matter.matter_open:
        return _show(request, row)
    return found_by(request, row, "number" if "number" in request.POST else "name")


def found_by(request: DeskRequest, row: Call, said: str) -> HttpResponse:
    """The call with whoever has its number, or its name."""
    assert row.matter is not None
    with gate.purpose(row.matter.purpose, reader=request.reader, about=row.matter):
        text = str(show(row, said) or "")
    try:
        people = desk.find(reader=request.reader, matter=row.matter, text=text) if len(text) > 2 else []
    except matter_bounds.BoundReached:
        messages.error(request, _("This call has led to as many people as it may. Go on in its matter."))
        return redirect("desk-matter", id=row.matter.pk)
    return _show(request, row, people=people, searched=True)


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def person(request: DeskRequest, id: UUID) -> HttpResponse:
    """This is who called. Found is not verified."""
    row, form = _found(request, id), PersonForm(request.POST)
    chosen = Person.objects.filter(pk=form.cleaned_data["person"]).first() if form.is_valid() else None
    if chosen is None or row.matter is None or not row.matter.matter_open or row.verified_at:
        return _show(request, row, status=422)
    try:
        flows.concern(reader=request.reader, call=row, person=chosen)
    except matter_bounds.BoundReached:
        messages.error(request, _("This call has led to as many people as it may. Go on in its matter."))
        return redirect("desk-matter", id=row.matter.pk)
    return redirect("desk-call", id=row.pk)


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def verifying(request: DeskRequest, id: UUID) -> HttpResponse:
    """A code to the registered address; whoever reads it out is who they say."""
    row = _found(request, id)
    if row.person is None or row.matter is None or not row.matter.matter_open:
        return _show(request, row, status=422)
    if "send" in request.POST:
        if not flows.send_code(reader=request.reader, call=row):
            messages.error(request, _("Five codes went to this address today, which is the most."))
        return redirect("desk-call", id=row.pk)
    form = CodeForm(request.POST)
    if form.is_valid() and not flows.verify(call=row, code=form.cleaned_data["code"]):
        form.add_error(
            "code", _("This is not the code, or its time is over. Read nothing out; send a new one")
        )
    if not form.is_valid():
        return _show(request, row, status=422, code_form=form, form=form)
    return redirect("desk-call", id=row.pk)


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def to_case(request: DeskRequest, id: UUID) -> HttpResponse:
    """Into one of their open cases, or into a new one."""
    row = _found(request, id)
    if row.person is None or row.matter is None or not row.matter.matter_open or row.case is not None:
        return _show(request, row, status=422)
    reference = str(request.POST.get("case", ""))[:20]
    try:
        if not flows.is_noted(reader=request.reader, call=row):
            raise NotNow(_("Write down what was said first; it goes into the case."))
        if reference == "new":
            into = flows.new_case(reader=request.reader, call=row)
        else:
            known = (
                cases_of(request.reader)
                .filter(closed_at=None, reference=reference, person=row.person)
                .first()
            )
            if known is None:
                raise NotNow(_("Choose a case from the list"))
            into = known
            flows.put_into(reader=request.reader, call=row, case=into)
    except NotNow as no:
        messages.error(request, str(no))
        return redirect("desk-call", id=row.pk)
    return redirect("desk-case", reference=into.reference)


def noted(request: DeskRequest, id: UUID) -> HttpResponse:
    """What was said, of a call that was taken while it rang; written once."""
    row, form = _found(request, id), NotedForm(request.POST, country=_country(request))
    if row.matter is None or not row.matter.matter_open:
        return _show(request, row)
    if not form.is_valid():
        return _show(request, row, status=422, noted_form=form, form=form)
    try:
        flows.write_note(reader=request.reader, call=row, said=form.said)
    except NotNow as no:
        messages.error(request, str(no))
    return redirect("desk-call", id=row.pk)


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def done(request: DeskRequest, id: UUID) -> HttpResponse:
    flows.step_done(_found(request, id))
    return redirect("desk-calls")
