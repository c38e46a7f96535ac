"""Checkpoints in the second place: each one is written down there, and nothing is signed that does not
continue the newest of them.

``checkpoints.jsonl`` in KEPT_ERASURES holds one line for each: ``{"note": "<the signed note>"}``. A line may
also be a *continuation* (see continuation.py), which says that the ledger was put back, and from where it
goes on. So whoever puts yesterday's database back, or makes the tables of the tree anew, meets what was
signed before.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from kept.core import second_place
from kept.core.ledger.models import Checkpoint, FoldState
from kept.core.ledger.notes import continuation, sign, signed_note
from kept.core.ledger.tree import merkle, tiles
from kept.core.ledger.verifying.offline import ProofBroken, read_head
from kept.core.second_place import PlaceUnreachable

NAME = "checkpoints.jsonl"
_AT_ONCE = 1000
_newest: dict[Path, tuple[tuple[int, ...] | None, Noted | None]] = {}

MEND = "kept reconcile --go-on"


class SigningRefused(Exception):
    """Nothing is signed: the second place knows another ledger.

    The message says what happened, and what to do.
    """


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of the second place: the ledger that whatever is signed next must continue.

    ``ended``: of a continuation, what it left.
    """

    size: int
    root: bytes
    text: str
    ended: int = 0


def place() -> Path | None:
    """The file in the second place; None where the operator names none."""
    folder = second_place.folder()
    return folder / NAME if folder else None


def newest() -> Noted | None:
    """The newest line that is whole; None where nothing is written down.

    Raises PlaceUnreachable, SigningRefused.
    """
    file = place()
    if file is None:
        return None
    seen = second_place.fingerprint(file)
    known = _newest.get(file)
    if known is None or known[0] != seen:
        lines = second_place.lines_backwards(file)
        found = next((noted for line in lines if (noted := _read(line, file))), None)
        _newest[file] = known = (seen, found)
    return known[1]


def difference() -> str:
    """In one sentence, why the ledger here is not the one that the second place knows; "" where it is.

    Raises PlaceUnreachable.

    The second place is read first: what is written down there was here before.
    """
    try:
        noted, state = newest(), _state()
        _refuse_lost(noted, state.noted)
        if noted is not None:
            _compare(noted, state.size, tiles.reader())
    except SigningRefused as refused:
        return str(refused)
    return ""


def is_lost() -> bool:
    """Whether the place is empty, though this database remembers lines there: nothing is known to be older
    then. Raises PlaceUnreachable.
    """
    return place() is not None and newest() is None and _state().noted > 0


def allow(size: int, nodes: merkle.Nodes, noted_before: int) -> int:
    """May a tree of ``size`` leaves be signed?

    The size that is written down last in the second place (0: no place, or nothing yet).

    ``noted_before``: what this said last time. Raises SigningRefused, PlaceUnreachable.
    """
    noted = newest()
    _refuse_lost(noted, noted_before)
    if noted is None:
        return 0
    _compare(noted, size, nodes)
    return noted.size


def lacking() -> int:
    """How many checkpoints of this database the second place does not have yet.

    Raises PlaceUnreachable, SigningRefused.
    """
    noted = newest()
    return Checkpoint.objects.filter(size__gt=noted.size if noted else 0).count() if place() else 0


def write_down() -> int:
    """Write down there what it lacks, each on its disk when this returns.

    How many. Raises PlaceUnreachable, SigningRefused.

    A place that is empty begins with the newest. After each commit, so that nothing is written down that is
    not so; and what a process that was killed left out is written down the next time.
    """
    file = place()
    if file is None:
        return 0
    written = 0
    with second_place.held(file):
        noted = newest()
        _refuse_lost(noted, _state().noted)
        after = noted.size if noted else _before_last()
        fresh = Checkpoint.objects.filter(size__gt=after).order_by("size").values_list("note", flat=True)
        while texts := list(fresh[written : written + _AT_ONCE]):
            if not written:
                _make_durable()
                if noted is not None:
                    _compare(noted, _state().size, tiles.reader())
            second_place.append(file, b"".join(map(line_of, texts)))
            written += len(texts)
    return written


def line_of(text: str) -> bytes:
    """One line of the file."""
    return json.dumps({"note": text}, ensure_ascii=False).encode() + b"\n"


