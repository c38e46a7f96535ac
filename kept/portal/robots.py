"""Whether a program reads a page, rather than a person: nobody is there who could be asked anything."""

from __future__ import annotations

import re

from django.http import HttpRequest

# No browser names an address in what it says of itself. (Cubot makes telephones.)
_ROBOT = re.compile(
    r"(?<!cu)bot\b|bot[/;_-]|crawl|spider|slurp|https?:|curl/|wget/|python|okhttp|go-http|java/|externalhit|preview|lighthouse", re.IGNORECASE
)


def seems_robot(request: HttpRequest) -> bool:
    """By the browser's own word; whoever does not say what they read with counts as one."""
    said = request.META.get("HTTP_USER_AGENT", "")
    return not said or _ROBOT.search(said[:400]) is not None


def looks_ahead(request: HttpRequest) -> bool:
    """Whether a browser fetches a page nobody has opened yet."""
    return "prefetch" in request.META.get("HTTP_SEC_PURPOSE", "")
