"""The page of one case at the desk: what the purpose of the case lets this role see, and nothing else."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Model, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.consent.consent_state import standing
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.sealing.sealed_box import Box
from kept.desk.person_card import card
from kept.sentences import sentence
from kept.touchpoints.support import case_access
from kept.touchpoints.support.at_the_desk import held_answers
from kept.touchpoints.support.at_the_desk.forms import (
    AnswerForm,
    EscalateForm,
    LinkForm,
    MergeForm,
    NoteForm,
    ShowForm,
    SnoozeForm,
)
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.words import said_in
from kept.touchpoints.support.models import (
    PRESENT_FOR,
    Call,
    Case,
    CaseLink,
    HeldAnswer,
    Message,
    Note,
    Presence,
    Step,
)

_WHO = Box("support.present")


COUNTED: dict[str, type[Model]] = {
    "said": Message,
    "held": HeldAnswer,
    "noted": Note,
    "called": Call,
    "happened": Step,
}
"""What the page of a case shows any number of."""


def found(request: DeskRequest, reference: str) -> Case:
    rows = Case.objects.filter(kind=topics.KIND_OF[request.post_held.role], entity=request.reader.entity)
    case = (
        rows.filter(reference=reference)
        .select_related("person", "product", "merged_into", "suggested")
        .first()
    )
    if case is None:
        raise Http404
    return case


def found_left(request: DeskRequest, reference: str) -> Case:
    """As ``found``; of one that was put together with another meanwhile, the one that is left."""
    case = found(request, reference)
    while case.merged_into is not None:
        case = found(request, case.merged_into.reference)
    return case


def others_present(request: DeskRequest, case: Case) -> list[Presence]:
    """Who else has it open just now; and that we do."""
    now, mark = timezone.now(), _WHO.mark(str(request.reader.actor))
    said = {"role": request.reader.role, "at": now}
    if not Presence.objects.filter(case=case, mark=mark).update(**said):
        Presence.objects.update_or_create(case=case, mark=mark, defaults=said)
    return list(case.present.exclude(mark=mark).filter(at__gt=now - PRESENT_FOR))


def state_of(request: DeskRequest, case: Case) -> list[object]:
    """What the page of a case depends on, without opening any of it; and that we have it open."""
    if not case.matter_open:
        return ["closed"]
    others = [row.role for row in others_present(request, case)]
    counted = {name: _count(model) for name, model in COUNTED.items()}
    said = Case.objects.filter(pk=case.pk).annotate(last=_newest(), **counted).values_list("last", *counted)
    return [*said.get(), case.assignee, case.worked_at, *sorted(others)]


def _count(model: type[Model]) -> Subquery:
    """How many rows of this kind a case has."""
    rows = model._default_manager.filter(case=OuterRef("pk")).order_by()
    return Subquery(rows.values("case").annotate(n=Count("pk")).values("n"))


def _newest() -> Subquery:
    """When something was last said in a case."""
    rows = Message.objects.filter(case=OuterRef("pk")).order_by()
    return Subquery(rows.values("case").annotate(last=Max(Coalesce("written_at", "at"))).values("last"))


def show_case(request: DeskRequest, case: Case, *, status: int = 200, **more: Any) -> HttpResponse:
    """Rendered inside the act: what it shows is on the record before the first byte leaves."""
    rules = ruling(request)
    context: dict[str, Any] = {
        "case": case,
        "matter": case,
        "purpose": rules.spoken.purposes.get(case.purpose),
    }
    if not case.matter_open or context["purpose"] is None:
        return render(request, "support/desk/closed.html", {**context, "typed": more.get("typed", "")})
    context["others"] = others_present(request, case)
    with gate.purpose(case.purpose, reader=request.reader, about=case) as act:
        act.touch(case.person_id, what=sentence("Looked at case {reference}", reference=case.reference))
        context |= {
            "title": case.words,
            "number": show(case, "serial") and case.number if case.kind == Case.Kind.SERVICE else "",
            "firmware": show(case, "firmware") if case.kind == Case.Kind.SERVICE else "",
            "entries": case_access.entries(case),
            "held": [
                {
                    "id": one.pk,
                    "mine": one.writer == request.reader.actor,
                    "text": show(one, said_in(case.kind)),
                }
                for one in case.held_answers.select_related("case").order_by("at")
            ],
            "notes": [
                {"at": one.at, "role": one.role, "text": show(one, said_in(case.kind))}
                for one in case.staff_notes.select_related("case").order_by("at")
            ],
            "lines": card(case, case.person, request.reader, rules, standing(case.person_id)),
            "person": case.person,
            "escalation": case.escalations.filter(until=None).first(),
            "links": CaseLink.of(case),
            **case_access.course(case),
            "mine": case.assignee == request.reader.actor,
            **_forms(case),
            **more,
        }
        return render(request, "support/desk/case.html", context, status=status)


def _forms(case: Case) -> dict[str, Any]:
    """What can be done in it, not yet filled in."""
    return {
        "escalate_form": EscalateForm(),
        "link_form": LinkForm(),
        "reveal_form": ShowForm(),
        "answer_form": AnswerForm(initial={"seen": held_answers.newest(case)}),
        "note_form": NoteForm(),
        "snooze_form": SnoozeForm(),
        "merge_form": MergeForm(initial={"reference": case.suggested.reference if case.suggested else ""}),
    }
