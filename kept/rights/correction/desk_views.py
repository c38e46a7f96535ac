"""At the desk: one correction with old value, new value and evidence; the uses a letter is about; and
recipients whom people tell.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.errors import KeyErased, NotAllowed
from kept.core.vault.sealed_files.files import SealedFile
from kept.outbox.send_rules import DoorClosed
from kept.portal.form_parts import uploads
from kept.rights.correction import disclosures, flows, fulfilment, manual_notices, values
from kept.rights.correction.desk import TELLING
from kept.rights.correction.forms import ByHandForm, DeclineForm, LetterForm, LimitsForm
from kept.rights.correction.models import Correction
from kept.rights.requests import request_kinds
from kept.rights.requests.course.fulfilment_registry import CannotCarryOut
from kept.rights.requests.course.verbs import PURPOSE
from kept.rights.requests.flows import NotYet as ClockNotYet
from kept.rights.requests.models import Request

for_controllers = staff_required(roles=("controller",))
KINDS = (request_kinds.CORRECTION, *fulfilment.VERBS)
NO = (flows.NotYet, ClockNotYet, CannotCarryOut)
TOLD = {
    "by letter": gettext_lazy("On the record: they were told by letter."),
    "by e-mail": gettext_lazy("On the record: they were told by e-mail."),
    "on the phone": gettext_lazy("On the record: they were told on the phone."),
}


def _find(request: DeskRequest, id: UUID) -> Request:
    """A request of this controller's company that this room works on."""
    found: Request | None = Request.objects.filter(pk=id, kind__in=KINDS).select_related("person").first()
    if found is None or found.controller != request.reader.entity:
        raise Http404
    return found


