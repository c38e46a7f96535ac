"""How often is enough. One limiter for every room: by machine, by account, by known browser, by letter box.

Counted in a table that all processes share, under the lock of its row, so that no two requests at once both
get the last turn. A row is named by a keyed hash and holds times, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from kept.accounts.models import Tally
from kept.core.vault.sealing.sealed_box import Box
from kept.people.mailboxes import canonical

BOX = Box("accounts.limits")
# Addresses no visitor comes from over the internet: a proxy, or the operator's own house.
INSIDE = [ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]
SHARED, CROWD = "shared ", 30


@dataclass(frozen=True, slots=True)
class Limit:
    """``most`` within any stretch of time as long as ``within``, for each ``who``: a machine, an account, a
    letter box.
    """

    name: str
    most: int
    within: timedelta

    def reached(self, who: str) -> bool:
        row = Tally.objects.filter(mark=self._mark(who)).first()
        return row is not None and len(self._recent(row)) >= self.most_of(who)

    def spend(self, who: str) -> bool:
        """Count one more; False where there were enough already.

        Inside a transaction that fails, nothing was counted.
        """
        return self.turn(who) is not None

    def turn(self, who: str) -> float | None:
        """As ``spend``: the time the turn was counted at, to ``give_back`` with; None where there were
        enough.
        """
        with transaction.atomic():
            row = self._locked(who)
            recent, now = self._recent(row), _now()
            if len(recent) >= self.most_of(who):
                return None
            self._write(row, [*recent, now])
        return now

    def give_back(self, who: str, turn: float) -> None:
        """What a turn was spent on turned out to be none: the right password."""
        with transaction.atomic():
            row = self._locked(who)
            times = self._recent(row)
            if turn in times:
                times.remove(turn)
            self._write(row, times)

    def clear(self, who: str) -> None:
        Tally.objects.filter(mark=self._mark(who)).delete()

    def most_of(self, who: str) -> int:
        """Behind a proxy of the operator's everybody comes from one machine: nobody must be able to use up
        everybody's right to ask.
        """
        return self.most * CROWD if who.startswith(SHARED) else self.most

    def _locked(self, who: str) -> Tally:
        mark = self._mark(who)
        Tally.objects.bulk_create([Tally(mark=mark, until=self._until())], ignore_conflicts=True)
        return Tally.objects.select_for_update().get(mark=mark)

    def _write(self, row: Tally, times: list[float]) -> None:
        row.times, row.until = times, self._until()
        row.save(update_fields=["times", "until"])

    def _recent(self, row: Tally) -> list[float]:
        since = _now() - self.within.total_seconds()
        return [at for at in row.times if at > since]

    def _until(self) -> datetime:
        return timezone.now() + self.within

    def _mark(self, who: str) -> str:
        return BOX.mark(f"{self.name}|{who}")


def _now() -> float:
    return timezone.now().timestamp()


QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)
MINUTE = timedelta(minutes=1)
SIGN_INS = Limit("sign-in", 30, MINUTE)
"""Passwords and passkeys typed on one machine."""
SIGN_UPS = Limit("sign-up", 20, MINUTE)
RESETS = Limit("reset", 20, MINUTE)
CHOSEN = Limit("password-chosen", 20, MINUTE)
"""New passwords chosen by code or link on one machine."""
CHANGES = Limit("change", 10, MINUTE)
"""Changes of an address, a password or a factor by one ID."""
WRONG_BY_MACHINE = Limit("wrong-machine", 60, QUARTER)
WRONG = Limit("wrong", 10, QUARTER)
"""Wrong passwords or codes for one ID: from strangers' browsers together, and from each known browser and
each session by itself.
"""
BOX_QUARTER, BOX_DAY = Limit("box-quarter", 5, QUARTER), Limit("box-day", 15, DAY)
"""Codes and links to one letter box that whoever types an address can have sent.

A code of six figures stands for three tries: no number of machines gets more than some forty a day.
"""


PAUSE = Limit("pause", 1, timedelta(seconds=30))
"""Between one code and the next that somebody asks for anew."""


def machine(request: HttpRequest) -> str:
    """The address a request comes from; of IPv6 the network, as one machine has all of it."""
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0])
    except ValueError:
        raise PermissionDenied("The address of this request cannot be told.") from None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    proxies = settings.KEPT_PROXIES
    if address.is_loopback or any(address in network for network in (*INSIDE, *proxies)):
        return f"{SHARED}{address}"
    return str(ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)


def letter_box(email: str) -> str:
    """One box however it is spelled: "Alice+news@Example.com" is alice@example.com's.

    Dots are not folded: most servers tell them apart.
    """
    name, _, domain = canonical(email).rpartition("@")
    return f"{name.partition('+')[0] or name}@{domain}"


def account(user_id: object) -> str:
    return f"account {user_id}"


def may_mail(email: str, *, browser: str = "") -> bool:
    """Count one more code or link to this letter box.

    ``browser``: a browser the ID knows counts by itself, so that nobody shuts it out.
    """
    who = f"{letter_box(email)} {browser}".strip()
    PAUSE.spend(who)
    return BOX_QUARTER.spend(who) and BOX_DAY.spend(who)


def must_pause(email: str, *, browser: str = "") -> bool:
    """Whether a mail went to this letter box within the last half minute."""
    return PAUSE.reached(f"{letter_box(email)} {browser}".strip())


def drop_over(now: datetime) -> int:
    """What no count looks at any more. Returns how many rows."""
    return int(Tally.objects.filter(until__lt=now).delete()[0])
