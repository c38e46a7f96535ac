"""A customer's products, and registering one: the machine, whose it is, check, done.

What was typed is never lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.requests import OwnRequest
from kept.accounts.signing_in import policy_in_force
from kept.core.vault import gate
from kept.core.vault.errors import FileNotKept
from kept.equipment.errors import WrongPurchaseDate
from kept.people.stale import SEEN
from kept.portal.form_parts.door import stores_under
from kept.portal.form_parts.responses import invalid
from kept.portal.regions import browser_hints
from kept.touchpoints.registrations import device_memory, flows, pages, prefill
from kept.touchpoints.registrations.forms import ClaimForm, MachineForm, OwnerForm
from kept.touchpoints.registrations.models import MYSELF, Claim, Draft, Registration, TooLate

FILL = "fill"
FORM = ["GET", "HEAD", "POST"]


@never_cache
@require_safe
def products(request: OwnRequest) -> HttpResponse:
    """What is theirs and their organisations', and how it came to be."""
    with gate.purpose(flows.PURPOSE, reader=request.reader, about=request.person):
        return render(request, "registrations/products.html", pages.products(request.reader))


def _draft(request: OwnRequest, id: UUID) -> Draft | HttpResponse:
    """The draft, or where it led to: a form that is sent twice arrives at what the first made."""
    person = request.person.pk
    draft = Draft.objects.alive().filter(pk=id, person=person, ended_at=None).first()
    if draft is not None:
        draft.person = request.person
        return draft
    if made := Registration.objects.filter(pk=id, person=person).first():
        return redirect("registration", reference=made.reference)
    if claimed := Claim.objects.filter(pk=id, person=person).first():
        return redirect("registration-claim", reference=claimed.reference)
    if Draft.objects.filter(pk=id, person=person).exists():
        return redirect("register-product")
    raise Http404


@never_cache
@require_http_methods(FORM)
@stores_under(flows.PURPOSE, page_asks=True)
def machine(request: OwnRequest, id: UUID | None = None) -> HttpResponse:
    """Step 1: serial number and purchase date."""
    draft = _draft(request, id) if id else None
    if isinstance(draft, HttpResponse):
        return draft
    if request.method != "POST":
        known = _machine_of(request, draft)
        return render(
            request,
            "registrations/machine.html",
            {"form": MachineForm(initial=known.values, origins=known.origins)},
        )
    form = MachineForm(request.POST)
    if not form.is_valid():
        return invalid(request, "registrations/machine.html", {"form": form})
    return _looked_up(request, form, draft)


def _machine_of(request: OwnRequest, draft: Draft | None) -> prefill.Prefilled:
    """What was typed a moment ago; at the beginning, what this browser remembers."""
    with gate.purpose(flows.PURPOSE, reader=request.reader, about=request.person) as act:
        # Whoever restricted this use is told before they type.
        act.may_use("equipment.serial", act.key(request.person.pk))
        policy_in_force.hold(request, act.ruling)
        if draft is None:
            return prefill.machine(device_memory.remembered(request), request.reader)
        return prefill.Prefilled({"serial": draft.number, "purchased": draft.purchase_date}, {})


def _looked_up(request: OwnRequest, form: MachineForm, before: Draft | None) -> HttpResponse:
    status, found = 422, None
    try:
        draft = flows.begin(
            reader=request.reader,
            person=request.person,
            before=before,
            **{name: form.cleaned_data[name] for name in ("serial", "purchased")},
        )
    except flows.TooManyTries as many:
        form.add_error("serial", str(many))
        status = 429
    except flows.Mine as mine:
        form.add_error("serial", str(mine))
        found = mine.holding
    except WrongPurchaseDate as wrong:
        form.add_error("purchased", str(wrong))
    else:
        onward = redirect("register-owner" if draft.free else "register-proof", id=draft.pk)
        device_memory.keep(request, onward, {"serial": form.cleaned_data["serial"]})
        return onward
    answer = invalid(request, "registrations/machine.html", {"form": form, "mine": found})
    answer.status_code = status
    return answer


@never_cache
@require_http_methods(FORM)
@stores_under(flows.PURPOSE)
def owner(request: OwnRequest, id: UUID) -> HttpResponse:
    """Step 2: whose it is, and how to reach them."""
    draft = _draft(request, id)
    if isinstance(draft, HttpResponse):
        return draft
    if not draft.free:
        return redirect("register-proof", id=id)
    with gate.purpose(flows.PURPOSE, reader=request.reader, about=request.person):
        choices = pages.registering(request.reader)
        known = pages.answered(
            draft,
            prefill.fill(request.person, prefill.latest(request.person), device_memory.remembered(request)),
        )
    shown: dict[str, Any] = {
        "organisations": choices,
        "languages": pages.languages(request.person.controller),
    }
    initial = {"holder": MYSELF, "keep": "profile", **known.values}
    if FILL in request.POST:
        return _filled_in(request, draft, known, shown)
    form = OwnerForm(request.POST or None, initial=initial, origins=known.origins, **shown)
    context = {"form": form, "draft": draft}
    if request.method != "POST":
        return render(request, "registrations/owner.html", context)
    if not form.is_valid():
        return invalid(request, "registrations/owner.html", context)
    flows.answer(reader=request.reader, person=request.person, draft=draft, answers=form.answers)
    onward = redirect("register-check", id=id)
    device_memory.keep(request, onward, prefill.for_the_browser(form.answers))
    return onward


