"""What somebody began to register, remembered by her own browser after a yes to that (P22): the serial
number, and how to reach her.

Nothing of it is kept here. The cookie is opaque: the portal seals it for one person, under her key, and for
the very version of the policy under which she said yes. It opens for nobody else who signs in there, after no
other yes, and for nobody once she is erased.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.utils import timezone

from kept.accounts.requests import OwnRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.vault import gate
from kept.core.vault.columns.values import held, provenance
from kept.core.vault.errors import SealBroken
from kept.core.vault.sealing.portable_rows import carry, take_up
from kept.core.vault.sealing.sealed_box import Box
from kept.portal.visitors.device_consent import PREFERENCE, chosen
from kept.rights.cookies import set_cookies
from kept.rights.erasure.flows import of as erasure_of
from kept.touchpoints.registrations.models import Draft

COOKIE = "kept_registering"
PURPOSE = "registration"
SOURCE = "this browser"
CONTACT = ("phone", "address", "language", "computer")
NAMES = ("serial", *CONTACT)
LONGEST = 3_600
"""Characters, all told: a browser may drop a cookie of more than 4,096 bytes."""
_BOX = Box("registrations.on-device")


def remembered(request: OwnRequest) -> Draft | None:
    """What this browser remembers for whoever is signed in, unopened.

    None without her yes, for somebody else, or when its time is over.
    """
    text = request.COOKIES.get(COOKIE, "")
    if not text or len(text) > LONGEST or not _wanted(request):
        return None
    try:
        sealed = _BOX.open(urlsafe_b64decode(text), bound_to=_bound(request))
        row = Draft(pk=UUID(bytes=sealed[:16]), person=request.person, free=False)
        take_up(row, NAMES, sealed[16:])
    except (SealBroken, ValueError):
        return None
    return row if _in_time(request, row) else None


def keep(request: OwnRequest, answer: HttpResponse, told: Mapping[str, Any]) -> None:
    """With this answer the browser remembers what she told on a page of the form, beside what it remembered
    of the others.

    Nothing happens without her yes, and for somebody who asked to be forgotten. A name with None in ``told``
    is no longer remembered.
    """
    if not _wanted(request) or erasure_of(request.person.pk) is not None:
        return
    # What it remembers already stays as it was sealed, with its own day.
    row = remembered(request) or Draft(pk=uuid4(), person=request.person, free=False)
    with gate.purpose(PURPOSE, reader=request.reader, about=request.person, source=SOURCE):
        for name in told:
            setattr(row, name, told[name])
        sealed = carry(row, NAMES)
    text = urlsafe_b64encode(_BOX.seal(row.pk.bytes + sealed, bound_to=_bound(request))).decode()
    if len(text) <= LONGEST:
        until = set_cookies.lasts_until(ruling(request).policy, COOKIE, timezone.localdate())
        set_cookies.put(answer, COOKIE, text, until=until)


def forget(request: OwnRequest, answer: HttpResponse) -> None:
    """It is registered, or sent: what the browser remembered of it stands in her ID now."""
    if COOKIE in request.COOKIES:
        set_cookies.take(answer, COOKIE)


def _wanted(request: OwnRequest) -> bool:
    """Her own yes. That she was told, where a notice suffices, is none."""
    return chosen(request).of(PREFERENCE) is True


def _bound(request: OwnRequest) -> str:
    return f"{request.person.pk}|{PREFERENCE}|{chosen(request).policy}"


def _in_time(request: OwnRequest, row: Draft) -> bool:
    """Whatever a browser does with a lifetime: counted here again, from the day that stands under the
    seal.
    """
    days = [came.day for name in NAMES if held(row, name) and (came := provenance(row, name))]
    return all(
        set_cookies.lasts_until(ruling(request).policy, COOKIE, day) >= timezone.localdate() for day in days
    )