def _show(request: DeskRequest, asked: Request, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Rendered inside the act: what it shows is on the record before the first byte leaves."""
    if not asked.matter_open:
        return render(request, "correction/desk/closed.html", {"asked": asked}, status=status)
    row = asked.corrections.order_by("-asked_at").first()
    context: dict[str, Any] = {
        "asked": asked,
        "correction": row,
        "wrong": next(iter(forms.values()), None),
        **forms,
    }
    if asked.kind == request_kinds.CORRECTION:
        context.update(_about_value(asked, row))
    else:
        offered = [(id, purpose.title) for id, purpose in fulfilment.offered(asked).items()]
        context.setdefault(
            "limits_form", LimitsForm(offered=offered, initial={"purposes": fulfilment.meant(asked)})
        )
    with gate.purpose(PURPOSE, reader=request.reader, about=asked):
        context["name"] = show(asked.person, "name") if asked.person else show(asked, "name")
        context["text"] = show(asked, "text")
        if row is not None:
            field = values.field_at(row.table, row.attribute)
            for name in ("before", "after"):
                kept = show(row, name) or ""
                context[name] = values.shown(field, str(kept)) if field else kept
            context["why"] = show(row, "why")
        context["files"] = [SealedFile.describe(one.file) for one in asked.attachments.all()]
        return render(request, "correction/desk/correction.html", context, status=status)


def _about_value(asked: Request, row: Correction | None) -> dict[str, Any]:
    if row is None:
        return {"letter_form": LetterForm(offered=_offered(asked))} if asked.person else {}
    return {
        "decline_form": DeclineForm(),
        "column": disclosures.names_by_field().get(row.field_id, row.field_id),
    }


def _offered(asked: Request) -> list[tuple[str, str]]:
    assert asked.person is not None
    return [("|".join(place), words) for *place, words in values.rows_without_opening(asked.person.pk)]


@never_cache
@require_safe
@for_controllers
def correction(request: DeskRequest, id: UUID) -> HttpResponse:
    return _show(request, _find(request, id))


@never_cache
@require_POST
@for_controllers
def letter(request: DeskRequest, id: UUID) -> HttpResponse:
    """Which value a letter is about."""
    asked = _find(request, id)
    if asked.person is None or not asked.matter_open:
        return _show(request, asked, status=422)
    form = LetterForm(request.POST, offered=_offered(asked))
    if form.is_valid():
        table, row, attribute = form.cleaned_data["value"].split("|")
        try:
            flows.take_letter(
                request=asked,
                by=request.reader,
                place=(table, row, attribute),
                after=form.cleaned_data["after"],
            )
        except flows.NotYet as no:
            form.add_error(None, str(no))
        else:
            return redirect("desk-correction", id=asked.pk)
    return _show(request, asked, status=422, letter_form=form)


def _row(asked: Request) -> Correction:
    row = asked.corrections.select_related("request").order_by("-asked_at").first()
    if row is None:
        raise Http404
    return row


@never_cache
@require_POST
@for_controllers
def acceptance(request: DeskRequest, id: UUID) -> HttpResponse:
    asked = _find(request, id)
    form = DeclineForm()
    try:
        flows.finish(correction=_row(asked), by=request.reader)
    except NO as no:
        messages.error(request, str(no))
        return redirect("desk-correction", id=asked.pk)
    messages.success(
        request,
        _("{reference}: corrected, answered, and passed on to whoever had the old value.").format(
            reference=asked.reference
        ),
    )
    return redirect("desk-correction", id=asked.pk) if form.errors else redirect("desk")


@never_cache
@require_POST
@for_controllers
def refusal(request: DeskRequest, id: UUID) -> HttpResponse:
    asked, form = _find(request, id), DeclineForm(request.POST)
    if form.is_valid():
        try:
            flows.decline(correction=_row(asked), by=request.reader, reason=form.cleaned_data["reason"])
        except NO as no:
            form.add_error(None, str(no))
        else:
            messages.success(
                request, _("{reference}: refused, with the reasons.").format(reference=asked.reference)
            )
            return redirect("desk")
    return _show(request, asked, status=422, decline_form=form)


@never_cache
@require_POST
@for_controllers
def limits(request: DeskRequest, id: UUID) -> HttpResponse:
    """Restrict, or say no, to the uses that were ticked."""
    asked = _find(request, id)
    if asked.kind not in fulfilment.VERBS or not asked.matter_open:
        return _show(request, asked, status=422)
    form = LimitsForm(
        request.POST, offered=[(id_, purpose.title) for id_, purpose in fulfilment.offered(asked).items()]
    )
    if form.is_valid():
        try:
            said = fulfilment.limit(asked, by=request.reader, purposes=form.cleaned_data["purposes"])
        except NO as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, said + " " + _("It holds at once. Now answer the request."))
            return redirect("desk-correction", id=asked.pk)
    return _show(request, asked, status=422, limits_form=form)


@never_cache
@require_safe
@for_controllers
def evidence(request: DeskRequest, id: UUID, file: UUID) -> HttpResponseBase:
    """A file that came with it, opened into a file without a name, which is gone when the answer is."""
    asked = _find(request, id)
    if not asked.matter_open or not asked.attachments.filter(file=file).exists():
        raise Http404
    with ExitStack() as open_files:
        out = open_files.enter_context(tempfile.TemporaryFile())
        with gate.purpose(PURPOSE, reader=request.reader, about=asked):
            known = SealedFile.describe(file)
            for chunk in SealedFile.open(file):
                out.write(chunk)
        out.seek(0)
        answer = FileResponse(
            out,
            as_attachment=True,
            filename=f"{asked.reference}{uploads.ending(known.media_type)}",
            content_type=known.media_type,
        )
        open_files.pop_all()
    return answer


# Recipients whom people tell --------------------------------------------------------------------------------


@never_cache
@require_safe
@staff_required(roles=TELLING)
def recipients(request: DeskRequest) -> HttpResponse:
    """What waits. The list names recipients, and nobody else."""
    return render(request, "correction/desk/recipients.html", {"items": _titled(request)})


def _titled(request: DeskRequest) -> list[tuple[Any, str]]:
    known = versions.spoken().recipients
    return [
        (one, known[one.recipient].title if one.recipient in known else one.recipient)
        for one in manual_notices.waiting(request.reader.role)
    ]


def _item(request: DeskRequest, id: UUID) -> manual_notices.Item:
    found = manual_notices.find(request.reader.role, id)
    if found is None:
        raise Http404
    return found


def _told(request: DeskRequest, item: manual_notices.Item, *, status: int = 200, **more: Any) -> HttpResponse:
    policy, names = versions.spoken(), disclosures.names_by_field()
    context = {
        "item": item,
        "whom": policy.recipients.get(item.recipient),
        "what": list(dict.fromkeys(names.get(name, name) for name in item.fields)),
        "purposes": [
            policy.purposes[id].title
            for id in getattr(item, "purposes", [item.purpose])
            if id in policy.purposes
        ],
        "items": _titled(request),
        "opens": manual_notices.needs_opening(item),
        "form": ByHandForm(),
        **more,
    }
    return render(request, "correction/desk/recipient.html", context, status=status)


@never_cache
@require_safe
@staff_required(roles=TELLING)
def recipient(request: DeskRequest, id: UUID) -> HttpResponse:
    return _told(request, _item(request, id))


@never_cache
@require_POST
@staff_required(roles=TELLING)
def opening(request: DeskRequest, id: UUID) -> HttpResponse:
    """Show what they are told: from here on it counts as handed over, and stands on the person's timeline."""
    item, names = _item(request, id), disclosures.names_by_field()
    try:
        opened = manual_notices.open_item(item, by=request.reader)
    except (DoorClosed, NotAllowed, KeyErased) as closed:
        item.stop(type(closed).__name__)
        messages.error(request, _("It may not be told any more, and is off the list.") + f" {closed}")
        return redirect("desk-recipients")
    told = [(names.get(name, name), value) for name, value in opened.values.items()]
    return _told(request, item, opened=True, told=told, note=opened.note)


@never_cache
@require_POST
@staff_required(roles=TELLING)
def done(request: DeskRequest, id: UUID) -> HttpResponse:
    item, form = _item(request, id), ByHandForm(request.POST)
    if not form.is_valid():
        return _told(request, item, status=422, form=form)
    try:
        manual_notices.done(item, by=request.reader)
    except manual_notices.NotShown as no:
        form.add_error(None, str(no))
        return _told(request, item, status=422, form=form)
    messages.success(request, str(TOLD[form.cleaned_data["how"]]))
    return redirect("desk-recipients")
