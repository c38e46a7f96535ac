"""The rules once more, line by line in plain Python: slow, and plain to read.

What is fast must come to the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kept.visits_log import agents, scrub
from kept.visits_log.dimensions import TYPES
from kept.visits_log.events import FEWEST, PAUSE
from kept.visits_log.importing import cleaning, reading
from kept.visits_log.importing.formats import quoted, recognition
from kept.visits_log.importing.judging import client_addresses, line_classes, targets, timestamps

HEAD = re.compile(
    r"(?P<address>[^ ]+) .*\[(?P<minute>[^\[]+):[0-6][0-9] (?P<zone>[-+][0-9]{4})\] ", re.DOTALL
)


@dataclass
class Found:
    lines: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    people: dict[str, Counter[Any]] = field(default_factory=lambda: defaultdict(Counter))


def read(
    data: bytes, *, zone: str, now: int, known: Any, country: Any, sites: frozenset[str] = frozenset()
) -> Found:
    """Counted events, by day and by visitor without any number, and refusals by reason."""
    calendar = timestamps.Calendar(zone)
    found, days = Found(), defaultdict(list)
    lines = data.split(b"\n")
    wide = recognition.translator("", data[: reading.HEAD]) is not None
    for line in lines[:-1] if lines[-1] == b"" else lines:
        found.lines += 1
        row = _line(line.removesuffix(b"\r"), wide=wide)
        reason = row if isinstance(row, str) else _judge(row, now)
        if reason:
            found.refused[reason] += 1
        else:
            days[calendar.day(row["minute"])].append(row)
    for day, rows in days.items():
        found.people[timestamps.written(day)] = _people(rows, known, country, sites)
    return found


def _line(line: bytes, *, wide: bool) -> Any:
    if reason := cleaning.reason_against(line):
        return reason
    parts = cleaning.mended(line).decode().replace("\\\\", "%5C").replace('\\"', "%22").split('"')
    if wide:
        parts = _narrow(parts)
    head = HEAD.fullmatch(parts[0]) if parts else None
    if len(parts) not in (7, 9) or not head or parts[4] != " ":
        return cleaning.BROKEN
    minute = timestamps.minute_of(head["minute"] + head["zone"])
    if minute is None:
        return cleaning.BROKEN
    host = parts[3].split("/")[2] if "://" in parts[3] and parts[3].count("/") > 1 else ""
    return {
        "minute": minute,
        "address": client_addresses.read(_said(parts)),
        "target": targets.read(parts[1]),
        "status": parts[2][:5],
        "agent": parts[5],
        "host": host,
    }


def _narrow(parts: list[str]) -> list[str]:
    """Of more fields than one after the agent, the first that holds an address."""
    if len(parts) < 7 or len(parts) % 2 == 0:
        return []
    forwarded = [one for one in parts[7::2] if quoted.holds_address(one)][:1]
    return parts[:6] + ([" ", *forwarded, ""] if forwarded else [""])


def _said(parts: list[str]) -> str:
    """What a line begins with, and what was forwarded."""
    first, second, *_ = parts[0].split(" ")
    forwarded = f'"{parts[7][:200]}' if len(parts) > 7 and parts[7] != "-" else ""
    return first + ("" if second == "-" else f" {second[:64]}") + forwarded


def _judge(row: Any, now: int) -> str:
    minute, target = row["minute"], row["target"]
    if minute > now + line_classes.AHEAD:
        return line_classes.FUTURE
    if target.refused:
        return target.refused
    if row["status"] not in (" 200 ", " 304 ", " 404 "):
        return line_classes.STATUS
    return line_classes.BOT if agents.read(row["agent"]).bot else ""


def _people(rows: Iterable[Any], known: Any, country: Any, sites: frozenset[str]) -> Counter[Any]:
    """One entry for each visitor: all of her events in order, in the columns of a packed day without her
    number.
    """
    people, typed = defaultdict(list), defaultdict(set)
    for row in rows:
        people[row["address"], row["agent"]].append(row)
        typed[_kind(row), _typed(row)].add((row["address"], row["agent"]))
    everybody: Counter[Any] = Counter()
    for who, theirs in people.items():
        visit, seq, before, events = 1, 0, None, []
        for row in sorted(theirs, key=lambda one: one["minute"]):
            if before is not None and row["minute"] - before >= PAUSE:
                visit, seq = visit + 1, 0
            seq, before = seq + 1, row["minute"]
            events.append(
                _event(
                    row, visit, seq, who, len(typed[_kind(row), _typed(row)]) < FEWEST, known, country, sites
                )
            )
        everybody[tuple(events)] += 1
    return everybody


def _kind(row: Any) -> str:
    return "not-found" if row["status"] == " 404 " else row["target"].kind


def _typed(row: Any) -> str:
    return row["target"].target if _kind(row) == "search" else row["target"].path


def _event(
    row: Any,
    visit: int,
    seq: int,
    who: tuple[str, str],
    rare: bool,
    known: Any,
    country: Any,
    sites: frozenset[str],
) -> Any:
    target, agent, kind = row["target"], agents.read(who[1]), _kind(row)
    host = scrub.host(row["host"]) if row["host"] else ""
    event = {
        "minute": row["minute"],
        "visit": visit,
        "seq": seq,
        "kind": kind,
        "path": target.path,
        "target": "" if kind == "not-found" else target.target,
        "referrer": "" if host in sites else host,
        "source": target.source,
        "medium": target.medium,
        "campaign": target.campaign,
        "country": country(who[0]),
        "provider": "",
        "browser": agent.browser,
        "system": agent.system,
        "language": "",
        "again": "",
    }
    if rare and kind == "search":
        event["target"] = scrub.words(known(target.target))
    if rare and kind == "not-found":
        event["path"] = scrub.path(known(target.path))
    return tuple(event[name] for name in TYPES if name != "visitor")
