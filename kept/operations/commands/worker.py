"""``kept worker``: the jobs alone, for a machine of their own. ``kept run`` starts one by itself."""

from __future__ import annotations

import argparse
import os
import sys

from kept.core.register.hooks.jobs import JOBS
from kept.operations import comparison
from kept.operations.processes.free_memory import give_back
from kept.operations.processes.start_checks import look_before_starting
from kept.operations.worker import WHILE_CLOSED, Worker
from kept.outbox import sockets

HELP = "Run the jobs (mail, ledger, copies) without the web. `kept run` does both."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="do what is due now, then end")


def run(options: argparse.Namespace) -> int:
    sockets.guard("worker")
    look_before_starting()
    if options.once:
        return _once()
    # What loading the program left behind.
    give_back()
    Worker(JOBS).run()
    sys.stdout.flush()
    sys.stderr.flush()
    # A job that would not end keeps its thread, and the thread would keep the process. What it leaves is
    # still due.
    os._exit(0)


def _once() -> int:
    closed = comparison.said().differences
    for name, job in JOBS.items():
        while (not closed or name in WHILE_CLOSED) and job.run():
            pass
    return 1 if closed else 0
