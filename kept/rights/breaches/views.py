"""The register of breaches at the desk: for the data controllers and the privacy officer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.core.ledger import versions
from kept.rights.breaches import affected, drafts, flows
from kept.rights.breaches.desk import ROLES
from kept.rights.breaches.forms import AssessmentForm, AuthorityForm, NoteForm, PeopleForm
from kept.rights.breaches.models import Breach

for_controllers = staff_required(roles=ROLES)


@never_cache
@require_safe
@for_controllers
def breaches(request: DeskRequest) -> HttpResponse:
    context = {
        "open": Breach.objects.open().order_by("noticed_at"),
        "closed": Breach.objects.exclude(closed_at=None).order_by("-closed_at")[:50],
    }
    return render(request, "breaches/list.html", {**context, "now": timezone.now()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_controllers
def new(request: DeskRequest) -> HttpResponse:
    form = NoteForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "breaches/new.html", {"form": form}, status=422 if request.method == "POST" else 200
        )
    given = {name: form.cleaned_data[name] for name in ("region", "title", "happened", "categories", "risk")}
    noted = flows.note(by=request.reader, noticed_at=form.moment() or timezone.now(), **given)
    messages.success(request, _("{reference} is written down.").format(reference=noted.reference))
    return redirect("desk-breach", id=noted.pk)


def _show(request: DeskRequest, breach: Breach, *, status: int = 200, **forms: BaseForm) -> HttpResponse:
    policy = versions.spoken()
    context: dict[str, Any] = {
        "breach": breach,
        "open": Breach.objects.open().order_by("noticed_at"),
        "late": breach.late(timezone.now()),
        "kinds": [policy.categories[id].title for id in breach.categories if id in policy.categories],
        "places": [table.holds.title for table in affected.places(breach.categories) if table.holds],
        "to_authority": drafts.to_authority(breach),
        "assessment_form": AssessmentForm(instance=breach),
        "authority_form": AuthorityForm(),
        "people_form": PeopleForm(initial={"letter": drafts.to_people(breach)}),
        "wrong": next(iter(forms.values()), None),
        **forms,
    }
    return render(request, "breaches/breach.html", context, status=status)


@never_cache
@require_safe
@for_controllers
def breach(request: DeskRequest, id: UUID) -> HttpResponse:
    """One breach: the facts, the clock, the drafts, and what was done."""
    return _show(request, get_object_or_404(Breach, pk=id))


@require_POST
@for_controllers
def assessment(request: DeskRequest, id: UUID) -> HttpResponse:
    found = get_object_or_404(Breach, pk=id)
    form = AssessmentForm(request.POST, instance=get_object_or_404(Breach, pk=id))
    if not form.is_valid():
        return _show(request, found, status=422, assessment_form=form)
    given = form.cleaned_data
    return _done(
        request, found, form, "assessment_form", lambda: flows.assess(found, by=request.reader, **given)
    )


@require_POST
@for_controllers
def authority(request: DeskRequest, id: UUID) -> HttpResponse:
    found, form = get_object_or_404(Breach, pk=id), AuthorityForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, authority_form=form)
    given = form.cleaned_data
    told_at = form.moment() if given["decision"] == "told" else None
    more = {"told_at": told_at, "reference": given["reference"], "reason": given["reason"]}
    return _done(
        request, found, form, "authority_form", lambda: flows.authority(found, by=request.reader, **more)
    )


@require_POST
@for_controllers
def people(request: DeskRequest, id: UUID) -> HttpResponse:
    found, form = get_object_or_404(Breach, pk=id), PeopleForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, people_form=form)
    given = form.cleaned_data
    if given["decision"] == "tell":
        return _done(
            request,
            found,
            form,
            "people_form",
            lambda: flows.tell_people(found, by=request.reader, letter=given["letter"]),
        )
    return _done(
        request,
        found,
        form,
        "people_form",
        lambda: flows.not_telling(found, by=request.reader, reason=given["reason"]),
    )


def _done(request: DeskRequest, found: Breach, form: Any, name: str, act: Any) -> HttpResponse:
    """Take the step, or show the form again with the sentence that says what comes first."""
    try:
        act()
    except flows.NotYet as no:
        form.add_error(None, str(no))
        return _show(request, found, status=422, **{name: form})
    messages.success(request, _("It is on the record."))
    return redirect("desk-breach", id=found.pk)


@require_POST
@for_controllers
def closing(request: DeskRequest, id: UUID) -> HttpResponse:
    found = get_object_or_404(Breach, pk=id)
    try:
        flows.close(found, by=request.reader)
    except flows.NotYet as no:
        messages.error(request, str(no))
        return redirect("desk-breach", id=found.pk)
    messages.success(request, _("{reference} is closed.").format(reference=found.reference))
    return redirect("desk-breaches")
