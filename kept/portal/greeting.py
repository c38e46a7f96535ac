"""The welcome by first name (P22): read once a session, under the account's purpose, and kept in the sealed session alone."""

from __future__ import annotations

from django.http import HttpRequest

from kept.core.vault import gate
from kept.core.vault.errors import KeyErased, NotAllowed
from kept.core.vault.readers import SelfReader
from kept.people.models import Person

PLACE = "portal.first_name"


def first_name(request: HttpRequest) -> str:
    """The first word of the name of whoever is signed in; nothing where the policy does not allow it, or no name is held."""
    if PLACE not in request.session:
        request.session[PLACE] = _read(request)
    name: str = request.session[PLACE]
    return name


def forget(request: HttpRequest) -> None:
    """After a name was corrected: read it anew the next time."""
    request.session.pop(PLACE, None)


def _read(request: HttpRequest) -> str:
    reader = getattr(request, "reader", None)
    if not isinstance(reader, SelfReader):
        return ""
    try:
        with gate.purpose("account", reader=reader, about=reader.subject):
            return str(Person.objects.get(pk=reader.subject).name or "").split(" ")[0]
    except (NotAllowed, KeyErased, Person.DoesNotExist):
        return ""
