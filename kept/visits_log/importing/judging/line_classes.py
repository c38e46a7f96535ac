"""A piece of a log, judged line by line in DuckDB: what each line is, and why it is refused.

Work is done on what is *different*: a thousand minutes, some thousand requests and agents, some ten thousand
visitors of a piece, not on its hundred thousand lines. The database lies in memory and may not write a byte
of it to a disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kept.visits_log import agents, scrub
from kept.visits_log.dimensions import TEXTS, columns_of
from kept.visits_log.importing.cleaning import BROKEN
from kept.visits_log.importing.formats.words import NOT_TOLD
from kept.visits_log.importing.judging import client_addresses, targets, timestamps
from kept.visits_log.origins import Origins
from kept.visits_log.storing.duckdb_library import duckdb

LATE, FUTURE, OVER, STATUS, BOT = (
    "too late",
    "in the future",
    "its term is over",
    "another answer than 200, 304 or 404",
    "robot",
)
MEMORY = "512MB"
MOST_KNOWN = 200_000
"""Requests, and agents, remembered from piece to piece. More, and they are read anew."""
AHEAD = 60
"""Minutes a log's clock may be ahead of ours."""

_COLUMNS = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(9))
# Quotes part a line into seven fields, or nine where an address that was forwarded stands at its end. A line
# with more is left out by the reader, one with fewer is seen by what it lacks: a broken line never takes its
# neighbours with it. The commonest assets, two lines in five, are told at sight and lose all but their time.
_LINES = f"""
CREATE OR REPLACE TABLE {{into}} AS
WITH cut AS (
    SELECT *, split_part(c0, ' ', 1) AS first, split_part(c0, ' ', 2) AS second,
        split_part(c0, '[', -1) AS after, substr(c0, -11) AS seconds,
        regexp_matches(
            c1, '^GET /[^?# ]*[.](css|js|png|jpg|jpeg|gif|svg|ico|woff2|webp)([?][^ ]*)? HTTP/1[.]1$'
        ) AS asset
    FROM read_csv('/proc/self/fd/{{file}}', delim='"', quote='', escape='', comment='', header=false,
        auto_detect=false, new_line='\\n', nullstr=chr(1), ignore_errors=true, null_padding=true,
        max_line_size=70000, columns={{{{{_COLUMNS}}}}})
)
-- Whose it is, `client_addresses` reads out of the first word, the second where it is not "nothing", and
-- what was forwarded.
SELECT first || CASE WHEN second = '-' THEN '' ELSE ' ' || left(second, 64) END
        || CASE WHEN c7 IS NULL OR c7 = '-' THEN ''
            ELSE '{client_addresses.PARTING}' || left(c7, 200) END AS address,
    CASE WHEN asset THEN NULL ELSE c1 END AS request, substr(c2, 1, 5) AS status,
    CASE WHEN asset THEN NULL ELSE c5 END AS agent,
    CASE WHEN contains(c3, '://') THEN left(split_part(c3, '/', 3), 300) ELSE '' END AS host,
    CASE WHEN c6 IS NOT NULL AND (c7 IS NULL) = (c8 IS NULL) AND c4 = ' ' AND first <> ''
        AND contains(c0, '[') AND length(after) > 11
        AND regexp_matches(seconds, '^:[0-6][0-9] [-+][0-9]{{{{4}}}}\\] $')
        THEN left(after, length(after) - 11) || substr(seconds, 5, 5) END AS stamp
FROM cut
"""
_JUDGED = f"""
CREATE OR REPLACE TABLE judged AS
SELECT lines.rowid AS line, minute, day, address, target_id, agent_id, host, status = ' 404 ' AS missing,
    CASE WHEN times.refused <> '' THEN times.refused
        WHEN lines.rowid > times.closed THEN '{LATE}'
        WHEN request IS NULL THEN '{targets.ASSET}'
        WHEN requests.refused <> '' THEN requests.refused
        WHEN status NOT IN (' 200 ', ' 304 ', ' 404 ') THEN '{STATUS}'
        WHEN agents.bot THEN '{BOT}' ELSE '' END AS refused
FROM {{lines}} AS lines JOIN times USING (stamp) LEFT JOIN requests USING (request)
    LEFT JOIN agents USING (agent)
"""
_PEOPLE = (
    "CREATE OR REPLACE TABLE people AS SELECT day, address, agent_id, count(*) AS often FROM judged WHERE"
    " refused = '' GROUP BY ALL"
)
_FRESH = """
CREATE OR REPLACE TABLE fresh AS
SELECT day, minute, line, visitor, place_id, missing, target_id, agent_id, host_id
FROM judged JOIN (SELECT * FROM people POSITIONAL JOIN numbered) USING (day, address, agent_id)
    JOIN hosts USING (host)
WHERE refused = ''
"""
OF_AGENT, OF_ADDRESS = columns_of("agent"), columns_of("address")
OF_REQUEST = ("path", "source", "medium", "campaign")