def _filled_in(
    request: OwnRequest, draft: Draft, known: prefill.Prefilled, shown: Mapping[str, Any]
) -> HttpResponse:
    """She pressed the button: what her browser tells stands in the fields that were empty.

    Nothing is kept, and what she typed stays.
    """
    typed = request.POST.dict()
    told = prefill.from_browser(browser_hints.told(request), typed, dict(shown["languages"]))
    origins = {
        name: origin for name, origin in known.origins.items() if typed.get(name) == known.values[name]
    }
    form = OwnerForm(initial={**typed, **told.values}, origins={**origins, **told.origins}, **shown)
    form.carried = request.POST.get(SEEN, "")
    return render(
        request,
        "registrations/owner.html",
        {"form": form, "draft": draft, "filled": [form[name].label for name in told.values], "asked": True},
    )


@never_cache
@require_http_methods(FORM)
@stores_under(flows.PURPOSE)
def check(request: OwnRequest, id: UUID) -> HttpResponse:
    """Step 3: everything once more, then it is registered."""
    draft = _draft(request, id)
    if isinstance(draft, HttpResponse):
        return draft
    if not draft.free:
        return redirect("register-proof", id=id)
    if not pages.complete(draft):
        return redirect("register-owner", id=id)
    if request.method == "POST":
        return _registered(request, draft)
    with gate.purpose(flows.PURPOSE, reader=request.reader, about=request.person):
        return render(request, "registrations/check.html", pages.to_check(request.reader, draft))


def _registered(request: OwnRequest, draft: Draft) -> HttpResponse:
    try:
        made = flows.register(reader=request.reader, person=request.person, draft=draft)
    except flows.NotAtOnce:
        return redirect("register-proof", id=draft.pk)
    except WrongPurchaseDate:
        return redirect("register-machine", id=draft.pk)
    done = redirect("registration", reference=made.reference)
    device_memory.forget(request, done)
    return done


@never_cache
@require_http_methods(FORM)
@stores_under(flows.PURPOSE)
def proof(request: OwnRequest, id: UUID) -> HttpResponse:
    """A serial number that could not be registered at once, whyever: the page is the same."""
    draft = _draft(request, id)
    if isinstance(draft, HttpResponse):
        return draft
    if draft.free:
        return redirect("register-owner", id=id)
    with gate.purpose(flows.PURPOSE, reader=request.reader, about=request.person):
        choices, number = pages.registering(request.reader), draft.number
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ClaimForm(*bound, initial={"holder": MYSELF}, organisations=choices, sent=sent)
    context = {"form": form, "number": number, "draft": draft}
    if not bound:
        return render(request, "registrations/proof.html", context)
    return _claimed(request, form, context, draft)


def _claimed(request: OwnRequest, form: ClaimForm, context: Mapping[str, Any], draft: Draft) -> HttpResponse:
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = flows.claim(
                reader=request.reader,
                person=request.person,
                draft=draft,
                holder=given["holder"],
                note=given["note"],
                upload=given["proof"],
                media_type=form.media_type,
            )
            done = redirect("registration-claim", reference=made.reference)
            device_memory.forget(request, done)
            return done
        except flows.AlreadySent:
            return redirect("register-proof", id=draft.pk)
        except FileNotKept as full:
            form.add_error("proof", str(full))
    return invalid(request, "registrations/proof.html", context)


def _own(model: type[Registration] | type[Claim], request: OwnRequest, reference: str) -> Any:
    found = model.objects.filter(reference=reference, person=request.person).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def registration(request: OwnRequest, reference: str) -> HttpResponse:
    """The registration with its reference, and the way back for a day."""
    made = _own(Registration, request, reference)
    with gate.purpose(flows.PURPOSE, reader=request.reader, about=request.person):
        return render(request, "registrations/registration.html", pages.registration(made, request.person))


@require_POST
def undoing(request: OwnRequest, reference: str) -> HttpResponse:
    made = _own(Registration, request, reference)
    try:
        flows.undo(reader=request.reader, person=request.person, registration=made)
        messages.success(
            request,
            _("Registration {reference} is undone. The product is no longer registered to you.").format(
                reference=reference
            ),
        )
    except TooLate as late:
        messages.error(request, str(late))
    return redirect("registration", reference=reference)


@never_cache
@require_safe
def claim(request: OwnRequest, reference: str) -> HttpResponse:
    """What became of a proof of purchase."""
    sent = _own(Claim, request, reference)
    with gate.purpose(flows.PURPOSE, reader=request.reader, about=request.person):
        return render(
            request, "registrations/claim.html", {"claim": sent, "number": sent.number, "reason": sent.reason}
        )
