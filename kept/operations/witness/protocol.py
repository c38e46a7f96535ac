"""What is sent to a witness, read and written as C2SP ``tlog-witness`` says.

Plain Python; nothing is believed here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from kept.core.ledger.tree import merkle

LARGEST = 64 * 1024
"""In bytes, of a request."""
STEPS = 63
"""Hashes of a proof: no tree is higher."""
DIGITS = 18


class RequestWrong(ValueError):
    """This is no request to a witness. The message says in one sentence why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``old``: the size the witness signed last, as the asker knows it.

    ``path``: from there to the checkpoint.
    """

    old: int
    path: tuple[bytes, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What a checkpoint says in its first three lines; whether it is signed is asked elsewhere."""

    origin: str
    size: int
    root: bytes


def read(body: bytes) -> Asked:
    """Raises RequestWrong."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise RequestWrong("The request is not UTF-8.") from None
    opening, gap, checkpoint = text.partition("\n\n")
    first, *steps = opening.split("\n")
    if not gap or not first.startswith("old "):
        raise RequestWrong(
            "A request begins with “old” and a size, then the proof, an empty line, and the checkpoint."
        )
    if len(steps) > STEPS:
        raise RequestWrong(f"A proof has at most {STEPS} hashes.")
    return Asked(number(first.removeprefix("old ")), tuple(_hash(step) for step in steps), checkpoint)


def write(old: int, path: Sequence[bytes], checkpoint: str) -> bytes:
    """The body of a request."""
    steps = "".join(f"{base64.b64encode(step).decode()}\n" for step in path)
    return f"old {old}\n{steps}\n{checkpoint}".encode()


def stated(checkpoint: str) -> Stated:
    """Raises RequestWrong for what is not written as a checkpoint."""
    lines = checkpoint.split("\n")
    if len(lines) < 5 or not lines[0] or any(letter < " " for letter in checkpoint.replace("\n", "")):
        raise RequestWrong("This is no checkpoint.")
    return Stated(lines[0], number(lines[1]), _hash(lines[2]))


def number(text: str) -> int:
    """A size in its one right spelling. Raises RequestWrong."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS and str(int(text)) == text):
        raise RequestWrong("A size is a whole number without a sign or zeros before it.")
    return int(text)


def key_id(line: str) -> str:
    """Which key a line of a note says it is of, in hex; "" where it is none."""
    try:
        return base64.b64decode(line.split(" ")[2].strip(), validate=True)[:4].hex()
    except (IndexError, ValueError):
        return ""


def _hash(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != merkle.SIZE or base64.b64encode(found).decode() != text:
        raise RequestWrong("A hash is 32 bytes in base64.")
    return found
