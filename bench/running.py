"""Everything ``kept run`` starts: how soon it is there, what it takes, and what it bears, over real
connections on this machine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from uuid import uuid4

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction
from django.utils import timezone

from bench.figure import Figure, at_least, at_most, reported
from bench.measure import percentile, typical
from bench.scale import Scale
from bench.serving import Client, Served, served
from kept.operations.commands.demo import THREE_WORDS

MILLI = 1e3
AT_ONCE = 4
ALICE, CHARLIE = "alice@example.com", "charlie@example.com"
# One for each visitor, so that each of their answers changes something.
ASKED = (("news", ALICE), ("research", CHARLIE), ("surveys", ALICE), ("downloads", CHARLIE))


def run(scale: Scale) -> Iterator[Figure]:
    with served() as portal:
        yield at_most("kept run, ready after", portal.ready, "s", 3)
        yield at_most(
            "first start: kept demo, then kept run, ready after", portal.made + portal.ready, "s", 20
        )
        yield at_most(
            "memory of everything kept run starts, fresh (RSS, shared pages counted each time)",
            portal.memory()[0],
            "MiB",
            350,
        )
        yield from _load(portal, scale)
        everything, shared_once = portal.memory()
        yield at_most("the same after the load below", everything, "MiB", 350)
        yield reported("the same, shared pages counted once (PSS)", shared_once, "MiB")


def _load(portal: Served, scale: Scale) -> Iterator[Figure]:
    """A bounded number of requests from a few visitors at once."""
    signing_in = partial(_sign_in, portal.port)
    yield from _figures("sign-in (page and form)", scale, [signing_in] * AT_ONCE, share=4)
    secret = make_password(THREE_WORDS)
    alone = typical(lambda: check_password(THREE_WORDS, secret), rounds=min(scale.rounds, 20))
    yield reported("of which Argon2id at 19 MiB, t=2, p=1, alone", alone * MILLI, "ms")
    visitors = [_signed_in(portal.port) for _ in range(AT_ONCE)]
    yield from _figures("Your data", scale, [partial(_look, visitor) for visitor in visitors], share=1)
    choosing = [_choosing(portal.port, purpose, login) for purpose, login in ASKED]
    times, seconds = _together(choosing, max(scale.requests // len(choosing), 2))
    raw = 1 / typical(_answers(), rounds=scale.rounds * 10)
    name = "choices recorded over HTTP, each with its ledger entry and its signed receipt"
    yield at_least(
        name, len(times) / seconds, "/s", 400, limit=raw, beside="one raw INSERT and commit after the other"
    )
    yield reported("the same, p95", percentile(times, 0.95) * MILLI, "ms")


def _figures(name: str, scale: Scale, visits: list[Callable[[], None]], *, share: int) -> Iterator[Figure]:
    times, seconds = _together(visits, max(scale.requests // len(visits) // share, 1))
    yield reported(f"{name}, {len(visits)} visitors at once", len(times) / seconds, "/s")
    yield reported(f"{name}, p50", percentile(times, 0.5) * MILLI, "ms")
    yield reported(f"{name}, p95", percentile(times, 0.95) * MILLI, "ms")


def _together(visits: list[Callable[[], None]], times: int) -> tuple[list[float], float]:
    """Seconds of each visit, and of all of them. Raises what a visit raised."""
    took: list[float] = []
    wrong: list[BaseException] = []

    def visitor(visit: Callable[[], None]) -> None:
        try:
            for _ in range(times):
                began = time.perf_counter()
                visit()
                took.append(time.perf_counter() - began)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=visitor, args=(visit,)) for visit in visits]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return took, time.perf_counter() - began


def _choosing(port: int, purpose: str, login: str) -> Callable[[], None]:
    """A visitor who says yes and no in turn."""
    client = _signed_in(port, login)
    form = client.form("/me/choices/")
    verbs = cycle(("yes", "no"))

    def choose() -> None:
        status, _ = client.ask("/me/choices/", {**form, "purpose": purpose, "verb": next(verbs)})
        assert status == 302, f"A choice was answered with {status}."

    return choose


def _answers() -> Callable[[], None]:
    """A row as small as an answer can be, in the bench's own database."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_answer")
        cursor.execute(
            "CREATE TABLE bench_answer (subject char(32), purpose varchar(60), answer varchar(12), at"
            " varchar(40))"
        )

    def answer() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_answer VALUES (%s, %s, %s, %s)",
                [uuid4().hex, "news", "yes", timezone.now().isoformat()],
            )

    return answer


def _signed_in(port: int, login: str = ALICE) -> Client:
    client = Client(port)
    form = {**client.form("/account/login/"), "login": login, "password": THREE_WORDS}
    status, _ = client.ask("/account/login/", form)
    assert status == 302, f"Signing in was answered with {status}."
    return client


def _sign_in(port: int) -> None:
    _signed_in(port)


def _look(client: Client) -> None:
    status, _ = client.ask("/me/")
    assert status == 200, f"Your data was answered with {status}."
