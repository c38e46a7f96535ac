"""The register of safeguards: for the public as facts, at the desk with who looked and what they saw."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kept.accounts.models import StaffMember
from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.core.ledger import versions
from kept.core.policy.endings import certificate_endings
from kept.core.policy.model import Policy
from kept.core.policy.safeguards import KINDS, VALID
from kept.core.register.roles import in_words
from kept.core.vault.columns.values import show
from kept.desk.staff.desk import ROLES
from kept.desk.staff.flows import Employer, posts_of
from kept.promises.safeguards import flows, register
from kept.promises.safeguards.forms import InfringementForm, LookForm
from kept.promises.safeguards.models import Infringement, Review

MOST = 100
for_employers = staff_required(roles=ROLES)


def _shown(policy: Policy) -> dict[str, Any]:
    """What both pages show: safeguards by kind, certificates by their state of today."""
    today, found = timezone.localdate(), register.entries(policy)
    return {
        "kinds": [
            (
                words,
                [(one, in_words(one.safeguard.owner, policy)) for one in found if one.safeguard.kind == kind],
            )
            for kind, words in KINDS.items()
        ],
        "certificates": [
            (one, state := one.state(today), state == VALID) for one in policy.certificates.values()
        ],
        "overdue": sum(one.overdue for one in found),
        "all": len(found),
    }


@login_not_required
@never_cache
@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """Each safeguard with who answers for it and whether they looked in time; each certificate."""
    return render(request, "safeguards/public.html", _shown(versions.spoken()))


@never_cache
@require_safe
@staff_required
def safeguards(request: DeskRequest) -> HttpResponse:
    """The same at the desk, with what is the reader's to look at, and certificates that end."""
    policy = versions.spoken()
    context = {
        **_shown(policy),
        "role": request.post_held.role,
        "endings": [
            one.sentence(timezone.localdate()) for one in certificate_endings(policy, timezone.localdate())
        ],
        "employs": request.post_held.role in ROLES,
    }
    return render(request, "safeguards/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def safeguard(request: DeskRequest, id: str) -> HttpResponse:
    """One safeguard: who looked when, and the form for whoever answers for it."""
    policy = versions.spoken()
    found = next((one for one in register.entries(policy) if one.safeguard.id == id), None)
    if found is None:
        raise Http404
    mine = flows.may_look(request.post_held.role, found.safeguard)
    form = LookForm(request.POST or None) if mine else None
    if request.method == "POST" and form is not None and form.is_valid():
        original = versions.current().policy.safeguards[id]
        evidence = form.cleaned_data["evidence"]
        flows.look(user=request.user, role=request.post_held.role, safeguard=original, evidence=evidence)
        messages.success(request, _("It is on the record: you looked at it today."))
        return redirect("desk-safeguard", id=id)
    context = {
        "entry": found,
        "owner": in_words(found.safeguard.owner, policy),
        "kind": KINDS[found.safeguard.kind],
        "form": form,
        "reviews": _reviews(request, id),
    }
    return render(request, "safeguards/safeguard.html", context, status=422 if form and form.errors else 200)


def _reviews(request: DeskRequest, id: str) -> list[tuple[Any, Any]]:
    """What was seen, for those who may read staff's records; for others the days alone."""
    rows = list(Review.objects.filter(safeguard=id).order_by("-looked_at")[:MOST])
    if request.post_held.role not in ROLES:
        return [(row.looked_at, "") for row in rows]
    with Employer(request.reader).act(request.reader.entity):
        return [(row.looked_at, show(row, "evidence")) for row in rows]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_employers
def infringements(request: DeskRequest) -> HttpResponse:
    """Rules that were broken, each with what followed; and the form that writes one down."""
    by = Employer(request.reader)
    colleagues = _colleagues(by, named=request.method != "POST")
    form = InfringementForm(request.POST or None, rules=flows.rules(), colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        given = {key: form.cleaned_data[key] for key in ("rule", "happened_on", "happened", "consequence")}
        flows.write_down(by=by, writer=request.user, concerns=form.post, **given)
        messages.success(request, _("It is written down, with what follows from it."))
        return redirect("desk-infringements")
    if form.errors:
        names = {str(one.pk): name for one, name in _colleagues(by, named=True)}
        offered = form.fields["concerns"].choices  # type: ignore[attr-defined]
        form.fields["concerns"].choices = [(id, names.get(id, said)) for id, said in offered]  # type: ignore[attr-defined]
    context = {"form": form, "rows": _written(by)}
    return render(request, "safeguards/infringements.html", context, status=422 if form.errors else 200)


def _colleagues(by: Employer, *, named: bool) -> list[tuple[StaffMember, str]]:
    """Who may be concerned; their names are opened only where they are shown."""
    found: list[tuple[StaffMember, str]] = []
    for entity in by.entities():
        posts = posts_of([entity])
        if not named:
            found += [(one, "") for one in posts]
        elif posts:
            with by.act(entity):
                found += [
                    (one, str(show(one.user.person, "name")) if one.user.person else one.user.email)
                    for one in posts
                ]
    return found


def _written(by: Employer) -> list[dict[str, Any]]:
    """The log of each company this employer sees to, newest first, opened in one act for each."""
    words, found = flows.rules(), []
    for entity in by.entities():
        rows = list(
            Infringement.objects.filter(entity=entity)
            .select_related("person")
            .order_by("-recorded_at")[:MOST]
        )
        if not rows:
            continue
        with by.act(entity):
            found += [
                {
                    "row": row,
                    "rule": words.get(row.rule, row.rule),
                    "name": str(show(row.person, "name")) if row.named else "",
                    "happened": show(row, "happened"),
                    "consequence": show(row, "consequence"),
                }
                for row in rows
            ]
    return sorted(found, key=lambda one: one["row"].recorded_at, reverse=True)
