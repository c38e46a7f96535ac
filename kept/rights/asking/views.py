"""Asking, without signing in: who answers is shown before anything is sent, and a form sent twice is one
request.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from kept.accounts.requests import KnownRequest
from kept.core.ledger import versions
from kept.core.vault.errors import FileNotKept
from kept.core.vault.readers import SelfReader
from kept.portal.form_parts import uploads
from kept.portal.form_parts.responses import invalid
from kept.rights.asking import controller_for, flows, prefill
from kept.rights.asking.following import opened_status, status
from kept.rights.asking.forms import AskForm, CodeForm, RequestForm
from kept.rights.asking.guards import bot_guard, limits
from kept.rights.asking.guards.bot_guard import Guarded

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FORM = ["GET", "HEAD", "POST"]
TOO_MANY = _(
    "So many were sent from here in the last hour that we take no more now. Wait an hour, or write to"
    " {email}."
)
ENOUGH_MAIL = _(
    "Five mails went to this address today, which is the most. Use the newest code, try tomorrow, or write to"
    " {email}."
)
WRONG_CODE = _(
    "This code is not right. Type it as it stands in the newest mail. After five wrong ones it no longer"
    " works, and a person takes over."
)
TOO_MANY_CODES = _("Too many codes were typed in here. Wait 15 minutes, and try again.")
FILES_AGAIN = _("A browser does not keep files over a page: choose them again before you send.")


def without_cookies(view: Any) -> Any:
    """The check of the token is for whoever is known by a cookie; of whoever has none, nothing can be
    misused. The form has its own.
    """
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def answer(request: KnownRequest, *args: Any, **named: Any) -> Any:
        bare = not request.COOKIES and (
            request.method != "POST" or bot_guard.is_ours(request.POST.get("token", ""))
        )
        return (view if bare else checked)(request, *args, **named)

    return answer


@without_cookies
@login_not_required
@never_cache
@require_http_methods(FORM)
def ask(request: KnownRequest) -> HttpResponse:
    """A question to the data controller (P32)."""
    values, origins = prefill.of(request)
    if request.method != "POST":
        return _page(
            request,
            "ask",
            AskForm(initial={"language": controller_for.language(), **values}, origins=origins),
        )
    if "show" in request.POST:
        return _page(
            request,
            "ask",
            AskForm(initial=_typed(request.POST, AskForm), origins=origins),
            again=bool(request.FILES),
        )
    form = AskForm(request.POST, request.FILES, origins=origins, sent=uploads.not_taken(request))
    refused = _refused(request, "ask", form)
    if refused is not None:
        return refused
    try:
        taken = _asked(request, form)
    except FileNotKept as no:
        form.add_error("attachments", str(no))
        return _again(request, "ask", form)
    return _sent(request, form, taken)


@login_not_required
@never_cache
@require_http_methods(FORM)
def ask_right(request: KnownRequest) -> HttpResponse:
    """A right, used without an account: the same answer to whatever address is typed.

    Whoever is signed in needs no code.
    """
    values, origins = prefill.of(request)
    known = isinstance(request.reader, SelfReader)
    if request.method != "POST":
        return _page(
            request,
            "request",
            RequestForm(
                initial={"language": controller_for.language(), **values}, origins=origins, signed_in=known
            ),
        )
    if "show" in request.POST:
        return _page(
            request,
            "request",
            RequestForm(initial=_typed(request.POST, RequestForm), origins=origins, signed_in=known),
            again=bool(request.FILES),
        )
    form = RequestForm(
        request.POST, request.FILES, origins=origins, signed_in=known, sent=uploads.not_taken(request)
    )
    refused = _refused(request, "request", form)
    if refused is not None:
        return refused
    if isinstance(request.reader, SelfReader) or form.for_whom is not None:
        try:
            taken = _right_used(request, form)
        except FileNotKept as no:
            form.add_error("authority_files", str(no))
            return _again(request, "request", form)
        return _sent(request, form, taken)
    given = form.cleaned_data
    if not limits.MAILS.spend(limits.letter_box(given["email"])):
        form.add_error("email", _whom(ENOUGH_MAIL))
        return _again(request, "request", form, status=429)
    said = {
        "text": form.text,
        "country": given["country"],
        "email": given["email"],
        "language": given["language"],
    }
    taken = flows.ask_unknown(token=form.token, kind=given["kind"], proof=form.named, **said)
    return _sent(request, form, taken)


@login_not_required
@never_cache
@require_http_methods(FORM)
def confirm(request: KnownRequest, reference: str) -> HttpResponse:
    """The code from the mail.

    An unknown reference, a wrong code and one that is used up are answered alike.
    """
    form = CodeForm(request.POST if request.method == "POST" else None)
    context = {
        "form": form,
        "reference": reference,
        "policy_address": versions.current().policy.company.published_email,
    }
    if request.method != "POST":
        return render(request, "asking/confirm.html", context)
    status = 422
    if form.is_valid():
        if not limits.CODES.spend(limits.machine(request)):
            form.add_error("code", TOO_MANY_CODES)
            status = 429
        else:
            check = flows.confirm(
                reference=reference,
                code=form.cleaned_data["code"],
                proof=flows.matching.read(form.cleaned_data["proof"]),
            )
            if check is not None:
                opened_status.remember(request, reference, opened_status.SURE)
                return redirect("request-status", reference=reference)
            form.add_error("code", WRONG_CODE)
    answer = invalid(request, "asking/confirm.html", context)
    answer.status_code = status
    return answer


def _asked(request: KnownRequest, form: AskForm) -> flows.Taken:
    given = form.cleaned_data
    reader = request.reader if isinstance(request.reader, SelfReader) else None
    return flows.ask(
        token=form.token,
        reader=reader,
        text=given["question"],
        topic=given["topic"],
        country=given["country"],
        name=given["name"],
        email=given["email"],
        address=form.postal,
        answer_by=given["answer_by"],
        language=given["language"],
        files=given["attachments"],
        for_whom=form.for_whom,
        # A stranger's address gets a few mails a day and no more; the question is taken in all the same.
        acknowledge=bool(given["email"])
        and (reader is not None or limits.MAILS.spend(limits.letter_box(given["email"]))),
    )


def _right_used(request: KnownRequest, form: RequestForm) -> flows.Taken:
    """By whoever is signed in; or for somebody else, where no code says anything: a person looks at what
    shows that they may.
    """
    given = form.cleaned_data
    reader = request.reader if isinstance(request.reader, SelfReader) else None
    return flows.ask(
        token=form.token,
        kind=given["kind"],
        reader=reader,
        text=form.text,
        country=given["country"],
        email=given["email"],
        language=given["language"],
        name=given["name"] if form.for_whom is not None else "",
        files=given["authority_files"],
        for_whom=form.for_whom,
        acknowledge=reader is not None or limits.MAILS.spend(limits.letter_box(given["email"])),
    )


def _refused(request: KnownRequest, template: str, form: Any) -> HttpResponse | None:
    """The form again, when it is wrong, when there were too many, or when who answers was not shown yet.

    None: it may be sent.
    """
    if not form.is_valid():
        return _again(request, template, form)
    if limits.SENT.reached(limits.machine(request)):
        form.add_error(None, _whom(TOO_MANY))
        return _again(request, template, form, status=429)
    if request.POST.get("shown") != controller_for.answers(form.cleaned_data["country"]).region.id:
        return _page(request, template, form, look=True, again=bool(request.FILES))
    limits.SENT.spend(limits.machine(request))
    return None


def _sent(request: KnownRequest, form: Guarded, taken: flows.Taken) -> HttpResponse:
    reference, known = taken.request.reference, taken.request.known
    if not request.COOKIES:
        # Nothing can be remembered for whoever takes no cookie: the code is shown here and now.
        fresh = {"reference": reference, "code": flows.status_code(form.token), "receipt": taken.receipt}
        standing = status.of(taken.request, reader=None, sure=False)
        return render(
            request,
            "asking/status.html",
            {"it": standing, "fresh": fresh, "form": None, "own": False, "copy": None},
        )
    if not known:
        opened_status.remember(request, reference, opened_status.CODE)
    opened_status.show_once(
        request, reference, code="" if known else flows.status_code(form.token), receipt=taken.receipt
    )
    return redirect("request-status", reference=reference)


def _page(request: KnownRequest, template: str, form: Any, **more: Any) -> HttpResponse:
    return render(request, f"asking/{template}.html", _context(form, **more))


def _again(request: KnownRequest, template: str, form: Any, *, status: int = 422) -> HttpResponse:
    answer = invalid(request, f"asking/{template}.html", _context(form, again=bool(request.FILES)))
    answer.status_code = status
    return answer


def _context(form: Any, *, again: bool = False, **more: Any) -> dict[str, Any]:
    country = str(form["country"].value() or "")
    known = country in dict(controller_for.choices()) and country
    return {
        "form": form,
        "who": controller_for.answers(country) if known else None,
        "again": FILES_AGAIN if again else "",
        **more,
    }


def _typed(given: Any, form: type[Guarded]) -> dict[str, Any]:
    """What was typed, as it was typed: shown again, and not judged yet."""
    return {
        name: given.get(name, "")
        for name in form.base_fields
        if name not in {"attachments", "authority_files", "website"}
    }


def _whom(said: StrOrPromise) -> str:
    return str(said).format(email=versions.current().policy.company.published_email)
