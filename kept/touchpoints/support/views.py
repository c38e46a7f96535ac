"""The customer's side: their cases, a new one, one of them.

A case of somebody else answers exactly like one that does not exist.
"""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.limits.rate_limits import machine
from kept.accounts.requests import KnownRequest, OwnRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.vault import gate
from kept.core.vault.errors import FileNotKept, NotAllowed
from kept.core.vault.readers import SelfReader
from kept.portal.form_parts import uploads
from kept.portal.form_parts.door import restricted, stores_under
from kept.touchpoints.support import case_access, new_case
from kept.touchpoints.support.case_access import Access
from kept.touchpoints.support.cases import flows, limits, opening_times, sharing, topics
from kept.touchpoints.support.files import downloaded
from kept.touchpoints.support.forms import (
    EnquiryRatingForm,
    EnquiryReplyForm,
    FollowForm,
    RatingForm,
    ReplyForm,
    SharingForm,
)
from kept.touchpoints.support.models import Attachment, Case, Message
from kept.touchpoints.support.uploading import form_uploads as uploading

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FORM = ["GET", "HEAD", "POST"]
NOT_YOURS = gettext_lazy("You cannot open this case. Ask its owner to share it.")
WRONG = gettext_lazy(
    "This reference and this code do not belong together. Check both as they stand in our first mail."
)


@login_not_required
@never_cache
@require_http_methods(FORM)
def support(request: KnownRequest) -> HttpResponse:
    """Their cases; for whoever is not signed in, how to open and how to follow one."""
    if request.method == "POST":
        return _followed(request, FollowForm(request.POST), partial(_overview, request))
    return _overview(request, FollowForm())


def _overview(request: KnownRequest, form: FollowForm, status: int = 200) -> HttpResponse:
    spoken = ruling(request).spoken
    market = flows.market_of(request.person.controller) if request.person is not None else ""
    markets = [market] if market else list(spoken.company.regions)
    context: dict[str, Any] = {
        "form": form,
        "promises": opening_times.promises(),
        "desks": opening_times.times_of(spoken, markets),
    }
    if not isinstance(request.reader, SelfReader):
        return render(request, "support/overview.html", context, status=status)
    mine = list(Case.objects.of(request.reader.subject).select_related("product")[:100])
    lines = [line for purpose in ("support", "sales") for line in _lines(request, mine, purpose)]
    lines.sort(key=lambda line: line["case"].worked_at, reverse=True)
    return render(request, "support/overview.html", {**context, "lines": lines}, status=status)


def _lines(request: KnownRequest, mine: list[Case], purpose: str) -> list[dict[str, Any]]:
    """Own titles are opened; what a colleague shares is named by its reference until it is opened."""
    assert isinstance(request.reader, SelfReader)
    rows = [one for one in mine if one.purpose == purpose]
    if not rows:
        return []
    with gate.purpose(purpose, reader=request.reader, about=request.reader.subject):
        return [
            {"case": one, "title": one.words if one.person_id == request.reader.subject else ""}
            for one in rows
        ]


@login_not_required
@never_cache
@require_http_methods(FORM)
@stores_under("support")
def new(request: KnownRequest) -> HttpResponse:
    """Help with a product; who asks decides how much of it is filled in."""
    return new_case.page(request, topics.SERVICE)


@login_not_required
@never_cache
@require_http_methods(FORM)
@stores_under("sales")
def new_offer(request: KnownRequest) -> HttpResponse:
    """An offer, or a question before buying."""
    return new_case.page(request, topics.SALES)


def of_the_case(view: Any) -> Any:
    """For a view that keeps something in a case: refused where its owner restricted what the case is for.

    Raises NotAllowed.
    """

    @wraps(view)
    def answer(request: KnownRequest, reference: str, **named: Any) -> HttpResponse:
        allowed = case_access.access(request, reference)
        refused = restricted(request, allowed.case.purpose) if allowed is not None else None
        if refused is not None:
            raise NotAllowed(refused)
        answered: HttpResponse = view(request, reference, **named)
        return answered

    answer.stores_under = "support"  # type: ignore[attr-defined]
    return answer


