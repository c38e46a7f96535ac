"""Writes docs/verifying/vectors.json: a ledger of a dozen acts, what somebody keeps of it, and what an owner
who cheats would hand out.

Nothing here is drawn by lot, so the file comes out the same each time:
``vectors.FILE.write_text(vectors.written())``.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile, ZipInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kept.core.ledger.notes import checkpoint, keyring, signed_note
from kept.core.ledger.tree import merkle
from kept.core.ledger.tree.row_format import Part, canonical, leaf, link, mark, pack, parts_of, unpack
from kept.core.ledger.verifying import offline
from kept.rights.copies import manifest
from kept.rights.receipts.offline import statement

FILE = Path(__file__).parents[4] / "docs" / "verifying" / "vectors.json"
BEGAN = datetime(2024, 1, 1, 9, tzinfo=UTC)
DAYS = 365


def _key(name: str) -> signed_note.Signer:
    private = Ed25519PrivateKey.from_private_bytes(sha256(f"kept test vectors: {name}".encode()).digest())
    ours = "portal.example.com/ledger"
    return signed_note.Signer(
        ours, signed_note._key_id(ours, private.public_key().public_bytes_raw()), private
    )


KEY, OTHER, LATER = _key("the portal"), _key("somebody else"), _key("the portal, after its key was rotated")
ALICE, CHARLIE = (sha256(name).digest() for name in (b"vector alice", b"vector charlie"))


@dataclass
class Ledger:
    """Acts with the links of their parts, and the checkpoints over them."""

    rows: list[tuple[bytes, dict[int, tuple[int, int, bytes]]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    heads: dict[int, tuple[int, int, bytes]] = field(default_factory=dict)

    def write(
        self,
        number: int,
        *people: bytes,
        kind: str = "read",
        payload: Mapping[str, Any] | None = None,
        **detail: Any,
    ) -> None:
        at = BEGAN + timedelta(days=30 * number)
        act = UUID(int=number + 1)
        header = {
            "id": str(act),
            "at": at.isoformat(timespec="microseconds"),
            "kind": kind,
            "purpose": "support",
            "role": "support",
            "entity": "example",
            "about": "case 7",
            "policy": 1,
            "payload": payload or {},
        }
        said = {"what": "Bob looked — “Größe”", "fields": {"person.phone": 1}, **detail}
        packed = pack(header, [Part(one[:16], sha256(one + act.bytes).digest(), said) for one in people])
        links = {}
        for alias, own in parts_of(packed)[1]:
            before, previous, hash = self.heads.get(mark(alias), (0, -1, b""))
            links[mark(alias)] = before + 1, previous, hash
            self.heads[mark(alias)] = (
                before + 1,
                len(self.rows),
                merkle.leaf_hash(own + link(*links[mark(alias)])),
            )
        self.rows.append((packed, links))

    def leaves(self) -> list[bytes]:
        return [
            merkle.leaf_hash(leaf(packed, {one: link(*said) for one, said in links.items()})[0])
            for packed, links in self.rows
        ]

    def sign(self, number: int, key: signed_note.Signer = KEY) -> str:
        size, root = len(self.rows), merkle.root(len(self.rows), merkle.in_memory(self.leaves()))
        after = (
            checkpoint.naming(int(self.notes[-1].split("\n")[1]), self.notes[-1])
            if self.notes
            else checkpoint.NOTHING
        )
        text = checkpoint._text(key.name, size, root, BEGAN + timedelta(days=30 * number, minutes=1))
        self.notes.append(signed_note.sign_note(key, f"{text}{after}\n"))
        return self.notes[-1]

    def prove(self, index: int, who: bytes) -> dict[str, Any]:
        packed, links = self.rows[index]
        row = unpack(packed)
        own = row.aliases.index(who[:16])
        nodes = [
            merkle.leaf_hash(one + link(*links[mark(alias)]))
            for one, alias in zip(row.commitments, row.aliases, strict=True)
        ]
        number, previous, hash = links[mark(who)]
        people, size = merkle.in_memory(nodes), len(nodes)
        return {
            "format": offline.LINKED_FORMAT,
            "header": row.header,
            "detail": row.details[own],
            "salt": sha256(who + UUID(row.header["id"]).bytes).hexdigest(),
            "part": {
                "number": number,
                **({"previous": {"leaf": previous, "hash": hash.hex()}} if number > 1 else {}),
            },
            "people": {
                "index": own,
                "size": size,
                "path": [one.hex() for one in merkle.inclusion(own, size, people)],
            },
            "root": merkle.root(size, people).hex(),
            "digest": row.digest.hex(),
            "log": self.place(index),
        }

    def place(self, index: int) -> dict[str, Any]:
        path = merkle.inclusion(index, len(self.rows), merkle.in_memory(self.leaves()))
        return {"index": index, "size": len(self.rows), "path": [one.hex() for one in path]}

    def pruning(self, index: int) -> dict[str, Any]:
        return {
            "format": offline.OPEN_FORMAT,
            "header": unpack(self.rows[index][0]).header,
            "log": self.place(index),
        }

    def keys(self, index: int) -> dict[str, Any]:
        """What the portal shows at /privacy/keys: the act by which one key followed another."""
        return {
            "format": offline.KEYS_FORMAT,
            "checkpoint": self.notes[-1],
            "successions": [self.pruning(index)],
        }

    def told(
        self, *indices: int, pruned: Sequence[int] = (), unproven: Sequence[Mapping[str, Any]] = ()
    ) -> dict[str, Any]:
        """Alice's ledger.json: newest first."""
        proofs = [self.prove(index, ALICE) for index in sorted(indices, reverse=True)]
        return {
            "checkpoint": self.notes[-1],
            "entries": proofs,
            "unproven": list(unproven),
            "pruned": [self.pruning(one) for one in pruned],
        }

    def served(self) -> dict[str, str]:
        return {"checkpoint": self.notes[-1], f"tile/0/000.p/{len(self.rows)}": b"".join(self.leaves()).hex()}


