"""``/v1/…``: what agents call.

Answers are JSON, never a page and never a redirect; nobody's session counts here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from kept.rights.agents import directory, flows, status
from kept.rights.agents.directory import Agent, DirectoryWrong
from kept.rights.agents.message import LARGEST, Refused
from kept.rights.agents.models import Exercise, Token

TYPES = {"", "text/plain", "application/octet-stream"}


def answered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Outside the sign-in and the guard of forms; a refusal becomes the protocol's error, code, message and
    fatal (3.06).
    """

    @wraps(view)
    def outside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer = view(request, *args, **kwargs)
        except Refused as no:
            answer = error(no)
        except DirectoryWrong:
            answer = error(
                Refused(503, "Agents cannot be recognised at the moment. Try again later.", fatal=False)
            )
        answer["Cache-Control"] = "no-store"
        return answer

    outside.login_required = False  # type: ignore[attr-defined]
    return csrf_exempt(login_not_required(outside))


def error(no: Refused) -> JsonResponse:
    answer = JsonResponse(
        {"code": str(no.status), "message": no.message, "fatal": no.fatal}, status=no.status
    )
    if no.status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="data rights"'
    return answer


@answered
def exercises(request: HttpRequest) -> HttpResponse:
    """POST: exercise a right (2.01)."""
    _only(request, "POST")
    agent = bearer(request)
    return JsonResponse(status.document(flows.exercise(agent=agent, body=body(request))))


@answered
def exercise(request: HttpRequest, id: UUID) -> HttpResponse:
    """GET: how far it is (2.02). DELETE: the person takes it back (2.04)."""
    _only(request, "GET", "HEAD", "DELETE")
    agent = bearer(request)
    row = Exercise.objects.filter(pk=id).select_related("request").first()
    if row is None:
        raise Refused(404, "There is no such request, or it ended more than 60 days ago.")
    if row.agent != agent.id:
        raise Refused(403, "This request was made by another agent.")
    if request.method == "DELETE":
        flows.revoke(agent=agent, exercise=row, body=body(request))
    return JsonResponse(status.document(row))


@answered
def agent(request: HttpRequest, id: str) -> HttpResponse:
    """POST: a token for who signed (2.05); whatever is wrong there is answered 403 without a body.

    GET: is the token still good? (2.06)
    """
    _only(request, "POST", "GET", "HEAD")
    if request.method != "POST":
        if bearer(request).id != id:
            raise Refused(403, "This token is another agent's.")
        return JsonResponse({})
    known = directory.agent(id)
    try:
        if known is None:
            raise Refused(403, "unknown")
        return JsonResponse({"agent-id": id, "token": flows.connect(agent=known, body=body(request))})
    except Refused:
        return HttpResponse(status=403, content_type="application/json")


@answered
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever else is asked for under /v1/."""
    raise Refused(404, "The protocol has no such address. See docs/drp.md.")


def bearer(request: HttpRequest) -> Agent:
    """The agent whose token came with the request, by today's directory. Raises Refused 401."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    token = Token.of(text.strip()) if scheme.lower() == "bearer" and text.strip() else None
    known = directory.agent(token.agent) if token else None
    if token is None or known is None or known.fingerprint != token.key:
        raise Refused(
            401,
            "Send the token you were given as Authorization: Bearer. A new one is got with POST"
            " /v1/agent/{agent-id}.",
        )
    return known


def body(request: HttpRequest) -> bytes:
    """Raises Refused: 415 for another type than text, 413 for more than a message can be."""
    if (request.content_type or "").lower() not in TYPES:
        raise Refused(415, "A message is sent as text/plain: base64 of the signature and the JSON.")
    content = request.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Refused(413, f"A message has at most {LARGEST} bytes.")
    return content


def _only(request: HttpRequest, *methods: str) -> None:
    if request.method not in methods:
        raise Refused(
            405, f"This address answers {', '.join(method for method in methods if method != 'HEAD')} alone."
        )
