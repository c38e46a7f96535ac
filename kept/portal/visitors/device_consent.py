"""What a visitor lets us put on her device: read from the cookie that remembers her answer, and from her
browser's signal.

The answer is given, and the cookie written, in ``rights/cookies``. It is read here, as the shell of every
page goes by it. A cookie that is broken, forged, too long or too old is no answer: nothing optional is set,
and she is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.utils import timezone

from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.ledger import versions
from kept.core.policy.comparing.diff import outgrown
from kept.portal.regions import geoip

NAME = "kept_choices"
ESSENTIAL, PREFERENCE, MEASUREMENT, ADVERTISING = "essential", "preference", "measurement", "advertising"
ASK, TELL = "ask", "notice"
SIGNALLED = frozenset({MEASUREMENT, ADVERTISING})
"""Kinds to which a browser's signal (Sec-GPC) is a no."""
LONGEST = 1000
_SALT = "kept.choices.1"
_HELD = "_kept_chosen"


@dataclass(frozen=True, slots=True)
class Chosen:
    """``kinds``: yes or no for each kind she was asked about; a kind that is missing was never asked.

    ``noticed``: nobody asked her. A notice was shown where the law lets that suffice, and she went on. That
    is no consent. ``exact``: the yes to measuring was given while her browser's signal was shown to her, and
    comes before it.
    """

    kinds: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    noticed: tuple[str, ...] = ()
    exact: bool = False
    policy: int = 0
    notice: str = ""
    """SHA-256 of the words that were shown, in hex."""
    language: str = ""
    day: date | None = None
    until: date | None = None
    """The last day it holds."""
    receipt: str = ""
    fresh: bool = False
    """Given a moment ago, and not confirmed to her on a page yet."""
    signal: bool = False
    """Whether this browser sends the signal with this request; never stored."""

    def of(self, kind: str) -> bool | None:
        """Her answer about a kind: None where she gave none, also after a mere notice. The signal is a no."""
        if self.signal and kind in SIGNALLED and not (self.exact and self.kinds.get(kind)):
            return False
        return self.kinds.get(kind)

    @property
    def preference(self) -> bool | None:
        return self.of(PREFERENCE)

    @property
    def measurement(self) -> bool | None:
        return self.of(MEASUREMENT)

    def allows(self, kind: str) -> bool:
        """Whether a cookie of this kind may be set: after a yes, or under a notice nobody said no to."""
        said = self.of(kind)
        return kind == ESSENTIAL or (kind in self.noticed if said is None else said)

    def knows(self, kind: str) -> bool:
        """Whether she need not be asked or told about this kind again."""
        return kind in self.kinds or kind in self.noticed

    @property
    def answered(self) -> bool:
        return bool(self.kinds)


NOTHING = Chosen()
_SIGNAL_ALONE = Chosen(signal=True)


def asked_not_to(request: HttpRequest) -> bool:
    """Whether any Sec-GPC header is exactly 1. Several headers reach us joined by commas."""
    sent = request.META.get("HTTP_SEC_GPC")
    return sent is not None and "1" in [part.strip() for part in sent.split(",")]


def chosen(request: HttpRequest) -> Chosen:
    """Her answer, looked up once a request. No query, and next to nothing where she has no such cookie."""
    held: Chosen | None = request.__dict__.get(_HELD)
    if held is None:
        signal = asked_not_to(request)
        text = request.COOKIES.get(NAME)
        held = (_SIGNAL_ALONE if signal else NOTHING) if text is None else read(text, signal=signal)
        if held.noticed and how_asked(request) != TELL:
            # Told somewhere else: here she would have to be asked.
            held = replace(held, noticed=())
        if held.kinds or held.noticed:
            held = _standing(held, ruling(request).number)
        request.__dict__[_HELD] = held
    return held


def _standing(held: Chosen, number: int) -> Chosen:
    """Without each yes whose purposes outgrew what was shown with it: she is asked again, as for any consent.

    A no stays a no.
    """
    # Every answer we write names its version; 0 is one that was never written.
    if held.policy in (0, number):
        return held
    try:
        grown = outgrown(versions.version(held.policy), now := versions.version(number))
    except versions.Version.DoesNotExist:
        return replace(
            held,
            kinds=MappingProxyType({kind: yes for kind, yes in held.kinds.items() if not yes}),
            noticed=(),
        )
    lapsed = {
        cookie.kind
        for cookie in now.cookies.values()
        if cookie.purpose in grown or f"cookie:{cookie.id}" in grown
    }
    kinds = {kind: yes for kind, yes in held.kinds.items() if not (yes and kind in lapsed)}
    return replace(
        held,
        kinds=MappingProxyType(kinds),
        noticed=tuple(kind for kind in held.noticed if kind not in lapsed),
    )


def how_asked(request: HttpRequest) -> str:
    """ "ask", or "notice" where the policy's region of the country she seems to be in lets a notice suffice.

    Not known: ask.
    """
    company = ruling(request).policy.company
    if all(region.cookies == ASK for region in company.regions.values()):
        return ASK
    country = geoip.country(request)
    return company.region_of(country).cookies if country else ASK


def hold(request: HttpRequest, answer: Chosen) -> None:
    """She answered with this very request: what is set with the page that says so goes by the new answer."""
    request.__dict__[_HELD] = answer


def write(answer: Chosen) -> str:
    """The signed value of the cookie."""
    said: dict[str, Any] = {
        "k": {kind: int(yes) for kind, yes in answer.kinds.items()},
        "p": answer.policy,
        "h": answer.notice,
        "l": answer.language,
    }
    said |= {"d": str(answer.day), "u": str(answer.until)}
    said |= {
        key: value
        for key, value in (
            ("n", list(answer.noticed)),
            ("x", int(answer.exact)),
            ("r", answer.receipt),
            ("f", int(answer.fresh)),
        )
        if value
    }
    return signing.Signer(salt=_SALT).sign_object(said)


def read(text: str, *, signal: bool = False) -> Chosen:
    """What a cookie says; nothing, where it is not ours, not whole, or its day is over."""
    nothing = _SIGNAL_ALONE if signal else NOTHING
    if len(text) > LONGEST:
        return nothing
    try:
        said = signing.Signer(salt=_SALT).unsign_object(text)
        found = Chosen(
            kinds=MappingProxyType({str(kind): bool(yes) for kind, yes in said["k"].items()}),
            noticed=tuple(said.get("n", ())),
            exact=bool(said.get("x")),
            policy=int(said["p"]),
            notice=str(said["h"]),
            language=str(said["l"]),
            day=date.fromisoformat(said["d"]),
            until=(until := date.fromisoformat(said["u"])),
            receipt=str(said.get("r", "")),
            fresh=bool(said.get("f")),
            signal=signal,
        )
    except (signing.BadSignature, ValueError, KeyError, TypeError, AttributeError):
        return nothing
    return found if until >= timezone.localdate() else nothing
