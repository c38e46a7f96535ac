"""The addresses we write from: what comes from them is an echo."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from django.conf import settings

from kept.core.policy.places import Company
from kept.people.mailboxes import canonical


def own_addresses(company: Company) -> frozenset[str]:
    found = {
        company.published_email,
        settings.KEPT_MAIL_FROM,
        *(region.controller.email for region in company.regions.values()),
    }
    return frozenset(canonical(one) for one in found if one)


def entity_of(company: Company, recipients: Collection[str]) -> str:
    """Whose desk looks at mail to these addresses: the company of the controller that was written to, or else
    the one that answers the rest of the world.
    """
    written_to = {canonical(one) for one in recipients}
    regions = company.regions.values()
    named = (one.entity for one in regions if canonical(one.controller.email) in written_to)
    return next(named, company.region_of("*").entity)


def own_host() -> str:
    """The host our Message-IDs end in."""
    return urlsplit(settings.KEPT_SITE).hostname or ""
