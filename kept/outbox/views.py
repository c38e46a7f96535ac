"""Where a recipient's machine says that it has done what it was told.

It names the notice and repeats its word; nothing else is asked or answered.
"""

from __future__ import annotations

import hmac
import json
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kept.core.ledger import versions
from kept.outbox.handing_over.disclosures import Delivery, Disclosure, Notice
from kept.outbox.http_signatures import SignatureRefused, check

MOST = 4096


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def acknowledgement(request: HttpRequest, id: UUID) -> JsonResponse:
    """POST {"acknowledged": "<the token>"}, or {"denied": …} where they find they do not have it after all.

    A second time changes nothing. What does not exist and a wrong word look the same. Where the policy names
    keys of theirs, it must be signed with one of them.
    """
    raw = request.read(MOST + 1)
    verb, said = _said(raw)
    if not said:
        return JsonResponse(
            {"error": 'Send JSON like {"acknowledged": "the token of the message"}.'}, status=400
        )
    row: Delivery | None = Notice.objects.filter(pk=id).first() or Disclosure.objects.filter(pk=id).first()
    if row is None or not hmac.compare_digest(row.token.encode(), said.encode()):
        return JsonResponse({"error": "No such message waits for this word."}, status=404)
    try:
        _signed(request, row, raw)
    except SignatureRefused as refused:
        return JsonResponse({"error": str(refused)}, status=401)
    row.deny(timezone.now()) if verb == "denied" else row.acknowledge(timezone.now())
    return JsonResponse({verb: True})


def _signed(request: HttpRequest, row: Delivery, raw: bytes) -> None:
    """Raises SignatureRefused where it should be signed by the recipient, and is not."""
    whom = versions.current().policy.recipients.get(row.recipient)
    if whom and whom.keys:
        check(
            {name.lower(): value for name, value in request.headers.items()},
            raw,
            derived={"@method": "POST", "@target-uri": f"{settings.KEPT_SITE}{request.path}"},
            must_cover=("@method", "@target-uri", "content-digest"),
            keys=whom.keys,
            now=int(timezone.now().timestamp()),
        )


def _said(raw: bytes) -> tuple[str, str]:
    """The verb and the word; ("", "") for what is neither."""
    try:
        said = json.loads(raw) if len(raw) <= MOST else None
    except (ValueError, RecursionError):
        # Brackets nested thousands deep are JSON to nobody who means it.
        said = None
    for verb in ("denied", "acknowledged"):
        word = said.get(verb) if isinstance(said, dict) else None
        # Our words are plain letters; half a character of another kind could not even be compared.
        if isinstance(word, str) and word.isascii():
            return verb, word
    return "", ""
