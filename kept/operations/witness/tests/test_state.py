"""What a witness signs and what it refuses, and that no end of its process lets it forget."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kept.core.ledger.notes import cosignature, signed_note
from kept.operations.witness import protocol
from kept.operations.witness import state as books
from kept.operations.witness.protocol import RequestWrong
from kept.operations.witness.state import Book, BookError, Refused
from kept.operations.witness.tests.trees import Log


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Book.begin(tmp_path / "witness", "witness.example.org")
    return tmp_path / "witness"


def _refused(book: Book, body: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        book.sign(protocol.read(body))
    return refused.value


def test_it_signs_what_continues_and_remembers(home: Path) -> None:
    log, book = Log(), Book(home, clock=lambda: 1_700_000_000)
    book.add(log.key.public_text)
    for old, size in ((0, 5), (5, 5), (5, 257), (257, 300)):
        line = book.sign(protocol.read(log.asks(old, size)))
        found = cosignature.cosigned(log.checkpoint(size) + line, cosignature.verifier(book.key.public_text))
        assert found == cosignature.Cosigned("witness.example.org", 1_700_000_000)
    book.close()
    assert [one.size for one in Book(home).watched()] == [300]


def test_it_refuses_as_the_specification_says(home: Path) -> None:
    log, stranger, book = Log(), Log("elsewhere.example"), Book(home)
    book.add(log.key.public_text)
    book.sign(protocol.read(log.asks(0, 100)))
    assert _refused(book, stranger.asks(0, 5)).status == 404
    thief = signed_note.signer(signed_note.generate(log.key.name))
    assert _refused(book, log.asks(100, 120, thief)).status == 403
    behind = _refused(book, log.asks(50, 120))
    assert (behind.status, behind.size) == (409, 100)
    smaller = _refused(book, log.asks(50, 60))
    assert (smaller.status, smaller.size) == (409, 100)
    assert _refused(book, protocol.write(100, [], log.checkpoint(60))).status == 400
    assert _refused(book, protocol.write(100, [b"x" * 32], log.checkpoint(120))).status == 422
    log.rewrite(7)
    assert _refused(book, log.asks(100, 120)).status == 422
    assert _refused(book, log.asks(100, 100)).status == 409
    assert [one.size for one in book.watched()] == [100]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 5",
        b"old 05\n\nx",
        b"old -1\n\nx",
        b"old 1\nAAAA\n\nx",
        b"new 1\n\nx",
        b"\xff\n\n",
        b"old 1\n" + b"A" * 44 + b"\n\nx",
        b"old 9" + b"9" * 30 + b"\n\n",
    ],
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(RequestWrong):
        protocol.read(body)


def test_a_second_key_of_a_ledger_is_heard_beside_the_first(home: Path) -> None:
    log, book = Log(), Book(home)
    newer = signed_note.signer(signed_note.generate(log.key.name))
    book.add(log.key.public_text)
    book.sign(protocol.read(log.asks(0, 100)))
    book.add(newer.public_text)
    assert book.sign(protocol.read(log.asks(100, 120, newer)))


def test_an_old_key_is_dropped_once_another_is_heard(home: Path) -> None:
    log, book = Log(), Book(home)
    newer = signed_note.signer(signed_note.generate(log.key.name))
    book.add(log.key.public_text)
    with pytest.raises(BookError, match="only key of its ledger"):
        book.drop(log.key.public_text)
    book.add(newer.public_text)
    with pytest.raises(BookError, match="not heard here"):
        book.drop(signed_note.signer(signed_note.generate(log.key.name)).public_text)
    assert book.drop(f"{log.key.public_text}\n").keys == (newer.public_text,)
    assert _refused(book, log.asks(0, 3)).status == 403


@pytest.mark.parametrize("point", ["fsync", "replace"])
def test_nothing_is_signed_that_is_not_on_the_disk(
    home: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    log, book = Log(), Book(home)
    book.add(log.key.public_text)
    book.sign(protocol.read(log.asks(0, 100)))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(*((os, "fsync") if point == "fsync" else (Path, "replace")), full)
        with pytest.raises(BookError):
            book.sign(protocol.read(log.asks(100, 120)))
    assert [one.size for one in book.watched()] == [100]


def test_a_folder_belongs_to_one_process_and_its_key_to_one_owner(home: Path) -> None:
    book = Book(home)
    with pytest.raises(BookError, match="Another process"):
        Book(home)
    book.close()
    (home / books.KEY).chmod(0o644)
    with pytest.raises(BookError, match="chmod 600"):
        Book(home)


def test_who_does_not_know_what_it_signed_signs_nothing(home: Path) -> None:
    log, book = Log(), Book(home)
    book.add(log.key.public_text)
    next((home / books.LEDGERS).glob("*.json")).write_text("{")
    with pytest.raises(BookError, match="damaged"):
        book.sign(protocol.read(log.asks(0, 100)))
    (home / books.KEY).unlink()
    with pytest.raises(BookError, match="missing"):
        Book.begin(home, "another")
