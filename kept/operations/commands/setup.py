"""``kept setup``: a real portal in an empty KEPT_HOME.

Its first member of staff comes in by a link that works once.
"""

from __future__ import annotations

import argparse

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kept.core.ledger import versions
from kept.core.ledger.notes import sign
from kept.operations.processes.static_files import gather
from kept.operations.setting_up import ids
from kept.operations.setting_up.portal_setup import founded
from kept.terminal import Stop

HELP = (
    "Make a real portal in an empty KEPT_HOME: keys, database, the policy published, the first member of"
    " staff."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", required=True, type=_email, help="of the first member of staff")
    parser.add_argument("--name", required=True, help="of the first member of staff")
    parser.add_argument("--role", default="officer", help="their role in the policy (officer)")
    parser.add_argument(
        "--entity",
        default="",
        help="the company of the group that employs them (the first one of the policy)",
    )


def run(options: argparse.Namespace) -> int:
    try:
        with founded(by=options.name):
            entity = options.entity or next(iter(versions.current().policy.company.entities))
            user = ids.hire(email=options.email, name=options.name, role=options.role, entity=entity)
            gather()
    except ids.HiringError as wrong:
        raise Stop(str(wrong)) from None
    print(f"""The portal is ready in {settings.KEPT_HOME}.

Keep a copy of these two files in another, safe place. Without the first, no sealed value can ever be read
again:
  {settings.KEPT_MASTER_KEY_FILE}
  {settings.KEPT_SIGNING_KEY_FILE}

The ledger is signed with the key {sign.fingerprint()}. Publish this fingerprint, so that others can check.

Start it:  kept run
Then {options.name} chooses a password here, once, within three days:
  {ids.one_time_link(user)}""")
    return 0


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise argparse.ArgumentTypeError(
            f"{text} is not an e-mail address. Write one like dana@example.com."
        ) from None
    return text
