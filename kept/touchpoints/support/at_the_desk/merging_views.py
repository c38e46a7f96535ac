"""Cases put together, taken apart, parted and linked, at the desk."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.accounts.signing_in.staff import staff_required
from kept.core.vault import gate
from kept.sentences import sentence
from kept.touchpoints.support import case_access
from kept.touchpoints.support.at_the_desk import merging, queues
from kept.touchpoints.support.at_the_desk.case_page import found, show_case
from kept.touchpoints.support.at_the_desk.forms import LinkForm, MergeForm
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.flows import NotNow
from kept.touchpoints.support.models import Case


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def merging_(request: DeskRequest, reference: str) -> HttpResponse:
    """First what it would do, then the doing."""
    row, form = found(request, reference), MergeForm(request.POST)
    if not form.is_valid() or not row.matter_open:
        return show_case(request, row, status=422, merge_form=form, form=form)
    into = (
        queues.cases_of(request.reader)
        .filter(reference=form.cleaned_data["reference"].strip().upper())
        .first()
    )
    if into is None or not merging.may_merge(row, into):
        form.add_error(
            "reference",
            _("Only two open cases of one person can be put together, or a mail that named the other"),
        )
        return show_case(request, row, status=422, merge_form=form, form=form)
    if "do" not in request.POST:
        return show_case(
            request, row, merge_form=form, preview={"into": into, "count": row.conversation.count()}
        )
    try:
        merging.merge(reader=request.reader, case=row, into=into)
    except NotNow as no:
        messages.error(request, str(no))
        return redirect("desk-case", reference=reference)
    messages.success(request, _("They are one case now. For a day you can take them apart."))
    return redirect("desk-case", reference=into.reference)


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def splitting(request: DeskRequest, reference: str) -> HttpResponse:
    row = found(request, reference)
    try:
        merging.split(reader=request.reader, case=row)
    except NotNow as no:
        messages.error(request, str(no))
    return redirect("desk-case", reference=reference)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(roles=topics.ROLES)
def parting(request: DeskRequest, reference: str) -> HttpResponse:
    """Some of its messages as a case of their own."""
    row = found(request, reference)
    if not row.matter_open:
        return show_case(request, row)
    wrong, chosen = "", _chosen(request)
    if request.method == "POST":
        try:
            made = merging.part(reader=request.reader, case=row, chosen=chosen)
        except NotNow as no:
            wrong = str(no)
        else:
            messages.success(request, _("They are a case of their own now. Put the two together to undo it."))
            return redirect("desk-case", reference=made.reference)
    with gate.purpose(row.purpose, reader=request.reader, about=row) as act:
        act.touch(row.person_id, what=sentence("Looked at case {reference}", reference=row.reference))
        said = [one for one in case_access.entries(row) if "message" in one]
        context = {"case": row, "matter": row, "said": said, "chosen": chosen, "wrong": wrong}
        context["purpose"] = ruling(request).spoken.purposes.get(row.purpose)
        return render(request, "support/desk/parting.html", context, status=422 if wrong else 200)


def _chosen(request: DeskRequest) -> set[UUID]:
    """The messages that were ticked; what is no number of one is left out."""
    found = set()
    for one in request.POST.getlist("message"):
        with suppress(ValueError):
            found.add(UUID(one))
    return found


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def linking(request: DeskRequest, reference: str) -> HttpResponse:
    """With another case of the same queue, or no more."""
    row, form = found(request, reference), LinkForm(request.POST)
    ended = request.POST.get("end", "")
    if ended.isdecimal():
        merging.unlink(case=row, id=int(ended))
        return redirect("desk-case", reference=reference)
    if not form.is_valid():
        return show_case(request, row, status=422, link_form=form, form=form)
    try:
        merging.link(
            reader=request.reader,
            case=row,
            other=_named(request, form.cleaned_data["reference"]),
            kind=form.cleaned_data["kind"],
        )
    except NotNow as no:
        form.add_error("reference", str(no))
        return show_case(request, row, status=422, link_form=form, form=form)
    return redirect("desk-case", reference=reference)


def _named(request: DeskRequest, reference: str) -> Case:
    """Raises NotNow alike for what is not there and for another queue's."""
    case = queues.cases_of(request.reader).filter(reference=reference.strip().upper()).first()
    if case is None:
        raise NotNow(_("Enter the reference of another case of your queue"))
    known: Case = case
    return known
