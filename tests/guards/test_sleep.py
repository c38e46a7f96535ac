"""Nothing sleeps in a worker thread of the web: a thread that waits is one that answers nobody.

Whoever may wait is a process of its own (worker, supervisor, collector, a command), named here with the
reason.
"""

from __future__ import annotations

import ast

from django.conf import settings

from tests.guards.tree import ROOT

KEPT = ROOT / "kept"

MAY_WAIT = {
    "operations/backups/places.py": "kept backup, a command",
    "operations/comparison.py": "a thread of its own that answers nobody",
    "operations/processes/supervisor.py": "the supervisor",
    "mailroom/receiving/lmtp_server.py": "kept mail serve, a process of its own",
    "operations/simulator/server.py": "kept simulate, a process of its own",
    "operations/worker.py": "the worker",
    "outbox/sockets.py": "a thread of its own that answers nobody, while the database is down",
    "core/ledger/notes/rotation.py": "kept keys, a command",
    "core/vault/subject_keys/residue.py": "the worker, and kept keys",
    "retention/sweep.py": "the worker, and kept retention",
    "visits_log/collecting/collector.py": "the collector",
}


def sleeps(text: str) -> list[int]:
    """Lines that name a sleep: called, handed on, or imported under any name."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr == "sleep":
            found.append(node.lineno)
        if isinstance(node, ast.ImportFrom) and any(name.name == "sleep" for name in node.names):
            found.append(node.lineno)
    return found


def test_nothing_of_the_web_sleeps() -> None:
    files = [file for file in KEPT.rglob("*.py") if "tests" not in file.parts]
    found = {
        str(file.relative_to(KEPT)): lines for file in files if (lines := sleeps(file.read_text("utf-8")))
    }
    assert {name: lines for name, lines in found.items() if name not in MAY_WAIT} == {}
    assert set(MAY_WAIT) <= set(found), "whoever does not wait any more is not named any more"


def test_the_guard_sees_each_way_to_write_it() -> None:
    assert sleeps("import time\ntime.sleep(1)") == [2] and sleeps("from time import sleep as doze") == [1]
    assert sleeps("import asyncio\nf = asyncio.sleep") == [2] and sleeps("asleep = 1") == []


def test_the_library_s_limiter_which_sleeps_for_its_lock_is_off() -> None:
    assert set(settings.ACCOUNT_RATE_LIMITS.values()) == {None} and set(
        settings.MFA_RATE_LIMITS.values()
    ) == {None}