def copy(
    told: Mapping[str, Any],
    month: int,
    *,
    key: signed_note.Signer = KEY,
    keys: Mapping[str, Any] | None = None,
) -> bytes:
    """A copy with two files, or three; not packed, and of 1980, so that it is the same each time."""
    files = {"ledger.json": json.dumps(told, ensure_ascii=False).encode(), "index.html": "<p>Größe".encode()}
    files |= {"keys.json": json.dumps(keys).encode()} if keys else {}
    known = {
        name: {"sha256": sha256(content).hexdigest(), "size": len(content)} for name, content in files.items()
    }
    made = (BEGAN + timedelta(days=30 * month, hours=1)).isoformat(timespec="seconds")
    files["manifest.json"] = json.dumps({"made": made, "policy": 1, "files": known}, sort_keys=True).encode()
    files["manifest.note"] = signed_note.sign_note(key, manifest.statement(files["manifest.json"])).encode()
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(ZipInfo(name), content)
        archive.comment = signed_note.sign_note(key, manifest.envelope("0" * 64)).encode()
        room = len(archive.comment)
    raw = out.getvalue()[:-room]
    return raw + signed_note.sign_note(key, manifest.envelope(sha256(raw).hexdigest())).encode()


def grown(until: int, *, without: Sequence[int] = ()) -> Ledger:
    """A publication, then an act a month: Alice, and Charlie beside her in every third.

    A checkpoint after each.
    """
    ledger = Ledger()
    for number in range(until):
        if number not in without:
            ledger.write(number, *([] if number == 0 else [ALICE, CHARLIE] if number % 3 == 0 else [ALICE]))
            ledger.sign(number)
    return ledger


def pruned(
    month: int, until: int, last: int, *, before: datetime | None = None, named: bool = True
) -> Ledger:
    """What an owner hands out after an act in ``month`` that says it pruned leaves 1 to ``last``; then one
    more act of Alice.
    """
    ledger = grown(until)
    at = BEGAN + timedelta(days=30 * month)
    group = {
        "version": 1,
        "before": (before or at - timedelta(days=DAYS)).isoformat(timespec="microseconds"),
        "leaves": [[1, last]],
    }
    ledger.write(month, kind="pruned", payload={"rows": last, **({"pruned": [group]} if named else {})})
    ledger.write(month + 1, ALICE)
    ledger.sign(month + 1)
    return ledger


def receipt(key: signed_note.Signer = KEY, *, proven: bool = True, month: int = 1) -> dict[str, Any]:
    issued = (BEGAN + timedelta(days=30 * month, hours=-1)).isoformat(timespec="seconds")
    text = signed_note.sign_note(
        key,
        statement(
            {
                "dct:identifier": "R-0000-0000-0001",
                "dct:issued": issued,
                "kept:kind": "consent",
                "kept:part": 1,
            }
        ),
    )
    ledger = grown(3)
    ledger.write(3, ALICE, kind="receipt", sha256=sha256(text.encode()).hexdigest())
    signed = ledger.sign(3)
    return {
        "receipt": text,
        "proof": ledger.prove(3, ALICE) if proven else None,
        "checkpoint": signed if proven else None,
    }