def _typed(names: Iterable[str]) -> str:
    return ", ".join(f"{name} VARCHAR" for name in names)


_TABLES = f"""
CREATE TABLE requests (request VARCHAR, request_id BIGINT, refused VARCHAR, target_id BIGINT);
CREATE TABLE targets (target_id BIGINT, kind VARCHAR, path VARCHAR, target VARCHAR, source VARCHAR,
    medium VARCHAR, campaign VARCHAR);
CREATE TABLE agents (agent VARCHAR, agent_id BIGINT, {_typed(OF_AGENT)}, bot BOOLEAN);
CREATE TABLE hosts (host VARCHAR, host_id BIGINT, referrer VARCHAR);
CREATE TABLE places (place_id BIGINT, {_typed(OF_ADDRESS)});
CREATE TABLE times (stamp VARCHAR, minute BIGINT, day BIGINT, refused VARCHAR, closed BIGINT);
CREATE TABLE numbered (visitor BIGINT, place_id BIGINT);
"""
_TOLD = {
    "kind": "CASE WHEN missing THEN 'not-found' ELSE kind END",
    "target": "CASE WHEN missing THEN '' ELSE target END",
    **{name: name for name in (*OF_REQUEST, "referrer", *OF_AGENT, *OF_ADDRESS)},
}
# What no log tells is "".
EVENTS = f"""
SELECT rows.* EXCLUDE (place_id, missing, target_id, agent_id, host_id),
    {", ".join(f"{_TOLD.get(name, repr(''))} AS {name}" for name in TEXTS)}
FROM {{rows}} AS rows JOIN targets USING (target_id) JOIN agents USING (agent_id) JOIN hosts USING (host_id)
    JOIN places USING (place_id)
"""
"""A day's rows in words, out of those of ``Judge.add``."""
TYPED = """
SELECT CASE WHEN missing THEN 'not-found' ELSE kind END AS kind,
    CASE WHEN missing THEN path ELSE target END AS text, visitor
FROM {rows} JOIN targets USING (target_id) WHERE missing OR kind = 'search'
"""
"""Of those rows the words that somebody typed."""


@dataclass(slots=True)
class Time:
    """One minute of a piece: how many lines, and which came first.

    ``refused`` is "" or why all of them are.
    """

    stamp: str
    lines: int
    minute: int = -1
    day: int = -1
    refused: str = ""


@dataclass(slots=True)
class Judged:
    """What came of a piece: how many lines were refused, by reason, and how many were counted by day, and by
    address.
    """

    refused: Counter[str] = field(default_factory=Counter)
    counted: Counter[int] = field(default_factory=Counter)
    addresses: Counter[str] = field(default_factory=Counter)
    by_day: dict[int, Counter[str]] = field(default_factory=dict)


