"""Build the rows of categories, purposes, recipients, cookies, promises and clocks, each from its own TOML
file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from kept.core.policy import law
from kept.core.policy.duration import Duration
from kept.core.policy.model import (
    BASES,
    CHOICES,
    COOKIE_KINDS,
    ESCALATE,
    PEOPLE,
    RECIPIENT_KINDS,
    REMIND,
    SERVICES,
    STORAGES,
    Category,
    Clock,
    Contract,
    Cookie,
    Promise,
    Purpose,
    Recipient,
    Transfer,
    sells,
)
from kept.core.policy.places import Company
from kept.core.policy.reading.company import country_of
from kept.core.policy.reading.tables import Table, nearest, shorten

_ROW = re.compile(r"[PS][1-9]\d{0,2}", re.ASCII)
PROOF = re.compile(r"[a-z_]+\.[a-z_0-9]+", re.ASCII)
_COOKIE = re.compile(r"[A-Za-z0-9!#$%&'+.^_`|~-]{1,120}\*?", re.ASCII)
_FIDES = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*", re.ASCII)
_KEY = re.compile(r"[a-z0-9.:/-]{1,100}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}", re.ASCII)
_ADDRESS = re.compile(r"[!-~]{1,300}", re.ASCII)
LOCAL = ("localhost", "127.0.0.1", "::1")
"""Machines that may be reached without encryption, as nothing leaves this one: for trying things out."""


def categories(table: Table) -> dict[str, Category]:
    found = {}
    for name, row in table.tables(dotted_by="title").items():
        fideslang = _fideslang(row, "user.contact.phone_number")
        found[name] = Category(
            name,
            row.text("title"),
            fideslang,
            row.flag("sensitive"),
            row.text("example"),
            row.texts("named", optional=True),
        )
        row.done()
    return found


def _fideslang(row: Table, example: str) -> str:
    key = row.text("fideslang", example=example)
    if key and not _FIDES.fullmatch(key):
        row.problem("fideslang", f'"{shorten(key)}" is not a fideslang key. Write one like {example}.')
    return key


def purposes(
    table: Table,
    company: Company,
    kinds: Collection[str],
    places: Mapping[str, str],
    events: Mapping[str, str],
) -> dict[str, Purpose]:
    found = {}
    for name, row in table.tables(skip=("events", "touchpoints")).items():
        found[name] = _purpose(name, row, company, kinds, events, places)
        row.done()
    return found


def _purpose(
    name: str,
    row: Table,
    company: Company,
    kinds: Collection[str],
    events: Mapping[str, str],
    places: Mapping[str, str],
) -> Purpose:
    keep, duration = row.span("keep")
    event = row.one_of("from", events)
    place = row.one_of("touchpoint", places)
    basis, choice = row.one_of("basis", BASES), row.one_of("choice", CHOICES)
    right = row.flag("right")
    if (basis == "consent") != (choice == "opt-in"):
        row.problem(
            "choice",
            'and basis disagree: consent is a yes that can be refused. Write basis = "consent" and choice ='
            ' "opt-in", or neither.',
        )
    if right and choice != "none":
        row.problem("right", 'cannot be switched off by a choice. Write choice = "none".')
    signal = row.flag("signal")
    if signal and choice == "none":
        row.problem(
            "signal",
            'counts as a no, and nobody may say no here. Write choice = "opt-out" or "opt-in", or take signal'
            " out.",
        )
    read_by = row.texts("read_by", among=list(company.roles))
    if not read_by and row.has("read_by"):
        row.problem(
            "read_by", 'is empty, so nobody could read. Write read_by = ["self"], or take the purpose out.'
        )
    return Purpose(
        id=name,
        title=row.text("title"),
        basis=basis,
        fideslang=_fideslang(row, "essential.service"),
        people=row.texts("people", optional=True, among=PEOPLE) or (PEOPLE[0],),
        uses=row.texts("uses", among=kinds),
        read_by=read_by,
        entities=row.texts("entities", optional=True, among=list(company.entities)),
        shared_with=row.texts("shared_with", optional=True),
        keep=keep,
        from_event=event,
        choice=choice,
        clause=row.text("clause", example="4.1"),
        place=place,
        touchpoint=places.get(place, ""),
        right=right,
        signal=signal,
        why=row.text("why"),
        event=events.get(event, ""),
        since=row.day("since", optional=True),
        until=row.day("until", optional=True),
        duration=duration,
    )


def recipients(table: Table, entities: Collection[str], categories: Collection[str]) -> dict[str, Recipient]:
    found = {}
    for name, row in table.tables().items():
        kind = row.one_of("kind", RECIPIENT_KINDS)
        if name in RECIPIENT_KINDS:
            row.problem("", "is the name of a kind of recipient. Give this one a name of its own.")
        services = row.texts("services", optional=kind == "authority", among=SERVICES)
        country = country_of(row)
        contract, transfer = _contract(row), _transfer(row)
        if kind in ("provider", "partner") and not contract and not row.has("contract"):
            row.problem(
                "contract",
                'is missing: a provider or partner is bound by one. Write contract = {reference = "…", from ='
                " 2026-01-01, until = 2027-12-31}.",
            )
        if country and kind != "authority" and not row.has("transfer") and not law.within_eea(country):
            row.problem(
                "transfer",
                f"is missing, and {shorten(country)} lies outside the EEA. Write transfer = {{mechanism ="
                ' "scc", from = 2026-01-01}.',
            )
        entity = row.one_of("entity", entities) if kind == "group" else ""
        found[name] = Recipient(
            name,
            row.text("title"),
            row.text("legal_name"),
            kind,
            country,
            services,
            entity,
            contract,
            transfer,
            row.text("told_otherwise", optional=True),
            _endpoint(row),
            row.texts("receives", optional=True, among=categories),
            _keys(row),
        )
        row.done()
    return found


def _endpoint(row: Table) -> str:
    """Where a recipient's machine listens. Nothing else decides where data goes, so it is read with care."""
    value = row.text("endpoint", optional=True)
    try:
        parts = urlsplit(value)
        port = parts.port or 443
    except ValueError:
        parts, port = urlsplit(""), 0
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
    if value and not (
        safe
        and port
        and parts.hostname
        and not parts.username
        and not parts.fragment
        and _ADDRESS.fullmatch(value)
    ):
        row.problem(
            "endpoint",
            f'"{shorten(value)}" is no safe address of a machine. Write endpoint ='
            ' "https://partner.example/kept".',
        )
    return value


