"""A receipt at its own address: whoever has the number may see it. It names nobody."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kept.core.ledger import sign
from kept.rights.receipts import flows
from kept.rights.receipts.models import Receipt
from kept.rights.receipts.offline import document_of


def _parts(number: str) -> list[Receipt]:
    found = list(Receipt.objects.filter(number=number).order_by("-part"))
    if not found:
        raise Http404
    return found


def _shown(receipt: Receipt) -> dict[str, Any]:
    said = document_of(receipt.text)
    activity = said["dpv:hasRecordOfActivity"][0]
    return {
        "receipt": receipt,
        "controller": {
            name.removeprefix("dpv:has").lower(): said
            for name, said in activity["dpv:hasDataController"].items()
            if name.startswith("dpv:")
        },
        "processes": [
            {
                "title": process["dpv:hasPurpose"]["skos:prefLabel"],
                "data": ", ".join(one["skos:prefLabel"] for one in process["dpv:hasPersonalData"]),
                "recipients": (
                    ", ".join(one["dpv:hasName"] for one in process["dpv:hasRecipient"]) or "nobody"
                ),
                "until": process["dpv:hasStorageCondition"]["dct:description"],
            }
            for process in activity["dpv:hasProcess"]
        ],
        "notice": {
            name: said
            for name, said in activity.get("dpv:hasNotice", {}).items()
            if not name.startswith(("@", "dct:"))
        },
        "details": said.get("kept:details", {}),
        "version": said["kept:policy"]["version"],
    }


@login_not_required
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt as a page, its latest part first."""
    parts = _parts(number)
    held = flows.handed_out(parts[0])
    context = {
        "parts": [_shown(part) for part in parts],
        "latest": parts[0],
        "proven": held["proof"] is not None,
        "fingerprint": sign.fingerprint(),
    }
    return render(request, "receipts/receipt.html", context)


@login_not_required
@require_safe
def receipt_json(request: HttpRequest, number: str) -> HttpResponse:
    """The file that ``kept verify`` reads. ``?part=1`` asks for an earlier part."""
    parts = _parts(number)
    wanted = request.GET.get("part", "")
    chosen = next((part for part in parts if str(part.part) == wanted), None) if wanted else parts[0]
    if chosen is None:
        raise Http404
    answer = JsonResponse(flows.handed_out(chosen))
    answer["Content-Disposition"] = f'attachment; filename="receipt-{number}.json"'
    return answer
