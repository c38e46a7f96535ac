"""The public pages of the policy. Nobody needs an ID to read what is promised, or to check it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kept.core.ledger import versions
from kept.core.register.proving import proof_results, proofs
from kept.portal.public_pages import share
from kept.portal.templatetags import kept as marks
from kept.promises import pages, recipient_list, version_history

# Title and line of each group of the page: what is wrong comes first.
GROUPS = (
    (proofs.BROKEN, _("Broken today"), _("What is wrong comes first")),
    (proofs.WAITING, _("Waiting"), _("Nothing has happened yet that could be proven")),
    (
        proofs.UNMEASURED,
        _("Not measured yet"),
        _("Asked as soon as the portal can: it began lately, or lacks what a proof says it needs"),
    ),
    (proofs.KEPT, _("Kept"), _("Each with its proof, and with what that proof does not see")),
    (
        proofs.UNPROVEN,
        _("Not proven yet"),
        _("We say it, and no proof of it is at work yet. A promise without a proof is never shown as kept."),
    ),
)


def public(view: Any) -> Any:
    """For visitors, and for reading only."""
    return login_not_required(require_safe(view))


def _page(request: HttpRequest, number: int) -> HttpResponse:
    shown = version_history.find(number)
    if shown is None:
        raise Http404
    row, standing = shown
    original = versions.version(number)
    asked = request.GET.get("language", "")
    policy = original.in_language(asked) if asked in original.texts else versions.spoken(original)
    context = {
        "policy": policy,
        "text": policy.text(),
        "sections": pages.sections(policy, proof_results.latest(original)),
        "languages": pages.languages(policy, request.path),
        "version": row,
        "standing": standing.words,
        "coming": version_history.coming(),
        "taken_back": version_history.taken_back(),
    }
    return render(request, "promises/policy.html", context)


@public
def policy(request: HttpRequest) -> HttpResponse:
    """The version in force: each clause with its live proof."""
    return _page(request, versions.current().number)


@public
def version(request: HttpRequest, number: int) -> HttpResponse:
    """Any version ever published, at an address that stays."""
    return _page(request, number)


@public
def policy_json(request: HttpRequest) -> HttpResponse:
    """The version in force as its source files, with its identity: enough to build and run it elsewhere."""
    ruling = versions.current()
    return JsonResponse(
        {
            "version": ruling.number,
            "identity": ruling.policy.identity,
            "files": dict(ruling.policy.files),
        }
    )


@public
def promises(request: HttpRequest) -> HttpResponse:
    """Every promise with its state. What is wrong comes first."""
    in_force = versions.current()
    results = proof_results.latest(in_force.policy)
    rows = pages.promise_rows(in_force.spoken, results)
    groups = []
    for state, title, line in GROUPS:
        those = [row for row in rows if row.state == state]
        said = [row for row in those if not row.promise.proofs]
        groups.append({"title": title, "line": line, "rows": those, "said": said})
    context = {
        "rows": rows,
        "groups": groups,
        "count": pages.count(rows),
        "counted": [(state, pages.COUNTED[state](n)) for state, n in pages.count(rows).items()],
        "results": results,
        "asked": bool(results.answers),
        "ledger": version_history.ledger(),
        "words": marks.WORDS,
    }
    return render(request, "promises/promises.html", context)


@public
def promises_json(request: HttpRequest) -> HttpResponse:
    in_force = versions.current()
    results = proof_results.latest(in_force.policy)
    shown = pages.promise_rows(in_force.policy, results)
    return JsonResponse(
        {
            "policy": in_force.number,
            "identity": in_force.policy.identity,
            "count": pages.count(shown),
            "promises": [_as_data(one) for one in shown],
        }
    )


def _as_data(shown: pages.Shown) -> dict[str, Any]:
    return {
        "row": shown.promise.row,
        "id": shown.promise.id,
        "statement": shown.promise.statement,
        "clause": shown.promise.clause,
        "state": shown.state,
        "proofs": [
            {
                "id": answer.id,
                "state": answer.state,
                "figure": answer.figure,
                "text": answer.text,
                "unseen": answer.unseen,
                "at": answer.at.isoformat(),
            }
            for answer in shown.answers
        ],
    }


@public
def changes(request: HttpRequest) -> HttpResponse:
    return render(request, "promises/changes.html", {"versions": version_history.everything()})


@public
def recipients(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    return render(
        request,
        "promises/recipients.html",
        {"groups": recipient_list.groups(versions.spoken(), today), "today": today},
    )


for name in ("privacy", "policy-version", "policy-changes", "recipients"):
    share(name)
share("promises", lambda: repr(version_history.ledger()))
