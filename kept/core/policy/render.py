"""The tables of a policy as rows for pages, print and the command line: rendered from the data, never typed
twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kept.core.policy import law
from kept.core.policy.model import SERVICES, Policy, Purpose, Recipient
from kept.sentences import day, sentence

BASIS_WORDS = {
    "contract": sentence("What you asked us for (contract)"),
    "consent": sentence("Your yes (consent)"),
    "legitimate-interests": sentence("A legitimate interest of ours"),
    "legal-obligation": sentence("A duty by law"),
    "vital-interests": sentence("Somebody’s life or health"),
    "public-task": sentence("A task in the public interest"),
}
CHOICE_WORDS = {
    "none": sentence("None"),
    "opt-out": sentence("You can say no"),
    "opt-in": sentence("Only with your yes"),
}
KIND_WORDS = {
    "group": sentence("Group company"),
    "provider": sentence("Service provider"),
    "partner": sentence("Partner"),
    "authority": sentence("Authority"),
}
COOKIE_WORDS = {
    "essential": sentence("Essential"),
    "preference": sentence("Preference"),
    "measurement": sentence("Measurement"),
    "advertising": sentence("Advertising"),
}
STORAGE_WORDS = {
    "cookie": sentence("cookie"),
    "local-storage": sentence("local storage"),
    "session-storage": sentence("session storage"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table for people: a caption, the headings, and rows of as many cells.

    ``ids`` names each row's entry in the policy.
    """

    name: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...]


def sheet(policy: Policy, name: str, at: date) -> Sheet:
    """One table by the name the wording gives it ({table: recipients}).

    Raises KeyError for a name that is no table.
    """
    return _SHEETS[name](policy, at)


def purpose_titles(policy: Policy, purpose: Purpose) -> tuple[str, ...]:
    return tuple(policy.categories[category].title for category in purpose.uses)


def readers(policy: Policy, purpose: Purpose) -> tuple[str, ...]:
    """Who may read, in words. The person comes first as "you"."""
    return tuple(
        sentence("you") if role == "self" else policy.company.roles[role] for role in purpose.read_by
    )


def recipient_state(recipient: Recipient, at: date) -> str:
    """Why nothing may be sent to a recipient on a day, in one sentence; "" while all is in force."""
    contract, transfer = recipient.contract, recipient.transfer
    if contract and not contract.in_force(at):
        if at > contract.since:
            return sentence("The contract ended on {day}.", day=str(contract.until))
        return sentence("The contract begins on {day}.", day=str(contract.since))
    if transfer and not transfer.in_force(at):
        days = {"since": str(transfer.since), "until": str(transfer.until)}
        if transfer.until:
            return sentence("Its transfer mechanism is agreed from {since} to {until}.", **days)
        return sentence("Its transfer mechanism is agreed from {since} to further notice.", **days)
    return law.transfer_problem(transfer.mechanism, recipient.country, at) if transfer else ""


def _purposes(policy: Policy, at: date) -> Sheet:
    rows = tuple(
        (
            purpose.title,
            purpose.touchpoint,
            ", ".join(purpose_titles(policy, purpose)),
            ", ".join(map(str, readers(policy, purpose))),
            BASIS_WORDS[purpose.basis],
            CHOICE_WORDS[purpose.choice],
            purpose.clause,
        )
        for purpose in policy.purposes.values()
    )
    return Sheet(
        "purposes",
        sentence("What data is used for"),
        (
            sentence("Purpose"),
            sentence("Where"),
            sentence("What it uses"),
            sentence("Who reads it"),
            sentence("Legal basis"),
            sentence("Your choice"),
            sentence("Clause"),
        ),
        rows,
        tuple(policy.purposes),
    )


