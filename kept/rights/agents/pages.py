"""The person's side: confirm what an agent asks in her name, or stop it; and fetch what it brought.

The address is secret, and proves nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kept.accounts.requests import OwnRequest
from kept.accounts.signing_in.reauthentication import reauthentication_required
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.portal.form_parts.responses import invalid
from kept.rights.agents import directory, identity, status
from kept.rights.agents import results as brought
from kept.rights.agents.directory import DirectoryWrong
from kept.rights.agents.forms import CodeForm
from kept.rights.agents.models import Exercise
from kept.rights.copies.zip_response import zipped
from kept.rights.requests.flows import NotYet
from kept.sentences import sentence

HANDER = SystemReader(job="agents.results")
IN_WORDS = {
    "access": sentence("a copy of everything we know about you"),
    "access:specific": sentence("a copy of everything we know about you"),
    "access:categories": sentence("a list of the kinds of data we hold about you"),
    "deletion": sentence("that everything we know about you is erased"),
    "sale:opt-out": sentence("that your data is never sold, shared, or used to follow you"),
    "sale:opt-in": sentence("that your no to selling, sharing and being followed is taken back"),
}


def of_exercise(what: str) -> Callable[..., Any]:
    """The exercise an address leads to, or 404: a wrong mark, and a request_id of another one, look as if
    there were none.
    """

    def opened(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def found(request: HttpRequest, id: UUID, mark: str) -> HttpResponseBase:
            row = Exercise.objects.filter(pk=id).select_related("request").first()
            said = request.GET.get("request_id", str(id))
            if (
                row is None
                or not secrets.compare_digest(mark.encode(), row.page(what).encode())
                or said != str(id)
            ):
                raise Http404
            return view(request, row)

        found.login_required = False  # type: ignore[attr-defined]
        return never_cache(login_not_required(found))

    return opened


# Confirming -------------------------------------------------------------------------------------------------


@require_safe
@of_exercise("confirming")
def confirming(request: HttpRequest, exercise: Exercise) -> HttpResponse:
    return render(request, "agents/confirming.html", _confirming(request, exercise))


@require_POST
@of_exercise("confirming")
def code(request: HttpRequest, exercise: Exercise) -> HttpResponse:
    """Send a code, or take one. Both take as long, and look the same, whoever is meant."""
    if not _waits(exercise):
        return redirect(_here(request, exercise, "confirming"))
    if "code" not in request.POST:
        identity.send_code(exercise)
        return render(request, "agents/confirming.html", {**_confirming(request, exercise), "sent": True})
    form = CodeForm(request.POST)
    if form.is_valid():
        person = identity.proven(exercise, form.cleaned_data["code"])
        if person is not None:
            identity.confirm(exercise, person)
            return _confirmed(request, exercise)
        form.add_error("code", _("This code is not right, or no longer. Look again, or have a new one sent"))
    return invalid(
        request,
        "agents/confirming.html",
        {**_confirming(request, Exercise.objects.get(pk=exercise.pk)), "form": form, "sent": True},
    )


@of_exercise("confirming")
def confirmation(request: OwnRequest, exercise: Exercise) -> HttpResponseBase:
    """Signed in, and asked once more. Whoever only comes by, or is not signed in, sees the page."""
    if request.method != "POST" or not isinstance(request.reader, SelfReader) or not _waits(exercise):
        return redirect(_here(request, exercise, "confirming"))
    return _confirm(request, exercise)


@reauthentication_required
def _confirm(request: OwnRequest, exercise: Exercise) -> HttpResponse:
    if not identity.fits(exercise, request.person, request.reader):
        wrong = _(
            "The request names another address than the one of this ID. Sign in with that one, or have a code"
            " sent."
        )
        return invalid(request, "agents/confirming.html", {**_confirming(request, exercise), "wrong": wrong})
    identity.confirm(exercise, request.person)
    return _confirmed(request, exercise)


@require_POST
@of_exercise("confirming")
def refusal(request: HttpRequest, exercise: Exercise) -> HttpResponse:
    try:
        identity.disown(exercise)
    except NotYet as no:
        return invalid(
            request, "agents/confirming.html", {**_confirming(request, exercise), "wrong": str(no)}
        )
    return redirect(_here(request, exercise, "confirming"))


def _waits(exercise: Exercise) -> bool:
    return not exercise.over and exercise.reason == Exercise.Reason.NEED_USER_VERIFICATION


def _confirming(request: HttpRequest, exercise: Exercise) -> dict[str, Any]:
    return {
        "exercise": exercise,
        "mark": exercise.page("confirming"),
        "agent": _agent(exercise),
        "asks": IN_WORDS[exercise.exercise],
        "waits": _waits(exercise),
        "back": _back(request, exercise),
        "here": (
            request.get_full_path()
            if request.method in {"GET", "HEAD"}
            else _here(request, exercise, "confirming")
        ),
        "query": request.META.get("QUERY_STRING", ""),
        "form": CodeForm(),
    }


def _confirmed(request: HttpRequest, exercise: Exercise) -> HttpResponse:
    """Back to the agent, where it named a place of its own (redirect_to, 3.02.1); else here, where it now
    says that it is confirmed.
    """
    return redirect(_back(request, exercise) or _here(request, exercise, "confirming"))


def _back(request: HttpRequest, exercise: Exercise) -> str:
    """``redirect_to``, when it leads to the host the directory names for this agent; "" otherwise, so that
    nobody is sent elsewhere from here.
    """
    wanted, agent = request.GET.get("redirect_to", ""), _agent(exercise)
    try:
        parts, own = urlsplit(wanted), urlsplit(agent.web_url if agent else "")
    except ValueError:
        return ""
    plain = wanted.isascii() and not any(sign.isspace() or sign == "\\" for sign in wanted)
    return wanted if plain and parts.scheme == "https" and parts.netloc and parts.netloc == own.netloc else ""


def _here(request: HttpRequest, exercise: Exercise, what: str) -> str:
    query = request.META.get("QUERY_STRING", "")
    return urlsplit(status.address(exercise, what)).path + (f"?{query}" if query else "")


def _agent(exercise: Exercise) -> directory.Agent | None:
    """None when it has left the directory since, or the directory cannot be read: the page then says its
    id.
    """
    try:
        return directory.agent(exercise.agent)
    except DirectoryWrong:
        return None


# Fetching what it brought -----------------------------------------------------------------------------------


@require_safe
@of_exercise("results")
def results(request: HttpRequest, exercise: Exercise) -> HttpResponse:
    return render(
        request,
        "agents/results.html",
        _results(request, exercise),
        status=200 if status.fetchable(exercise, timezone.now()) else 410,
    )


@require_POST
@of_exercise("results")
def results_code(request: HttpRequest, exercise: Exercise) -> HttpResponseBase:
    """Send a code to the address we know; or take it, and hand over what was asked for, once."""
    if not status.fetchable(exercise, timezone.now()):
        return redirect(_here(request, exercise, "results"))
    if "code" not in request.POST:
        identity.send_code(exercise)
        return render(request, "agents/results.html", {**_results(request, exercise), "sent": True})
    form = CodeForm(request.POST)
    if form.is_valid():
        if identity.proven(exercise, form.cleaned_data["code"]) is not None:
            return _hand_over(request, exercise, HANDER)
        form.add_error("code", _("This code is not right, or no longer. Look again, or have a new one sent"))
    return invalid(
        request, "agents/results.html", {**_results(request, exercise), "form": form, "sent": True}
    )


@of_exercise("results")
def results_copy(request: OwnRequest, exercise: Exercise) -> HttpResponseBase:
    """For whoever is signed in as that very person, and has just shown it once more."""
    own = (
        isinstance(request.reader, SelfReader)
        and exercise.request is not None
        and request.reader.subject == exercise.request.person_id
    )
    if request.method != "POST" or not own or not status.fetchable(exercise, timezone.now()):
        return redirect(_here(request, exercise, "results"))
    return _own_copy(request, exercise)


@reauthentication_required
def _own_copy(request: OwnRequest, exercise: Exercise) -> HttpResponseBase:
    return _hand_over(request, exercise, request.reader)


def _hand_over(
    request: HttpRequest, exercise: Exercise, reader: SelfReader | SystemReader
) -> HttpResponseBase:
    """The list, or the copy: made now, from what is known now, so that none lies about waiting.

    It counts as fetched once it is made.
    """
    assert exercise.request is not None and exercise.request.person_id is not None
    subject = exercise.request.person_id
    about: UUID | Job = subject if isinstance(reader, SelfReader) else Job(f"agents.results {exercise.pk}")
    if exercise.exercise == "access:categories":
        found = brought.kinds(subject=subject, reader=reader, about=about)
        brought.taken(exercise)
        return render(
            request, "agents/kinds.html", {"kinds": found, "exercise": exercise, "agent": _agent(exercise)}
        )

    def write(out: BinaryIO) -> None:
        brought.copy(subject=subject, reader=reader, about=about, out=out)
        brought.taken(exercise)

    return zipped(write, day=timezone.localdate())


def _results(request: HttpRequest, exercise: Exercise) -> dict[str, Any]:
    reader = getattr(request, "reader", None)
    person = exercise.request.person_id if exercise.request else None
    return {
        "exercise": exercise,
        "mark": exercise.page("results"),
        "agent": _agent(exercise),
        "asks": IN_WORDS[exercise.exercise],
        "waits": status.fetchable(exercise, timezone.now()),
        "own": isinstance(reader, SelfReader) and reader.subject == person,
        "here": _here(request, exercise, "results"),
        "form": CodeForm(),
    }
