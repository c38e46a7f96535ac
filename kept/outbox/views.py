"""Where a recipient's machine says that it has done what it was told.

It names the notice and repeats its word; nothing else is asked or answered.
"""

from __future__ import annotations

import hmac
import json
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kept.outbox.handing_over.disclosures import Delivery, Disclosure, Notice

MOST = 4096


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def acknowledgement(request: HttpRequest, id: UUID) -> JsonResponse:
    """POST {"acknowledged": "<the token>"}.

    A second time changes nothing. What does not exist and a wrong word look the same.
    """
    said = _said(request)
    if said is None:
        return JsonResponse(
            {"error": 'Send JSON like {"acknowledged": "the token of the message"}.'}, status=400
        )
    row: Delivery | None = Notice.objects.filter(pk=id).first() or Disclosure.objects.filter(pk=id).first()
    if row is None or not hmac.compare_digest(row.token.encode(), said.encode()):
        return JsonResponse({"error": "No such message waits for this word."}, status=404)
    row.acknowledge(timezone.now())
    return JsonResponse({"acknowledged": True})


def _said(request: HttpRequest) -> str | None:
    raw = request.read(MOST + 1)
    if len(raw) > MOST:
        return None
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        # Brackets nested thousands deep are JSON to nobody who means it.
        return None
    word = said.get("acknowledged") if isinstance(said, dict) else None
    # Our words are plain letters; half a character of another kind could not even be compared.
    return word if isinstance(word, str) and word.isascii() else None
