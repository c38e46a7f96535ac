"""What counting a visit costs: in the process that serves the page, and in the collector, which is a process
of its own.

Umami 3.1 takes 7.2 to 9.1 ms of CPU for an event on a machine like this one (its own ingest, in the same
comparison as the import's figures).
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from bench.browser import Browser
from bench.figure import Figure, Pair, at_most, ratio_at_most, reported
from bench.measure import CPU, pairs, typical
from bench.scale import Scale
from kept.operations.processes.side_processes import processes
from kept.portal import page_hooks as portal
from kept.touchpoints.visits import hooks, log_folder
from kept.visits_log.places import Places

MICRO = 1e6
OF_UMAMI = 7200 / 20
PAGES, LOOKS = 20, 500
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"
HEADERS = {
    "HTTP_USER_AGENT": FIREFOX,
    "HTTP_ACCEPT_LANGUAGE": "nl-BE,nl;q=0.8,en;q=0.5",
    "HTTP_REFERER": "https://search.example/",
}


class Visitor(Browser):
    """Somebody nobody knows."""

    def __init__(self) -> None:
        self._cookie = ""

    def _environ(self, path: str) -> dict[str, Any]:
        return {**super()._environ(path), **HEADERS, "REMOTE_ADDR": "81.82.83.84"}


def run(scale: Scale) -> Iterator[Figure]:
    with _collector() as pid:
        home = Visitor()
        found = _with_and_without(partial(_read, home), scale.rounds)
        yield ratio_at_most(
            "home page, counted (CPU)", found, "ms", 1.03, beside="the same, not counted", scale=1e3 / PAGES
        )
        look = typical(partial(_look, _ready(), LOOKS), rounds=scale.rounds, clock=CPU) / LOOKS * MICRO
        yield at_most("of which the look at a page that is ready, datagram sent", look, "µs", 20)
        events, taken = max(scale.entries // 50, 100), _cpu(pid)
        arrived = _paced(events, log_folder.places())
        taken = (_cpu(pid) - taken) / arrived * MICRO
        yield reported("the collector, of each event (CPU)", taken, "µs")
        yield at_most("a counted page, web and collector together (CPU)", look + taken, "µs", OF_UMAMI)
        yield reported("of readings sent one after the other, written", arrived / events * 100, "%")
        yield at_most("memory of the collector (RSS)", _memory(pid), "MiB", 45)


@contextmanager
def _collector() -> Iterator[int]:
    """As ``kept run`` starts it."""
    (ours,) = [
        one
        for one in processes({"KEPT_HOME": str(settings.KEPT_HOME), "PATH": "/usr/bin"})
        if one.name == "collector"
    ]
    root = Path(__file__).resolve().parents[1]
    child = subprocess.Popen(
        ours.command, env={**ours.environ, "PYTHONPATH": str(root)}, stderr=subprocess.DEVNULL
    )
    try:
        while not log_folder.places().root.joinpath("state.json").exists():
            assert child.poll() is None, "The collector ended by itself."
            time.sleep(0.02)
        hooks.sender.cache_clear()
        yield child.pid
    finally:
        child.terminate()
        child.wait(10)


def _with_and_without(work: Callable[[], object], rounds: int) -> Pair:
    return pairs(work, partial(_uncounted, work), rounds=rounds, clock=CPU)


def _uncounted(work: Callable[[], object]) -> None:
    look = portal._LOOKERS.pop("visits")
    try:
        work()
    finally:
        portal._LOOKERS["visits"] = look


def _read(home: Browser) -> None:
    for _ in range(PAGES):
        home.get("/")


def _ready() -> tuple[HttpRequest, HttpResponse]:
    return RequestFactory().get(
        "/",
        headers={
            "User-Agent": FIREFOX,
            "Accept-Language": "nl-BE,nl;q=0.8,en;q=0.5",
            "Referer": "https://search.example/",
        },
    ), HttpResponse("<!doctype html>")


def _look(page: tuple[HttpRequest, HttpResponse], times: int) -> None:
    request, answer = page
    for _ in range(times):
        # A request of its own, as far as what is remembered in it goes.
        request.__dict__.pop("_kept_chosen", None)
        hooks.look(request, answer)


def _paced(events: int, places: Places) -> int:
    """Readings as a busy site has them, a thousand a second. Returns how many were written."""
    request, answer = _ready()
    before = _lines(places)
    for number in range(events):
        request.META["REMOTE_ADDR"] = f"81.82.{number // 250 % 250}.{number % 250}"
        hooks.look(request, answer)
        time.sleep(0.001)
    time.sleep(1)
    return max(_lines(places) - before, 1)


def _lines(places: Places) -> int:
    return sum(file.read_bytes().count(b"\n") for file in places.logs.glob("*.log"))


def _cpu(pid: int) -> float:
    """Seconds of CPU a process has used."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


def _memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
