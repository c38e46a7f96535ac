"""``POST /v1/calls``: what a phone system reports. Answers are JSON; nobody's session counts here."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kept.accounts.limits.rate_limits import machine
from kept.touchpoints.support.phone_system import flows
from kept.touchpoints.support.phone_system.signatures import LARGEST, Refused


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def reported(request: HttpRequest) -> JsonResponse:
    """202 with nothing in it: who called is never told to the phone system."""
    try:
        flows.receive(request.headers, request.read(LARGEST + 1), machine(request))
    except Refused as no:
        return JsonResponse({"error": str(no)}, status=no.status)
    return JsonResponse({}, status=202)