def _keys(row: Table) -> tuple[str, ...]:
    """Public keys as kept verify shows them: name, eight hex digits and the key, joined by +."""
    found = row.texts("keys", optional=True)
    for key in found:
        if not _KEY.fullmatch(key):
            row.problem(
                "keys", f'"{shorten(key)}" is no public key. Write keys = ["carrier.example+1a2b3c4d+AR…"].'
            )
    return found


def _contract(row: Table) -> Contract | None:
    if not row.has("contract"):
        return None
    part = row.table("contract")
    reference, since, until = part.text("reference"), part.day("from"), part.day("until", optional=True)
    part.done()
    _in_order(part, since, until)
    return Contract(reference, since, until) if since else None


def _transfer(row: Table) -> Transfer | None:
    if not row.has("transfer"):
        return None
    part = row.table("transfer")
    mechanism, since, until = (
        part.one_of("mechanism", law.mechanisms()),
        part.day("from"),
        part.day("until", optional=True),
    )
    part.done()
    _in_order(part, since, until)
    return Transfer(mechanism, since, until) if since else None


def _in_order(part: Table, since: object, until: object) -> None:
    if since and until and str(until) < str(since):
        part.problem("until", f"{until} lies before {since}. Write a later day.")


def cookies(table: Table, places: Collection[str], purpose_ids: Collection[str]) -> dict[str, Cookie]:
    found: dict[str, Cookie] = {}
    for name, row in table.tables().items():
        kind = row.one_of("kind", COOKIE_KINDS)
        cookie = row.text("name", example="kept_session")
        if cookie and not _COOKIE.fullmatch(cookie):
            row.problem(
                "name",
                f'"{shorten(cookie)}" cannot be the name of a cookie. Use letters, digits, _ and -; a * may'
                " stand at the end.",
            )
        for other in found.values():
            if cookie == other.name:
                row.problem("name", f'"{shorten(cookie)}" stands in {other.id} as well. Keep one.')
        lifetime: Duration | None = None
        if row.raw("lifetime") != "session":
            lifetime = row.span("lifetime")[1]
        storage = row.one_of("storage", STORAGES, default="cookie")
        found[name] = Cookie(
            name,
            cookie,
            row.one_of("purpose", purpose_ids),
            row.text("setter"),
            lifetime,
            kind,
            storage,
            row.one_of("touchpoint", places),
        )
        row.done()
    return found


