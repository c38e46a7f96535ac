"""The ledger for everybody: the signed checkpoint, the key and the tiles (C2SP tlog-tiles), for programs on
any site.

Answered before there is a session: nothing here depends on who asks, so no cookie is read or set, any cache
may keep a tile, and pages of other origins may read it. A checkpoint is kept by no cache, since only the
newest says how long the ledger is.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from django.views.decorators.http import require_safe

from kept.core.ledger.notes import checkpoint as checkpoints
from kept.core.ledger.notes import cosignatures, sign, succession
from kept.core.ledger.tree import tiles
from kept.core.ledger.verifying.offline import KEYS_FORMAT

TEXT, JSON = "text/plain; charset=utf-8", "application/json"
NEVER, FOR_EVER, A_DAY = "no-store", "public, max-age=31536000, immutable", "public, max-age=86400"
ADDRESSES = frozenset(
    {"/checkpoint", "/checkpoint/cosigned", "/privacy/checkpoint", "/privacy/key", "/privacy/keys"}
)
TILES = "/tile/"


class PublicLedger:
    """Stands before the session and whatever else knows people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path not in ADDRESSES and not path.startswith(TILES):
            return self.get_response(request)
        try:
            found = resolve(path)
            answer: HttpResponse = found.func(request, **found.kwargs)
        except Http404:
            return _answer(
                b"There is nothing here, or not yet: the ledger has not grown so far.\n",
                TEXT,
                NEVER,
                status=404,
            )
        return answer


@login_not_required
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The latest signed note (C2SP tlog-checkpoint), with the lines of the witnesses that have signed it
    already.
    """
    return _note(cosignatures.newest())


@login_not_required
@require_safe
def cosigned(request: HttpRequest) -> HttpResponse:
    """The newest note that most witnesses signed: the latest may be too young for them."""
    return _note(cosignatures.agreed())


def _note(note: str | None) -> HttpResponse:
    if note is None:
        raise Http404
    return _answer(note.encode(), TEXT, NEVER)


@login_not_required
@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The public key that verifies checkpoints, versions, copies and receipts."""
    return _answer(f"{sign.public_key()}\n".encode(), TEXT, NEVER)


@login_not_required
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """How the keys of this ledger followed each other: acts of the ledger, each with its path to the
    checkpoint beside them.
    """
    newest = checkpoints.latest()
    found = succession.document(newest) or {"format": KEYS_FORMAT, "checkpoint": newest, "successions": []}
    return _answer(f"{json.dumps(found, indent=1)}\n".encode(), JSON, NEVER)


@login_not_required
@require_safe
def tile(request: HttpRequest, name: str) -> HttpResponse:
    """A tile of hashes, or a bundle of leaves: salted commitments, never personal data (C2SP tlog-tiles)."""
    try:
        found = tiles.tile(name)
    except tiles.NoSuchTile:
        raise Http404 from None
    # A full tile never changes. A partial one is asked for by its width, and soon by nobody any more.
    return _answer(found, "application/octet-stream", A_DAY if ".p/" in name else FOR_EVER)


def _answer(body: bytes, media_type: str, caching: str, *, status: int = 200) -> HttpResponse:
    answer = HttpResponse(body, content_type=media_type, status=status)
    answer["Cache-Control"] = caching
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
