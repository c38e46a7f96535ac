"""What a browser says of itself: whether a program sends it, and what computer it runs on, in a few words she may take over into a form."""

from __future__ import annotations

import re
from functools import lru_cache

from ua_parser import parse_os, parse_user_agent

LONGEST = 512
_PROGRAM = re.compile(
    r"bot\b|bots?/|crawl|spider|slurp|headless|preview|feed|monitor|uptime|curl|wget|python|go-http|java/|libwww|scan|archive|lighthouse",
    re.IGNORECASE,
)
_BROWSER = re.compile(r"Mozilla/|Opera/|Lynx|w3m|Links", re.IGNORECASE)
LONGEST_WORDS = 120


def is_program(agent: str) -> bool:
    """Whether nobody reads there: crawlers, tools, previews, and whoever does not say what it is."""
    agent = agent[:LONGEST]
    return not _BROWSER.search(agent) or _PROGRAM.search(agent) is not None


@lru_cache(maxsize=256)
def computer(agent: str) -> str:
    """ "Firefox on Windows 11": the browser's family and the system, or what of the two is known. Never the agent's own words at length."""
    agent = agent[:LONGEST].encode("utf-8", "replace").decode()
    browser, system = parse_user_agent(agent), parse_os(agent)
    on = " ".join(filter(None, (system.family, system.major))) if system and system.family != "Other" else ""
    return " on ".join(filter(None, (browser.family if browser else "", on)))[:LONGEST_WORDS]
