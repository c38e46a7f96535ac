"""What an agent asks for, and what it says of the person: read from a verified message into fixed shapes,
everything else left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from kept.people import mailboxes, texts
from kept.rights.agents.message import Refused

ACTIONS = {
    "access": "access",
    "access:categories": "access",
    "access:specific": "access",
    "deletion": "erasure",
    "sale:opt-out": "opt-out",
    "sale:opt-in": "opt-out",
}
"""What the protocol lets be exercised, and the kind of request it is here."""
REGIMES = ("ccpa",)
VOLUNTARY = "voluntary"
"""Said for what no law asks for: the same as leaving the regime out (Data Rights Protocol 0.9)."""
_ADDRESS = ("formatted", "street_address", "locality", "region", "postal_code", "country")
_LINES = frozenset({"formatted", "address", "street_address"})
"""OpenID Connect, 5.1.1: these may hold line ends."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Claims:
    """Who the person is, as the agent says.

    ``…_verified``: it swears to have checked that, by its own published way.
    """

    name: str = ""
    email: str = ""
    email_verified: bool = False
    phone: str = ""
    phone_verified: bool = False
    address: Mapping[str, str] = field(default_factory=dict)
    address_verified: bool = False

    @property
    def reliable(self) -> bool:
        """Whether somebody can be looked for by what the agent checked.

        A street is shared by too many to find one person.
        """
        return bool((self.email and self.email_verified) or (self.phone and self.phone_verified))

    def packed(self) -> dict[str, Any]:
        return {**asdict(self), "address": dict(self.address)}


@dataclass(frozen=True, slots=True)
class Asked:
    """One exercise of one right.

    ``kind`` is the request's; ``notes`` are hints for the desk, in plain words.
    """

    exercise: str
    kind: str
    regime: str
    agent_request_id: str
    status_callback: str
    claims: Claims
    notes: tuple[str, ...]

    @property
    def country(self) -> str:
        """Where the law is looked for: the address, or California where the agent names its law."""
        country = self.claims.address.get("country", "").strip().upper()
        if country in {"US", "USA", "UNITED STATES"}:
            here = self.claims.address.get("region", "").strip().upper()
            return "US-CA" if here in {"CA", "CALIFORNIA"} or (not here and self.regime == "ccpa") else "US"
        if len(country) == 2 and country.isascii() and country.isalpha():
            return country
        return "US-CA" if self.regime == "ccpa" else ""


def asked(said: Mapping[str, Any]) -> Asked:
    """Raises Refused with the first thing that is wrong."""
    exercise = _text(said, "exercise", 40).replace("_", "-")
    if exercise not in ACTIONS:
        raise Refused(400, f"exercise is none we support. We support {', '.join(ACTIONS)}.")
    regime = _text(said, "regime", 40)
    if regime == VOLUNTARY:
        regime = ""
    if regime and regime not in REGIMES:
        raise Refused(400, "regime is ccpa, or left out for voluntary processing.")
    claims = _claims(said)
    if not (claims.name or claims.email or claims.phone or claims.address):
        raise Refused(
            400, "Nothing says who the person is. Send at least one of email, phone_number, name and address."
        )
    return Asked(
        exercise,
        ACTIONS[exercise],
        regime,
        _text(said, "agent-request-id", 200),
        _text(said, "status_callback", 500),
        claims,
        _notes(said),
    )


def _claims(said: Mapping[str, Any]) -> Claims:
    email = _text(said, "email", 254)
    if email:
        try:
            email = mailboxes.check(email)
        except mailboxes.NoMailbox:
            raise Refused(400, "email is not an e-mail address.") from None
        except mailboxes.MailboxError as wrong:
            raise Refused(400, f"email: {wrong}.") from None
    return Claims(
        _text(said, "name", 200),
        email,
        _flag(said, "email_verified"),
        _text(said, "phone_number", 40),
        _flag(said, "phone_number_verified"),
        _address(said),
        _flag(said, "address_verified"),
    )


def _address(said: Mapping[str, Any]) -> dict[str, str]:
    """The address claim of OpenID Connect, 5.1.1; a bare text is taken as its ``formatted``."""
    address = said.get("address")
    if isinstance(address, str):
        return {"formatted": _text(said, "address", 500)} if address.strip() else {}
    if address is None:
        return {}
    if not isinstance(address, dict):
        raise Refused(400, "address is not an address claim (OpenID Connect, 5.1.1).")
    return {part: text for part in _ADDRESS if (text := _text(address, part, 500))}


def _notes(said: Mapping[str, Any]) -> tuple[str, ...]:
    hints = said.get("relationships") or []
    if not isinstance(hints, list) or len(hints) > 20 or not all(isinstance(hint, str) for hint in hints):
        raise Refused(400, "relationships is a list of at most 20 texts.")
    known = ", ".join(_clean(hint, "relationships", 100) for hint in hints if hint.strip())
    # Kept as a word for the controller. It is an address of somebody else's choosing: nothing here ever
    # fetches it.
    power = _text(said, "power_of_attorney", 1000)
    return tuple(
        note
        for note in (
            f"It may concern: {known}." if known else "",
            f"Power of attorney: {power}" if power else "",
        )
        if note
    )


def _text(said: Mapping[str, Any], key: str, longest: int) -> str:
    value = said.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused(400, f"{key} is not a text.")
    return _clean(value, key, longest)


def _clean(value: str, key: str, longest: int) -> str:
    """As typed into a form of ours: composed, trimmed, without what cannot be seen; several lines only in an
    address.
    """
    if len(value.strip()) > longest:
        raise Refused(400, f"{key} is longer than {longest} signs.")
    if _CONTROL.search(value):
        raise Refused(400, f"{key} holds a control character.")
    try:
        text = texts.clean_text(value, lines=key in _LINES)
    except texts.TextError:
        raise Refused(400, f"{key} holds a character that cannot be seen.") from None
    if len(text) > longest:
        raise Refused(400, f"{key} is longer than {longest} signs.")
    return text


def _flag(said: Mapping[str, Any], key: str) -> bool:
    """True when it says true, and never because of something that resembles it."""
    value = said.get(key)
    if value is not None and not isinstance(value, bool):
        raise Refused(400, f"{key} is true or false.")
    return value is True
