"""A piece of a log, judged line by line: what each line is, and why it is refused.

Work is done on what is *different*: a thousand minutes, some thousand requests and agents, some ten thousand visitors of a
piece. A line costs one match and four look-ups. What is looked up lies in memory, and no address or agent leaves it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from kept.portal.regions.origins import Origins
from kept.touchpoints.visits import agents, scrub
from kept.touchpoints.visits.importing import moments, targets
from kept.touchpoints.visits.importing.cleaning import BROKEN

LATE, FUTURE, OVER, STATUS, BOT = "too late", "in the future", "its term is over", "another answer than 200, 304 or 404", "robot"
MEMORY = "512MB"
MOST_KNOWN = 200_000
"""Requests, agents and hosts, remembered from piece to piece. More, and they are read anew."""
AHEAD = 60
"""Minutes a log's clock may be ahead of ours."""

# Quotes part a line into seven fields, or nine where an address that was forwarded stands at its end; the first holds address and time.
_FIELDS = (7, 9)
_HEAD = re.compile(rb"[^ ]+ .*\[([^\[]+):[0-6][0-9] ([-+][0-9]{4})\] ", re.DOTALL)
_SECONDS = frozenset(b":%02d" % second for second in range(70))
_MISSING = b" 404 "
_ANSWERED = frozenset((b" 200 ", b" 304 ", _MISSING))
_TABLES = """
CREATE TABLE targets (target_id BIGINT, kind VARCHAR, path VARCHAR, target VARCHAR, source VARCHAR, medium VARCHAR, campaign VARCHAR);
CREATE TABLE agents (agent_id BIGINT, browser VARCHAR, system VARCHAR);
CREATE TABLE hosts (host_id BIGINT, referrer VARCHAR);
CREATE TABLE places (place_id BIGINT, country VARCHAR, provider VARCHAR);
"""
ROW = "minute BIGINT, line BIGINT, visitor BIGINT, place_id BIGINT, missing BOOLEAN, target_id BIGINT, agent_id BIGINT, host_id BIGINT"
"""A counted line in numbers, as ``Judged.rows`` writes it: commas between, a line each."""
EVENTS = """
SELECT rows.* EXCLUDE (place_id, missing, target_id, agent_id, host_id), CASE WHEN missing THEN 'not-found' ELSE kind END AS kind,
    path, CASE WHEN missing THEN '' ELSE target END AS target, referrer, source, medium, campaign, country, provider, browser, system
FROM {rows} AS rows JOIN targets USING (target_id) JOIN agents USING (agent_id) JOIN hosts USING (host_id) JOIN places USING (place_id)
"""
"""A day's rows in words."""

Number = Callable[[int, str, str], int]
"""The visitor's number of a day, an address and an agent."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a piece that are in the format, in order, and the minute of each as the log wrote it."""

    rows: list[list[bytes]]
    stamps: list[bytes]


def parsed(text: bytes | memoryview) -> Lines:
    """Lines that are in the format, each parted at its quotes. What is not is broken, and takes none of its neighbours with it."""
    rows, stamps = [], []
    for line in bytes(text).split(b"\n"):
        fields = line.split(b'"')
        if len(fields) not in _FIELDS or fields[4] != b" ":
            continue
        head = fields[0]
        # "[25/Nov/2026:10:00:03 +0100] " is how nearly all of them end. Any other is read with more patience.
        if head[-29:-28] == b"[" and head[-11:-8] in _SECONDS and head[-2:] == b"] " and 0 < head.find(b" ") < len(head) - 29:
            stamps.append(head[-28:-11] + head[-7:-2])
        elif found := _HEAD.fullmatch(head):
            stamps.append(found[1] + found[2])
        else:
            continue
        rows.append(fields)
    return Lines(rows, stamps)


@dataclass(slots=True)
class Time:
    """One minute of a piece: how many lines, and which came first. ``refused`` is "" or why all of them are."""

    stamp: bytes
    lines: int
    minute: int = -1
    day: int = -1
    refused: str = ""


