"""*Your data*: who you are, and every kind of record we keep about you, opened one at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kept.accounts.requests import OwnRequest
from kept.accounts.signing_in import policy_in_force
from kept.core.ledger import versions
from kept.core.ledger.history import Changed
from kept.core.policy.model import Policy
from kept.core.register.holdings import Holding
from kept.core.register.terms.lifetimes import Clock
from kept.core.vault import gate, history
from kept.core.vault.history import Happening
from kept.rights.access import person_timeline, sections
from kept.rights.correction import value_notes
from kept.rights.forms import whole

MOST = 10_000_000
OPEN = 1
"""So many sections stand open; the others cost what they cost when somebody opens them."""


@never_cache
@require_safe
def me(request: OwnRequest) -> HttpResponse:
    """What is known about the person: the nearest of it open, the rest by kind with how many records."""
    person = request.person
    with gate.purpose("own-data", reader=request.reader, about=person) as act:
        ruling = policy_in_force.hold(request, act.ruling)
        policy, clock = versions.spoken(ruling.policy), Clock(ruling=ruling)
        found = sections.sections(person.pk)
        changed = set[Changed]()
        lately = person_timeline.days(_lately(person.pk, changed), policy)[:4]
        context = {
            "changed": person_timeline.in_order(changed),
            "open": [_shown(one, policy, clock) for one in found[:OPEN]],
            "folded": found[OPEN:],
            "policy": policy,
            "kinds": len(found),
            "records": sum(one.known or 0 for one in found),
            "lately": lately,
            "controller": policy.company.entities.get(person.controller),
            "email": request.user.email,
        }
        return render(request, "rights/me.html", context)


@never_cache
@require_safe
def section(request: OwnRequest, table: str) -> HttpResponse:
    """The records of one kind, with the way on where there are more than a page shows."""
    person = request.person
    asked = whole(request.GET.get("from", ""), least=1, most=MOST)
    with gate.purpose("own-data", reader=request.reader, about=person) as act:
        ruling = policy_in_force.hold(request, act.ruling)
        policy, found = versions.spoken(ruling.policy), sections.section(person.pk, table)
        if found is None:
            raise Http404
        start = sections.start(found, asked)
        end = min(start + sections.PAGE, found.known or 0)
        context = {
            **_shown(found, policy, Clock(ruling=ruling), start),
            "policy": policy,
            "from": start + 1,
            "to": end,
            "before": max(start - sections.PAGE, 0) + 1 if start else 0,
            "after": end + 1 if end < (found.known or 0) else 0,
        }
        return render(request, "rights/section.html", context)


def _lately(subject: UUID, changed: set[Changed]) -> list[Happening]:
    """The newest entries that are more than her own looking; further back, where she looked a lot."""
    for limit in (40, 320):
        found = history.timeline(subject, limit=limit, changed=changed)
        if len(found) < limit or person_timeline.of(found, "all"):
            break
    return found


def _shown(holding: Holding, policy: Policy, clock: Clock, start: int = 0) -> dict[str, Any]:
    """What the templates read of a section, inside an act."""
    group, askable = sections.page(holding, policy, clock, start), value_notes.askable(holding.table)
    if askable:
        group = value_notes.with_words(holding.subject, group)
    return {"group": group, "known": holding.known, "askable": askable}
