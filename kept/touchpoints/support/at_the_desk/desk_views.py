"""The cases at the desk: the queue, one case, and what is done in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kept.accounts.models import StaffMember
from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.accounts.signing_in.staff import staff_required
from kept.core.vault import gate
from kept.core.vault.errors import FileNotKept
from kept.desk import live_pages
from kept.portal.form_parts import uploads
from kept.portal.regions import places
from kept.sentences import sentence
from kept.touchpoints.support.at_the_desk import assigning, flows, guard, held_answers, macros, queues
from kept.touchpoints.support.at_the_desk.case_page import found, found_left, show_case, state_of
from kept.touchpoints.support.at_the_desk.forms import AnswerForm, NoteForm, ShowForm, SnoozeForm
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.files import downloaded
from kept.touchpoints.support.models import Attachment, Case
from kept.touchpoints.support.new_case import MASKED

MOST = 50


@never_cache
@require_safe
@staff_required(roles=topics.ROLES)
def queue(request: DeskRequest) -> HttpResponse:
    """What waits, soonest due first, by language and market. Nothing personal is opened for it."""
    which, language, market = (request.GET.get(name, "") for name in ("show", "language", "market"))
    by = _colleague(request)
    rows = queues.chosen(request.reader, which, by=by.user.subject if by else None)
    asked = {name: value for name, value in (("language", language), ("market", market)) if value}
    shown = list(rows.filter(**asked).select_related("product")[:MOST])
    tag = live_pages.tag_of(request, (line for row in shown for line in _state(row)))
    if (same := live_pages.unchanged(request, tag)) is not None:
        return same
    known = queues.cases_of(request.reader).filter(closed_at=None)
    context = {
        "rows": shown,
        "tag": tag,
        "show": which,
        "by": by,
        "whose": assigning.named([by])[0][1] if by else "",
        "language": language,
        "market": market,
        "languages": [(code, places.language_name(code)) for code in _known(known, "language")],
        "markets": [(id, _market(request, id)) for id in _known(known, "market")],
        "purpose": ruling(request).spoken.purposes.get(
            topics.PURPOSE_OF[topics.KIND_OF[request.post_held.role]]
        ),
    }
    return live_pages.tagged(render(request, "support/desk/queue.html", context), tag)


def _state(row: Any) -> tuple[object, ...]:
    """What a line of the queue shows, or is sorted by."""
    standing = (row.reference, row.awaits, row.late, bool(row.assignee), row.on_second)
    return (*standing, row.suggested_id, row.snoozed_until, row.answered_at, row.worked_at, row.due_at)


def _colleague(request: DeskRequest) -> StaffMember | None:
    """Whose cases are asked for, by the number of their post; None for nobody who may have any."""
    wanted = request.GET.get("by", "")
    able = assigning.colleagues(request.reader) if wanted else []
    return next((post for post in able if str(post.pk) == wanted and post.user.person), None)


def _known(rows: Any, name: str) -> list[str]:
    return sorted(set(rows.order_by().values_list(name, flat=True)))


def _market(request: DeskRequest, id: str) -> str:
    region = ruling(request).spoken.company.regions.get(id)
    return region.title if region else id


@never_cache
@require_safe
@staff_required(roles=topics.ROLES)
def case(request: DeskRequest, reference: str) -> HttpResponse:
    """Live while it lies open: asked for again and again, it opens nothing before there is something new."""
    row = found(request, reference)
    tag = live_pages.tag_of(request, state_of(request, row))
    if (same := live_pages.unchanged(request, tag)) is not None:
        return same
    return live_pages.tagged(show_case(request, row, tag=tag), tag)


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def answer(request: DeskRequest, reference: str) -> HttpResponse:
    """What is doubtful is asked about first, and *Don't send* is what Enter presses."""
    row = found_left(request, reference)
    form = AnswerForm(request.POST, request.FILES, sent=uploads.not_taken(request))
    if not row.matter_open:
        return show_case(request, row, typed=request.POST.get("text", ""))
    if "insert" in request.POST or "stop" in request.POST:
        return show_case(request, row, answer_form=_with_macro(request, row))
    if not form.is_valid():
        return show_case(request, row, status=422, answer_form=form, form=form)
    doubts = guard.doubts(form.cleaned_data["text"])
    if doubts and "anyway" not in request.POST:
        return show_case(request, row, status=422, answer_form=form, doubts=doubts)
    given = form.cleaned_data
    try:
        held = held_answers.answer(
            reader=request.reader,
            case=row,
            text=given["text"],
            seen=given["seen"],
            files=given["attachments"],
        )
    except held_answers.Overtaken as behind:
        again = AnswerForm(initial={**request.POST.dict(), "seen": held_answers.newest(row)})
        return show_case(request, row, status=409, answer_form=again, overtaken=str(behind))
    except (FileNotKept, flows.NotNow) as no:
        form.add_error("attachments" if isinstance(no, FileNotKept) else None, str(no))
        return show_case(request, found(request, row.reference), status=422, answer_form=form, form=form)
    if held.masked:
        messages.warning(request, MASKED)
    return redirect("desk-case", reference=row.reference)


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def undoing(request: DeskRequest, reference: str, id: UUID) -> HttpResponse:
    """The answer back in its box, while it has not left."""
    row = found(request, reference)
    if not row.matter_open:
        return show_case(request, row)
    try:
        words = held_answers.undo(reader=request.reader, case=row, id=id)
    except flows.NotNow as no:
        messages.error(request, str(no))
        return redirect("desk-case", reference=reference)
    again = AnswerForm(initial={"text": words, "seen": held_answers.newest(row)})
    return show_case(request, row, answer_form=again, taken_back=True)


