"""Opening a case on the site: by whoever is signed in, with what we know filled in and a draft kept; by
anybody else, with a name and an address.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kept.accounts.limits.rate_limits import letter_box, machine
from kept.accounts.requests import KnownRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.errors import FileNotKept
from kept.core.vault.readers import SelfReader
from kept.equipment.models import Holding
from kept.portal.form_parts import uploads
from kept.portal.form_parts.responses import invalid
from kept.portal.marks.durations import written
from kept.touchpoints.support import case_access
from kept.touchpoints.support.cases import flows, limits, topics
from kept.touchpoints.support.cases.attachments import File
from kept.touchpoints.support.cases.drafts import Draft
from kept.touchpoints.support.cases.mail_intake import mark_of
from kept.touchpoints.support.forms import (
    ANOTHER,
    NONE,
    CaseForm,
    EnquiryForm,
    ServiceForm,
    UnknownEnquiryForm,
    UnknownServiceForm,
)
from kept.touchpoints.support.models import Case, Message
from kept.touchpoints.support.uploading import form_uploads as uploading

MASKED = gettext_lazy(
    "What looked like a payment card number was covered before it was kept: only its last four figures stand"
    " there. We never need one."
)
TOO_MANY = gettext_lazy(
    "So many cases were sent from here in the last hour that we take no more now. Wait an hour."
)
ENOUGH_MAIL = gettext_lazy("Five mails went to this address today, which is the most. Try again tomorrow.")
KEPT = ("title", "topic", "text", "severity", "machine", "serial", "firmware")
DRAFT = "draft"


def page(request: KnownRequest, kind: str) -> HttpResponse:
    """``?unit=`` names a machine of theirs that it is about."""
    reader = request.reader if isinstance(request.reader, SelfReader) else None
    if request.method != "POST":
        with versions.asked_once(ruling(request)):
            form = _form(request, reader, kind)
            return render(request, "support/new.html", _context(form, reader, kind))
    form = _form(request, reader, kind)
    if reader is not None and DRAFT in request.POST:
        _keep(request, reader, form, kind)
        messages.success(
            request, _("Your draft is kept for 30 days. Files are not part of it: choose them again.")
        )
        return redirect(request.get_full_path())
    return _sent(request, reader, form, kind)


def _context(form: CaseForm, reader: SelfReader | None, kind: str) -> dict[str, Any]:
    known = {"form": form, "known": reader is not None, "kind": kind, "sales": kind == topics.SALES}
    return known if reader is None else known | uploading.context(reader, kind)


def _form(request: KnownRequest, reader: SelfReader | None, kind: str) -> CaseForm:
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    options: dict[str, Any] = {"sent": uploads.not_taken(request)}
    if reader is None:
        unknown = UnknownEnquiryForm if kind == topics.SALES else UnknownServiceForm
        return unknown(*bound, initial={"machine": ANOTHER}, **options)
    assert request.person is not None
    with gate.purpose(topics.PURPOSE_OF[kind], reader=reader, about=request.person):
        if kind == topics.SERVICE:
            options["machines"] = case_access.machines(request.person)
        if not bound:
            options["initial"], options["origins"] = _known(request, kind, options.get("machines", ()))
    return (EnquiryForm if kind == topics.SALES else ServiceForm)(*bound, **options)


def _known(request: KnownRequest, kind: str, machines: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """What stands there already, and where it comes from: the draft, or the machine the link named."""
    draft = Draft.objects.alive().filter(person=request.person, kind=kind).first()
    if draft is not None:
        values = draft.typed
        came = _("From your draft of {day}").format(day=written(timezone.localdate(draft.touched_at)))
        return values, {name: came for name, value in values.items() if value and name in KEPT}
    named = request.GET.get("unit", "")
    if named in {id for id, _words in machines}:
        return {"machine": named}, {"machine": _("From your products, where you came from")}
    return {}, {}


def _keep(request: KnownRequest, reader: SelfReader, form: CaseForm, kind: str) -> None:
    """As it was typed, right or wrong: what was typed is never lost, also over a sign-out."""
    assert request.person is not None
    typed = {name: str(request.POST.get(name, ""))[:20_000] for name in KEPT}
    covered = {name: flows.covered(value) for name, value in typed.items()}
    with (
        gate.purpose(
            topics.PURPOSE_OF[kind], reader=reader, about=request.person, source=flows.SOURCES["web"]
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        Draft.objects.filter(person=request.person, kind=kind).delete()
        draft = Draft(person=request.person, kind=kind, topic=covered["topic"][:20])
        draft.severity = covered["severity"][:12]
        draft.say({name: covered[name] for name in KEPT if name not in ("topic", "severity")})
        draft.save(force_insert=True)


def _sent(request: KnownRequest, reader: SelfReader | None, form: CaseForm, kind: str) -> HttpResponse:
    again = _again(request, form, reader, kind)
    mark = mark_of(f"form {form.token}")
    if (before := _before(mark)) is not None:
        return _done(request, before.case)
    sent = uploading.from_form(request, reader, kind, form)
    if not form.is_valid():
        if reader is not None:
            _keep(request, reader, form, kind)
        return again()
    if (trouble := _too_many(request, reader, form)) is not None:
        form.add_error(*trouble)
        answer = again()
        answer.status_code = 429
        return answer
    try:
        opened = flows.open_case(
            reader=reader or flows.CLERK,
            person=request.person if reader is not None and request.person else _newcomer(form),
            said=_said(request, reader, form, kind, sent.files),
            mail_mark=mark,
            along=sent.used,
        )
    except FileNotKept as no:
        form.add_error("attachments", str(no))
        return again()
    except IntegrityError:
        # The same form, sent twice at once: the other was faster.
        before = _before(mark)
        if before is None:
            raise
        return _done(request, before.case)
    if opened.masked:
        messages.warning(request, MASKED)
    if reader is None:
        case_access.remember(request, opened.case)
    return _done(request, opened.case)


def _again(
    request: KnownRequest, form: CaseForm, reader: SelfReader | None, kind: str
) -> Callable[[], HttpResponse]:
    """The page with what was typed, and with the files that are here already."""
    return lambda: invalid(request, "support/new.html", _context(form, reader, kind))


def _before(mark: str) -> Message | None:
    return Message.objects.filter(mail_mark=mark).select_related("case").first()


def _done(request: KnownRequest, case: Case) -> HttpResponse:
    messages.success(
        request,
        _("We have your case. Its reference is {reference}; a confirmation is on its way by mail.").format(
            reference=case.reference
        ),
    )
    return redirect("support-case", reference=case.reference)


def _too_many(
    request: KnownRequest, reader: SelfReader | None, form: CaseForm
) -> tuple[str | None, Any] | None:
    if not limits.SENT.spend(machine(request)):
        return None, TOO_MANY
    if reader is None and not limits.MAILS.spend(letter_box(form.cleaned_data["email"])):
        return "email", ENOUGH_MAIL
    return None


def _newcomer(form: CaseForm) -> flows.Newcomer:
    company = versions.current().policy.company
    given, language = form.cleaned_data, get_language() or "en"
    return flows.Newcomer(
        name=given["name"],
        email=given["email"],
        language=language if language in company.languages else company.languages[0],
        entity=company.region_of(given["country"]).entity,
    )


def _said(
    request: KnownRequest, reader: SelfReader | None, form: CaseForm, kind: str, sent: Sequence[File]
) -> flows.Said:
    given = form.cleaned_data
    machine_, serial = given.get("machine", NONE), given.get("serial", "")
    holding = None
    if machine_ not in (ANOTHER, NONE, "") and request.person is not None:
        # Only what is theirs or their organisation's is on the list: nothing else comes through the form.
        holding = Holding.objects.select_related("unit__product").filter(pk=UUID(machine_)).first()
    return flows.Said(
        kind=kind,
        topic=given["topic"],
        title=given["title"],
        text=given["text"],
        severity=given.get("severity", ""),
        holding=holding,
        product=holding.unit.product if holding else None,
        serial=holding.unit.serial if holding else serial,
        firmware=given.get("firmware", ""),
        files=(*given["attachments"], *sent),
    )
