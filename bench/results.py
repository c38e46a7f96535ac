"""RESULTS.md: written by the program, never by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import machine

FILE = Path(__file__).with_name("RESULTS.md")
HOW = """Each ratio is the median of pairs measured in turns in one run, Kept beside the same work without it.
“CPU” is the processor time of the process; everything else is time on the clock. PostgreSQL is a server of
the run's own on the same machine, and does not wait for the disk (`fsync=off`); its own processor time is not
in “CPU”. Rate limits on sign-ins are lifted for the load."""
PEERS = """GoAccess is run here. Fides, Cedar, Umami and the other peers are not; their figures stand in the
targets."""


def render(found: list[dict[str, Any]], *, quick: bool) -> str:
    return (
        "\n".join([*_head(quick), *_missed(found), *(line for one in found for line in _database(one))])
        + "\n"
    )


def not_reached(found: list[dict[str, Any]]) -> list[str]:
    return [
        f"{one['version']}: {_said(figure)}"
        for one in found
        for figure in _figures(one)
        if figure["reached"] is False
    ]


def _head(quick: bool) -> Iterator[str]:
    yield "# Figures\n\nWritten by `make bench`. Do not edit.\n"
    if quick:
        yield "**A quick run: it shows that the benches run. Its figures mean nothing.**\n"
    yield (
        f"{datetime.now(UTC):%-d %B %Y, %H:%M} UTC. {machine.describe()}. Load of the last quarter of an"
        f" hour: {machine.load():.1f}.\n"
    )
    yield f"{HOW}\n\n{PEERS}\n"


def _missed(found: list[dict[str, Any]]) -> Iterator[str]:
    missed = not_reached(found)
    reached = sum(figure["reached"] is True for one in found for figure in _figures(one))
    yield f"## Not reached\n\n{reached} of {reached + len(missed)} targets are reached.\n"
    yield from [*(f"- {line}" for line in missed), ""] if missed else ()


def _database(one: dict[str, Any]) -> Iterator[str]:
    yield f"## {one['version']}\n"
    for table in one["tables"]:
        yield f"### {table['about']}\n"
        yield "| figure | measured | limit beside | ratio | target | |\n|---|---|---|---|---|---|"
        yield from (_row(figure) for figure in table["figures"])
        yield ""


def _row(figure: dict[str, Any]) -> str:
    limit = f"{_number(figure['limit'])} {figure['unit']}, {figure['beside']}" if figure["limit"] else ""
    ratio = f"{figure['ratio']:.2f}" if figure["ratio"] else ""
    verdict = {True: "reached", False: "**NOT reached**", None: ""}[figure["reached"]]
    return (
        f"| {figure['name']} | {_number(figure['measured'])} {figure['unit']} | {limit} | {ratio} |"
        f" {figure['target']} | {verdict} |"
    )


def _said(figure: dict[str, Any]) -> str:
    measured = (
        f"{figure['ratio']:.2f} ×"
        if "×" in figure["target"]
        else f"{_number(figure['measured'])} {figure['unit']}"
    )
    return f"{figure['name']}: {measured}, target {figure['target']}"


def _figures(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (figure for table in one["tables"] for figure in table["figures"])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
