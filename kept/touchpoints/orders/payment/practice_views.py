"""The page of the built-in processor: a separate page, as a real one's is, with every outcome to try."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from kept.touchpoints.orders.payment import flows, practice
from kept.touchpoints.orders.payment.models import PracticeCharge
from kept.touchpoints.orders.payment.processors import DISPUTED, REFUNDED, Told, chosen

FORM = ["GET", "HEAD", "POST"]


@login_not_required
@never_cache
@require_http_methods(FORM)
def paying(request: HttpRequest, key: UUID) -> HttpResponse:
    """``outcome``: pay, secure (3-D Secure asks first), decline, twice (its message comes twice), late (its
    message comes after the customer is back), silent (money is taken, nobody is told), leave, dispute, half
    (it pays half back).
    """
    charge = get_object_or_404(PracticeCharge, key=key)
    if chosen() != practice.NAME:
        raise Http404
    outcome = request.POST.get("outcome", "") if request.method == "POST" else ""
    if outcome in ("pay", "twice", "late", "silent") and practice.take(key):
        charge.refresh_from_db()
        for _time in range({"pay": 1, "twice": 2}.get(outcome, 0)):
            _tell(key, practice.told_of(charge))
    elif outcome == "decline":
        practice.refuse(key)
        charge.refresh_from_db()
        _tell(key, practice.told_of(charge))
    elif outcome in ("dispute", "half") and charge.state == practice.TAKEN:
        _tell(key, _later(charge, outcome))
    if outcome and outcome not in ("secure", "silent"):
        return redirect(charge.back)
    shown = {
        "charge": charge,
        "back": charge.back,
        "secure": outcome == "secure",
        "silent": outcome == "silent",
    }
    return render(request, "orders/practice.html", shown)


def _later(charge: PracticeCharge, outcome: str) -> Told:
    if outcome == "dispute":
        return Told(f"{charge.key.hex}.disputed", DISPUTED)
    half = (charge.amount / 2).quantize(charge.amount)
    PracticeCharge.objects.filter(key=charge.key, refunded__lt=half).update(refunded=half)
    return Told(f"{charge.key.hex}.half", REFUNDED, amount=half)


def _tell(key: UUID, told: Told) -> None:
    """By the same signed message, and the same door, as if it came over the network."""
    body, signature = practice.message(key, told)
    _heard(body, signature)


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def hearing(request: HttpRequest) -> HttpResponse:
    """What the processor tells us (webhook): signed, counted once, whenever it comes."""
    if chosen() != practice.NAME:
        raise Http404
    heard = _heard(request.body[:5_001], request.headers.get("Practice-Signature", ""))
    return JsonResponse({"heard": heard}, status=200 if heard is not None else 400)


def _heard(body: bytes, signature: str) -> bool | None:
    """Whether it was news; None for what the processor did not sign."""
    said = practice.read(body, signature)
    return None if said is None else flows.settle(*said)