def _with_macro(request: DeskRequest, row: Case) -> AnswerForm:
    """What was typed, and below it a text that is ready, in the language of the case."""
    typed = str(request.POST.get("text", "")).rstrip()
    ready = macros.in_the_language_of(row, request.POST.get("macro", "")) if "insert" in request.POST else ""
    text = "\n\n".join(part for part in (typed, ready) if part)
    return AnswerForm(initial={"text": text, "seen": request.POST.get("seen", "")})


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def note(request: DeskRequest, reference: str) -> HttpResponse:
    row, form = found_left(request, reference), NoteForm(request.POST)
    if not form.is_valid() or not row.matter_open:
        typed = request.POST.get("text", "")
        return show_case(request, row, status=422, note_form=form, form=form, typed=typed)
    flows.note(reader=request.reader, case=row, text=form.cleaned_data["text"])
    messages.success(request, _("Your note is with the case. It was not sent."))
    return redirect("desk-case", reference=row.reference)


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def taking(request: DeskRequest, reference: str) -> HttpResponse:
    """It is mine, or nobody's again."""
    row = found(request, reference)
    try:
        flows.take(reader=request.reader, case=row, give_back="back" in request.POST)
    except flows.NotNow as no:
        messages.error(request, str(no))
    return redirect("desk-case", reference=reference)


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def snoozing(request: DeskRequest, reference: str) -> HttpResponse:
    row, form = found(request, reference), SnoozeForm(request.POST)
    if not form.is_valid() or not row.matter_open:
        return show_case(request, row, status=422, snooze_form=form, form=form)
    flows.snooze(reader=request.reader, case=row, until=form.cleaned_data["until"])
    messages.success(request, _("It is back in the queue that morning, or when somebody writes."))
    return redirect("desk-cases")


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def closing(request: DeskRequest, reference: str) -> HttpResponse:
    row = found(request, reference)
    try:
        flows.close(reader=request.reader, case=row)
    except flows.NotNow as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Case {reference} is closed.").format(reference=reference))
    return redirect("desk-cases")


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def revealing(request: DeskRequest, reference: str) -> HttpResponse:
    row, form = found(request, reference), ShowForm(request.POST)
    if not form.is_valid() or not row.matter_open:
        return show_case(request, row, status=422, form=form, refused_reveal=form)
    flows.reveal(reader=request.reader, case=row, **form.cleaned_data)
    return redirect("desk-case", reference=reference)


@never_cache
@require_safe
@staff_required(roles=topics.ROLES)
def file(request: DeskRequest, reference: str, file: UUID) -> HttpResponse:
    """To be saved; that it was opened stands on the person's timeline."""
    row = found(request, reference)
    attached = Attachment.objects.filter(message__case=row, file=file).first()
    if attached is None or not row.matter_open:
        raise Http404
    with gate.purpose(row.purpose, reader=request.reader, about=row) as act:
        act.touch(row.person_id, what=sentence("Opened a file of case {reference}", reference=row.reference))
        return downloaded(attached.file, row.reference)
