"""Formats that part their fields by quotes, as combined does."""

from __future__ import annotations

import re
from ipaddress import ip_address

from kept.visits_log.importing.formats import clocks, words

COMMON = re.compile(r'[^"]*\[[^"\[\]]+\] "[^"]*" \d{3} [^\s"]+ *')
COMBINED = re.compile(r'[^"]*\[[^"\[\]]+\] "[^"]*" \d{3} [^"]+ "[^"]*" "[^"]*"[^"]*(?:"[^"]*"[^"]*)*')
ALB = re.compile(
    r'(?:https?|h2|grpcs|wss?) (\S+) \S+ (\S+) (?:\S+ ){4}(\d{3}|-) \S+ \S+ \S+ "([^"]*)" "([^"]*)"[ "].*'
)
_PARTS = 7
"""What quotes part a line of combined into."""


def common(text: str) -> str | None:
    """The Common Log Format ends with the answer's size; lines that go on are read as combined."""
    if COMMON.fullmatch(text):
        return f'{text.rstrip(" ")} "-" "{words.NOT_TOLD}"'
    return wide(text)


def wide(text: str) -> str | None:
    """Combined, and more in quotes after it: what was forwarded is the first that holds an address."""
    parts = text.split('"')
    if len(parts) < _PARTS or len(parts) % 2 == 0:
        return None
    begins = '"'.join(parts[: _PARTS - 1])
    forwarded = next((one for one in parts[_PARTS::2] if holds_address(one)), "")
    return f'{begins}" "{forwarded}"' if forwarded else f'{begins}"'


def is_wide(text: str) -> bool:
    """It has more than one further field in quotes."""
    return text.count('"') > _PARTS + 1


def alb(text: str) -> str | None:
    """Type, time, balancer, client, target, three durations, two statuses, two sizes, the
    request, the agent, and what nobody asks for.
    """
    found = ALB.fullmatch(text)
    if not found:
        return None
    return words.line(found[2], clocks.stamp(found[1]), found[4], found[3], agent=found[5])


def holds_address(said: str) -> bool:
    for part in said[:200].split(","):
        try:
            ip_address(words.host(part))
        except ValueError:
            continue
        return True
    return False
