"""The keys of a ledger in the order in which they followed each other.

Plain Python; no Django, no files, no network.

A *succession* is a note of two signatures: the old key signs the new one, and the new one the old. What the
old key signed before that moment holds for ever; what it signs afterwards holds no more. Whoever trusts one
of the keys is led to all others.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from kept.core.ledger.notes import signed_note
from kept.core.ledger.notes.signed_note import SignatureWrong, Signer
from kept.core.ledger.tree import merkle

TITLE = "kept ledger succession\n"
Dated = Callable[[str], datetime]
"""When a signed text says that it was signed. Whatever it raises, the text does not say it."""
Sized = Callable[[str], int]
"""Of how many entries the ledger is that a signed text speaks of."""


class SuccessionWrong(ValueError):
    """One key does not follow the other. The message says why."""


@dataclass(frozen=True, slots=True)
class Succession:
    """``old`` and ``new``: public texts.

    ``size``, ``root``: the last checkpoint of the old key. ``at``: what it dates from then on is refused.

    ``text``: the note of both signatures.
    """

    old: str
    new: str
    size: int
    root: bytes
    at: datetime
    text: str

    def refuse_later(self, at: datetime, size: int) -> None:
        """Raises SignatureWrong for what the old key signed after it was followed by the new one."""
        if at.astimezone(UTC) >= self.at or size > self.size:
            raise SignatureWrong(
                f"It was signed with a key that another one followed on {self.at:%-d %B %Y, %H:%M} UTC, and"
                " after that: whoever held the old key then was not the portal."
            )


def write(old: Signer, new: Signer, *, size: int, root: bytes, at: datetime) -> Succession:
    """The note by which ``new`` follows ``old``.

    ``at`` is a whole second, since not everything that is dated says more.
    """
    head = f"after {size} {base64.b64encode(root).decode()}"
    said = at.astimezone(UTC).isoformat(timespec="seconds")
    text = f"{TITLE}{old.name}\nfrom {old.public_text}\nto {new.public_text}\n{head}\n{said}\n"
    signed = signed_note.sign_note(old, text)
    return read(signed + signed_note.sign_note(new, text).removeprefix(f"{text}\n"))


def read(text: str) -> Succession:
    """What the note of a succession says, once both keys are found to have signed it, and nobody else.

    Raises SuccessionWrong.
    """
    try:
        said = text.rpartition("\n\n")[0]
        origin, first, second, head, at = said.removeprefix(TITLE).split("\n")
        old, new = (
            signed_note.verifier(first.removeprefix("from ")),
            signed_note.verifier(second.removeprefix("to ")),
        )
        size, root = head.removeprefix("after ").split(" ")
        found = Succession(
            old.public_text,
            new.public_text,
            int(size),
            base64.b64decode(root, validate=True),
            datetime.fromisoformat(at),
            text,
        )
        whole = (found.old, found.new, old.name, new.name) == (
            first[5:],
            second[3:],
            origin,
            origin,
        ) and text.startswith(TITLE)
        whole = (
            whole
            and old.key_id != new.key_id
            and len(found.root) == merkle.SIZE
            and found.size >= 0
            and found.at.tzinfo is not None
        )
    except (ValueError, binascii.Error):
        whole = False
    if not whole:
        raise SuccessionWrong("The succession of keys is not written as one.")
    try:
        alone = len(text.removeprefix(f"{said}\n\n").splitlines()) == 2
        for key in (found.old, found.new):
            signed_note.open_note(text, key)
    except SignatureWrong:
        alone = False
    if not alone:
        raise SuccessionWrong(
            "The succession of keys is not signed by both: the key that ends, and the one that follows it."
        )
    return found


@dataclass(frozen=True, slots=True)
class Keyring:
    """``texts``: public texts of one ledger, the oldest first.

    ``steps``: how each but the first follows the one before.
    """

    texts: tuple[str, ...]
    steps: tuple[Succession, ...] = ()

    @classmethod
    def of(cls, trusted: str | Keyring) -> Keyring:
        """As it is, or with one key alone. Raises KeyTextWrong."""
        return cls((signed_note.verifier(trusted).public_text,)) if isinstance(trusted, str) else trusted

    @property
    def newest(self) -> str:
        return self.texts[-1]

    @property
    def name(self) -> str:
        """Whose keys they are: the origin of the ledger."""
        return signed_note.verifier(self.newest).name

    def extended(self, steps: Iterable[Succession]) -> Keyring:
        """With the keys that lead from these, or to these; steps between others are passed over.

        Raises SuccessionWrong.
        """
        known = {one.text: one for one in (*self.steps, *steps)}.values()
        texts, taken = [self.newest], list[Succession]()
        while found := [one for one in known if one.old == texts[-1] and one not in taken]:
            taken.append(_only(found))
            texts.append(taken[-1].new)
        while found := [one for one in known if one.new == texts[0] and one not in taken]:
            taken.insert(0, _only(found))
            texts.insert(0, taken[0].old)
        if len(set(texts)) != len(texts) or any(one.at >= later.at for one, later in pairwise(taken)):
            raise SuccessionWrong(
                "The successions of keys contradict each other: a key would follow itself, or one before it"
                " was there."
            )
        return Keyring(tuple(texts), tuple(taken))

    def open_note(self, signed: str, dated: Dated, sized: Sized = lambda _: 0) -> str:
        """The note's text, once one of the keys is found to have signed it while it was the ledger's.

        Other signatures are passed over.

        Raises SignatureWrong, KeyTextWrong.
        """
        for place in reversed(range(len(self.texts))):
            key = signed_note.verifier(self.texts[place])
            text, blobs = signed_note.blobs_of(signed, key)
            if blobs:
                signed_note.open_note(signed, self.texts[place])
                for step in self.steps[place : place + 1]:
                    step.refuse_later(*_said(text, dated, sized))
                return text
        raise SignatureWrong(self._unknown(signed))

    def knows(self, signed: str) -> bool:
        """Whether a note carries the name of this ledger with one of these keys, or not its name at all.

        The signature is not asked.
        """
        ids = signed_note.ids_of(signed, self.name)
        return not ids or bool(ids & {signed_note.verifier(text).key_id for text in self.texts})

    def _unknown(self, signed: str) -> str:
        if signed_note.ids_of(signed, self.name):
            return (
                f"The note is not signed by {self.name} with a key that is trusted here. Where the portal has"
                " a newer key, or this is of an older one, what it shows at /privacy/keys leads from the one"
                " to the other."
            )
        return f"The note is not signed by {self.name}."


def line_of(step: Succession) -> str:
    """One line of a key's file, ASCII."""
    return json.dumps({"succession": step.text})


def read_lines(lines: Iterable[str]) -> list[Succession]:
    """The successions in lines of a key's file. Raises SuccessionWrong."""
    try:
        return [read(json.loads(line)["succession"]) for line in lines]
    except SuccessionWrong:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SuccessionWrong("A line of the file is no succession of keys.") from None


def _only(found: list[Succession]) -> Succession:
    if len(found) > 1:
        raise SuccessionWrong(
            "Two keys are said to stand beside the same one: one of the two successions was made by whoever"
            " stole a key."
        )
    return found[0]


def _said(text: str, dated: Dated, sized: Sized) -> tuple[datetime, int]:
    try:
        at, size = dated(text), sized(text)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        at, size = None, 0
    if at is None or at.tzinfo is None:
        raise SignatureWrong("It was signed with a key that another one followed, and does not say when.")
    return at, size
