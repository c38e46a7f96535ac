"""Giving a case to a colleague by name, passing it to the second level, and who there is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.touchpoints.support.at_the_desk import assigning, queues
from kept.touchpoints.support.at_the_desk.case_page import found, show_case
from kept.touchpoints.support.at_the_desk.forms import AssignForm, EscalateForm
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.flows import NotNow

FORM = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(FORM)
@staff_required(roles=topics.ROLES)
def colleagues(request: DeskRequest) -> HttpResponse:
    """Who may have cases, who of them is on the second level, and being there oneself."""
    if request.method == "POST":
        (assigning.leave if "leave" in request.POST else assigning.join)(request.reader)
        return redirect("desk-case-colleagues")
    there = queues.second_level(request.reader)
    lines = [
        {"post": post, "name": name, "second": post.user.subject in there}
        for post, name in assigning.named(assigning.colleagues(request.reader))
    ]
    context = {"lines": lines, "mine": request.reader.actor in there}
    return render(request, "support/desk/colleagues.html", context)


@never_cache
@require_http_methods(FORM)
@staff_required(roles=topics.ROLES)
def assigning_(request: DeskRequest, reference: str) -> HttpResponse:
    """Whose it is: names are opened for this page alone, and each of them reads of it."""
    row = found(request, reference)
    if not row.matter_open:
        return show_case(request, row)
    able = {str(post.pk): post for post in assigning.colleagues(request.reader)}
    if request.method == "POST" and (to := able.get(request.POST.get("to", ""))) is not None:
        assigning.assign(reader=request.reader, case=row, to=to)
        messages.success(request, _("The case is theirs now."))
        return redirect("desk-case", reference=reference)
    names = assigning.named(able.values())
    whose = next((name for post, name in names if post.user.subject == row.assignee), "")
    form = AssignForm(request.POST or None, colleagues=[(str(post.pk), name) for post, name in names])
    context: dict[str, Any] = {"case": row, "form": form, "whose": whose}
    status = 422 if request.method == "POST" else 200
    return render(request, "support/desk/assigning.html", context, status=status)


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def escalating(request: DeskRequest, reference: str) -> HttpResponse:
    """To the second level for a reason, or back."""
    row, form = found(request, reference), EscalateForm(request.POST)
    if not row.matter_open:
        return show_case(request, row, typed=request.POST.get("reason", ""))
    back = "back" in request.POST
    if not back and not form.is_valid():
        return show_case(request, row, status=422, escalate_form=form, form=form)
    try:
        if back:
            assigning.take_back(reader=request.reader, case=row)
        else:
            assigning.escalate(reader=request.reader, case=row, reason=form.cleaned_data["reason"])
    except NotNow as no:
        if back:
            messages.error(request, str(no))
            return redirect("desk-case", reference=reference)
        form.add_error("reason", str(no))
        return show_case(request, row, status=422, escalate_form=form, form=form)
    messages.success(
        request,
        _("It is with the first level again.") if back else _("It is with the second level now."),
    )
    return redirect("desk-case", reference=reference)
