"""What a browser says of itself: whether a program sends it, and what computer it runs on, in a few words she
may take over into a form.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ua_parser import parse_os, parse_user_agent

LONGEST = 512
_PROGRAM = re.compile(
    r"(?<!cu)bot\b|bots?/|crawl|spider|slurp|headless|preview|feed|monitor|uptime|curl|wget|python|go-http|java/|libwww|scan|archive|lighthouse",
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
    """ "Firefox on Windows": the families of browser and system, or what of the two is known.

    Versions are left out: browsers no longer tell the true ones.
    """
    agent = agent[:LONGEST].encode("utf-8", "replace").decode()
    browser, system = parse_user_agent(agent), parse_os(agent)
    known = [found.family for found in (browser, system) if found and found.family != "Other"]
    return " on ".join(known)[:LONGEST_WORDS]