def promises(table: Table) -> dict[str, Promise]:
    found: dict[str, Promise] = {}
    for name, row in table.tables().items():
        number = row.text("row", example="P13")
        if number and not _ROW.fullmatch(number):
            row.problem(
                "row",
                f'"{shorten(number)}" is not a row. Write P and a number for a promise, S and a number for a'
                " system.",
            )
        for other in found.values():
            if number == other.row:
                row.problem(
                    "row", f"{shorten(number)} is the row of {other.id} already. Give one of them its own."
                )
        proofs = row.texts("proofs", optional=True)
        for proof in proofs:
            if not PROOF.fullmatch(proof):
                row.problem(
                    "proofs", f'"{shorten(proof)}" is not the name of a proof. Write it like outbox.no_sale.'
                )
        found[name] = Promise(
            name,
            number,
            row.text("statement"),
            row.text("clause", example="5.1"),
            proofs,
            row.text("rule", optional=True),
            row.text("enforced", optional=True),
        )
        row.done()
    return found


def clocks(table: Table) -> dict[str, Clock]:
    found = {}
    for name, row in table.tables().items():
        within = row.span("within")[1]
        if not within and row.has("within"):
            row.problem("within", "is no time at all. Write P30D or longer.")
        title, clause = row.text("title"), row.text("clause", example="9.4")
        found[name] = Clock(
            name,
            title,
            within,
            clause,
            _reminders(row),
            row.whole("escalate") if row.has("escalate") else ESCALATE,
        )
        row.done()
    return found


def _reminders(row: Table) -> tuple[int, ...]:
    """Days before the date, most first."""
    days = row.raw("remind")
    if days is None:
        return REMIND
    if not isinstance(days, list) or not all(
        isinstance(day, int) and not isinstance(day, bool) and 0 <= day <= 365 for day in days
    ):
        row.problem("remind", "is not a list of days before the date. Write remind = [23, 10, 3].")
        return REMIND
    return tuple(sorted(set(days), reverse=True))


def refuse_sale(table: Table, purpose_ids: Collection[str]) -> None:
    """To sell or rent personal data is no purpose that can be written down (P13)."""
    for name in purpose_ids:
        if sells(name):
            table.problem(
                name,
                "personal data is not sold or rented: such a purpose does not exist here. Take it out, or"
                " name what is really done.",
            )


def resolve_shared(table: Table, found: Mapping[str, Purpose], recipient_ids: Collection[str]) -> None:
    for purpose in found.values():
        for name in purpose.shared_with:
            if name not in recipient_ids and name not in RECIPIENT_KINDS:
                known = [*recipient_ids, *RECIPIENT_KINDS]
                table.problem(
                    f"{purpose.id}.shared_with",
                    f'"{shorten(name)}" is not in recipients.toml. {nearest(name, known)}',
                )
