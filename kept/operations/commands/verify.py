"""kept verify FILE: what somebody kept, checked offline against the pinned key, and held against the ledger
as it is now.

Needs no KEPT_HOME and no database, and no network but for ``--against``.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kept.core.ledger.notes import cosignature, keyring, signed_note
from kept.core.ledger.notes.keyring import Keyring
from kept.core.ledger.verifying.offline import ProofBroken, follow
from kept.core.policy.duration import Duration, parse
from kept.operations.checking import consistency, notes, quorum
from kept.operations.checking import evidence as evidences
from kept.operations.checking.consistency import Verdict
from kept.operations.checking.evidence import Evidence, EvidenceBroken, Signed
from kept.operations.checking.remote import Remote, RemoteUnreachable
from kept.terminal import Stop

HELP = (
    "Check what you kept (a copy, a receipt, a mail, a checkpoint), and whether the ledger of today"
    " continues it."
)
DJANGO = False


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a copy (ZIP), a receipt (JSON), a mail, or a text with a checkpoint; - reads one",
    )
    held = parser.add_mutually_exclusive_group()
    held.add_argument(
        "--against",
        metavar="URL",
        help="the portal's address: its ledger of today must continue what you kept",
    )
    held.add_argument(
        "--since", type=Path, metavar="OLD", help="an older copy: every entry of it must be in this one"
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="more that must be of the same ledger",
    )
    parser.add_argument(
        "--term",
        type=_term,
        metavar="P3Y",
        help="with --since: the policy's term, after which entries may be gone",
    )
    parser.add_argument(
        "--key",
        metavar="KEY",
        help="the ledger's public key, or a file that holds it (default: KEPT_HOME/ledger.pub)",
    )
    parser.add_argument(
        "--keys",
        type=Path,
        metavar="FILE",
        help=(
            "where the key was rotated: what the portal shows at /privacy/keys, saved (--against asks itself)"
        ),
    )
    parser.add_argument(
        "--witness",
        type=_witness,
        action="append",
        default=[],
        metavar="KEY",
        help="a witness you trust: it must have signed",
    )
    parser.add_argument(
        "--quorum",
        type=int,
        metavar="N",
        help="how many of the witnesses must have signed (default: all of them)",
    )
    parser.add_argument("--json", action="store_true", help="say it as JSON")


def run(options: Namespace) -> int:
    _check_quorum(options)
    content = _content(options.file)
    others = [_file(place) for place in options.checkpoint]
    older = _file(options.since) if options.since else None
    try:
        trusted = _trusted(options)
        remote = Remote(options.against, trusted) if options.against is not None else None
        key = remote.keys if remote else trusted
        assert key is not None
        kept = evidences.recognise(content, key)
        more = [head for other in others for head in evidences.recognise(other, key).heads]
        verdict = _verdict(options, kept, more, remote, evidences.recognise(older, key) if older else None)
    except (EvidenceBroken, ProofBroken) as broken:
        return _said(options, {"holds": False, "why": str(broken)}, [f"Does not hold: {broken}"])
    except RemoteUnreachable as away:
        raise Stop(str(away)) from None
    if not verdict.holds:
        lines = [f"Does not hold: {verdict.against[0]}", *verdict.against[1:]]
        return _said(options, {"holds": False, "why": verdict.against[0], "against": verdict.against}, lines)
    facts = {"holds": True, "kind": kept.kind, **kept.facts, "checked": verdict.said}
    return _said(
        options, facts, [f"Holds. {kept.said[0]}", *kept.said[1:], *verdict.said, *_keys(trusted, key)]
    )


def _verdict(
    options: Namespace, kept: Evidence, more: list[Signed], remote: Remote | None, older: Evidence | None
) -> Verdict:
    """What it was asked to be held against; nothing where it was asked for nothing."""
    if older is not None:
        return consistency.since(kept, older, term=options.term, now=datetime.now(UTC))
    heads = sorted([*kept.heads, *more], key=lambda one: one.head.size)
    if remote is not None:
        if not heads:
            raise EvidenceBroken(
                "There is no checkpoint in it that the ledger could be held to. Take the receipt again: a"
                " second later it has one."
            )
        ledger = remote.ledger()
        cosigned = remote.cosigned() if options.witness else []
        then = sorted(
            [*heads, *cosigned[1:], *([remote.told] if remote.told else [])], key=lambda one: one.head.size
        )
        verdict = consistency.hold(then, ledger, entries=len(kept.entries), kind=kept.kind)
        return _witnessed(options, cosigned, verdict, least=heads[-1].head.size)
    verdict, uncompared = consistency.hold_offline(kept.heads, more) if more else (Verdict(), 0)
    verdict = _witnessed(options, heads, verdict, least=kept.heads[0].head.size if kept.heads else 0)
    if uncompared and verdict.holds:
        raise Stop(
            f"{uncompared} of the checkpoints are of other sizes, and only the ledger leads from one to the"
            " other: add --against URL."
        )
    return verdict


def _witnessed(options: Namespace, notes: list[Signed], verdict: Verdict, *, least: int) -> Verdict:
    if options.witness and verdict.holds:
        quorum.hold(notes, options.witness, options.quorum or len(options.witness), verdict, least=least)
    return verdict


def _check_quorum(options: Namespace) -> None:
    many = len({one.public.public_bytes_raw() for one in options.witness})
    if many < len(options.witness):
        raise Stop("A witness is named twice, and would not count twice.")
    if options.quorum is not None and not 1 <= options.quorum <= many:
        raise Stop(
            f"A quorum of {options.quorum} says nothing with {many} witnesses. Name the witnesses you trust"
            " with --witness."
        )
    if options.witness and options.since:
        raise Stop(
            "Witnesses sign checkpoints. Check the newer copy with --against and --witness, and the older one"
            " with --since by itself."
        )


def _witness(text: str) -> signed_note.Verifier:
    try:
        return cosignature.verifier(text)
    except ValueError:
        raise ArgumentTypeError(
            f"{text} is no key of a witness. It begins with its name: name+id+base64."
        ) from None


def _said(options: Namespace, data: dict[str, Any], lines: list[str]) -> int:
    print(json.dumps(data, ensure_ascii=False) if options.json else "\n".join(lines))
    return 0 if data["holds"] else 1


def _keys(trusted: Keyring | None, keys: Keyring) -> list[str]:
    """Whose word it was."""
    signer = trusted.texts[0] if trusted and len(trusted.texts) == 1 else keys.newest
    lines = [f"Key: {signed_note.fingerprint(signer)}"]
    lines += [
        f"On {step.at:%-d %B %Y} the key {signed_note.fingerprint(step.new)} followed"
        f" {signed_note.fingerprint(step.old)}: each signed the other."
        for step in keys.steps
    ]
    if trusted is None:
        signer = "one of them" if keys.steps else "it"
        lines.append(
            f"That is the key the portal shows today, and {signer} signed what you kept as well. Pin it with"
            " --key."
        )
    return lines


def _content(named: str) -> bytes | Path:
    return sys.stdin.buffer.read(notes.LARGEST) if named == "-" else _file(Path(named))


def _file(place: Path) -> Path:
    if not place.is_file():
        raise Stop(
            f"{place} is not a file. Name the copy, the receipt, the mail or the checkpoint that you kept."
        )
    return place


def _trusted(options: Namespace) -> Keyring | None:
    """The pinned key, and what is known here of those before and after it.

    Raises ProofBroken for a succession that is none.
    """
    pinned = _pinned(options.key, options.against)
    if pinned is None:
        return None
    keys = Keyring.of(pinned)
    home = Path(os.environ.get("KEPT_HOME") or "~/.kept").expanduser() / "ledger.keys"
    try:
        # Of the portal on this very machine, where there is one: what leads nowhere near the pinned key adds
        # nothing.
        keys = (
            keys.extended(keyring.read_lines(home.read_text(encoding="ascii").splitlines()[1:]))
            if home.is_file()
            else keys
        )
    except (OSError, UnicodeDecodeError, keyring.SuccessionWrong) as wrong:
        raise Stop(f"{home} cannot be read: {wrong} Remove it; the portal writes it again.") from None
    if options.keys is None:
        return keys
    try:
        return follow(keys, json.loads(_file(options.keys).read_bytes()))
    except (ValueError, RecursionError) as wrong:
        if isinstance(wrong, ProofBroken):
            raise
        raise Stop(
            f"{options.keys} is no list of keys. Save what the portal shows at /privacy/keys."
        ) from None


def _pinned(given: str | None, against: str | None = None) -> str | None:
    """The key to trust: never one that lies in the copy itself.

    None where none was pinned, and the portal that is asked shows one.
    """
    text = given or str(Path(os.environ.get("KEPT_HOME") or "~/.kept").expanduser() / "ledger.pub")
    place = Path(text)
    try:
        key = place.read_text(encoding="ascii").strip() if given is None or place.is_file() else text.strip()
        signed_note.verifier(key)
    except (OSError, UnicodeDecodeError):
        if given is None and against is not None:
            return None
        raise Stop(
            f"There is no key at {place}. Pass --key with the key that the portal shows at /privacy/key."
        ) from None
    except signed_note.KeyTextWrong as wrong:
        raise Stop(f"That is not a key. {wrong}") from None
    return key


def _term(text: str) -> Duration:
    try:
        return parse(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no term. Write one like P3Y or P18M.") from None
