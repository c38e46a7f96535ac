"""The bar, and the addresses the shell points to.

What is not there is not linked: a portal without a board shows no board.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, get_urlconf, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kept.registry import Registry


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the bar.

    ``current`` is the value of aria-current: "page" on the place itself, "true" below it.
    """

    name: str
    address: str
    current: str = ""


ASK = "/privacy/ask/"
"""Where anybody asks the data controller, also without an ID."""
COOKIES = "/privacy/cookies/"
"""What is put on a device, and the choice about it."""
CHOOSER = "/region/"
"""Which of our companies serves where, and what differs between them."""
AT_HOME, AT_PRODUCT, AT_ME = "home", "product", "me"
"""Pages of the centre from which a touchpoint may lead on: the first page of whoever is signed in, a
product's, and *Your data*.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What leads to a touchpoint.

    ``url``: the name of its address; ``term`` and ``note`` stand before and below the link where there is
    room.
    """

    text: str | Promise
    url: str
    term: str | Promise = ""
    note: str | Promise = ""

    @property
    def address(self) -> str:
        """ "" where this portal does not answer there."""
        return address_of(self.url)


_BAR: Registry[tuple[int, str | Promise]] = Registry("bar entries", "entries of the bar, by address")
_BAR.update({"/products/": (10, _("Products")), "/me/": (90, _("Your data"))})
_FOOT: Registry[Entry] = Registry("foot entries", "cells that touchpoints add to the foot")
_OFFERS: dict[str, dict[str, Entry]] = {AT_HOME: {}, AT_PRODUCT: {}, AT_ME: {}}


def bar_entry(name: str | Promise, address: str, *, order: int) -> None:
    """Register an entry of the bar, between Products (10) and Your data (90).

    A touchpoint's ``hooks.py`` calls this and what follows.
    """
    _BAR.add(address, (order, name))


def foot_entry(term: str | Promise, text: str | Promise, *, url: str) -> None:
    """Register a cell of the title block at the foot of every page."""
    _FOOT.add(url, Entry(text, url, term))


def offer(
    at: str, text: str | Promise, *, url: str, term: str | Promise = "", note: str | Promise = ""
) -> None:
    """Register a way on from a page of the centre: AT_HOME, AT_PRODUCT or AT_ME; KeyError for another."""
    _OFFERS[at][url] = Entry(text, url, term, note)


def foot() -> list[Entry]:
    """The cells that touchpoints added to the foot."""
    return [entry for entry in _FOOT.values() if entry.address]


def offers(at: str) -> list[Entry]:
    """The ways on from a page of the centre."""
    return [entry for entry in _OFFERS[at].values() if entry.address]


def address_of(name: str) -> str:
    """The address of this name; "" where this portal has none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def there(address: str) -> bool:
    """Whether this portal answers at an address at all."""
    return _there(address.partition("#")[0], get_urlconf() or settings.ROOT_URLCONF)


@cache
def _there(path: str, urlconf: str) -> bool:
    try:
        resolve(path, urlconf)
    except Resolver404:
        return False
    return True


def bar(path: str) -> list[Place]:
    """The places of the bar, seen from ``path``."""
    entries = sorted((order, address) for address, (order, _) in _BAR.items() if there(address))
    return [Place(str(_BAR[address][1]), address, _current(path, address)) for _, address in entries]


def _current(path: str, address: str) -> str:
    if path == address:
        return "page"
    return "true" if path.startswith(address) else ""