def everything() -> Iterator[Noted]:
    """Every line, the oldest first. Raises PlaceUnreachable, SigningRefused."""
    file = place()
    for line in second_place.lines(file) if file else ():
        noted = _read(line, file or Path(NAME))
        if noted is not None:
            yield noted


def findings(*, whole: bool) -> Iterator[str]:
    """What in the second place this ledger does not bear out, one sentence each.

    ``whole``: line by line, not the newest alone.
    """
    try:
        said = difference()
        yield from [said] if said else _unborne() if whole and place() else ()
    except (PlaceUnreachable, SigningRefused) as wrong:
        yield str(wrong)


def _unborne() -> Iterator[str]:
    lines, standing = list(everything()), list[Noted]()
    size, nodes, told = _state().size, tiles.reader(), set(continuation.texts())
    for noted in lines:
        if noted.ended:
            # What was signed past that point is of the ledger that ended, and the continuation says so.
            standing = [one for one in standing if one.size <= noted.size]
            if noted.text not in told:
                yield (
                    f"The second place says that the ledger was put back at entry {noted.size:,}, and the"
                    " ledger does not say so."
                )
        standing.append(noted)
    for noted in standing:
        if noted.size <= size and merkle.root(noted.size, nodes) != noted.root:
            yield f"The checkpoint of {noted.size:,} entries in the second place is of another ledger."


def _state() -> FoldState:
    return FoldState.objects.filter(pk=1).first() or FoldState()


def _refuse_lost(noted: Noted | None, noted_before: int) -> None:
    if noted is None and noted_before and (file := place()):
        raise SigningRefused(
            f"The second place {file.parent} is empty, though checkpoints of this ledger were written down"
            " there, so nothing is signed: mount its disk if it is not mounted, or, if what was there is"
            f" lost, begin it anew with `{MEND}`."
        )


def _compare(noted: Noted, size: int, nodes: merkle.Nodes) -> None:
    if size < noted.size:
        raise SigningRefused(
            f"This database is older than the second place: a checkpoint of {noted.size:,} entries is written"
            f" down there, and the ledger here has {size:,}, so nothing is signed: put the newest database"
            f" back, or, if it is lost, run `{MEND}`."
        )
    try:
        same = merkle.root(noted.size, nodes) == noted.root
    except merkle.MerkleError:
        same = False
    if not same:
        raise SigningRefused(
            f"The ledger here is not the one that was signed: its first {noted.size:,} entries differ from"
            " the checkpoint that is written down in the second place, so nothing is signed: put the right"
            f" database back, or, if it is lost, run `{MEND}`."
        )


def _read(line: bytes, file: Path) -> Noted | None:
    """None for what is no whole line.

    Raises SigningRefused for a note that this ledger's key did not sign.
    """
    try:
        text = json.loads(line)["note"]
        if not isinstance(text, str):
            return None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    try:
        if text.startswith(continuation.TITLE):
            said = continuation.read(text)
            return Noted(said.size, said.root, text, ended=max(said.ended_size, 1))
        head = read_head(text, sign.keys())
        return Noted(head.size, head.root, text)
    except (ProofBroken, signed_note.SignatureWrong, ValueError):
        raise SigningRefused(
            f"{file} holds a checkpoint that this ledger's key did not sign, so nothing is signed: give each"
            " portal a folder of its own in KEPT_ERASURES, and put back there what this portal wrote; where"
            " the key was rotated, put its newest file back."
        ) from None


def _before_last() -> int:
    """The size under which all but the newest checkpoint lie: that one stands for those before it."""
    sizes = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[:2]
    return sizes[1] if len(sizes) > 1 else 0


def _make_durable() -> None:
    """What is written down elsewhere must not be lost here by a power cut: SQLite's log is flushed at its own
    checkpoints only.
    """
    if connection.vendor == "sqlite" and "memory" not in str(connection.settings_dict["NAME"]):
        log = Path(f"{connection.settings_dict['NAME']}-wal")
        if log.exists():
            handle = os.open(log, os.O_RDWR)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


__all__ = ["MEND", "NAME", "Noted", "PlaceUnreachable", "SigningRefused"]
