"""Where somebody seems to be: worked out for one request, from the address it carries, and kept nowhere."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from kept.portal.regions.origins import Origins


@lru_cache(maxsize=4)
def _opened(countries: Path | None, providers: Path | None) -> Origins:
    return Origins.open(countries, providers)


def origins() -> Origins:
    """The tables of this process, opened once. Raises TableError, as the start would have."""
    return _opened(settings.KEPT_COUNTRIES, settings.KEPT_PROVIDERS)


def country(request: HttpRequest) -> str:
    """Two letters, or "" where no table knows."""
    return origins().country(request.META.get("REMOTE_ADDR", ""))
