"""How often is enough: by machine, and by the address mail would go to. Counted in the shared cache, whose keys are keyed hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network
from time import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from kept.people.mailboxes import canonical

# Addresses no visitor comes from over the internet: a proxy, or the operator's own house.
INSIDE = [ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]
SHARED, CROWD = "shared ", 30


@dataclass(frozen=True, slots=True)
class Limit:
    name: str
    most: int
    within: timedelta

    def reached(self, who: str) -> bool:
        return len(self._recent(who)) >= self.most_of(who)

    def spend(self, who: str) -> bool:
        """Count one more; False where there were enough already."""
        recent = self._recent(who)
        if len(recent) >= self.most_of(who):
            return False
        cache.set(self._key(who), [*recent, time()], self.within.total_seconds())
        return True

    def most_of(self, who: str) -> int:
        """Behind a proxy of the operator's everybody comes from one machine: nobody must be able to use up everybody's right to ask."""
        return self.most * CROWD if who.startswith(SHARED) else self.most

    def _recent(self, who: str) -> list[float]:
        since = time() - self.within.total_seconds()
        return [at for at in cache.get(self._key(who), []) if at > since]

    def _key(self, who: str) -> str:
        return f"asking {self.name} {who}"


SENT = Limit("sent", 10, timedelta(hours=1))
"""Questions and requests from one machine. A house behind one address asks no more than that."""
CODES = Limit("codes", 30, timedelta(minutes=15))
"""Codes typed on one machine."""
MAILS = Limit("mails", 5, timedelta(days=1))
"""Mails to one address that somebody typed in: whoever did may be anybody, so nobody's letter box can be filled from here."""


def machine(request: HttpRequest) -> str:
    """The address a request comes from; of IPv6 the network, as one machine has all of it."""
    address = ip_address(get_adapter().get_client_ip(request))
    if address.is_loopback or any(address in network for network in INSIDE):
        return f"{SHARED}{address}"
    return str(ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)


def letter_box(email: str) -> str:
    """One box however it is spelled: "Alice+news@Example.com" is alice@example.com's."""
    name, _, domain = canonical(email).rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"
