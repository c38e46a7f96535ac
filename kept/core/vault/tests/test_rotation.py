"""Another master key: what it sealed moves, what finds stays, and the old one can be destroyed."""

from __future__ import annotations

import base64
import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing
from django.db import connection

from kept.core.vault.columns.plain_rows import KeyRow
from kept.core.vault.errors import MasterKeyProblem, SealBroken
from kept.core.vault.gate import purpose
from kept.core.vault.sealing import seal
from kept.core.vault.sealing.sealed_box import RESEALS, Box
from kept.core.vault.subject_keys import keys, rewrapping, rotation
from kept.core.vault.subject_keys.master import MasterKey, load, master
from kept.core.vault.tests.conftest import Matter
from kept.core.vault.tests.models import Person
from kept.environment import DerivedSecret, OlderSecrets

pytestmark = pytest.mark.django_db


def file_of(settings: Any) -> Path:
    return Path(settings.KEPT_MASTER_KEY_FILE)


def generations() -> set[bytes]:
    return {seal.wrapped_by(bytes(wrapped)) for wrapped in KeyRow.objects.values_list("wrapped", flat=True)}


def old_file(settings: Any) -> bytes:
    """A key file as Kept wrote it before there were generations."""
    material = os.urandom(32)
    file_of(settings).write_text(f"kept master key 1\n{base64.b64encode(material).decode()}\n")
    return material


def test_every_key_moves_and_everything_still_opens(
    alice: Person, charlie: Person, bob: Any, matter: Matter
) -> None:
    before = master()
    rotation.begin()
    assert generations() == {before.id} and master().id != before.id
    assert rotation.rewrap() == 2 and rotation.rewrap() == 0
    assert generations() == {master().id}
    with purpose("support", reader=bob, about=matter):
        assert Person.objects.get(pk=alice.pk).name == "Alice Martin"
        assert [row.pk for row in Person.objects.find(email="alice@example.com")] == [alice.pk]
        assert [row.pk for row in Person.objects.search(name="mart")] == [alice.pk]
    assert rotation.destroy_older() == 1 and rotation.destroy_older() == 0
    with purpose("support", reader=bob, about=matter):
        assert Person.objects.get(pk=charlie.pk).name == "Charlie Noor"
        assert [row.pk for row in Person.objects.find(email="alice@example.com")] == [alice.pk]