def _categories(policy: Policy, at: date) -> Sheet:
    served: dict[str, list[str]] = {name: [] for name in policy.categories}
    for purpose in policy.purposes.values():
        for category in purpose.uses if not purpose.right else ():
            served[category].append(purpose.title)
    rows = tuple(
        (category.title, category.example, "; ".join(served[name]))
        for name, category in policy.categories.items()
    )
    return Sheet(
        "categories",
        sentence("What may be held"),
        (sentence("Kind of data"), sentence("For example"), sentence("Used for")),
        rows,
        tuple(policy.categories),
    )


def _recipients(policy: Policy, at: date) -> Sheet:
    rows = tuple(_recipient(recipient, at) for recipient in policy.recipients.values())
    headings = (
        sentence("Recipient"),
        sentence("Kind"),
        sentence("Task"),
        sentence("Country"),
        sentence("Under"),
        sentence("Contract until"),
        sentence("State"),
    )
    return Sheet(
        "recipients",
        sentence("Who may receive what, on {day}", day=at),
        headings,
        rows,
        tuple(policy.recipients),
    )


def _recipient(recipient: Recipient, at: date) -> tuple[str, ...]:
    under = (
        law.MECHANISMS[recipient.transfer.mechanism].title
        if recipient.transfer
        else sentence("Within the EEA")
        if law.within_eea(recipient.country)
        else sentence("The law that demands it")
    )
    until = recipient.contract.until if recipient.contract else None
    ends = day(until) if until else sentence("Open") if recipient.contract else sentence("None")
    tasks = ", ".join(str(SERVICES[service]) for service in recipient.services) or sentence(
        "what the demand names"
    )
    return (
        recipient.title,
        KIND_WORDS[recipient.kind],
        tasks,
        recipient.country,
        under,
        ends,
        recipient_state(recipient, at) or sentence("In force"),
    )


def _cookies(policy: Policy, at: date) -> Sheet:
    rows = tuple(
        (
            cookie.name,
            COOKIE_WORDS[cookie.kind],
            policy.purposes[cookie.purpose].title,
            cookie.setter,
            cookie.lifetime.in_words() if cookie.lifetime else sentence("until the browser closes"),
            STORAGE_WORDS[cookie.storage],
        )
        for cookie in policy.cookies.values()
    )
    return Sheet(
        "cookies",
        sentence("What may be put on your device"),
        (
            sentence("Name"),
            sentence("Kind"),
            sentence("What for"),
            sentence("Set by"),
            sentence("Lives"),
            sentence("Where"),
        ),
        rows,
        tuple(policy.cookies),
    )


def _retention(policy: Policy, at: date) -> Sheet:
    rows = tuple(
        (purpose.title, capitalised(purpose.kept_until()), purpose.clause)
        for purpose in policy.purposes.values()
    )
    return Sheet(
        "retention",
        sentence("Until when it is kept"),
        (sentence("Purpose"), sentence("Kept until"), sentence("Clause")),
        rows,
        tuple(policy.purposes),
    )


def _controllers(policy: Policy, at: date) -> Sheet:
    regions = policy.company.regions
    rows = tuple(
        (
            region.title,
            policy.company.entities[region.entity].name,
            region.controller.title,
            region.controller.email,
            ", ".join(region.controller.languages),
            region.controller.authority,
        )
        for region in regions.values()
    )
    headings = (
        sentence("Region"),
        sentence("Company"),
        sentence("Data controller"),
        sentence("E-mail"),
        sentence("Languages"),
        sentence("Authority you can complain to"),
    )
    return Sheet("controllers", sentence("Who answers for your data"), headings, rows, tuple(regions))


def capitalised(words: str) -> str:
    """The same words with a capital in front, as the reader's language has them now."""
    words = str(words)
    return words[:1].upper() + words[1:]


_SHEETS: dict[str, Callable[[Policy, date], Sheet]] = {
    "purposes": _purposes,
    "categories": _categories,
    "recipients": _recipients,
    "cookies": _cookies,
    "retention": _retention,
    "controllers": _controllers,
}
