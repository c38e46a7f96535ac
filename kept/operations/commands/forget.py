"""kept forget EMAIL --reason TEXT: the operator erases somebody, for a request that came by letter.

Who did it stands in the ledger.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import timedelta
from getpass import getuser
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from kept.accounts.models import User
from kept.core.ledger.fold import FoldRefused, fold
from kept.core.ledger.notes.checkpoint_copies import PlaceUnreachable, SigningRefused
from kept.core.ledger.notes.sign import SigningKeyError
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.people.mailboxes import canonical
from kept.people.models import Person
from kept.rights.erasure import flows, records, steps
from kept.rights.erasure.models import COOLING_OFF, Erasure
from kept.rights.receipts.flows import handed_out
from kept.rights.receipts.models import Receipt
from kept.terminal import Stop

HELP = "Erase one person: in 14 days, or now."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the ID, or the e-mail address they are known by")
    parser.add_argument(
        "--reason", metavar="TEXT", required=True, help="why; sealed under their key, it dies with them"
    )
    parser.add_argument(
        "--now",
        action="store_true",
        help="at once, without the days to undo it: only where the person or a law asks for that",
    )
    parser.add_argument("--receipt", type=Path, metavar="FILE", help="write the receipt, for kept verify")
    parser.add_argument("--json", action="store_true", help="say it as JSON")


def run(options: Namespace) -> int:
    reader, about = SystemReader(job="kept forget"), f"erasure by the operator {getuser()}"
    if not options.reason.strip():
        raise Stop("Say why, like --reason “letter of 3 May”.")
    if options.receipt and options.receipt.exists():
        raise Stop(f"{options.receipt} exists already. Name a new file.")
    person = Person.objects.get(pk=_subject(options.email, reader, about))
    try:
        erasure = flows.ask(
            subject=person.pk,
            controller=person.controller,
            reader=reader,
            source=Erasure.Source.OPERATOR,
            about=about,
            matter=Job(about),
            reason=options.reason,
            wait=timedelta(0) if options.now else COOLING_OFF,
        )
    except flows.AlreadyAsked as already:
        if not options.now or already.erasure.begun_at:
            raise Stop(str(already), code=1) from None
        erasure = flows.hasten(already.erasure, reader=reader, about=about, reason=options.reason)
    except flows.StillNeeded as needed:
        raise Stop(str(needed), code=1) from None
    if options.now:
        steps.advance(erasure)
        erasure.refresh_from_db()
    return _said(options, erasure)


def _subject(email: str, reader: SystemReader, about: str) -> UUID:
    """Whoever signs in with the address, else the one person known by it. Raises Stop."""
    user = User.objects.filter(email=canonical(email)).exclude(person=None).first()
    if user is not None:
        return user.subject
    with gate.purpose(flows.RIGHT, reader=reader, about=Job(about)):
        found = [person.pk for person in Person.objects.find(email=email)]
    if len(found) == 1:
        return found[0]
    if found:
        raise Stop(
            f"{len(found)} people are known by this address. Erase each from their request at the desk.",
            code=1,
        )
    raise Stop(
        "Nobody is known by this address. If they were erased, nothing of them is left to say so.", code=1
    )


def _said(options: Namespace, erasure: Erasure) -> int:
    number = erasure.receipt if erasure.destroyed_at else erasure.request_receipt
    receipt = Receipt.objects.filter(number=number).order_by("-part").first()
    if options.receipt and receipt and (erasure.destroyed_at or not options.now):
        _fold()
        options.receipt.write_text(json.dumps(handed_out(receipt), indent=1), encoding="utf-8")
    holds = erasure.destroyed_at is not None or not options.now
    if options.json:
        print(
            json.dumps(
                {
                    "holds": holds,
                    "state": erasure.state,
                    "receipt": number,
                    "on": erasure.falls_at.isoformat(),
                    "trouble": erasure.trouble,
                }
            )
        )
    elif erasure.destroyed_at:
        residue = (
            "Nothing is left."
            if erasure.finished_at
            else "The worker cleans the last traces; the receipt’s next part says when they were gone."
        )
        print(
            f"Erased: {sum(erasure.counts.values())} records in {len(erasure.counts)} tables."
            f" {residue}\nReceipt {number}"
        )
    elif holds:
        print(
            f"To be erased on {timezone.localtime(erasure.falls_at):%-d %B %Y}. They were told, and can undo"
            f" it until then.\nReceipt {number}"
        )
    else:
        print(f"Nothing was destroyed yet ({erasure.trouble}). {_why()} The worker tries again.")
    return 0 if holds else 1


def _fold() -> None:
    """So that the receipt is written with its place in the ledger.

    What is in the way of that is said, and takes nothing from the receipt.
    """
    try:
        fold()
    except (FoldRefused, SigningRefused, SigningKeyError, PlaceUnreachable) as why:
        print(f"The receipt has no proof of its place in the ledger yet. {why}", file=sys.stderr)


def _why() -> str:
    try:
        records.reachable()
    except records.RecordUnreachable as why:
        return str(why)
    return "See the log."
