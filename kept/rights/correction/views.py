"""What is wrong with what is known about me: choose the value, say what is right, follow what becomes of
it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.requests import OwnRequest
from kept.core.ledger import versions
from kept.core.register.holdings import known
from kept.core.vault import gate
from kept.core.vault.errors import FileNotKept
from kept.portal.form_parts.responses import invalid
from kept.rights.correction import disclosures, flows, values
from kept.rights.correction.forms import AskForm, StatementForm
from kept.rights.correction.models import Correction

MOST = 200


@never_cache
@require_safe
def corrections(request: OwnRequest) -> HttpResponse:
    """Everything that can be asked about, record by record, and what was asked before."""
    person = request.person
    with gate.purpose("own-data", reader=request.reader, about=person):
        groups = []
        for holding, _columns in values.offered(known(person.pk)):
            rows = list(holding.rows())[:MOST]
            if rows:
                groups.append(
                    (
                        holding.title,
                        holding.table,
                        [(str(row.instance.pk), row.label or holding.title) for row in rows],
                    )
                )
        names = _names(person.pk)
        asked = [
            (one, names.get(f"{one.table}.{one.attribute}", one.field_id))
            for one in Correction.objects.of(person.pk)[:50]
        ]
        context = {"groups": groups, "asked": asked}
        return render(request, "correction/list.html", context)


def _names(subject: UUID) -> dict[str, str]:
    return {
        f"{holding.table}.{column.attribute}": values.name_of(column)
        for holding in values.holdings(subject)
        for column in holding.columns
    }


@never_cache
@require_safe
def record(request: OwnRequest, table: str, row: str) -> HttpResponse:
    """The values of one record: which one is wrong?"""
    person = request.person
    with gate.purpose("own-data", reader=request.reader, about=person):
        found = values.values(person.pk, table, row)
        if not found:
            raise Http404
        if found[0].holding.model is values.OWN:
            return redirect("profile")
        waits = {
            one.attribute: one
            for one in (
                Correction.objects.open()
                .filter(subject=person.pk, table=table, row=row)
                .select_related("request")
            )
        }
        context = {
            "values": [(one, waits.get(one.attribute)) for one in found],
            "record": found[0].record,
            "table": table,
            "row": row,
        }
        return render(request, "correction/record.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def value(request: OwnRequest, table: str, row: str, attribute: str) -> HttpResponse:
    """One value: what is right, and how do you know?"""
    person = request.person
    with gate.purpose("own-data", reader=request.reader, about=person):
        found = values.value(person.pk, table, row, attribute)
        if found is None:
            raise Http404
        if found.holding.model is values.OWN:
            return redirect("profile")
        # Read in full while the act is open: the form shows it, and compares with it.
        sent = int(request.META.get("CONTENT_LENGTH") or 0)
        form = AskForm(request.POST or None, request.FILES or None, value=found, sent=sent)
        context = {"form": form, "value": found, "policy": versions.current().policy}
        if request.method != "POST":
            return render(request, "correction/ask.html", context)
        if not form.is_valid():
            return invalid(request, "correction/ask.html", context)
        return _asked(request, form, (table, row, attribute), context)


def _asked(
    request: OwnRequest, form: AskForm, place: tuple[str, str, str], context: dict[str, Any]
) -> HttpResponse:
    given = form.cleaned_data
    try:
        made, _received = flows.ask(
            reader=request.reader,
            person=request.person,
            place=place,
            after=given["after"],
            why=given["why"],
            files=form.files_given,
        )
    except flows.AskedAlready as before:
        messages.info(request, _("You asked for this already. Here is how it stands."))
        return redirect("correction", id=before.correction.pk)
    except (flows.NotYet, FileNotKept) as no:
        form.add_error(None, str(no))
        return invalid(request, "correction/ask.html", context)
    messages.success(request, _("We have your request."))
    return redirect("correction", id=made.pk)


def _own(request: OwnRequest, id: UUID) -> Correction:
    found: Correction | None = (
        Correction.objects.filter(pk=id, subject=request.person.pk).select_related("request").first()
    )
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def correction(request: OwnRequest, id: UUID) -> HttpResponse:
    return _show(request, _own(request, id))


def _show(
    request: OwnRequest, found: Correction, *, status: int = 200, form: StatementForm | None = None
) -> HttpResponse:
    person = request.person
    with gate.purpose("own-data", reader=request.reader, about=person):
        field = values.field_at(found.table, found.attribute)
        context = {
            "correction": found,
            "name": _names(person.pk).get(f"{found.table}.{found.attribute}", found.field_id),
            "before": values.shown(field, found.before or "") if field else found.before,
            "after": values.shown(field, found.after or "") if field else found.after,
            "why": found.why,
            "reason": found.reason,
            "answer": found.request.answer if found.request else "",
            "form": form or StatementForm(initial={"statement": found.statement or ""}),
            "told": disclosures.told_of(found.pk, versions.spoken()),
        }
        return render(request, "correction/correction.html", context, status=status)


@require_POST
def taken_back(request: OwnRequest, id: UUID) -> HttpResponse:
    try:
        flows.take_back(correction=_own(request, id), reader=request.reader)
    except flows.NotYet as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("It is taken back, and the value stays as it is."))
    return redirect("correction", id=id)


@never_cache
@require_POST
def statement(request: OwnRequest, id: UUID) -> HttpResponse:
    found = _own(request, id)
    with gate.purpose("own-data", reader=request.reader, about=request.person):
        form = StatementForm(request.POST, initial={"statement": found.statement or ""})
    if form.is_valid():
        try:
            flows.state(correction=found, reader=request.reader, text=form.cleaned_data["statement"])
        except flows.NotYet as no:
            form.add_error(None, str(no))
        else:
            messages.success(
                request,
                (
                    _("Your words stand beside the value.")
                    if form.cleaned_data["statement"].strip()
                    else _("Your words are gone.")
                ),
            )
            return redirect("correction", id=id)
    return _show(request, found, status=422, form=form)


@never_cache
@require_safe
def recipients(request: OwnRequest) -> HttpResponse:
    """Where my data went: by name, with what, when and what for (GDPR Art. 15(1)(c), C-154/21)."""
    person, policy = request.person, versions.spoken()
    with gate.purpose("own-data", reader=request.reader, about=person):
        return render(
            request, "correction/recipients.html", {"recipients": disclosures.recipients(person.pk, policy)}
        )
