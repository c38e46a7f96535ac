"""Before anything starts: limits by machine must count visitors, and not the proxy they come through."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

HINT = (
    "Name your proxies: KEPT_PROXIES=127.0.0.1 for one on this machine, addresses or networks separated by"
    " commas for others. Where visitors really connect to Kept themselves, say KEPT_PROXIES=none."
)


@checks.register("kept")
def proxies_are_named(**options: Any) -> list[checks.CheckMessage]:
    """One error where https is served, so by a proxy, and nobody said which: everybody would be one machine,
    and one stranger shut all out.
    """
    if not settings.SECURE or getattr(settings.KEPT_PROXIES, "named", bool(settings.KEPT_PROXIES)):
        return []
    site = settings.KEPT_SITE
    return [
        checks.Error(
            f"{site} is served through a proxy, and KEPT_PROXIES does not name it: limits would count the"
            " proxy.",
            hint=HINT,
            id="portal.E001",
        )
    ]
