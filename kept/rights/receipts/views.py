"""A receipt at its own address: whoever has the number may see it. It names nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from kept.core.ledger import versions
from kept.core.ledger.notes import sign
from kept.core.policy.model import Policy
from kept.rights.receipts import flows
from kept.rights.receipts.models import Receipt
from kept.rights.receipts.offline import document_of
from kept.sentences import Sentence, unpacked


def _parts(number: str) -> list[Receipt]:
    found = list(Receipt.objects.filter(number=number).order_by("-part"))
    if not found:
        raise Http404
    return found


def _shown(receipt: Receipt) -> dict[str, Any]:
    said = document_of(receipt.text)
    activity = said["dpv:hasRecordOfActivity"][0]
    policy = versions.spoken(versions.version(said["kept:policy"]["version"]))
    return {
        "receipt": receipt,
        "controller": {
            name.removeprefix("dpv:has").lower(): said
            for name, said in activity["dpv:hasDataController"].items()
            if name.startswith("dpv:")
        },
        "processes": [_process(process, policy) for process in activity["dpv:hasProcess"]],
        "notice": {
            name: said
            for name, said in activity.get("dpv:hasNotice", {}).items()
            if not name.startswith(("@", "dct:"))
        },
        "details": list(_details(said)),
        "version": said["kept:policy"]["version"],
    }


def _process(process: dict[str, Any], policy: Policy) -> dict[str, str]:
    """What the receipt says of one use; in the page's language where the policy has it, else as signed."""
    purpose = policy.purposes.get(process["dpv:hasPurpose"]["dct:identifier"])
    kinds = [
        policy.categories[one["dct:identifier"]].title
        if one["dct:identifier"] in policy.categories
        else one["skos:prefLabel"]
        for one in process["dpv:hasPersonalData"]
    ]
    return {
        "title": purpose.title if purpose else process["dpv:hasPurpose"]["skos:prefLabel"],
        "data": ", ".join(map(str, kinds)),
        "recipients": ", ".join(one["dpv:hasName"] for one in process["dpv:hasRecipient"]) or _("nobody"),
        "until": purpose.kept_until() if purpose else process["dpv:hasStorageCondition"]["dct:description"],
    }


def _details(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    made_of = said.get("kept:said", {})
    for name, value in said.get("kept:details", {}).items():
        if name in made_of:
            yield _called(name), unpacked(made_of[name])
        else:
            yield _called(name), Sentence(value, {}) if isinstance(value, str) and value else value


def _called(name: str) -> str:
    """What a detail is called; a promise is kept in another sense than data are."""
    return pgettext("data", "Kept") if name == "Kept" else Sentence(name, {})


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
