"""What agents exercise, at the desk of the data controller: who the agent is, how far it is, and the refusal
in the protocol's own words.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.rights.agents import directory, progress
from kept.rights.agents.desk import ROLES, of_desk
from kept.rights.agents.directory import Agent, DirectoryWrong
from kept.rights.agents.forms import RefusalForm
from kept.rights.agents.models import Exercise
from kept.rights.requests.flows import NotYet

for_controllers = staff_required(roles=ROLES)
LATELY = 50


def _known() -> tuple[dict[str, Agent], str]:
    """The agents, or what is wrong with the directory."""
    try:
        return directory.agents(), ""
    except DirectoryWrong as wrong:
        return {}, str(wrong)


def _named(rows: Any, agents: dict[str, Agent]) -> list[tuple[Exercise, str]]:
    return [(row, agents[row.agent].name if row.agent in agents else row.agent) for row in rows]


@never_cache
@require_safe
@for_controllers
def exercises(request: DeskRequest) -> HttpResponse:
    agents, wrong = _known()
    own = of_desk(request.reader.entity)
    context = {
        "running": _named(own.filter(ended_at=None).order_by("received_at"), agents),
        "ended": _named(own.exclude(ended_at=None).order_by("-ended_at")[:LATELY], agents),
        "agents": sorted(agents.values(), key=lambda one: one.name.casefold()),
        "wrong": wrong,
        "business": directory.business_id(),
    }
    return render(request, "agents/desk_list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_controllers
def exercise(request: DeskRequest, id: UUID) -> HttpResponse:
    """One of them. A POST refuses it: the agent gets one word, the person the reasons."""
    row = get_object_or_404(of_desk(request.reader.entity), pk=id)
    form = RefusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            progress.refuse(
                row, by=request.reader, reason=form.cleaned_data["reason"], words=form.cleaned_data["words"]
            )
        except NotYet as no:
            form.add_error(None, str(no))
        else:
            messages.success(
                request,
                _("{reference} is refused. The agent and the person are told.").format(
                    reference=row.request.reference
                )
                if row.request
                else _("It is refused. The agent and the person are told."),
            )
            return redirect("desk-agent-exercise", id=row.pk)
    agents, wrong = _known()
    context = {
        "exercise": row,
        "agent": agents.get(row.agent),
        "running": _named(
            of_desk(request.reader.entity).filter(ended_at=None).order_by("received_at"), agents
        ),
        "wrong": wrong,
        "form": form,
    }
    return render(request, "agents/desk_exercise.html", context, status=422 if form.errors else 200)