def _refused(
    request: KnownRequest, form: FollowForm, status: int = 404, why: Any = NOT_YOURS
) -> HttpResponse:
    return render(request, "support/not_yours.html", {"form": form, "why": why}, status=status)


@login_not_required
@never_cache
@require_http_methods(FORM)
def case(request: KnownRequest, reference: str) -> HttpResponse:
    """One case, to its owner, to colleagues it is shared with, and to whoever types in its code."""
    if request.method == "POST":
        typed = FollowForm({"reference": reference, "code": request.POST.get("code", "")})
        return _followed(request, typed, partial(_refused, request))
    allowed = case_access.access(request, reference)
    if allowed is None:
        return _refused(request, FollowForm(initial={"reference": reference}))
    if allowed.case.merged_into is not None:
        return redirect("support-case", reference=allowed.case.merged_into.reference)
    return _show(request, allowed)


def _show(request: KnownRequest, allowed: Access, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Rendered inside the act: what it shows is on the record before the first byte leaves."""
    with case_access.reading(allowed) as act:
        case_access.note(act, allowed)
        context = case_access.page(allowed)
    context |= {"reply_form": _reply_form(allowed.case), "rating_form": _rating_form(allowed.case)}
    if allowed.owner and isinstance(allowed.reader, SelfReader):
        context["sharing_form"] = _sharing_form(allowed)
    if isinstance(request.reader, SelfReader):
        context |= uploading.context(request.reader, allowed.case.kind)
    return render(request, "support/case.html", {**context, **forms}, status=status)


def _reply_form(of: Case, *bound: Any, sent: int = 0) -> ReplyForm:
    kind = EnquiryReplyForm if of.kind == Case.Kind.SALES else ReplyForm
    return kind(*bound, sent=sent)


def _rating_form(of: Case, *bound: Any) -> RatingForm:
    return (EnquiryRatingForm if of.kind == Case.Kind.SALES else RatingForm)(*bound)


def _sharing_form(allowed: Access, *bound: Any) -> SharingForm | None:
    if allowed.case.confidential:
        return None
    colleagues = sharing.named(allowed.case)
    standing = set(allowed.case.shares.filter(until=None).values_list("person_id", flat=True))
    now = [id for id, _name in colleagues if UUID(id) in standing]
    return SharingForm(*bound, initial={"colleagues": now}, colleagues=colleagues) if colleagues else None


def _followed(request: KnownRequest, form: FollowForm, again: Any) -> HttpResponse:
    """Reference and code: a wrong one, one that is used up and one of nothing are answered alike."""
    if not form.is_valid():
        return again(form, status=422)
    if not limits.CODES.spend(machine(request)):
        form.add_error("code", _("Too many codes were typed in here. Wait 15 minutes, and try again."))
        return again(form, status=429)
    found = Case.objects.called(form.cleaned_data["reference"])
    if (
        found is None
        or not found.code_counts
        or found.code != flows.mark(found.reference, form.cleaned_data["code"])
    ):
        form.add_error("code", WRONG)
        return again(form, status=422)
    case_access.remember(request, found)
    return redirect("support-case", reference=found.reference)


def _allowed(request: KnownRequest, reference: str, *, owner: bool = False) -> Access:
    """Raises Http404 alike for what does not exist and for what is somebody else's."""
    allowed = case_access.access(request, reference)
    if allowed is None or (owner and not allowed.owner) or allowed.case.merged_into_id:
        raise Http404
    return allowed


@login_not_required
@never_cache
@require_POST
@of_the_case
def reply(request: KnownRequest, reference: str) -> HttpResponse:
    allowed = _access_to_what_is_left(request, reference)
    if allowed is None:
        return _refused(request, FollowForm(initial={"reference": reference}))
    form = _reply_form(allowed.case, request.POST, request.FILES, sent=uploads.not_taken(request))
    reader = request.reader if isinstance(request.reader, SelfReader) else None
    sent = uploading.from_form(request, reader, allowed.case.kind, form)
    if not form.is_valid():
        return _show(request, allowed, status=422, reply_form=form, form=form)
    if not limits.WRITTEN.spend(_writer(request)):
        form.add_error(
            None, _("30 messages within an hour are enough. Wait a while, then send this one again.")
        )
        return _show(request, allowed, status=429, reply_form=form, form=form)
    try:
        said = flows.reply(
            reader=allowed.reader,
            case=allowed.case,
            by=allowed.person,
            text=form.cleaned_data["text"],
            files=(*form.cleaned_data["attachments"], *sent.files),
            along=sent.used,
        )
    except FileNotKept as no:
        form.add_error("attachments", str(no))
        return _show(request, allowed, status=422, reply_form=form, form=form)
    messages.success(request, _("Your message is in the case. We are told."))
    tell_of_cards(request, said)
    return redirect("support-case", reference=allowed.case.reference)


def _writer(request: KnownRequest) -> str:
    """Who is counted: the person where they are signed in, else the machine."""
    return f"person {request.reader.subject}" if isinstance(request.reader, SelfReader) else machine(request)


def _access_to_what_is_left(request: KnownRequest, reference: str) -> Access | None:
    """What is typed while two cases are put together lands in the one that is left."""
    allowed = case_access.access(request, reference)
    while allowed is not None and allowed.case.merged_into is not None:
        allowed = case_access.access(request, allowed.case.merged_into.reference)
    return allowed


def tell_of_cards(request: KnownRequest, said: Message) -> None:
    """Whoever typed a card number is told that it was covered before it was kept."""
    if said.masked:
        messages.warning(request, new_case.MASKED)


@login_not_required
@never_cache
@require_POST
def closing(request: KnownRequest, reference: str) -> HttpResponse:
    return _moved(
        request, reference, flows.close, _("The case is closed. Write in it, and it is open again.")
    )


@login_not_required
@never_cache
@require_POST
def reopening(request: KnownRequest, reference: str) -> HttpResponse:
    return _moved(request, reference, flows.reopen, _("The case is open again. We are told."))


def _moved(request: KnownRequest, reference: str, verb: Any, done: StrOrPromise) -> HttpResponse:
    allowed = _allowed(request, reference, owner=True)
    try:
        verb(reader=allowed.reader, case=allowed.case)
    except flows.NotNow as no:
        messages.error(request, str(no))
    else:
        messages.success(request, done)
    return redirect("support-case", reference=reference)


@login_not_required
@never_cache
@require_POST
@of_the_case
def rating(request: KnownRequest, reference: str) -> HttpResponse:
    allowed = _allowed(request, reference, owner=True)
    form = _rating_form(allowed.case, request.POST)
    if not form.is_valid():
        return _show(request, allowed, status=422, rating_form=form, form=form)
    return _moved(
        request,
        reference,
        partial(flows.rate, stars=form.cleaned_data["stars"]),
        _("Thank you. It counts in our figures, without your name."),
    )


@never_cache
@require_POST
def share(request: OwnRequest, reference: str) -> HttpResponse:
    """Who else reads it: named colleagues of their own organisation."""
    allowed = _allowed(request, reference, owner=True)
    form = _sharing_form(allowed, request.POST)
    if form is None or not isinstance(allowed.reader, SelfReader):
        messages.error(request, _("A case about this topic is never shared."))
        return redirect("support-case", reference=reference)
    if not form.is_valid():
        return _show(request, allowed, status=422, sharing_form=form, form=form)
    chosen = [UUID(id) for id in form.cleaned_data["colleagues"]]
    sharing.share(reader=allowed.reader, case=allowed.case, with_=chosen)
    messages.success(request, _("Who reads the case is as you chose. Colleagues are told by mail."))
    return redirect("support-case", reference=reference)


@login_not_required
@never_cache
@require_safe
def file(request: KnownRequest, reference: str, file: UUID) -> HttpResponse:
    """One file of the case, to be saved."""
    allowed = _allowed(request, reference)
    found = Attachment.objects.filter(message__case=allowed.case, file=file).first()
    if found is None:
        raise Http404
    with case_access.reading(allowed) as act:
        case_access.note(act, allowed)
        return downloaded(found.file, allowed.case.reference)
