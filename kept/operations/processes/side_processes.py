"""The processes that stand beside the web under the roof of ``kept run``, each with no more of the
environment than it needs.

What is not in an environment cannot be read out of it: no address of a database, no password of a mail
server, no place of a key.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kept.operations.known_commands import commands

# What any program needs of a machine. Everything else is somebody's own, and may be a secret.
OF_THE_MACHINE = frozenset(
    {"PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TZDIR", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH"}
)
FAMILIES = ("LC_", "PYTHON", "MALLOC_")


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    command: list[str]
    environ: dict[str, str]


def processes(environ: Mapping[str, str]) -> Iterator[Process]:
    """Every command that says ``BESIDE_THE_WEB``, with its own part of ``environ``; one that says
    ``BESIDE_THE_WEB_IF`` only where one of those settings is there.
    """
    for command, said in commands().items():
        wanted = said.get("BESIDE_THE_WEB_IF", "").split()
        if wanted and not any(environ.get(one) for one in wanted):
            continue
        if name := said.get("BESIDE_THE_WEB"):
            line = [sys.executable, "-m", "kept", command, *said.get("BESIDE_THE_WEB_WITH", "").split()]
            yield Process(name, line, narrowed(environ, said.get("NEEDS", "").split()))


def narrowed(environ: Mapping[str, str], needs: list[str]) -> dict[str, str]:
    """The machine's own, and the settings that are needed."""
    return {
        name: value
        for name, value in environ.items()
        if name in OF_THE_MACHINE or name in needs or name.startswith(FAMILIES)
    }
