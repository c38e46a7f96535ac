"""Whose address a request carries: the visitor's, when one of our own proxies says so.

Nobody else is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FORWARDED, PROTOCOL = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
LONGEST = 2048
"""More than forty addresses in a row is no way that anybody's request came."""

Address = IPv4Address | IPv6Address


class VisitorAddress:
    """Stands before everything.

    Limits on tries, regions and the count of visits then see one address, in REMOTE_ADDR.

    X-Forwarded-For goes in any case: nothing further in may believe it, or find an address where none is
    looked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = request.META.pop(FORWARDED, "")
        if settings.KEPT_PROXIES:
            peer = _read(request.META.get("REMOTE_ADDR", ""))
            if peer is None or not trusted(peer):
                # Whoever comes past the proxy does not say by which way either.
                request.META.pop(PROTOCOL, None)
            elif forwarded:
                request.META["REMOTE_ADDR"] = str(visitor(forwarded, peer))
        return self.get_response(request)


def trusted(address: Address) -> bool:
    return any(address in network for network in settings.KEPT_PROXIES)


def visitor(forwarded: str, peer: Address) -> Address:
    """The right-most address that is none of our proxies: what stands left of it, the visitor may have
    written.

    A header that cannot be read as far as that tells nothing, and the peer's own address is used.
    """
    if len(forwarded) > LONGEST:
        return peer
    nearest = peer
    for part in _from_the_right(forwarded):
        found = _read(part)
        if found is None:
            return peer
        nearest = found
        if not trusted(found):
            break
    return nearest


def _from_the_right(forwarded: str) -> Iterator[str]:
    return (part.strip() for part in reversed(forwarded.split(",")))


def _read(text: str) -> Address | None:
    """An address as proxies write it: plain, with a port, or in brackets.

    One that is mapped to IPv6 is the IPv4 address it is.
    """
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
