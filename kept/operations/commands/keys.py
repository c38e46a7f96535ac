"""``kept keys``: a new generation of the master key, the end of the old ones, a new signing key, and what
destroyed keys leave behind.
"""

from __future__ import annotations

import argparse
import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from kept.core.ledger.notes import checkpoint, signed_note
from kept.core.ledger.notes import rotation as signing
from kept.core.ledger.notes.keyring import Keyring
from kept.core.vault.sealed_files import files
from kept.core.vault.sealing.sealed_box import RESEALS
from kept.core.vault.subject_keys import keys, residue, rotation
from kept.core.vault.subject_keys.master import master
from kept.operations.backups.upkeep import closing_without, forget_everywhere
from kept.operations.models import BackupRun
from kept.terminal import Stop, report, takes_json

HELP = (
    "Rotate the master key or the signing key, destroy old generations, sweep away what destroyed keys leave"
    " behind."
)
# A file is written before its row is committed.
_YOUNG = timedelta(hours=24)


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="rotate|destroy|sweep", required=True)
    for verb, help in (
        (
            "rotate",
            (
                "add a new master key and move everybody's key under it, while the portal runs; goes on where"
                " it was stopped"
            ),
        ),
        ("destroy", "destroy the master keys before the newest, once nothing hangs on them"),
        (
            "sweep",
            (
                "clean the bytes of destroyed keys out of the database's files, and remove files that belong"
                " to nothing"
            ),
        ),
    ):
        below = verbs.add_parser(verb, help=help, description=help)
        takes_json(below)
        if verb == "rotate":
            below.add_argument(
                "--signing",
                action="store_true",
                help="the signing key instead: the old one signs the new one, and both stand in the ledger",
            )


def run(options: argparse.Namespace) -> int:
    if options.verb == "rotate" and options.signing:
        return _rotate_signing(options)
    keys.check_master_key()
    return {"rotate": _rotate, "destroy": _destroy, "sweep": _sweep}[options.verb](options)


def _rotate(options: argparse.Namespace) -> int:
    _, *older = rotation.hanging().items()
    goes_on = any(count for _, count in older)
    if not goes_on:
        rotation.begin()
    began = time.monotonic()
    moved = rotation.rewrap(
        progress=lambda done: (
            None if options.json or done % 100_000 else print(f"{done:,} keys moved …", flush=True)
        )
    )
    seconds = time.monotonic() - began
    left = sum(list(rotation.hanging().values())[1:])
    speed = f" in {seconds:.1f} s" if moved else ""
    lines = [
        (
            "A rotation that was stopped went on."
            if goes_on
            else "The master key has a new generation, and every process uses it at once."
        ),
        f"{moved:,} persons' keys were moved under it{speed}, with sessions and second factors.",
        *(
            [f"{left:,} key rows were altered and open for nobody; they stayed where they are."]
            if left
            else []
        ),
        (
            f"Put a copy of {settings.KEPT_MASTER_KEY_FILE} in your safe now. The old copy does not open what"
            " is sealed from now on."
        ),
        "When all machines have the new file and a backup has been made since, run `kept keys destroy`.",
    ]
    return report(
        options,
        holds=not left,
        lines=lines,
        data={
            "moved": moved,
            "left": left,
            "seconds": round(seconds, 2),
            "generations": len(older) + 2 - goes_on,
        },
    )


def _rotate_signing(options: argparse.Namespace) -> int:
    made = signing.rotate()
    latest = checkpoint.latest()
    waits = latest is None or not Keyring.of(made.new).knows(latest)
    lines = [
        (
            "The ledger's signing key is a new one, and every process uses it at once. The old one signed"
            f" it; what that signs from {made.at:%-d %B %Y, %H:%M:%S} UTC on is refused everywhere, and what"
            " it signed before holds on."
        ),
        f"New key: {signed_note.fingerprint(made.new)}",
        f"Old key: {signed_note.fingerprint(made.old)}",
        *(
            [
                "The first checkpoint of the new key is still to be signed, and the worker signs it as soon"
                " as it may. `kept reconcile` says why."
            ]
            if waits
            else []
        ),
        (
            f"Put a copy of {settings.KEPT_SIGNING_KEY_FILE} in your safe now, and on every other machine of"
            " this portal before it works on."
        ),
        (
            "Destroy every other copy of the old file. Tell your witnesses the new key (/privacy/key): until"
            " they have it, they do not sign."
        ),
    ]
    data = {"old": made.old, "new": made.new, "at": made.at.isoformat(), "waiting": waits}
    return report(options, holds=True, lines=lines, data=data)


def _destroy(options: argparse.Namespace) -> int:
    if BackupRun.objects.exists() and not BackupRun.objects.filter(generation=master().id.hex()).exists():
        raise Stop(
            "Every backup hangs on the master key that would be destroyed. Run `kept backup` first, so that"
            " there is one to restore.",
            code=1,
        )
    for reseal in RESEALS.values():
        reseal()
    closed = closing_without(master().id) if master().older else []
    gone = rotation.destroy_older()
    clean = residue.clean(["vault_keyrow"])
    lines = ["There is one master key, and nothing older to destroy."]
    if gone:
        lines = [
            (
                f"{gone} older master key{'s' if gone > 1 else ''} destroyed: the file was overwritten and"
                " replaced."
            ),
            (
                "Destroy every other copy of the old file yourself: the one in the safe, those on other"
                " machines, in snapshots and in backups of this machine."
            ),
            "Whoever has not been here since the rotation signs in anew.",
            *(
                [
                    f"{len(closed)} short-lived archives made before open no more; make sure you have a later"
                    " one."
                ]
                if closed
                else []
            ),
            *(
                []
                if clean
                else [
                    "The database's files still hold old bytes, since somebody is reading. Run `kept keys"
                    " sweep` in a minute."
                ]
            ),
        ]
    return report(options, holds=True, lines=lines, data={"destroyed": gone, "clean": clean})


def _sweep(options: argparse.Namespace) -> int:
    clean = residue.clean()
    orphans = files.sweep((timezone.now() - _YOUNG).timestamp())
    overdue = forget_everywhere()
    lines = [
        (
            "The database's own files hold no deleted bytes."
            if clean
            else (
                "The database's files still hold deleted bytes, since somebody is reading what was there"
                " before. Run this again in a minute."
            )
        ),
        f"{orphans:,} files that belonged to nothing were removed.",
        *(f"{path} had its day, and was removed." for path in overdue),
    ]
    return report(
        options,
        holds=clean,
        lines=lines,
        data={"clean": clean, "files": orphans, "archives": [str(path) for path in overdue]},
    )
