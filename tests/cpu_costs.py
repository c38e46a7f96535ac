"""What the tests of each folder cost in CPU seconds, and a red run where one costs more than its budget.

``--cpu-budgets FILE`` prints the ten dearest tests and the sum of each folder, and compares the sums with the
file. Not the clock: it says as much about who else is on the machine. And not the bare seconds: they are
those of a machine on which ``reference_loop`` takes ``REFERENCE``, so that a slow one breaks no budget.
"""

from __future__ import annotations

import hashlib
import os
import time
import tomllib
from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

REFERENCE = 0.030
"""CPU seconds of one ``reference_loop`` on the machine on which the budgets were measured."""
TICKS = os.sysconf("SC_CLK_TCK")
DEEPER = {("kept", "core"), ("kept", "touchpoints")}
"""Folders of rooms: a budget belongs to each room in them."""
BETWEEN_LOOPS = 15.0
"""Other people on the machine make it slower from one minute to the next, so the loop is asked again."""


def reference_loop() -> float:
    """CPU seconds that a fixed piece of work takes here and now: half Python's own, half the library's."""
    begun, total = time.thread_time(), 0
    for number in range(400_000):
        total += number * number % 7
    hashlib.pbkdf2_hmac("sha256", b"fixed", str(total).encode(), 40_000)
    return time.thread_time() - begun


@dataclass(frozen=True)
class Moment:
    """CPU seconds so far. ``own``: of this process. ``waited``: of those it has waited for. ``below``: of
    each that still runs below it, by its number: its own, and those of children it has waited for.
    """

    own: float
    waited: float
    below: dict[int, tuple[float, float]]

    @classmethod
    def now(cls) -> Moment:
        spent = os.times()
        return cls(spent.user + spent.system, spent.children_user + spent.children_system, _running_below())

    def since(self, before: Moment) -> float:
        """CPU seconds between two moments. Who was there before and has ended was counted already; it may be
        counted once more by whoever waited for it, or by nobody.
        """
        gone = sum(sum(spent) for pid, spent in before.below.items() if pid not in self.below)
        earlier = {pid: before.below.get(pid, (0.0, 0.0)) for pid in self.below}
        own = sum(spent[0] - earlier[pid][0] for pid, spent in self.below.items())
        waited = sum(spent[1] - earlier[pid][1] for pid, spent in self.below.items())
        return self.own - before.own + own + max(0.0, self.waited - before.waited + waited - gone)


def _running_below() -> dict[int, tuple[float, float]]:
    """A portal or a browser serves many tests before anybody waits for it. Linux alone tells of it."""
    found, waiting = {}, _children(os.getpid())
    while waiting:
        pid = waiting.pop()
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        user, system, user_below, system_below = (int(ticks) / TICKS for ticks in fields[11:15])
        found[pid] = (user + system, user_below + system_below)
        waiting += _children(pid)
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        # It has just ended, or this is no Linux.
        pass
    return found


def folder_of(test: str) -> str:
    """The room a test belongs to: ``kept/rights`` for ``kept/rights/erasure/tests/test_x.py::test_y``."""
    parts = test.partition("::")[0].split("/")[:-1]
    return "/".join(parts[: 3 if tuple(parts[:2]) in DEEPER else 2])


@dataclass
class Costs:
    """``tests``: CPU seconds by test. ``loops``: what the loop took, each time it was asked."""

    tests: dict[str, float] = field(default_factory=dict)
    loops: list[float] = field(default_factory=list)
    since_loop: float = BETWEEN_LOOPS

    def add(self, test: str, seconds: float) -> None:
        self.tests[test] = self.tests.get(test, 0.0) + seconds
        self.since_loop += seconds
        if self.since_loop >= BETWEEN_LOOPS:
            self.since_loop = 0.0
            self.loops.append(reference_loop())

    def take(self, other: dict[str, Any]) -> None:
        """What another worker has counted, in seconds of the reference."""
        for test, seconds in other["tests"].items():
            self.tests[test] = self.tests.get(test, 0.0) + seconds

    def scaled(self) -> dict[str, Any]:
        """In seconds of the machine on which the loop takes ``REFERENCE``."""
        factor = REFERENCE * len(self.loops) / sum(self.loops) if self.loops else 1.0
        return {"tests": {test: seconds * factor for test, seconds in self.tests.items()}}

    def by_folder(self) -> dict[str, float]:
        sums: defaultdict[str, float] = defaultdict(float)
        for test, seconds in self.tests.items():
            sums[folder_of(test)] += seconds
        return dict(sorted(sums.items(), key=lambda one: -one[1]))


def over_budget(sums: dict[str, float], budgets: dict[str, float]) -> list[str]:
    """One sentence for each folder that costs more than it may."""
    each = {
        folder: budgets.get(folder, budgets["each touchpoint"] if "/touchpoints/" in folder else 0.0)
        for folder in sums
    }
    return [
        f"{folder} takes {spent:.1f} CPU seconds, and its budget is {each[folder]:.1f}. Make its tests"
        " cheaper, or say in the budgets why it needs more."
        for folder, spent in sums.items()
        if spent > each[folder]
    ]


class Counter:
    """The plugin. In a worker it counts, in the process the workers belong to it adds up."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self.counted, self.sum = config, Costs(), Costs()
        self.budgets = tomllib.loads(Path(config.option.cpu_budgets).read_text(encoding="utf-8"))
        self.worker = hasattr(config, "workeroutput")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        before = Moment.now()
        try:
            return (yield)
        finally:
            self.counted.add(item.nodeid, Moment.now().since(before))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        if counted := getattr(node, "workeroutput", {}).get("cpu_costs"):
            self.sum.take(counted)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.worker:
            self.config.workeroutput["cpu_costs"] = self.counted.scaled()  # type: ignore[attr-defined]
            return
        self.sum.take(self.counted.scaled())
        if over_budget(self.sum.by_folder(), self.budgets) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        sums = self.sum.by_folder()
        terminalreporter.section("the ten dearest tests, in CPU seconds")
        for test, seconds in sorted(self.sum.tests.items(), key=lambda one: -one[1])[:10]:
            terminalreporter.write_line(f"{seconds:7.1f}  {test}")
        terminalreporter.section(f"{sum(sums.values()):.0f} CPU seconds, by folder")
        for folder, seconds in sums.items():
            terminalreporter.write_line(f"{seconds:7.1f}  {folder}")
        for sentence in over_budget(sums, self.budgets):
            terminalreporter.write_line(sentence, red=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cpu-budgets",
        metavar="FILE",
        help="print what the tests cost, and fail where a folder costs more than this file says",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.option.cpu_budgets:
        config.pluginmanager.register(Counter(config), "cpu-costs")
