"""A portal, two witnesses, and an owner who rewrites his ledger with his own key."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, time
from typing import Any

import pytest
from django.test import Client

from kept.core.ledger import fold
from kept.core.ledger.models import Act, Checkpoint, Cosignature, FoldState, Tile, Touch
from kept.core.ledger.notes import cosignature, cosignatures, sign
from kept.core.ledger.record import record
from kept.operations.witness import client, configuration
from kept.operations.witness.cosigned import witnessed
from kept.operations.witness.state import Book
from kept.operations.witness.tests.processes import witnessing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_known() -> Iterator[None]:
    client.TALKS.clear()
    yield
    client.TALKS.clear()


def _grow(acts: int) -> None:
    for _ in range(acts):
        record("read", purpose="", role="system", entity="", policy=1, parts=[])
    fold.fold()


def _ask() -> None:
    for talk in client.TALKS.values():
        talk.again = 0.0
    while client.ask(configuration.witnesses().all, wait=5.0):
        pass


def _count(note: str, keys: list[str]) -> int:
    return len(cosignature.count(note, map(cosignature.verifier, keys)))


def test_an_owner_who_rewrites_finds_no_witness(policy: Any, tmp_path: Path, settings: Any) -> None:
    with ExitStack() as running:
        keys, places = [], []
        for name in ("one.example", "two.example"):
            Book.begin(tmp_path / name, name)
            book = Book(tmp_path / name)
            book.add(sign.public_key())
            book.close()
            _, key, url = running.enter_context(witnessing(tmp_path / name))
            keys.append(key)
            places.append(f"{key} {url}")
        settings.KEPT_WITNESSES = ", ".join(places)
        _grow(40)
        assert witnessed().kept is None
        _ask()
        assert (witnessed().kept, witnessed().figure) == (True, "2 of 2 witnesses")
        _grow(30)
        _ask()
        for address in ("/checkpoint", "/checkpoint/cosigned"):
            assert _count(Client().get(address).content.decode(), keys) == 2
        _grow(1)
        assert _count(Client().get("/checkpoint").content.decode(), keys) == 0
        assert _count(Client().get("/checkpoint/cosigned").content.decode(), keys) == 2
        for table in (Act, Touch, Tile, Checkpoint, Cosignature, FoldState):
            table.objects.all()._raw_delete("default")
        _grow(90)
        _ask()
        assert witnessed().kept is False and "one.example and two.example refused" in witnessed().text
        assert _count(Client().get("/checkpoint").content.decode(), keys) == 0


def test_a_witness_that_says_nothing_holds_nothing_up(policy: Any, settings: Any) -> None:
    key = cosignature.signer(cosignature.generate("silent.example")).public_text
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.KEPT_WITNESSES = f"{key} http://127.0.0.1:{silent.getsockname()[1]}"
        _grow(3)
        began = monotonic()
        assert client.ask(configuration.witnesses().all, wait=0.1) == 0
        assert monotonic() - began < 2
        assert "silent.example" not in Client().get("/checkpoint").content.decode()
        client.TALKS[key].thread.join(10)  # type: ignore[union-attr]


@pytest.mark.parametrize("lie", ["", "nonsense\n", "other", "wrong", "two", "early", "late"])
def test_what_does_not_fit_is_not_kept(policy: Any, lie: str) -> None:
    _grow(3)
    key, other = (cosignature.signer(cosignature.generate(name)) for name in ("one.example", "two.example"))
    size = Checkpoint.objects.get().size
    text = Checkpoint.objects.get().note.rpartition("\n\n")[0] + "\n"
    now = int(time())
    line = cosignature.cosign(key, text, now)
    lies = {
        "early": cosignature.cosign(key, text, now - 4000),
        "late": cosignature.cosign(key, text, now + 4000),
    }
    lies |= {
        "other": cosignature.cosign(other, text, 5),
        "wrong": cosignature.cosign(key, text + "x\n", 5),
        "two": line + line,
    }
    assert not cosignatures.signed(key.public_text, size, lies.get(lie, lie))
    assert not cosignatures.signed(key.public_text, size - 1, line)
    assert cosignatures.signed(key.public_text, size, line)
    assert witnessed().figure == "no witness named"


@pytest.mark.parametrize(
    "text",
    [
        "https://witness.example",
        "{key}",
        "{key} ftp://x",
        "{key} https://x, {key} https://y",
        "quorum 3, {key} https://x",
        "quorum 2",
    ],
)
def test_a_setting_that_cannot_be_read_is_said_at_the_start(settings: Any, text: str) -> None:
    settings.KEPT_WITNESSES = text.format(
        key=cosignature.signer(cosignature.generate("one.example")).public_text
    )
    assert [finding.id for finding in configuration.witnesses_are_named()] == ["witness.E001"]
