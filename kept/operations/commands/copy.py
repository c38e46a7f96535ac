"""kept copy EMAIL --to FILE: the operator makes somebody's copy, for a request that came by letter.

It is on their timeline.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from getpass import getuser
from pathlib import Path

from kept.accounts.models import User
from kept.core.vault.readers import Job, SystemReader
from kept.people.mailboxes import canonical
from kept.rights.copies.copy_builder import pack
from kept.terminal import Stop

HELP = "Make a copy of what is known about one person."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the ID: the e-mail address they sign in with")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="the ZIP to write")
    parser.add_argument("--json", action="store_true", help="say it as JSON")


def run(options: Namespace) -> int:
    user = User.objects.filter(email=canonical(options.email)).first()
    if user is None:
        raise Stop("There is no ID with this address.", code=1)
    if options.to.exists():
        raise Stop(f"{options.to} exists already. Name a new file.")
    beside = options.to.with_name(options.to.name + ".part")
    try:
        with beside.open("x+b") as out:
            packed = pack(
                subject=user.subject,
                reader=SystemReader(job="kept copy"),
                about=Job(f"copy by the operator {getuser()}"),
                out=out,
            )
        beside.rename(options.to)
    except OSError as wrong:
        raise Stop(f"The copy cannot be written to {options.to}: {wrong.strerror}.") from None
    finally:
        beside.unlink(missing_ok=True)
    if options.json:
        print(json.dumps({"file": str(options.to), **asdict(packed)}))
    else:
        print(
            f"{options.to}: {packed.values} values of {packed.kinds} kinds, {packed.entries} ledger entries"
            " with their proofs."
        )
    return 0
