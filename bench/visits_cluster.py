"""bin/cluster: every named report of visits in DuckDB and on a Spark cluster of this machine, over the same
Parquet, row by row.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyspark  # type: ignore[import-not-found, unused-ignore]
from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]

from bench import results
from kept.visits_log.places import Places
from kept.visits_log.reports import dialects, running
from kept.visits_log.storing import clock_shifts
from kept.visits_log.storing.engine import reader
from kept.visits_log.storing.examples.invented import invent

PLACE, NAME = "DuckDB and Spark", "visits_cluster"
EVENTS = 1_200_000
SINCE, UNTIL, TODAY = date(2026, 8, 1), date(2026, 10, 31), date(2026, 11, 2)
SPARK = Path(pyspark.__file__).parent
WORKERS = 2
STARTS = 60.0
"""Seconds that a process of the cluster may take to begin."""
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Compared:
    name: str
    rows: int
    duckdb: float
    spark: float
    differences: list[str]


def main() -> int:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    place = Path(tempfile.mkdtemp(prefix="kept-cluster-"))
    try:
        places = Places(place / "visits")
        print(f"Inventing {events:,} events …", flush=True)
        made = invent(places, SINCE, UNTIL, events, 4, today=TODAY)
        with _cluster(place) as master, _spark(master, place) as spark:
            workers = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
            print(
                f"Spark {pyspark.__version__} at {master}, executors on {workers} workers; {made:,} events.",
                flush=True,
            )
            found = list(_compare(places, spark))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    wrong = [one for one in found if one.differences]
    results.write(results.FILE, [_section(found, made, workers)])
    for one in wrong:
        print(f"{one.name} differs:", *one.differences[:5], sep="\n  ")
    print(f"{len(found) - len(wrong)} of {len(found)} reports are identical. Written to {results.FILE}")
    return 1 if wrong or workers < WORKERS else 0


def _compare(places: Places, spark: Any) -> Iterator[Compared]:
    with reader(memory="2GB") as home:
        rollups = sorted(places.rollups.glob("*.parquet"))
        period = running.relations(rollups, running.whole_months(places, SINCE, UNTIL), SINCE, UNTIL)
        home.execute(f"CREATE VIEW events AS {running.events_of(home, places, SINCE, UNTIL)}")
        clock_shifts.offer(home, SINCE, UNTIL)
        for name, query in period.items():
            home.execute(f"CREATE VIEW {name} AS {query}")
        _offer(spark, places, rollups, period)
        for name, sql in dialects.every():
            seconds, ours = _timed(home.execute, sql)
            others_seconds, theirs = _timed(spark.sql, dialects.translated(sql, "spark"))
            one = Compared(name, len(ours), seconds, others_seconds, differences(ours, theirs))
            print(
                f"  {one.name:<20} {one.rows:>6} rows  DuckDB {seconds:7.3f} s "
                f" Spark {others_seconds:7.3f} s  {'DIFFERENT' if one.differences else 'identical'}",
                flush=True,
            )
            yield one


def _offer(spark: Any, places: Places, rollups: Sequence[Path], period: dict[str, str]) -> None:
    """The same relations over there: the packed days as they lie, and the months' sums with the month that is
    their file's name.
    """
    spark.read.parquet(str(places.days)).createOrReplaceTempView("events")
    spark.sql(clock_shifts.values(clock_shifts.offsets(SINCE, UNTIL))).createOrReplaceTempView("offsets")
    whole = None
    for file in rollups:
        one = spark.sql(f"SELECT '{file.stem}' AS month, * FROM parquet.`{file}`")
        whole = one if whole is None else whole.union(one)
    assert whole is not None
    whole.createOrReplaceTempView("rollup")
    months = ", ".join(f"'{month}'" for month in running.whole_months(places, SINCE, UNTIL)) or "''"
    condition = f"day BETWEEN DATE '{SINCE}' AND DATE '{UNTIL}' OR (day IS NULL AND month IN ({months}))"
    spark.sql(f"SELECT * FROM rollup WHERE {condition}").createOrReplaceTempView("period")
    spark.sql(period["told"]).createOrReplaceTempView("told")


def differences(ours: Rows, theirs: Rows) -> list[str]:
    """Row by row, in order; numbers as numbers, whatever type an engine gives them."""
    mine, others = (
        [[_plain(value) for value in row] for row in ours],
        [[_plain(value) for value in row] for row in theirs],
    )
    found = [f"{len(mine)} rows here, {len(others)} there"] if len(mine) != len(others) else []
    return found + [
        f"row {n}: {one} here, {other} there"
        for n, (one, other) in enumerate(zip(mine, others, strict=False), 1)
        if one != other
    ]


def _plain(value: Any) -> str:
    return (
        ""
        if value is None
        else str(int(value))
        if not isinstance(value, str | date) and value == int(value)
        else str(value)
    )


def _timed(ask: Callable[[str], Any], sql: str) -> tuple[float, Rows]:
    began = time.perf_counter()
    found = ask(sql)
    rows = [
        tuple(row)
        for row in (found.fetchall() if isinstance(found, duckdb.DuckDBPyConnection) else found.collect())
    ]
    return time.perf_counter() - began, rows


@contextmanager
def _spark(master: str, place: Path) -> Iterator[Any]:
    spark = (
        SparkSession.builder.master(master)
        .appName("kept visits")
        .config("spark.executor.memory", "1g")
        .config("spark.executor.cores", "1")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.local.dir", str(place / "spill"))
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", str(place / "warehouse"))
        .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
        .config("spark.cores.max", str(WORKERS))
        .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "60s")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    try:
        # The first task waits for the executors of both workers.
        spark.sparkContext.parallelize(range(WORKERS), WORKERS).count()
        yield spark
    finally:
        spark.stop()


@contextmanager
def _cluster(place: Path) -> Iterator[str]:
    """A master and its workers; all of them are gone afterwards."""
    port, processes = _free_port(), []
    environ = {
        **os.environ,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_HOME": str(SPARK),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_NO_DAEMONIZE": "1",
    }
    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    url = f"spark://127.0.0.1:{port}"

    def start(name: str, *words: str) -> None:
        with (place / f"{name}.log").open("wb") as log:
            command = [str(SPARK / "bin" / "spark-class"), f"org.apache.spark.deploy.{words[0]}", *words[1:]]
            processes.append(
                subprocess.Popen(command, env=environ, stdout=log, stderr=subprocess.STDOUT, cwd=place)
            )

    try:
        start("master", "master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        _wait_for(place / "master.log", "Starting Spark master")
        _answers(port)
        for number in range(WORKERS):
            start(
                f"worker-{number}",
                "worker.Worker",
                "--host",
                "127.0.0.1",
                "--webui-port",
                "0",
                "--cores",
                "1",
                "--memory",
                "1200m",
                "--work-dir",
                str(place / f"work-{number}"),
                url,
            )
        for number in range(WORKERS):
            _wait_for(place / f"worker-{number}.log", "Successfully registered with master")
        yield url
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(log: Path, words: str) -> None:
    until = time.monotonic() + STARTS
    while words not in (text := log.read_text(encoding="utf-8", errors="replace")):
        if time.monotonic() > until:
            raise SystemExit(f"bin/cluster: {log.stem} did not start.\n{text[-2000:]}")
        time.sleep(0.2)


def _answers(port: int) -> None:
    until = time.monotonic() + STARTS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise SystemExit("bin/cluster: the master does not listen.") from None
            time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _section(found: list[Compared], events: int, workers: int) -> results.Section:
    wrong = sum(bool(one.differences) for one in found)
    lines = [
        (
            f"{events:,} events of {SINCE} to {UNTIL}, one packed file a day, and the sums of their months."
            " Every named report is read by DuckDB as it stands and by Spark as sqlglot translates it, and"
            " compared row by row, in order.\n"
        ),
        (
            f"**{len(found) - wrong} of {len(found)} reports are identical.** Seconds are one run each; on"
            " one machine they say nothing of many.\n"
        ),
        "| report | rows | DuckDB s | Spark s | |\n|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.name} | {one.rows:,} | {one.duckdb:.3f} | {one.spark:.3f} |"
        f" {'**different**' if one.differences else 'identical'} |"
        for one in found
    ]
    measured = results.stamp(
        f"DuckDB {duckdb.__version__}; Spark {pyspark.__version__}, standalone: a master and {workers}"
        " workers, each a process of its own"
    )
    return results.Section(PLACE, NAME, measured, "\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