@dataclass(slots=True)
class Judged:
    """What came of a piece: how many lines were refused, by reason; and of each day those that were counted, as ``ROW``."""

    refused: Counter[str] = field(default_factory=Counter)
    rows: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def counted(self) -> int:
        return sum(map(len, self.rows.values()))


class Judge:
    """Its database holds what may be kept, in memory, until a day is packed; addresses and agents are in none of its tables."""

    def __init__(self, calendar: moments.Calendar, origins: Origins, *, now: int, over: int = -1) -> None:
        """``now`` is a minute; days up to ``over`` were dropped, and do not come back."""
        self.calendar, self.origins, self.now, self.over = calendar, origins, now, over
        self.sites: frozenset[str] = frozenset()
        self.base = duckdb.connect(config=bounds())
        self.base.execute("SET enable_progress_bar = false")
        self.base.execute(_TABLES)
        self._new: dict[str, list[tuple[Any, ...]]] = {"targets": [], "agents": [], "hosts": [], "places": []}
        self._stamps: dict[bytes, tuple[int, int, str]] = {}
        self._requests: dict[bytes, int | str] = {}
        self._targets: dict[targets.Target, int] = {}
        self._agents: dict[bytes, int] = {}
        self._texts: dict[int, str] = {}
        self._hosts: dict[bytes, int] = {}
        self._places: dict[tuple[str, str], int] = {}
        self._referrers: dict[str, int] = {}

    def times(self, lines: Lines) -> list[Time]:
        """Which minutes the lines are about. Lines whose time is none are not among them."""
        return [self._time(stamp, count) for stamp, count in Counter(lines.stamps).items()]

    def _time(self, stamp: bytes, lines: int) -> Time:
        if stamp not in self._stamps:
            if len(self._stamps) > MOST_KNOWN:
                self._stamps.clear()
            minute = moments.minute_of(stamp.decode("utf-8", "replace"))
            self._stamps[stamp] = (-1, -1, BROKEN) if minute is None else self._allowed(minute)
        return Time(stamp, lines, *self._stamps[stamp])

    def _allowed(self, minute: int) -> tuple[int, int, str]:
        if minute > self.now + AHEAD:
            return -1, -1, FUTURE
        day = self.calendar.day(minute)
        return minute, day, OVER if day <= self.over else ""

    def nth(self, lines: Lines, stamps: Sequence[bytes], offset: int) -> int:
        """The number within the piece of the ``offset``-th line (from 0) of these minutes."""
        wanted = frozenset(stamps)
        found = (number for number, stamp in enumerate(lines.stamps) if stamp in wanted)
        return next((number for place, number in enumerate(found) if place == offset), -1)

    def commonest_host(self, lines: Lines) -> str:
        """The host that more than half of all links come from: the site's own. "" where there is none."""
        hosts: Counter[str] = Counter()
        for referrer, count in Counter(fields[3] for fields in lines.rows).items():
            hosts[_host(referrer)] += count
        del hosts[""]
        (host, count), *_ = hosts.most_common(1) or [("", 0)]
        return scrub.host(host) if count * 2 > hosts.total() else ""

    def go_by(self, sites: frozenset[str]) -> None:
        """Hosts that are the log's own site, and therefore no referrers."""
        if sites != self.sites:
            self.sites = sites
            self._hosts.clear()

    def judge(self, lines: Lines, times: Sequence[Time], closed: Mapping[int, int], number: Number, *, base: int = 0) -> Judged:
        """Judge every line. ``closed``: after which line a day took no more. Lines count from ``base``, and keep the order."""
        never = len(lines.rows)
        known = {one.stamp: (one.minute, one.day, one.refused, base + closed.get(one.day, never)) for one in times}
        judged, people = Judged(), dict[tuple[int, bytes, int], str]()
        refused, rows, requests, programs, hosts = judged.refused, judged.rows, self._requests, self._agents, self._hosts
        for line, (fields, stamp) in enumerate(zip(lines.rows, lines.stamps, strict=True), base):
            minute, day, reason, last = known[stamp]
            if reason or line > last:
                refused[reason or LATE] += 1
                continue
            target = requests.get(fields[1])
            if target is None:
                target = self._request(fields[1])
            if isinstance(target, str):
                refused[target] += 1
                continue
            status = fields[2][:5]
            if status not in _ANSWERED:
                refused[STATUS] += 1
                continue
            program = programs.get(fields[5])
            if program is None:
                program = self._agent(fields[5])
            if program < 0:
                refused[BOT] += 1
                continue
            who = day, fields[0].split(b" ", 1)[0], program
            person = people.get(who)
            if person is None:
                person = people[who] = self._person(day, who[1].decode("utf-8", "replace"), program, number)
            host = hosts.get(fields[3])
            if host is None:
                host = self._referrer(fields[3])
            rows[day].append(f"{minute},{line},{person},{status == _MISSING},{target},{program},{host}")
        self._write_down()
        return judged

    @property
    def full(self) -> bool:
        """So much is known that it should be forgotten: when no row refers to it any more."""
        return any(len(known) > MOST_KNOWN for known in (self._requests, self._texts, self._hosts))

    def forget_known(self) -> None:
        for table in ("targets", "agents", "hosts"):
            self.base.execute(f"TRUNCATE {table}")
        for known in (self._requests, self._targets, self._agents, self._texts, self._hosts, self._referrers, self._stamps):
            known.clear()

    def _request(self, text: bytes) -> int | str:
        """The number of what it asked for, or why it is refused."""
        one = targets.read(text.decode("utf-8", "replace"))
        if not one.refused and one not in self._targets:
            self._targets[one] = len(self._targets)
            self._new["targets"].append((self._targets[one], one.kind, one.path, one.target, one.source, one.medium, one.campaign))
        found = self._requests[text] = one.refused or self._targets[one]
        return found

    def _agent(self, text: bytes) -> int:
        """A number, or one below nought for a program."""
        said = text.decode("utf-8", "replace")
        one = agents.read(said)
        number = -1 if one.bot else len(self._texts)
        self._agents[text] = number
        if not one.bot:
            self._texts[number] = said
            self._new["agents"].append((number, one.browser, one.system))
        return number

    def _person(self, day: int, address: str, program: int, number: Number) -> str:
        place = (self.origins.country(address), self.origins.provider(address))
        if place not in self._places:
            self._places[place] = len(self._places)
            self._new["places"].append((self._places[place], *place))
        return f"{number(day, address, self._texts[program])},{self._places[place]}"

    def _referrer(self, text: bytes) -> int:
        host = _host(text)
        clean = scrub.host(host) if host else ""
        foreign = "" if clean in self.sites else clean
        if foreign not in self._referrers:
            self._referrers[foreign] = len(self._referrers)
            self._new["hosts"].append((self._referrers[foreign], foreign))
        found = self._hosts[text] = self._referrers[foreign]
        return found

    def _write_down(self) -> None:
        """What came of texts this piece was the first to have, for the rows that name it by its number."""
        for table, rows in self._new.items():
            if rows:
                columns = [list(column) for column in zip(*rows, strict=True)]
                self.base.execute(f"INSERT INTO {table} SELECT {', '.join(['unnest(?)'] * len(columns))}", columns)
                rows.clear()

    def close(self) -> None:
        self.base.close()
        agents.forget()
        targets.forget()


def _host(referrer: bytes) -> str:
    """Of a page's address its host, as it stands there."""
    return referrer.split(b"/", 3)[2][:300].decode("utf-8", "replace") if b"://" in referrer and referrer.count(b"/") > 1 else ""


def bounds() -> dict[str, Any]:
    """Nothing is ever written to a disk to make room."""
    return {
        "memory_limit": MEMORY,
        "threads": 2,
        "temp_directory": "",
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "enable_external_file_cache": False,
    }
