"""``kept manage …``: the framework's own commands (migrate, makemigrations, shell), for developers and
operators.
"""

from __future__ import annotations

import argparse

from django.core.management import execute_from_command_line

HELP = "Run one of Django's own management commands."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="…", help="the command and its arguments")


def run(options: argparse.Namespace) -> int:
    execute_from_command_line(["kept manage", *options.rest])
    return 0
