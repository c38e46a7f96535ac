"""Erase yourself: the preview, the fourteen days, and the ways back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kept.accounts.requests import OwnRequest
from kept.accounts.signing_in.reauthentication import reauthentication_required, recent
from kept.core.ledger import versions
from kept.core.register.destroying import erasing
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.outbox import silence
from kept.portal.form_parts.responses import invalid
from kept.rights.erasure import flows, steps
from kept.rights.erasure.forms import ErasureForm
from kept.rights.erasure.models import COOLING_OFF, Erasure
from kept.rights.erasure.preview import preview
from kept.sentences import sentence


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: OwnRequest) -> HttpResponseBase:
    """What would go and what would stay; or, once it was asked for, the day and the way back."""
    waiting = flows.of(request.person.pk)
    form = ErasureForm(
        request.POST or None, shared=() if waiting else erasing.shared_objects(request.person.pk)
    )
    if request.method == "POST":
        return _asked(request, form, waiting)
    return _page(request, form, waiting)


def _page(
    request: OwnRequest, form: ErasureForm, waiting: Erasure | None, *, status: int = 200, wrong: str = ""
) -> HttpResponse:
    return render(
        request, "erasure/erasure.html", _context(request, form, waiting) | {"wrong": wrong}, status=status
    )


def _context(request: OwnRequest, form: ErasureForm, waiting: Erasure | None) -> dict[str, Any]:
    shown = None
    if waiting is None:
        with gate.purpose(flows.RIGHT, reader=request.reader, about=request.person):
            shown = preview(request.person.pk, versions.spoken())
    return {
        "form": form,
        "waiting": waiting,
        "preview": shown,
        "recent": recent(request),
        "days": COOLING_OFF.days,
        "post": request.user.post(),
        "undone": (
            Erasure.objects.filter(subject=request.person.pk)
            .exclude(undone_at=None)
            .order_by("-undone_at")
            .first()
        ),
    }


@reauthentication_required
def _asked(request: OwnRequest, form: ErasureForm, waiting: Erasure | None) -> HttpResponseBase:
    if waiting is not None:
        return _page(request, form, waiting, status=409, wrong=str(flows.AlreadyAsked(waiting)))
    if not form.is_valid():
        return invalid(request, "erasure/erasure.html", _context(request, form, None))
    person = request.person
    try:
        flows.ask(
            subject=person.pk,
            controller=person.controller,
            reader=request.reader,
            silence=form.cleaned_data["silence"],
            choices=form.chosen,
        )
    except flows.AlreadyAsked as asked:
        return _page(request, form, asked.erasure, status=409, wrong=str(asked))
    except flows.StillNeeded as needed:
        return _page(request, form, None, status=409, wrong=str(needed))
    return redirect("erasure")


@require_POST
def undoing(request: OwnRequest) -> HttpResponse:
    """She is signed in and changed her mind. It only ever keeps data, so nothing more is asked."""
    waiting = flows.of(request.person.pk)
    if waiting is None:
        messages.info(request, _("There is no erasure to undo."))
        return redirect("erasure")
    try:
        flows.undo(erasure=waiting, reader=request.reader)
    except flows.TooLate as late:
        return _page(request, ErasureForm(), flows.of(request.person.pk), status=409, wrong=str(late))
    messages.success(request, _("Your erasure is undone. Nothing was erased."))
    return redirect("erasure")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo_link(request: HttpRequest, id: UUID, key: str) -> HttpResponse:
    """The way back in the mail, without signing in. A GET changes nothing: mail scanners follow links."""
    led = flows.linked(id, key)
    if led is None:
        raise Http404
    found, counts = led
    if found.state == "waiting" and not counts:
        return render(request, "erasure/undo.html", {"erasure": found, "moved": True}, status=410)
    if found.state != "waiting":
        return render(
            request, "erasure/undo.html", {"erasure": found}, status=200 if found.undone_at else 410
        )
    if request.method == "POST":
        try:
            flows.undo(erasure=found, reader=steps.ERASER, source=sentence("the link in our mail"))
        except (flows.TooLate, KeyErased):
            # Another click, or the worker, was faster; the page says how it stands.
            found = Erasure.objects.get(pk=id)
            return render(
                request, "erasure/undo.html", {"erasure": found}, status=200 if found.undone_at else 410
            )
        return redirect(request.path)
    return render(request, "erasure/undo.html", {"erasure": found})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def silence_link(request: HttpRequest, mark: str, key: str) -> HttpResponse:
    """The way back from never being written to: only the address itself was sent this link."""
    if not silence.is_way_back(mark, key):
        raise Http404
    if request.method == "POST":
        silence.lift_mark(mark)
        return redirect(request.path)
    return render(request, "erasure/silence.html", {"silent": silence.is_silent(mark)})
