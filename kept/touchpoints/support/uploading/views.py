"""The resumable protocol (tus 1.0.0, core and creation): announce, ask how much is here, go on from there.

An id of somebody else answers exactly like one that does not exist.
"""

from __future__ import annotations

import base64
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kept.accounts.requests import OwnRequest
from kept.core.vault.errors import FileNotKept, NotAllowed
from kept.portal.form_parts.door import restricted, stores_under
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.attachments import NotTaken
from kept.touchpoints.support.uploading import flows
from kept.touchpoints.support.uploading.models import CaseUpload

VERSION = "1.0.0"
PATCHED = "application/offset+octet-stream"


def _answer(status: int, why: str = "", **headers: Any) -> HttpResponse:
    """``why``: one sentence for whoever chose the file."""
    answer = JsonResponse({"why": why}, status=status) if why else HttpResponse(status=status)
    answer["Tus-Resumable"] = VERSION
    for name, value in headers.items():
        answer[name.replace("_", "-")] = str(value)
    return answer


def _begun(request: OwnRequest, kind: str) -> HttpResponse:
    length = request.headers.get("Upload-Length", "")
    if not length.isdecimal() or len(length) > 15:
        return _answer(400, _("The size of the file is missing. Choose it again."))
    try:
        made = flows.begin(
            reader=request.reader, person=request.person, kind=kind, name=_name(request), size=int(length)
        )
    except NotTaken as no:
        return _answer(422, str(no))
    return _answer(201, Location=reverse("support-upload", args=[made.pk]), Upload_Offset=0)


@never_cache
@require_POST
@stores_under("support")
def uploads(request: OwnRequest) -> HttpResponse:
    """A file for a service case."""
    return _begun(request, topics.SERVICE)


@never_cache
@require_POST
@stores_under("sales")
def offer_uploads(request: OwnRequest) -> HttpResponse:
    """A file for an enquiry."""
    return _begun(request, topics.SALES)


def _name(request: HttpRequest) -> str:
    """``Upload-Metadata: filename <base64>, …``."""
    for pair in request.headers.get("Upload-Metadata", "")[:2000].split(","):
        key, _space, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value).decode("utf-8", "replace")
            except ValueError:
                return ""
    return ""


@never_cache
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload(request: OwnRequest, id: UUID) -> HttpResponse:
    """How much of it is here; more of it; or none of it any more."""
    found = CaseUpload.objects.alive().filter(pk=id, person=request.person).first()
    if found is None:
        return _answer(404, _("This file is not here any more. Choose it again."))
    if request.method == "HEAD":
        return _answer(200, Upload_Offset=found.taken, Upload_Length=found.size)
    if request.method == "DELETE":
        flows.remove([found.pk])
        return _answer(204)
    refused = restricted(request, topics.PURPOSE_OF[found.kind])
    if refused is not None:
        raise NotAllowed(refused)
    return _continued(request, found)


def _continued(request: OwnRequest, found: CaseUpload) -> HttpResponse:
    offset = request.headers.get("Upload-Offset", "")
    if request.content_type != PATCHED or not offset.isdecimal() or len(offset) > 15:
        return _answer(415, _("This is no piece of a file. Choose the file again."))
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > flows.PIECE:
        return _answer(413, _("This piece is too large. Send the file in smaller ones."))
    go_on = partial(flows.append, reader=request.reader, upload=found, offset=int(offset))
    try:
        now = go_on(piece=request.read(flows.PIECE))
    except flows.OtherOffset as other:
        return _answer(409, Upload_Offset=other.upload.taken, Upload_Length=other.upload.size)
    except NotTaken as no:
        return _answer(422, str(no))
    except FileNotKept as no:
        return _answer(503, str(no))
    return _answer(204, Upload_Offset=now.taken)