def test_it_goes_on_where_it_was_killed(
    alice: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotation.begin()
    monkeypatch.setattr(rewrapping, "_ROWS", 1)
    monkeypatch.setattr(rewrapping, "_PAGES", 1)
    real, calls = rewrapping._swap, []

    def killed(*arguments: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(rewrapping, "_swap", killed)
    if connection.vendor == "sqlite":
        with pytest.raises(KeyboardInterrupt):
            rotation.rewrap()
        assert sorted(rotation.hanging().values()) == [1, 1]
        assert rotation.rewrap() == 1
    else:
        assert rotation.rewrap() == 2
    assert list(rotation.hanging().values()) == [2, 0]


def test_an_old_generation_with_keys_is_not_destroyed(alice: Person, charlie: Person, settings: Any) -> None:
    rotation.begin()
    before = file_of(settings).read_text()
    with pytest.raises(MasterKeyProblem, match="2 persons' keys still hang"):
        rotation.destroy_older()
    assert file_of(settings).read_text() == before


def test_somebody_erased_meanwhile_is_not_brought_back(
    alice: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotation.begin()
    real = rewrapping._moved

    def erased_in_between(key: Any, row: Any) -> Any:
        if row[1] == alice.pk.hex:
            keys.destroy(alice.pk)
        return real(key, row)

    monkeypatch.setattr(rewrapping, "_moved", erased_in_between)
    assert rotation.rewrap() == 1
    assert keys.erased(alice.pk) and generations() == {master().id}


def test_a_broken_row_stops_neither_the_rotation_nor_is_it_forgotten(alice: Person, charlie: Person) -> None:
    row = KeyRow.objects.get(pk=alice.pk)
    KeyRow.objects.filter(pk=alice.pk).update(wrapped=bytes(row.wrapped[:-1]) + bytes([row.wrapped[-1] ^ 1]))
    rotation.begin()
    assert rotation.rewrap() == 1
    with pytest.raises(MasterKeyProblem, match="1 persons' keys still hang"):
        rotation.destroy_older()


def test_a_key_made_under_a_key_destroyed_in_that_moment_is_refused(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = keys._new_row

    def slowly(*arguments: Any) -> Any:
        made = real(*arguments)
        rotation.begin()
        rotation.rewrap()
        rotation.destroy_older()
        return made

    monkeypatch.setattr(keys, "_new_row", slowly)
    subject = uuid4()
    with pytest.raises(MasterKeyProblem, match="Try again"):
        keys.enrol(subject, "cet-power")
    assert keys.erased(subject)
    monkeypatch.setattr(keys, "_new_row", real)
    keys.enrol(subject, "cet-power")


def test_marks_stay_and_boxes_follow(home: Path) -> None:
    box = Box("a test")
    mark, sealed = box.mark("alice@example.com"), box.seal(b"secret", bound_to="x")
    assert box.renewed(sealed, bound_to="x") is None
    rotation.begin()
    fresh = box.renewed(sealed, bound_to="x")
    assert (
        fresh
        and fresh != sealed
        and box.open(sealed, bound_to="x") == box.open(fresh, bound_to="x") == b"secret"
    )
    rotation.destroy_older()
    assert box.mark("alice@example.com") == mark and box.open(fresh, bound_to="x") == b"secret"
    with pytest.raises(SealBroken):
        box.open(sealed, bound_to="x")


def test_a_file_of_one_key_goes_on_and_takes_generations(settings: Any, home: Path) -> None:
    material = old_file(settings)
    box, first = Box("a test"), master()
    assert first == MasterKey(material)
    mark, wrapped = box.mark("x"), seal.wrap(first, bytes(32), b"subject")
    # As boxes were closed before they named their key.
    unnamed = seal.seal_value(seal.cipher(first.derive("box a test")), box._head(bytes(8)), b"", b"secret")
    secret = str(DerivedSecret(file_of(settings)))
    rotation.begin()
    assert box.mark("x") == mark and box.open(unnamed) == b"secret" and box.renewed(unnamed)
    assert seal.unwrap(master(), wrapped, b"subject") == bytes(32) and master().older == (material,)
    assert (
        list(OlderSecrets(file_of(settings))) == [secret] and str(DerivedSecret(file_of(settings))) != secret
    )


def test_what_the_old_secret_signed_holds_until_it_is_destroyed(alice: Person, settings: Any) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        DerivedSecret(file_of(settings)),
        OlderSecrets(file_of(settings)),
    )
    assert not settings.SECRET_KEY_FALLBACKS
    signed = signing.dumps("hello")
    rotation.begin()
    assert (
        signing.loads(signed) == "hello"
        and signing.dumps("hello").rpartition(":")[2] != signed.rpartition(":")[2]
    )
    rotation.rewrap()
    rotation.destroy_older()
    with pytest.raises(signing.BadSignature):
        signing.loads(signed)


def test_the_file_is_whole_for_one_user_and_overwritten(home: Path, settings: Any) -> None:
    path = file_of(settings)
    with path.open("rb") as old:
        rotation.begin()
        assert path.stat().st_mode & 0o777 == 0o600 and not list(path.parent.glob("*.part"))
        assert b"seal" not in old.read(), "the bytes of the file that was replaced are gone too"
    assert load(path) == master() and len(master().generations) == 2


@pytest.mark.parametrize(
    "spoil", ["find ", "seal ", "kept master key 2\nseal x\n", "kept master key 2\nfind AAAA\nseal AAAA\n"]
)
def test_a_damaged_file_of_generations_is_a_sentence(spoil: str, home: Path, settings: Any) -> None:
    path = file_of(settings)
    path.write_text(path.read_text().replace(spoil, "") if spoil.endswith(" ") else spoil)
    with pytest.raises(MasterKeyProblem, match="is not a master key, or a damaged one"):
        load(path)


def test_two_who_change_the_file_do_not_meet(home: Path, settings: Any) -> None:
    folder = os.open(file_of(settings).parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with pytest.raises(MasterKeyProblem, match="Another command"):
            rotation.begin()
    finally:
        os.close(folder)


def test_a_key_file_that_cannot_be_written_is_a_sentence(
    home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    before = master()
    monkeypatch.setattr(rotation.os, "replace", refuse)
    with pytest.raises(MasterKeyProblem, match="nothing was changed"):
        rotation.begin()
    assert load(file_of(settings)) == before and not list(home.parent.glob("*.part"))


def test_every_kept_box_says_how_it_moves(tmp_path: Path) -> None:
    """What seals boxes and keeps them must follow a rotation; a box of another kind would be lost with the
    old key.
    """
    texts = [
        path.read_text("utf-8")
        for path in Path(rotation.__file__).parents[3].rglob("*.py")
        if "tests" not in path.parts
    ]
    boxes = [
        (name, box, text)
        for text in texts
        for name, box in re.findall(r'^(\w+) = Box\("([\w.]+)"\)', text, re.MULTILINE)
    ]
    kept = {box for name, box, text in boxes if f"{name}.seal(" in text}
    # In a process of its own: a command has no views that would have loaded what keeps them.
    ask = (
        "import django; django.setup();"
        " from kept.core.vault.sealing.sealed_box import RESEALS; print(*RESEALS)"
    )
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kept.settings",
        "KEPT_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(Path(rotation.__file__).parents[4]),
    }
    said = subprocess.check_output([sys.executable, "-c", ask], env=surroundings, text=True)
    assert {"accounts.sessions", "accounts.factors"} <= kept <= set(said.split()) <= set(RESEALS)
