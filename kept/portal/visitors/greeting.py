"""The welcome by first name (P22): read once a session, under the account's purpose, and kept in the sealed
session.

Whoever said yes to preference cookies is greeted without signing in as well, by a signed cookie that holds
that one word and no more.
"""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest

from kept.core.vault import gate
from kept.core.vault.errors import KeyErased, NotAllowed
from kept.core.vault.readers import SelfReader
from kept.people.models import Person
from kept.portal.visitors.device_consent import PREFERENCE, chosen

PLACE = "portal.first_name"
COOKIE = "kept_greeting"
LONGEST = 40
_SALT = "kept.greeting.1"


def first_name(request: HttpRequest) -> str:
    """The first word of the name of whoever is signed in; nothing where the policy does not allow it, or no
    name is held.
    """
    if PLACE not in request.session:
        request.session[PLACE] = _read(request)
    name: str = request.session[PLACE]
    return name


def forget(request: HttpRequest) -> None:
    """After a name was corrected: read it anew the next time."""
    request.session.pop(PLACE, None)


def seal(name: str) -> str:
    """The value of the cookie for a first name."""
    return signing.Signer(salt=_SALT).sign_object(name[:LONGEST])


def remembered(request: HttpRequest) -> str | None:
    """The first name a chosen cookie remembers: "" for somebody without a name, None where no such cookie is,
    or none that is ours.
    """
    text = request.COOKIES.get(COOKIE)
    if text is None or len(text) > 8 * LONGEST + 60 or not chosen(request).allows(PREFERENCE):
        return None
    try:
        name = signing.Signer(salt=_SALT).unsign_object(text)
    except (signing.BadSignature, ValueError):
        return None
    return name if isinstance(name, str) else None


def _read(request: HttpRequest) -> str:
    reader = getattr(request, "reader", None)
    if not isinstance(reader, SelfReader):
        return ""
    try:
        with gate.purpose("account", reader=reader, about=reader.subject):
            return str(Person.objects.get(pk=reader.subject).name or "").split(" ")[0]
    except (NotAllowed, KeyErased, Person.DoesNotExist):
        return ""
