"""kept verify FILE: check a copy or a receipt offline, against the pinned key. Needs no KEPT_HOME, no database and no network."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from kept.core.ledger import note
from kept.rights.manifest import CopyBroken, verify
from kept.rights.receipts import offline as receipts
from kept.terminal import Stop

HELP = "Check a copy of somebody's data, or a receipt, offline, against the pinned key."
DJANGO = False


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--key", metavar="KEY", help="the ledger's public key, or a file that holds it (default: KEPT_HOME/ledger.pub)")
    parser.add_argument("--json", action="store_true", help="say it as JSON")


def run(options: Namespace) -> int:
    if not options.file.is_file():
        raise Stop(f"{options.file} is not a file. Name the ZIP or the receipt that was downloaded.")
    key = _pinned(options.key)
    if options.file.suffix.lower() == ".json":
        return _receipt(options, key)
    try:
        found = verify(options.file, key)
    except CopyBroken as broken:
        print(json.dumps({"holds": False, "why": str(broken)}) if options.json else f"Does not hold: {broken}")
        return 1
    if options.json:
        print(json.dumps({"holds": True, **asdict(found)}))
        return 0
    print(f"Holds. Made {found.made}, signed by {found.signed_by}.")
    print(f"Checked: the signature, {found.files} files ({found.bytes:,} bytes) by SHA-256,")
    print(f"and {found.entries} ledger entries against a signed checkpoint of {found.ledger_size} entries.")
    print(f"Key: {note.fingerprint(key)}")
    return 0


def _receipt(options: Namespace, key: str) -> int:
    try:
        with options.file.open("rb") as file:
            found = receipts.check(file.read(receipts.LARGEST + 1), key)
    except receipts.ReceiptBroken as broken:
        print(json.dumps({"holds": False, "why": str(broken)}) if options.json else f"Does not hold: {broken}")
        return 1
    if options.json:
        print(json.dumps({"holds": True, **asdict(found)}))
        return 0
    print(f"Holds. Receipt {found.number}, part {found.part} ({found.kind}), given {found.issued}, signed by {found.signed_by}.")
    print(
        f"Its entry lies in the ledger, under a signed checkpoint of {found.ledger_size} entries."
        if found.ledger_size
        else "It was taken before the ledger had folded its entry in: take it again to have that proof as well."
    )
    print(f"Key: {note.fingerprint(key)}")
    return 0


def _pinned(given: str | None) -> str:
    """The key to trust: never one that lies in the copy itself."""
    text = given or str(Path(os.environ.get("KEPT_HOME") or "~/.kept").expanduser() / "ledger.pub")
    place = Path(text)
    try:
        key = place.read_text(encoding="ascii").strip() if given is None or place.is_file() else text.strip()
        note.verifier(key)
    except (OSError, UnicodeDecodeError):
        raise Stop(f"There is no key at {place}. Pass --key with the key that the portal shows at /privacy/key.") from None
    except note.KeyTextWrong as wrong:
        raise Stop(f"That is not a key. {wrong}") from None
    return key
