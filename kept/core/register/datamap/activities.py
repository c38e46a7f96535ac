"""The record of processing activities, GDPR Art.

30(1): one activity for each purpose of a published policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kept.core.policy import law
from kept.core.policy.model import Category, Policy, Purpose, Recipient
from kept.core.policy.render import BASIS_WORDS, capitalised, recipient_state
from kept.core.register.dormancy import dormant
from kept.core.register.inventory import Column, Table, personal_columns
from kept.sentences import sentence

PEOPLE_WORDS = {
    "customer": sentence("customers"),
    "employee": sentence("staff"),
    "prospect": sentence("people who enquire"),
    "visitor": sentence("visitors"),
    "supplier_vendor": sentence("suppliers"),
    "job_applicant": sentence("applicants"),
}
MEASURES = sentence(
    "every value sealed under the person's own key; read only for a purpose the policy allows, and on the"
    " record; erased by destroying the key"
)
"""Art. 30(1)(g). What it stands on is proven on the promises page, row P17."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One recipient outside the EEA, the mechanism that carries data there, and why it does not today (""
    while it does).
    """

    recipient: Recipient
    mechanism: str
    stopped: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One purpose as the record wants it. ``held`` are the columns of this installation that serve it."""

    purpose: Purpose
    categories: tuple[Category, ...]
    recipients: tuple[Recipient, ...]
    transfers: tuple[Transfer, ...]
    held: tuple[tuple[Table, Column], ...]
    dormant: bool

    @property
    def people(self) -> str:
        return ", ".join(str(PEOPLE_WORDS[kind]) for kind in self.purpose.people)

    @property
    def places(self) -> tuple[str, ...]:
        """Where its data lies, as the register titles the tables."""
        return tuple(dict.fromkeys(table.holds.title for table, _ in self.held if table.holds))


def activities(policy: Policy, at: date) -> list[Activity]:
    """Every purpose of the policy, those that wait for their touchpoint too: they are promised."""
    columns = list(personal_columns())
    return [_activity(policy, purpose, columns, at) for purpose in policy.purposes.values()]


def _activity(policy: Policy, purpose: Purpose, columns: list[tuple[Table, Column]], at: date) -> Activity:
    recipients = policy.recipients_of(purpose.id)
    return Activity(
        purpose,
        tuple(policy.categories[id] for id in purpose.uses),
        recipients,
        tuple(_transfer(one, at) for one in recipients if not law.within_eea(one.country)),
        tuple((table, column) for table, column in columns if purpose.id in column.purposes),
        dormant(purpose),
    )


def _transfer(recipient: Recipient, at: date) -> Transfer:
    under = (
        law.MECHANISMS[recipient.transfer.mechanism].title
        if recipient.transfer
        else sentence("the law that demands it")
    )
    return Transfer(recipient, under, recipient_state(recipient, at))


HEADINGS = (
    sentence("Activity"),
    sentence("Why"),
    sentence("Legal basis"),
    sentence("Whose data"),
    sentence("Kinds of data"),
    sentence("Where it lies"),
    sentence("Who reads it"),
    sentence("Recipients"),
    sentence("Transfers outside the EEA"),
    sentence("Kept until"),
    sentence("Safeguards"),
    sentence("Clause"),
    sentence("In use"),
)


def row(policy: Policy, activity: Activity) -> tuple[str, ...]:
    """The cells of one activity, along ``HEADINGS``, in the reader's language."""
    purpose = activity.purpose
    return (
        purpose.title,
        purpose.why,
        BASIS_WORDS[purpose.basis],
        capitalised(activity.people),
        "; ".join(category.title for category in activity.categories),
        "; ".join(map(str, activity.places)) or sentence("Nowhere yet"),
        ", ".join(str(policy.company.roles[role]) for role in purpose.read_by),
        "; ".join(f"{one.legal_name}, {one.country}" for one in activity.recipients) or sentence("Nobody"),
        "; ".join(
            f"{one.recipient.legal_name}, {one.recipient.country}: {one.stopped or one.mechanism}"
            for one in activity.transfers
        )
        or sentence("None"),
        capitalised(purpose.kept_until()),
        MEASURES,
        purpose.clause,
        sentence("waits for its place") if activity.dormant else sentence("yes"),
    )
