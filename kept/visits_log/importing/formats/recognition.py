"""Which format a log is in, by the lines it begins with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from kept.visits_log.importing import cleaning
from kept.visits_log.importing.formats import json_lines, quoted, w3c
from kept.visits_log.importing.formats.translator import Translator

COMBINED = "combined"
NAMES = {
    COMBINED: "Apache, nginx",
    "common": "the Common Log Format",
    "caddy": "JSON",
    "nginx-json": "log_format with escape=json",
    "w3c": "IIS",
    "alb": "AWS",
}
ALL = ", ".join(f"{name} ({of})" for name, of in NAMES.items())
_ENOUGH = 200
"""Lines that are looked at."""
_MAKES: dict[str, Callable[[], Translator]] = {
    "common": lambda: Translator(quoted.common, quoted=True),
    "caddy": lambda: Translator(json_lines.caddy),
    "nginx-json": lambda: Translator(json_lines.nginx),
    "w3c": lambda: Translator(w3c.W3c().read, headed=True),
    "alb": lambda: Translator(quoted.alb, quoted=True),
}


def found(head: bytes) -> str:
    """The format most of the first lines are in; "" where none is in any."""
    lines = list(_lines(head))
    if lines and lines[0].startswith("#") and any(one.lower().startswith(w3c.FIELDS) for one in lines):
        return "w3c"
    votes = Counter(kind for one in lines if (kind := _kind(one)))
    return votes.most_common(1)[0][0] if votes else ""


def translator(name: str, head: bytes) -> Translator | None:
    """How its lines become those of combined; None where they are already, whatever else stands there."""
    if name in _MAKES:
        return _MAKES[name]()
    combined = [one for one in map(_plain, _lines(head)) if quoted.COMBINED.fullmatch(one)]
    wide = sum(map(quoted.is_wide, combined))
    return Translator(quoted.wide, quoted=True) if wide * 2 > len(combined) else None


def _plain(line: str) -> str:
    return cleaning.unquoted(line.encode()).decode()


def _lines(head: bytes) -> Iterable[str]:
    _, _, clean = cleaning.sift(head)
    lines = clean.decode("utf-8", "replace").removeprefix("\ufeff").split("\n")
    return [one for one in lines if one][:_ENOUGH]


def _kind(line: str) -> str:
    if line.startswith("{"):
        return "caddy" if json_lines.caddy(line) else "nginx-json" if json_lines.nginx(line) else ""
    plain = _plain(line)
    if quoted.ALB.fullmatch(plain):
        return "alb"
    if quoted.COMBINED.fullmatch(plain):
        return COMBINED
    return "common" if quoted.COMMON.fullmatch(plain) else ""