def rotated(
    *, until: int = 9, told: bool = True, first: signed_note.Signer = KEY, second: signed_note.Signer = LATER
) -> Ledger:
    """The sixth act says that another key follows; Alice's acts go on, under it.

    ``told``: unless a thief forgot to say it.
    """
    ledger = grown(6)
    step = keyring.write(
        first,
        second,
        size=6,
        root=merkle.root(6, merkle.in_memory(ledger.leaves())),
        at=BEGAN + timedelta(days=180),
    )
    if told:
        ledger.write(6, kind=offline.ROTATED, payload={"note": step.text, "size": 6})
    for number in range(6 if told else 5, until):
        if number > 5 + told or not told:
            ledger.write(number, ALICE)
        ledger.sign(number, second)
    return ledger


def after_rotation() -> list[dict[str, Any]]:
    """The key that is trusted is the one of the first day, unless the case says another."""
    ledger, whole = rotated(), [1, 2, 3, 4, 5, 7, 8]
    keys, old = ledger.keys(6), copy(grown(6).told(1, 2, 3, 4, 5), 5)
    thief, stranger, unsaid = rotated(second=OTHER), rotated(first=OTHER, second=LATER), rotated(told=False)
    nowhere = {**keys, "checkpoint": unsaid.notes[-1]}
    late = grown(6)
    late.write(7, ALICE)
    given = receipt(month=6)
    text, proven = given["receipt"], grown(6)
    proven.write(6, kind=offline.ROTATED, payload=unpack(ledger.rows[6][0]).header["payload"])
    proven.write(7, ALICE, kind="receipt", sha256=sha256(text.encode()).hexdigest())
    place = {"checkpoint": proven.sign(8, LATER), "proof": proven.prove(7, ALICE)}
    lied = receipt(month=8)["receipt"]
    return [
        _case(
            "a copy made after the key was rotated", True, copy(ledger.told(*whole), 9, key=LATER, keys=keys)
        ),
        _case("the same without its list of keys", False, copy(ledger.told(*whole), 9, key=LATER)),
        _case(
            "a copy of before, by whoever trusts the newer key", True, old, key=LATER.public_text, keys=keys
        ),
        _case(
            "a copy of after, by whoever trusts the newer key",
            True,
            copy(ledger.told(*whole), 9, key=LATER),
            key=LATER.public_text,
        ),
        _case(
            "a copy that the old key signed after it was rotated",
            False,
            copy(grown(6).told(1, 2, 3, 4, 5), 7),
            keys=keys,
        ),
        _case("a checkpoint of the newer key", True, ledger.notes[-1].encode(), "txt", keys=keys),
        _case(
            "a checkpoint of the newer key, and nothing that leads to it",
            False,
            ledger.notes[-1].encode(),
            "txt",
        ),
        _case(
            "a checkpoint of before, against the ledger of now",
            True,
            grown(6).notes[-1].encode(),
            "txt",
            keys=keys,
            tiles=ledger.served(),
        ),
        _case(
            "a checkpoint that the old key signed after it was rotated",
            False,
            late.sign(7).encode(),
            "txt",
            keys=keys,
        ),
        _case(
            "a succession that a stranger signed",
            False,
            stranger.notes[-1].encode(),
            "txt",
            keys=stranger.keys(6),
        ),
        _case(
            "a succession to a thief's key, and the portal's own",
            False,
            ledger.notes[-1].encode(),
            "txt",
            keys={**keys, "successions": [*keys["successions"], thief.pruning(6)]},
        ),
        _case("a succession that is not in the tree", False, unsaid.notes[-1].encode(), "txt", keys=nowhere),
        _case(
            "a receipt of before, proven after",
            True,
            json.dumps({"receipt": text, **place, "keys": proven.keys(6)}).encode(),
            "json",
        ),
        _case(
            "a receipt that the old key signed after it was rotated",
            False,
            json.dumps({"receipt": lied, "proof": None, "checkpoint": None}).encode(),
            "json",
            keys=keys,
        ),
    ]


