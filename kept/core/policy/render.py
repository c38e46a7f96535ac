"""The tables of a policy as rows for pages, print and the command line: rendered from the data, never typed
twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kept.core.policy import law
from kept.core.policy.model import SERVICES, Policy, Purpose, Recipient

BASIS_WORDS = {
    "contract": "What you asked us for (contract)",
    "consent": "Your yes (consent)",
    "legitimate-interests": "A legitimate interest of ours",
    "legal-obligation": "A duty by law",
    "vital-interests": "Somebody’s life or health",
    "public-task": "A task in the public interest",
}
CHOICE_WORDS = {"none": "None", "opt-out": "You can say no", "opt-in": "Only with your yes"}
KIND_WORDS = {
    "group": "Group company",
    "provider": "Service provider",
    "partner": "Partner",
    "authority": "Authority",
}
COOKIE_WORDS = {
    "essential": "Essential",
    "preference": "Preference",
    "measurement": "Measurement",
    "advertising": "Advertising",
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
    return tuple("you" if role == "self" else policy.company.roles[role] for role in purpose.read_by)


def recipient_state(recipient: Recipient, at: date) -> str:
    """Why nothing may be sent to a recipient on a day, in one sentence; "" while all is in force."""
    if recipient.contract and not recipient.contract.in_force(at):
        return (
            f"The contract ended on {recipient.contract.until}."
            if at > recipient.contract.since
            else f"The contract begins on {recipient.contract.since}."
        )
    if recipient.transfer:
        if not recipient.transfer.in_force(at):
            return (
                f"Its transfer mechanism is agreed from {recipient.transfer.since} to"
                f" {recipient.transfer.until or 'further notice'}."
            )
        return law.transfer_problem(recipient.transfer.mechanism, recipient.country, at)
    return ""


def _purposes(policy: Policy, at: date) -> Sheet:
    rows = tuple(
        (
            purpose.title,
            purpose.touchpoint,
            ", ".join(purpose_titles(policy, purpose)),
            ", ".join(readers(policy, purpose)),
            BASIS_WORDS[purpose.basis],
            CHOICE_WORDS[purpose.choice],
            purpose.clause,
        )
        for purpose in policy.purposes.values()
    )
    return Sheet(
        "purposes",
        "What data is used for",
        ("Purpose", "Where", "What it uses", "Who reads it", "Legal basis", "Your choice", "Clause"),
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
        "What may be held",
        ("Kind of data", "For example", "Used for"),
        rows,
        tuple(policy.categories),
    )


def _recipients(policy: Policy, at: date) -> Sheet:
    rows = tuple(_recipient(recipient, at) for recipient in policy.recipients.values())
    headings = ("Recipient", "Kind", "Task", "Country", "Under", "Contract until", "State")
    return Sheet(
        "recipients",
        f"Who may receive what, on {at.day} {at:%B %Y}",
        headings,
        rows,
        tuple(policy.recipients),
    )


def _recipient(recipient: Recipient, at: date) -> tuple[str, ...]:
    under = (
        law.MECHANISMS[recipient.transfer.mechanism].title
        if recipient.transfer
        else "Within the EEA"
        if law.within_eea(recipient.country)
        else "The law that demands it"
    )
    until = recipient.contract.until if recipient.contract else None
    ends = f"{until.day} {until:%B %Y}" if until else "Open" if recipient.contract else "None"
    tasks = ", ".join(SERVICES[service] for service in recipient.services) or "what the demand names"
    return (
        recipient.title,
        KIND_WORDS[recipient.kind],
        tasks,
        recipient.country,
        under,
        ends,
        recipient_state(recipient, at) or "In force",
    )


def _cookies(policy: Policy, at: date) -> Sheet:
    rows = tuple(
        (
            cookie.name,
            COOKIE_WORDS[cookie.kind],
            policy.purposes[cookie.purpose].title,
            cookie.setter,
            cookie.lifetime.in_words() if cookie.lifetime else "until the browser closes",
            cookie.storage.replace("-", " "),
        )
        for cookie in policy.cookies.values()
    )
    return Sheet(
        "cookies",
        "What may be put on your device",
        ("Name", "Kind", "What for", "Set by", "Lives", "Where"),
        rows,
        tuple(policy.cookies),
    )


def _retention(policy: Policy, at: date) -> Sheet:
    rows = tuple(
        (purpose.title, sentence(purpose.kept_until()), purpose.clause)
        for purpose in policy.purposes.values()
    )
    return Sheet(
        "retention", "Until when it is kept", ("Purpose", "Kept", "Clause"), rows, tuple(policy.purposes)
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
        "Region",
        "Company",
        "Data controller",
        "E-mail",
        "Languages",
        "Authority you can complain to",
    )
    return Sheet("controllers", "Who answers for your data", headings, rows, tuple(regions))


def sentence(words: str) -> str:
    """The same words with a capital in front."""
    return words[:1].upper() + words[1:]


_SHEETS: dict[str, Callable[[Policy, date], Sheet]] = {
    "purposes": _purposes,
    "categories": _categories,
    "recipients": _recipients,
    "cookies": _cookies,
    "retention": _retention,
    "controllers": _controllers,
}