class Judge:
    """Its database holds addresses, in memory, for as long as a piece is worked on.

    ``read`` may run in another thread than the rest.
    """

    def __init__(self, calendar: timestamps.Calendar, origins: Origins, *, now: int, over: int = -1) -> None:
        """``now`` is a minute; days up to ``over`` were dropped, and do not come back."""
        self.calendar, self.origins, self.now, self.over = calendar, origins, now, over
        self.sites: frozenset[str] = frozenset()
        self.base = duckdb.connect(config=bounds())
        self.base.execute("SET enable_progress_bar = false")
        self.base.execute(_TABLES)
        self._last = dict.fromkeys(("requests", "agents", "hosts"), 0)
        self._stamps: dict[str, tuple[int, int, str]] = {}
        self._agents: dict[int, str] = {}
        self._places: dict[tuple[str, ...], int] = {}
        self._targets: dict[targets.Target, int] = {}
        self._new_targets: list[tuple[Any, ...]] = []
        self._new_places: list[tuple[Any, ...]] = []

    def times(self, lines: str) -> list[Time]:
        """Which minutes the lines are about. Lines whose time is none are not among them."""
        found = self.base.execute(
            f"SELECT stamp, count(*) FROM {lines} WHERE stamp IS NOT NULL GROUP BY stamp"
        ).fetchall()
        return [self._time(stamp, count) for stamp, count in found]

    def _time(self, stamp: str, lines: int) -> Time:
        if stamp not in self._stamps:
            if len(self._stamps) > MOST_KNOWN:
                self._stamps.clear()
            minute = timestamps.minute_of(stamp)
            self._stamps[stamp] = (-1, -1, BROKEN) if minute is None else self._allowed(minute)
        return Time(stamp, lines, *self._stamps[stamp])

    def _allowed(self, minute: int) -> tuple[int, int, str]:
        if minute > self.now + AHEAD:
            return -1, -1, FUTURE
        day = self.calendar.day(minute)
        return minute, day, OVER if day <= self.over else ""

    def nth(self, lines: str, stamps: Sequence[str], offset: int) -> int:
        """The number within the piece of the ``offset``-th line (from 0) of these minutes."""
        sql = f"SELECT rowid FROM {lines} WHERE stamp IN (SELECT unnest(?)) ORDER BY rowid LIMIT 1 OFFSET ?"
        found = self.base.execute(sql, [list(stamps), offset]).fetchone()
        return int(found[0]) if found else -1

    def commonest_host(self, lines: str) -> str:
        """The host that more than half of all links come from: the site's own. "" where there is none."""
        sql = (
            f"SELECT host, count(*) AS n, sum(n) OVER () FROM {lines} WHERE host <> '' GROUP BY host ORDER BY"
            " n DESC LIMIT 1"
        )
        found = self.base.execute(sql).fetchone()
        return scrub.host(found[0]) if found and found[1] * 2 > found[2] else ""

    def know_times(self, found: Sequence[Time], closed: dict[int, int]) -> None:
        """Tell the minutes, and after which line a day took no more (days that are open are not in
        ``closed``).
        """
        never = 1 << 62
        self._fill(
            "times",
            [(one.stamp, one.minute, one.day, one.refused, closed.get(one.day, never)) for one in found],
            anew=True,
        )

    def judge(self, lines: str, number: Callable[[int, str, str], int]) -> Judged:
        """Judge every line. ``number`` gives the visitor's number of a day, an address and an agent."""
        self._learn("requests", "request", lines, self._request)
        self._fill("targets", self._new_targets)
        self._new_targets.clear()
        self._learn("agents", "agent", lines, self._agent)
        self.base.execute(_JUDGED.format(lines=lines))
        self._learn(
            "hosts",
            "host",
            "(SELECT host FROM judged WHERE refused = '')",
            lambda host: (self._foreign(host),),
        )
        judged = Judged(addresses=self._people(number))
        self.base.execute(_FRESH)
        for refused, day, count in self.base.execute(
            "SELECT refused, day, count(*) FROM judged GROUP BY ALL"
        ).fetchall():
            judged.by_day.setdefault(day, Counter())[refused] = count
            if refused:
                judged.refused[refused] += count
            else:
                judged.counted[day] += count
        return judged

    def add(self, day: int, base: int, into: str) -> None:
        """Put a day's rows of the piece into a table, made where there is none.

        Lines count from ``base``, and keep the order.
        """
        self.base.execute(f"CREATE TABLE IF NOT EXISTS {into} AS SELECT * EXCLUDE (day) FROM fresh LIMIT 0")
        self.base.execute(
            f"INSERT INTO {into} SELECT * EXCLUDE (day) REPLACE (line + ? AS line) FROM fresh WHERE day = ?",
            [base, day],
        )

    @property
    def full(self) -> bool:
        """So much is known that it should be forgotten: when no row refers to it any more."""
        return any(self._count(table) > MOST_KNOWN for table in self._last)

    def forget_known(self) -> None:
        for table in self._last:
            self.base.execute(f"TRUNCATE {table}")
        self.base.execute("TRUNCATE targets")
        self._agents.clear()
        self._targets.clear()
        self._stamps.clear()

    def forget(self, lines: str) -> None:
        """Drop what is left of the piece."""
        for table in (lines, "judged", "people", "fresh"):
            self.base.execute(f"DROP TABLE IF EXISTS {table}")
        self.base.execute("TRUNCATE numbered")

    def _count(self, table: str) -> int:
        found = self.base.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0]) if found else 0

    def _learn(self, table: str, column: str, of: str, read: Callable[[str], tuple[Any, ...]]) -> None:
        """Read what no piece had before."""
        new = (
            f"SELECT DISTINCT {column} FROM {of} ANTI JOIN {table} USING ({column}) WHERE {column} IS NOT"
            " NULL"
        )
        self.base.execute(f"CREATE OR REPLACE TABLE new AS {new}")
        rows = []
        for (text,) in self.base.execute("SELECT * FROM new ORDER BY rowid").fetchall():
            self._last[table] += 1
            rows.append((self._last[table], *read(text)))
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            # The texts themselves are there already: only what came of them goes back, in the same order.
            beside = ", ".join(["unnest(?)"] * len(columns))
            self.base.execute(
                f"INSERT INTO {table} SELECT * FROM new POSITIONAL JOIN (SELECT {beside})", columns
            )

    def _request(self, text: str) -> tuple[Any, ...]:
        one = targets.read(text)
        if one not in self._targets:
            self._targets[one] = len(self._targets)
            self._new_targets.append(
                (self._targets[one], one.kind, one.path, one.target, one.source, one.medium, one.campaign)
            )
        return (one.refused, self._targets[one])

    def _agent(self, text: str) -> tuple[Any, ...]:
        self._agents[self._last["agents"]] = text
        one = agents.read(text) if text != NOT_TOLD else agents.Agent("", "", bot=False)
        return (*(getattr(one, name) for name in OF_AGENT.values()), one.bot)

    def _foreign(self, host: str) -> str:
        clean = scrub.host(host) if host else ""
        return "" if clean in self.sites else clean

    def _people(self, number: Callable[[int, str, str], int]) -> Counter[str]:
        self.base.execute(_PEOPLE)
        rows = self.base.execute("SELECT day, address, agent_id, often FROM people ORDER BY rowid").fetchall()
        told, agents_ = [getattr(self.origins, name) for name in OF_ADDRESS.values()], self._agents
        clients = {said: client_addresses.read(said) for said in {row[1] for row in rows}}
        places = {
            address: self._place(tuple(tell(address) for tell in told)) for address in set(clients.values())
        }
        self._fill("places", self._new_places)
        self._new_places.clear()
        counted: Counter[str] = Counter()
        numbers = []
        for day, said, agent, often in rows:
            address = clients[said]
            counted[address] += often
            numbers.append((number(day, address, agents_[agent]), places[address]))
        self._fill("numbered", numbers, anew=True)
        return counted

    def _place(self, place: tuple[str, ...]) -> int:
        if place not in self._places:
            self._places[place] = len(self._places)
            self._new_places.append((self._places[place], *place))
        return self._places[place]

    def _fill(self, table: str, rows: Sequence[tuple[Any, ...]], *, anew: bool = False) -> None:
        if anew:
            self.base.execute(f"TRUNCATE {table}")
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            self.base.execute(
                f"INSERT INTO {table} SELECT {', '.join(['unnest(?)'] * len(columns))}", columns
            )

    def close(self) -> None:
        self.base.close()
        agents.forget()
        targets.forget()


class Reader:
    """Takes pieces into the database of a judge, over a connection of its own, for another thread."""

    def __init__(self, judge: Judge) -> None:
        self._base = judge.base.cursor()
        self._count = 0

    def read(self, file: int) -> str:
        """The name of the table the lines of a piece are in."""
        self._count += 1
        into = f"lines_{self._count}"
        self._base.execute(_LINES.format(file=file, into=into))
        return into


def bounds() -> dict[str, Any]:
    """Order is kept, since it is the order of lines; and nothing is ever written to a disk to make room."""
    return {
        "memory_limit": MEMORY,
        "threads": 2,
        "temp_directory": "",
        "preserve_insertion_order": True,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "enable_external_file_cache": False,
    }
