"""The keys of a ledger in their order: what each signed in its time holds, and nobody else names the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kept.core.ledger.notes import keyring, signed_note
from kept.core.ledger.notes.keyring import Keyring, Succession, SuccessionWrong
from kept.core.ledger.notes.signed_note import SignatureWrong, Signer
from kept.core.ledger.tree import merkle

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
ORIGIN = "portal.example.com"


def made(name: str = ORIGIN) -> Signer:
    return signed_note.signer(signed_note.generate(name))


A, B, C, STRANGER = made(), made(), made(), made()


def step(old: Signer, new: Signer, *, hour: int = 0, size: int = 7) -> Succession:
    return keyring.write(old, new, size=size, root=merkle.EMPTY, at=NOON + timedelta(hours=hour))


AB, BC = step(A, B), step(B, C, hour=1)


def dated(key: Signer, at: datetime, size: int = 0) -> str:
    return signed_note.sign_note(key, f"a thing\n{size}\n{at.isoformat(timespec='seconds')}\n")


def opened(keys: Keyring, text: str) -> str:
    return keys.open_note(
        text, lambda said: datetime.fromisoformat(said.split("\n")[2]), lambda said: int(said.split("\n")[1])
    )


@pytest.mark.parametrize("pinned", [A, B, C])
def test_any_of_them_leads_to_all(pinned: Signer) -> None:
    keys = Keyring.of(pinned.public_text).extended([BC, AB, BC])
    assert (
        keys.texts == (A.public_text, B.public_text, C.public_text)
        and keys.steps == (AB, BC)
        and keys.name == ORIGIN
    )


@pytest.mark.parametrize(("key", "hour"), [(A, -1), (B, -9), (B, 0), (C, -9), (C, 5)])
def test_what_was_signed_in_its_time_holds(key: Signer, hour: int) -> None:
    assert opened(Keyring.of(C.public_text).extended([AB, BC]), dated(key, NOON + timedelta(hours=hour)))


@pytest.mark.parametrize(
    ("key", "hour", "size"), [(A, 0, 0), (A, 3, 0), (B, 1, 0), (B, 2, 3), (A, -1, 8), (B, 0, 8)]
)
def test_what_an_old_key_signs_afterwards_does_not(key: Signer, hour: int, size: int) -> None:
    for keys in (Keyring.of(A.public_text).extended([AB, BC]), Keyring.of(C.public_text).extended([AB, BC])):
        with pytest.raises(
            SignatureWrong,
            match="that another one followed on 29 November 2026, 1[23]:00 UTC, and after that",
        ):
            opened(keys, dated(key, NOON + timedelta(hours=hour), size))


@pytest.mark.parametrize(
    "text",
    ["no time at all\n", "a thing\n0\nyesterday\n", "a thing\n0\n2026-11-29T08:00:00\n", "a thing\nmany\n\n"],
)
def test_an_old_key_must_say_when(text: str) -> None:
    with pytest.raises(SignatureWrong, match="does not say when"):
        opened(Keyring.of(B.public_text).extended([AB]), signed_note.sign_note(A, text))


def test_a_strangers_key_is_not_believed_and_the_sentence_says_where_to_look() -> None:
    with pytest.raises(
        SignatureWrong,
        match="not signed by portal.example.com with a key that is trusted here.*/privacy/keys",
    ):
        opened(Keyring.of(A.public_text).extended([BC]), dated(B, NOON))
    with pytest.raises(SignatureWrong, match=r"not signed by portal\.example\.com\.$"):
        opened(Keyring.of(A.public_text), dated(made("other.example"), NOON))


def forged() -> list[tuple[str, str]]:
    """Notes of nobody who may say so."""
    lines = AB.text.splitlines(keepends=True)
    by_stranger = signed_note.sign_note(STRANGER, AB.text.rpartition("\n\n")[0] + "\n")
    text = AB.text.rpartition("\n\n")[0] + "\n"
    lied = text.replace(B.public_text, STRANGER.public_text)
    by_old = signed_note.sign_note(A, lied)
    return [
        ("the new key alone", signed_note.sign_note(B, text)),
        ("the old key alone", signed_note.sign_note(A, text)),
        ("the new key was never asked", by_old),
        (
            "a stranger beside the new one",
            signed_note.sign_note(STRANGER, lied) + signed_note.sign_note(B, lied).removeprefix(f"{lied}\n"),
        ),
        ("a third signature", AB.text + by_stranger.rpartition("\n\n")[2]),
        ("another day", AB.text.replace("12:00:00", "13:00:00")),
        ("a signature twice", "".join([*lines[:-1], lines[-2]])),
    ]


@pytest.mark.parametrize(("how", "text"), forged())
def test_a_succession_needs_both_and_nobody_else(how: str, text: str) -> None:
    with pytest.raises(SuccessionWrong, match="not signed by both"):
        keyring.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        AB.text.replace("succession", "secession"),
        AB.text.replace("after 7", "after -7"),
        dated(A, NOON),
    ],
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(SuccessionWrong):
        keyring.read(text)


def test_two_names_or_one_key_twice_are_none() -> None:
    for old, new in ((A, made("other.example")), (A, A)):
        with pytest.raises(SuccessionWrong, match="not written as one"):
            step(old, new)


def test_two_that_follow_the_same_key_are_refused() -> None:
    with pytest.raises(SuccessionWrong, match="whoever stole a key"):
        Keyring.of(A.public_text).extended([AB, step(A, STRANGER, hour=2)])


@pytest.mark.parametrize(
    "more", [[step(B, A, hour=2)], [step(B, C, hour=-2)]], ids=["in a ring", "before it was there"]
)
def test_successions_that_contradict_each_other_are_refused(more: list[Succession]) -> None:
    with pytest.raises(SuccessionWrong, match=r"contradict|whoever stole"):
        Keyring.of(A.public_text).extended([AB, *more])


def test_a_file_of_them_is_read_back() -> None:
    assert keyring.read_lines(map(keyring.line_of, (AB, BC))) == [AB, BC]
    for line in ("", "{}", "[]", '{"succession": 5}', "{"):
        with pytest.raises(SuccessionWrong):
            keyring.read_lines([line])
