"""What a browser tells with every page: country, language, computer.

Read for one answer, when somebody asks for it; kept nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest

from kept.portal.regions import agents, geoip

LONGEST = 500
_TAG = re.compile(
    r"\s*([A-Za-z]{2,3})(?:-[A-Za-z0-9-]{1,20})?\s*(?:;\s*q\s*=\s*([01](?:\.\d{1,3})?)\s*)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Told:
    """``country``: two letters or "".

    ``languages``: codes, the one she likes best first. ``computer``: a few words or "".
    """

    country: str
    languages: tuple[str, ...]
    computer: str


def told(request: HttpRequest) -> Told:
    agent = request.META.get("HTTP_USER_AGENT", "")
    return Told(
        geoip.country(request),
        liked(request.META.get("HTTP_ACCEPT_LANGUAGE", "")),
        "" if agents.is_program(agent) else agents.computer(agent),
    )


def liked(header: str) -> tuple[str, ...]:
    """The languages of an Accept-Language header (RFC 9110, 12.5.4) without their regions, by preference;
    what cannot be read is left out.
    """
    found = [_TAG.fullmatch(part) for part in header[:LONGEST].split(",")]
    weighed = [(float(tag[2] or 1), tag[1].lower()) for tag in found if tag]
    ordered = sorted((one for one in weighed if one[0] > 0), key=lambda one: -one[0])
    return tuple(dict.fromkeys(code for _, code in ordered))
