"""What carries a request out: each room that can registers itself for a kind.

The desk's button, and an agent's request, call it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from django.utils.translation import gettext as _

from kept.core.policy.verdict import Reader
from kept.registry import Registry
from kept.rights.requests.course.verbs import NO_AUTHORITY, lacks_authority
from kept.rights.requests.models import Request

Carrying = Callable[..., str]
FULFILS: Registry[Carrying] = Registry(
    "requests carried out", "how a kind of request is carried out, by kind"
)
TAKES_BACK: Registry[Carrying] = Registry(
    "requests taken back", "how what was begun for a request is stopped, by kind"
)


class Standing(Enum):
    """Of what was begun for a request: it can outlive the answer that told of it."""

    ENDED = "ended"
    RUNNING = "running"
    TAKEN_BACK = "taken back"


STANDS: Registry[Callable[[Request], Standing]] = Registry(
    "requests standing", "how what was begun for a request stands, by kind"
)


class CannotCarryOut(Exception):
    """It cannot be carried out as it stands. The message says what comes first."""


def fulfils(kind: str) -> Callable[[Carrying], Carrying]:
    """Register ``carry_out(request, *, by) -> str``: one sentence of what was done or begun.

    Raises CannotCarryOut.
    """

    return FULFILS.under(kind)


def takes_back(kind: str) -> Callable[[Carrying], Carrying]:
    """Register ``take_back(request, *, by) -> str`` where carrying out takes time and can be stopped, as an
    erasure can. "" when nothing ran.
    """

    return TAKES_BACK.under(kind)


def stands(kind: str) -> Callable[[Callable[[Request], Standing]], Callable[[Request], Standing]]:
    """Register ``how_it_stands(request) -> Standing`` where something can go on after the answer."""

    return STANDS.under(kind)


def standing(request: Request) -> Standing:
    """How what was begun for it stands. Ended where nothing ever runs on."""
    asked = STANDS.get(request.kind)
    return asked(request) if asked else Standing.ENDED


def take_back(request: Request, *, by: Reader) -> str:
    """Whoever asked changed their mind: stop what was begun and is not done.

    Safe to call twice, and before anything began.

    Raises CannotCarryOut when it is too late.
    """
    taking = TAKES_BACK.get(request.kind)
    return taking(request, by=by) if taking else ""


def can(request: Request) -> bool:
    return request.kind in FULFILS


def carry_out(request: Request, *, by: Reader) -> str:
    """Do what was asked. Raises CannotCarryOut where nothing carries it out, or it is not sure who asks."""
    if request.closed_at:
        raise CannotCarryOut(_("{reference} is closed.").format(reference=request.reference))
    carrying = FULFILS.get(request.kind)
    if carrying is None:
        raise CannotCarryOut(_("Nothing carries this out by itself. Do it by hand, and answer."))
    if lacks_authority(request):
        raise CannotCarryOut(str(NO_AUTHORITY))
    if not request.known:
        raise CannotCarryOut(_("It is not sure yet who asks. Ask for their identity first."))
    return carrying(request, by=by)
