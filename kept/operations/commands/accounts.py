"""kept accounts factors EMAIL: the ways somebody signs in, and their removal when all are lost.

Who did it stands in the ledger, and she is told.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from getpass import getuser
from typing import Any

from django.utils import timezone

from kept.accounts.flows import note
from kept.accounts.models import User
from kept.accounts.recovery import lost_factors, throwing_out
from kept.people.mailboxes import canonical
from kept.sentences import sentence
from kept.terminal import Stop

HELP = "The factors somebody signs in with; --remove when every one is lost."


def arguments(parser: ArgumentParser) -> None:
    below = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    factors = below.add_parser("factors", help=HELP, description=HELP)
    factors.add_argument("email", metavar="EMAIL", help="the address of the ID")
    factors.add_argument(
        "--remove",
        action="store_true",
        help="remove them all, sign everybody out, and ask for a new password",
    )
    factors.add_argument(
        "--reason", metavar="TEXT", default="", help="why, and how you know that it is them; they read it"
    )
    factors.add_argument("--json", action="store_true", help="say it as JSON")


def run(options: Namespace) -> int:
    user = User.objects.filter(email=canonical(options.email)).first()
    if user is None or user.person_id is None:
        raise Stop(
            "No ID has this address. Look for a slip of the finger, or for the address they had before.",
            code=1,
        )
    found = lost_factors.factors_of(user)
    if options.remove:
        return _remove(user, options)
    note(
        user=user, what=sentence("The operator {operator} looked which factors you have", operator=getuser())
    )
    said = [_said(factor) for factor in found]
    if options.json:
        print(json.dumps({"factors": said, "removal": _waiting(user)}))
        return 0
    for one in said:
        print(
            f"{one['kind']}, added {one['added']},"
            f" {'last used ' + one['used'] if one['used'] else 'never used'}"
        )
    if not found:
        print(
            "No factor: a password alone opens this ID."
            if user.has_usable_password()
            else "No factor and no password: a code by mail is the way in."
        )
    return 0


def _remove(user: User, options: Namespace) -> int:
    if not options.reason.strip():
        raise Stop("Say why, like --reason “came in person with R-4711”.")
    gone = lost_factors.remove(user, why=f"by the operator {getuser()}: {options.reason.strip()}")
    if options.json:
        print(json.dumps({"removed": gone}))
    else:
        print(
            f"{gone} {'factor was' if gone == 1 else 'factors were'} removed, everybody was signed out, and a"
            " new password is needed. They were told."
        )
    return 0


def _said(factor: Any) -> dict[str, str]:
    """Never the name somebody gave it."""
    used = f"{timezone.localtime(factor.last_used_at):%Y-%m-%d}" if factor.last_used_at else ""
    return {
        "kind": throwing_out.NAMES[factor.type],
        "added": f"{timezone.localtime(factor.created_at):%Y-%m-%d}",
        "used": used,
    }


def _waiting(user: User) -> str:
    from_now = lost_factors.FactorLoss.waiting(user).first()
    return from_now.falls_at.isoformat() if from_now and from_now.falls_at else ""
