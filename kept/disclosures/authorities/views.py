"""The register of demands at the desk, and the yearly counts for everybody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.disclosures.authorities import flows
from kept.disclosures.authorities.forms import DemandForm, RefusalForm
from kept.disclosures.authorities.models import Demand, DemandCount
from kept.disclosures.models import WHAT, Refused
from kept.outbox.send_rules import DoorClosed

ROLES = ("controller", "officer")
deciding = staff_required(roles=ROLES)


@never_cache
@require_safe
@deciding
def demands(request: DeskRequest) -> HttpResponse:
    """Every demand by its reference; what is in it opens on its own page."""
    return render(request, "disclosures/desk/demands.html", {"demands": _listed(request)})


def _of_company(request: DeskRequest) -> Any:
    """Those of the company one works for: another company of the group reads and decides none of them."""
    return Demand.objects.filter(entity=request.reader.entity)


def _listed(request: DeskRequest) -> list[Demand]:
    return list(_of_company(request).order_by("closed_at", "-opened_at")[:100])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@deciding
def new(request: DeskRequest) -> HttpResponse:
    form = DemandForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = flows.write_down(by=request.reader, **form.cleaned_data)
        except flows.NotPossible as no:
            form.add_error(no.field, str(no))
        else:
            messages.success(
                request,
                _("{reference} is written down. Somebody else decides.").format(reference=made.reference),
            )
            return redirect("desk-authority", id=made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "disclosures/desk/demand_new.html", {"form": form}, status=status)


def _show(request: DeskRequest, demand: Demand, *, status: int = 200, **more: Any) -> HttpResponse:
    known = versions.spoken().categories
    context: dict[str, Any] = {
        "demand": demand,
        "demands": _listed(request),
        "kinds": [known[kind].title for kind in demand.kinds if kind in known],
        "mine": demand.asker == request.reader.actor,
        "form": RefusalForm(),
        **more,
    }
    if demand.matter_open:
        with gate.purpose(demand.purpose, reader=request.reader, about=demand):
            for name in ("authority", "basis", "authenticity", "refusal"):
                context[name] = show(demand, name)
            return render(request, "disclosures/desk/demand.html", context, status=status)
    return render(request, "disclosures/desk/demand.html", context, status=status)


@never_cache
@require_safe
@deciding
def demand(request: DeskRequest, id: UUID) -> HttpResponse:
    """One demand: what it names, by which law, how it was checked, and what was decided."""
    return _show(request, get_object_or_404(_of_company(request), pk=id))


@never_cache
@require_POST
@deciding
def grant(request: DeskRequest, id: UUID) -> HttpResponse:
    found = get_object_or_404(_of_company(request), pk=id)
    try:
        flows.grant(found, by=request.reader)
    except (flows.NotPossible, DoorClosed) as no:
        messages.error(request, str(no))
    else:
        messages.success(
            request,
            _("{reference} is granted. Hand it over under “Tell a recipient”; the person is told.").format(
                reference=found.reference
            ),
        )
    return redirect("desk-authority", id=found.pk)


@never_cache
@require_POST
@deciding
def refusal(request: DeskRequest, id: UUID) -> HttpResponse:
    found, form = get_object_or_404(_of_company(request), pk=id), RefusalForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, form=form)
    try:
        flows.refuse(found, by=request.reader, why=form.cleaned_data["why"])
    except flows.NotPossible as no:
        form.add_error(None, str(no))
        return _show(request, found, status=422, form=form)
    messages.success(request, _("{reference} is refused.").format(reference=found.reference))
    return redirect("desk-authority", id=found.pk)


@login_not_required
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """How many demands there were in each year, and what was asked for in vain. For everybody."""
    asked = Refused.objects.values("what").annotate(many=Sum("count")).order_by("what")
    context = {
        "years": DemandCount.objects.order_by("-year", "purpose"),
        "purposes": versions.spoken().purposes,
        "refused": [(WHAT[row["what"]], row["many"]) for row in asked if row["what"] in WHAT],
    }
    return render(request, "disclosures/counts.html", context)
