"""Your choices: where each stands, what it means, and what was said before. A yes and a no cost the same."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kept.accounts.requests import OwnRequest
from kept.core.consent import choices as said
from kept.core.consent.consent_state import standing
from kept.core.ledger import versions
from kept.portal.navigation import ASK, there
from kept.portal.visitors.device_consent import asked_not_to
from kept.rights.access.language_shown import language_shown
from kept.rights.access.value_names import source_in_words
from kept.rights.choices import flows, options
from kept.rights.receipts.models import NUMBER, Receipt

SINCE = "2026-11-24"
"""The day the portal began to honour the signal; changes when what it means here changes."""
CHANGED = _(
    "Since you opened this page, “{title}” was changed: {now}. The page shows it as it stands. Choose once"
    " more, if you still want to"
)
JUST = timedelta(minutes=2)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: OwnRequest) -> HttpResponse:
    if request.method == "POST":
        return _chosen(request)
    return _page(request)


def _page(request: OwnRequest, *, wrong: str = "", status: int = 200) -> HttpResponse:
    policy, subject = versions.spoken(), request.person.pk
    past = said.history(subject)
    receipts = dict(
        Receipt.objects.filter(act__in=[one.act for one in past if one.act]).values_list("act", "number")
    )
    offered = options.options(policy, standing(subject), employed=request.user.post() is not None)
    context = {
        "asked": [one for one in offered if one.purpose.choice != "none"],
        "restrictable": [one for one in offered if one.purpose.choice == "none"],
        "past": [
            (one, policy.purposes.get(one.purpose), receipts.get(one.act), source_in_words(one.source))
            for one in past
        ],
        "limits": [
            (one, policy.purposes.get(one.purpose))
            for one in said.limits(subject)
            if one.kind == "restriction"
        ],
        "gpc": asked_not_to(request),
        "signalled": next((one for one in past if one.source == flows.SIGNAL), None),
        "wrong": wrong,
        "given": _just_given(request.GET.get("receipt", "")),
        "ask": ASK if there(ASK) else "",
    }
    return render(request, "choices/choices.html", context, status=status)


def _just_given(number: str) -> Receipt | None:
    """The receipt of a moment ago. A number out of somebody's old link says nothing."""
    return (
        Receipt.objects.filter(number=number, at__gt=timezone.now() - JUST).first()
        if re.fullmatch(NUMBER, number)
        else None
    )


def _chosen(request: OwnRequest) -> HttpResponse:
    purpose, verb = request.POST.get("purpose", ""), request.POST.get("verb", "")
    seen = request.POST.get("seen")
    policy = versions.spoken()
    now = options.option(policy, purpose, standing(request.person.pk)) if seen else None
    if now is not None and seen != now.stands:
        return _page(
            request, wrong=str(CHANGED).format(title=now.purpose.title, now=now.in_words), status=422
        )
    try:
        receipt = flows.say(
            reader=request.reader,
            purpose=purpose,
            verb=verb,
            controller=request.person.controller,
            language=language_shown(),
        )
    except flows.NotAChoice as no:
        return _page(request, wrong=str(no), status=422)
    if receipt is None:
        messages.info(request, gettext("It stands so already. Nothing was changed."))
        return redirect("choices")
    # In the address, where the number of a receipt may stand: a message would cost a session written for
    # nothing.
    return redirect(f"{reverse('choices')}?{urlencode({'receipt': receipt.number})}")


@login_not_required
@require_safe
@cache_control(max_age=86400, public=True)
def gpc(request: HttpRequest) -> JsonResponse:
    """What machines ask to learn whether the signal is honoured here."""
    return JsonResponse({"gpc": True, "lastUpdate": SINCE})
