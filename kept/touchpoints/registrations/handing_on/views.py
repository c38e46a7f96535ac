"""One machine with its history and what its holder can do; an offer as whoever gets it sees it; and what
moved, for either side.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.requests import KnownRequest, OwnRequest
from kept.core.vault import gate
from kept.core.vault.readers import SelfReader
from kept.equipment.models import Holding
from kept.portal.form_parts.door import stores_under
from kept.touchpoints.registrations import pages
from kept.touchpoints.registrations.flows import PURPOSE, own_subjects
from kept.touchpoints.registrations.handing_on import claims, flows, handover_lists
from kept.touchpoints.registrations.handing_on.forms import GiveUpForm, OfferForm, TakeOverForm
from kept.touchpoints.registrations.handing_on.models import Handover
from kept.touchpoints.registrations.models import MYSELF, Claim


def _holding(request: OwnRequest, id: UUID) -> Holding:
    """A holding of theirs or of an organisation of theirs, also one that has ended."""
    found: Holding | None = Holding.objects.of(*own_subjects(request.reader)).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def unit(request: OwnRequest, id: UUID) -> HttpResponse:
    """One machine: its history, its warranty, and the ways in which it can leave."""
    return _show(request, _holding(request, id))


def _show(request: OwnRequest, holding: Holding, *, status: int = 200, **forms: Any) -> HttpResponse:
    offers = holding.handovers.exclude(outcome__in=["lapsed"]).order_by("-begun_at")
    with gate.purpose(PURPOSE, reader=request.reader, about=request.person):
        context = {
            "holding": holding,
            "unit": holding.unit,
            "history": holding.unit.events.all(),
            "bought": holding.purchase_date,
            "warranty": holding.warranty_until,
            "may": holding.until is None and flows.may_hand_on(request.person, holding),
            "open": holding.handovers.open().first(),
            "past": [one for one in offers if one.ended_at],
            "claims": Claim.objects.filter(against=holding, decided_at=None) if holding.until is None else (),
            "offer_form": OfferForm(),
            "give_up_form": GiveUpForm(),
            "wrong": next(iter(forms.values()), None),
            "form": next(iter(forms.values()), None),
            **forms,
        }
        return render(request, "registrations/unit.html", context, status=status)


@require_POST
@stores_under(PURPOSE)
def offering(request: OwnRequest, id: UUID) -> HttpResponse:
    """Offer it to somebody by mail."""
    holding, form = _holding(request, id), OfferForm(request.POST)
    if form.is_valid():
        try:
            made = flows.offer(
                reader=request.reader,
                person=request.person,
                holding=holding,
                email=form.cleaned_data["email"],
            )
        except flows.NotNow as no:
            form.add_error(None, str(no))
        else:
            return redirect("product-handover", reference=made.reference)
    return _show(request, holding, status=422, offer_form=form)


@require_POST
@stores_under(PURPOSE)
def giving_up(request: OwnRequest, id: UUID) -> HttpResponse:
    """It went to nobody we know, or is out of service."""
    holding, form = _holding(request, id), GiveUpForm(request.POST)
    if form.is_valid():
        try:
            made = flows.give_up(
                reader=request.reader, person=request.person, holding=holding, way=form.cleaned_data["way"]
            )
        except flows.NotNow as no:
            form.add_error(None, str(no))
        else:
            return redirect("product-handover", reference=made.reference)
    return _show(request, holding, status=422, give_up_form=form)


@require_POST
def claim_answer(request: OwnRequest, id: UUID, claim: UUID) -> HttpResponse:
    """What the holder says to a claim of somebody else. Anything but yes or no is no answer."""
    holding = _holding(request, id)
    found = (
        Claim.objects.filter(pk=claim, against=holding)
        .select_related("against__unit__product", "person", "organisation")
        .first()
    )
    if found is None or request.POST.get("answer") not in {"yes", "no"}:
        raise Http404
    try:
        if request.POST["answer"] == "yes":
            return redirect(
                "product-handover", reference=claims.agree(person=request.person, claim=found).reference
            )
        claims.object_to(reader=request.reader, person=request.person, claim=found)
        messages.success(
            request,
            _(
                "Thank you. Our desk sees what you said when it looks at the proof, and you are told how it"
                " ends."
            ),
        )
    except flows.NotNow as no:
        messages.error(request, str(no))
    return redirect("my-unit", id=holding.pk)


def _handover(request: OwnRequest, reference: str) -> Handover:
    """One they gave or took."""
    rows = Handover.objects.filter(reference=reference).select_related(
        "holding__unit__product", "after__unit__product"
    )
    found: Handover | None = (
        rows.filter(giver_id=request.person.pk).first() or rows.filter(taker=request.person).first()
    )
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def handover(request: OwnRequest, reference: str) -> HttpResponse:
    """What moved and what stayed, as this side may know it; and the way back."""
    found = _handover(request, reference)
    gave = found.giver_id == request.person.pk
    mine = found.holding if gave else found.after
    with gate.purpose(PURPOSE, reader=request.reader, about=request.person):
        context = {
            "it": found,
            "gave": gave,
            "unit": mine.unit if mine else None,
            "mine": mine,
            "email": found.email if gave else None,
            "went": handover_lists.went(mine) if mine is not None and found.outcome == "done" else (),
            "stayed": handover_lists.stays() if gave else handover_lists.not_yours(),
        }
        return render(request, "registrations/handover.html", context)


@require_POST
def withdrawing(request: OwnRequest, reference: str) -> HttpResponse:
    return _giver_s(
        request, reference, _("The offer is withdrawn. The product stays registered to you."), withdraw=True
    )


@require_POST
def taking_back(request: OwnRequest, reference: str) -> HttpResponse:
    return _giver_s(
        request, reference, _("You took it back. It is registered to you as before."), withdraw=False
    )


def _giver_s(request: OwnRequest, reference: str, done: str, *, withdraw: bool) -> HttpResponse:
    found = _handover(request, reference)
    if found.giver_id != request.person.pk:
        raise Http404
    try:
        if withdraw:
            flows.withdraw(reader=request.reader, person=request.person, handover=found)
        else:
            flows.take_back(person=request.person, handover=found)
    except flows.NotNow as no:
        messages.error(request, str(no))
    else:
        messages.success(request, done)
    return redirect("product-handover", reference=reference)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@stores_under(PURPOSE, unless="decline")
def offer(request: KnownRequest, key: str) -> HttpResponse:
    """What is offered, to whoever has the link of the mail.

    A GET changes nothing: mail scanners follow links.
    """
    found = Handover.objects.of_link(key)
    if (
        found is None
        or found.holding is None
        or found.holding.until is not None
        or not flows.giver_stands(found)
    ):
        return render(request, "registrations/offer_over.html", status=410)
    if request.method == "POST" and "decline" in request.POST:
        return _answered(request, found, None)
    reader = request.reader
    if not isinstance(reader, SelfReader) or request.person is None:
        return render(
            request, "registrations/offer.html", {"it": found, "unit": found.holding.unit, "sign_in": True}
        )
    with gate.purpose(PURPOSE, reader=reader, about=request.person):
        choices = pages.registering(reader)
    form = TakeOverForm(
        request.POST if request.method == "POST" else None, organisations=choices, initial={"holder": MYSELF}
    )
    if request.method == "POST" and form.is_valid():
        return _answered(request, found, form)
    context = {"it": found, "unit": found.holding.unit, "form": form}
    return render(
        request, "registrations/offer.html", context, status=422 if request.method == "POST" else 200
    )


def _answered(request: KnownRequest, found: Handover, form: TakeOverForm | None) -> HttpResponse:
    try:
        if form is None or request.person is None:
            flows.decline(handover=found)
            messages.success(request, _("You declined. Whoever offered it is told that, and nothing of you."))
            return redirect("/")
        chosen = form.cleaned_data.get("holder", MYSELF)
        made = flows.accept(
            handover=found, person=request.person, organisation=None if chosen == MYSELF else UUID(chosen)
        )
    except flows.NotNow as no:
        messages.error(request, str(no))
        return redirect("my-products" if request.person else "/")
    return redirect("registration", reference=made.reference)
