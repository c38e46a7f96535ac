"""The bar, and the addresses the shell points to. What is not there is not linked: a portal without a board shows no board."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import Resolver404, get_urlconf, resolve


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the bar. ``current`` is the value of aria-current: "page" on the place itself, "true" below it."""

    name: str
    address: str
    current: str = ""


ASK = "/privacy/ask/"
"""Where anybody asks the data controller, also without an ID."""
COOKIES = "/privacy/cookies/"
"""What is put on a device, and the choice about it."""
CHOOSER = "/region/"
"""Which of our companies serves where, and what differs between them."""
VISITS = "/privacy/visits/"
"""What everybody may know of all visitors, where visits are counted."""
BAR = (("Products", "/products/"), ("Support", "/support/"), ("Community", "/community/"), ("Your data", "/me/"))


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
    return [Place(name, address, _current(path, address)) for name, address in BAR if there(address)]


def _current(path: str, address: str) -> str:
    if path == address:
        return "page"
    return "true" if path.startswith(address) else ""
