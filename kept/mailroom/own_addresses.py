"""The addresses we write from: what comes from them is an echo."""

from __future__ import annotations

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


def own_host() -> str:
    """The host our Message-IDs end in."""
    return urlsplit(settings.KEPT_SITE).hostname or ""
