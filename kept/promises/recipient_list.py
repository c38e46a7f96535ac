"""Who may receive what, as the policy names them, with those whose contract or framework has died said so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.core.policy.law import MECHANISMS
from kept.core.policy.model import SERVICES, Policy, Recipient
from kept.core.policy.render import recipient_state
from kept.portal.regions.places import country_name

KINDS = {
    "group": (_("Our group"), _("Bound by the same policy")),
    "provider": (_("Companies that work for us"), _("Bound by contract, for the work named")),
    "partner": (_("Partners"), _("Bound by contract, for the work named")),
    "authority": (_("Authorities"), _("Only when law or a court demands it, on the record")),
}


@dataclass(frozen=True, slots=True)
class Row:
    recipient: Recipient
    services: str
    country: str
    mechanism: str
    until: date | None
    stopped: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    line: str
    rows: tuple[Row, ...]


def groups(policy: Policy, today: date) -> list[Group]:
    """By kind, in the order of the policy; kinds nobody belongs to are left out."""
    found = []
    for kind, (title, line) in KINDS.items():
        rows = tuple(_row(one, today) for one in policy.recipients.values() if one.kind == kind)
        if rows:
            found.append(Group(str(title), str(line), rows))
    return found


def _row(recipient: Recipient, today: date) -> Row:
    services = ", ".join(str(SERVICES[service]) for service in recipient.services)
    under = (
        MECHANISMS[recipient.transfer.mechanism].title
        if recipient.transfer
        else gettext("Within the European Economic Area")
    )
    return Row(
        recipient,
        services[:1].upper() + services[1:],
        country_name(recipient.country),
        under,
        recipient.contract.until if recipient.contract else None,
        recipient_state(recipient, today),
    )