def cases() -> list[dict[str, Any]]:
    """Each: a file, whether it holds, and what it is held against."""
    old = copy(grown(6).told(1, 2, 3, 4, 5), 6)
    whole, lawful = grown(9), pruned(16, 16, 3)
    silent, sooner = pruned(9, 9, 5, named=False), pruned(9, 9, 5, before=BEGAN + timedelta(days=200))
    lied, rebuilt = pruned(20, 9, 5, before=BEGAN + timedelta(days=20)), grown(9, without=(2, 3))
    late = {"act": str(UUID(int=9)), "at": BEGAN.isoformat(), "kind": "read", "waits": False}
    broken = whole.told(1, 2, 3)
    broken["entries"][0]["detail"] = {**broken["entries"][0]["detail"], "what": "Nobody looked"}
    moved = whole.told(1, 2, 3)
    moved["entries"][0]["part"] = (
        {"number": 2, "previous": moved["entries"][1]["part"]["previous"]}
        if "previous" in moved["entries"][1]["part"]
        else {"number": 1}
    )
    raw = bytearray(copy(whole.told(*range(1, 9)), 9))
    raw[len(raw) // 2] ^= 1
    then = {"old": _b64(old), "days": DAYS}
    return [
        _case("a copy", True, copy(whole.told(*range(1, 9)), 9)),
        _case("a copy, and an older one", True, copy(whole.told(*range(1, 9)), 9), **then),
        _case(
            "a copy after three entries were past their term",
            True,
            copy(lawful.told(*range(4, 16), 17, pruned=[16]), 18),
            **then,
        ),
        _case("a copy whose ledger has gone on since", True, old, tiles=whole.served()),
        _case("one changed byte", False, bytes(raw)),
        _case("signed by another key", False, copy(whole.told(*range(1, 9)), 9, key=OTHER)),
        _case("an entry with other words", False, copy(broken, 9)),
        _case("an entry with another link", False, copy(moved, 9)),
        _case("an entry left out", False, copy(whole.told(1, 2, 3, 5, 6, 7, 8), 9)),
        _case("an old entry that is not proven", False, copy(whole.told(*range(1, 9), unproven=[late]), 9)),
        _case("five acts cut, and an act that says five", False, copy(silent.told(6, 7, 8, 10), 11)),
        _case(
            "five acts cut before their term, with another moment",
            False,
            copy(sooner.told(6, 7, 8, 10, pruned=[9]), 11),
            days=DAYS,
        ),
        _case(
            "acts named as older than they were", False, copy(lied.told(6, 7, 8, 10, pruned=[9]), 22), **then
        ),
        _case("looks deleted and the tree built anew, by itself", True, copy(rebuilt.told(*range(1, 7)), 9)),
        _case(
            "looks deleted and the tree built anew, beside an older copy",
            False,
            copy(rebuilt.told(*range(1, 7)), 9),
            **then,
        ),
        _case(
            "looks deleted and the tree built anew, against an old checkpoint",
            False,
            grown(6).notes[-1].encode(),
            "txt",
            tiles=rebuilt.served(),
        ),
        _case("a checkpoint", True, whole.notes[-1].encode(), "txt", tiles=lawful.served()),
        _case("a checkpoint by another key", False, grown(3).sign(4, OTHER).encode(), "txt"),
        _case("a receipt", True, json.dumps(receipt()).encode(), "json"),
        _case(
            "a receipt without its place in the ledger",
            True,
            json.dumps(receipt(proven=False)).encode(),
            "json",
        ),
        _case("a receipt by another key", False, json.dumps(receipt(OTHER)).encode(), "json"),
        _case(
            "a receipt with the entry of another",
            False,
            json.dumps({**receipt(), "proof": whole.prove(3, ALICE)}).encode(),
            "json",
        ),
        *after_rotation(),
    ]


def _case(name: str, holds: bool, content: bytes, ending: str = "zip", **against: Any) -> dict[str, Any]:
    return {"name": name, "holds": holds, "ending": ending, "file": _b64(content), **against}


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def steps() -> dict[str, Any]:
    """Each value on the way from an act of two people to a checkpoint."""
    ledger = grown(4)
    packed, links = ledger.rows[3]
    row = unpack(packed)
    parts = [
        {
            "commitment": own.hex(),
            "link": link(*links[mark(alias)]).hex(),
            "hash": merkle.leaf_hash(own + link(*links[mark(alias)])).hex(),
        }
        for own, alias in zip(row.commitments, row.aliases, strict=True)
    ]
    values: list[Any] = [
        {"b": 1, "a": "é“\n"},
        {"Z": None, "a": [True, {"y": -1, "x": "\u2028"}]},
        "\x7f/",
        {"\ud7ff": 1, "\U00010000": 2, "\uffff": 3},
    ]
    return {
        "canonical": [{"value": one, "utf8": canonical(one).hex()} for one in values],
        "row": packed.hex(),
        "parts": parts,
        "digest": row.digest.hex(),
        "leaf": leaf(packed, {one: link(*said) for one, said in links.items()})[0].hex(),
        "leaves": [one.hex() for one in ledger.leaves()],
        "checkpoint": ledger.notes[-1],
        "proof": ledger.prove(3, ALICE),
        "succession": unpack(rotated().rows[6][0]).header["payload"]["note"],
    }


def written() -> str:
    about = (
        "A ledger of Kept, what somebody keeps of it, and what must not be believed. docs/verifying.md says"
        " how to read it."
    )
    said = {"about": about, "key": KEY.public_text, "steps": steps(), "cases": cases()}
    return json.dumps(said, indent=1, ensure_ascii=True) + "\n"
