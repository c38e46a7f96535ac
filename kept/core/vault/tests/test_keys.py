"""Keys: the master key and its sentences, one key row per subject, and what destroying one means."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from kept.core.consent.models import StandingRow
from kept.core.vault.columns.plain_rows import KeyRow
from kept.core.vault.errors import KeyErased, MasterKeyProblem, SealBroken, VaultError
from kept.core.vault.gate import purpose
from kept.core.vault.sealing import seal
from kept.core.vault.subject_keys import keys
from kept.core.vault.subject_keys.master import MasterKey, forget_loaded, load, make_master_key
from kept.core.vault.tests.conftest import Matter
from kept.core.vault.tests.models import Person


def test_a_master_key_is_made_once_and_for_one_user(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "home.key"
    made = make_master_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load(file).material == made.material and made.material.hex() not in repr(made)
    with pytest.raises(MasterKeyProblem, match="already"):
        make_master_key(file)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda file: file.unlink(), "no master key"),
        (lambda file: file.chmod(0o640), "chmod 600"),
        (lambda file: file.write_text("kept master key 1\nc2hvcnQ=\n"), "not a master key"),
        (lambda file: file.write_text(""), "not a master key"),
        (lambda file: file.write_text("kept master key 1\n???\n"), "not a master key"),
        (lambda file: file.write_bytes(b"\xff\xfe"), "cannot be read"),
        (lambda file: (file.unlink(), file.mkdir()), "cannot be read"),
    ],
)
def test_a_bad_master_key_says_what_to_do(spoil: Any, says: str, tmp_path: Path) -> None:
    file = tmp_path / "home.key"
    make_master_key(file)
    spoil(file)
    with pytest.raises(MasterKeyProblem, match=says) as said:
        load(file)
    assert str(said.value).endswith((".", str(file)))


def test_where_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MasterKeyProblem, match="cannot be written"):
        make_master_key(tmp_path / "file" / "home.key")


def test_derived_keys_are_apart() -> None:
    key = MasterKey(os.urandom(32))
    assert len({key.derive(info) for info in ("a", "b", "wrapping", "key id")}) == 4
    assert len(key.id) == 8


@pytest.mark.django_db
def test_a_wrong_master_key_is_known_at_once(
    alice: Person, bob: Any, matter: Matter, settings: Any, tmp_path: Path
) -> None:
    keys.check_master_key()
    right = settings.KEPT_MASTER_KEY_FILE
    settings.KEPT_MASTER_KEY_FILE = tmp_path / "wrong.key"
    make_master_key(settings.KEPT_MASTER_KEY_FILE)
    with pytest.raises(MasterKeyProblem, match="not the master key"):
        keys.check_master_key()
    with (
        pytest.raises(MasterKeyProblem, match="not the master key"),
        purpose("support", reader=bob, about=matter),
    ):
        Person.objects.get(pk=alice.pk).name
    right.unlink()
    settings.KEPT_MASTER_KEY_FILE = right
    forget_loaded()
    with pytest.raises(MasterKeyProblem, match="no master key"):
        keys.check_master_key()


@pytest.mark.django_db
def test_a_key_row_belongs_to_its_subject(alice: Person, charlie: Person, bob: Any, matter: Matter) -> None:
    other = KeyRow.objects.get(pk=charlie.pk)
    KeyRow.objects.filter(pk=alice.pk).update(wrapped=other.wrapped)
    with purpose("support", reader=bob, about=matter), pytest.raises(SealBroken):
        Person.objects.get(pk=alice.pk).name


@pytest.mark.django_db
def test_a_key_row_holds_no_key_in_the_clear(alice: Person) -> None:
    material = keys.key_of(alice.pk)._material
    row = KeyRow.objects.get(pk=alice.pk)
    assert material not in bytes(row.wrapped) and len(bytes(row.wrapped)) == 69
    assert len(bytes(row.alias)) == 16 and alice.pk.bytes not in bytes(row.alias)
    assert row.controller == "cet-power" and StandingRow.objects.filter(pk=alice.pk).exists()


@pytest.mark.django_db
def test_a_subject_has_one_key(alice: Person) -> None:
    before = keys.alias(alice.pk)
    with pytest.raises(VaultError, match="already"):
        keys.enrol(alice.pk, "cet-power")
    assert keys.alias(alice.pk) == before


@pytest.mark.django_db
def test_destroying_is_for_ever(alice: Person, charlie: Person, bob: Any, matter: Matter) -> None:
    assert not keys.erased(alice.pk)
    assert keys.destroy(alice.pk) and not keys.destroy(alice.pk)
    assert keys.erased(alice.pk) and not StandingRow.objects.filter(pk=alice.pk).exists()
    for ask in (keys.alias, keys.key_of):
        with pytest.raises(KeyErased):
            ask(alice.pk)
    with purpose("support", reader=bob, about=matter):
        with pytest.raises(KeyErased):
            Person.objects.get(pk=alice.pk).name
        assert Person.objects.get(pk=charlie.pk).name == "Charlie Noor"
        alice.name = "Alice"
        with pytest.raises(KeyErased):
            alice.save()


@pytest.mark.django_db
def test_a_new_key_opens_nothing_old(alice: Person, bob: Any, matter: Matter) -> None:
    keys.destroy(alice.pk)
    keys.enrol(alice.pk, "cet-power")
    with purpose("support", reader=bob, about=matter), pytest.raises(SealBroken):
        Person.objects.get(pk=alice.pk).name


@pytest.mark.django_db
def test_sqlite_overwrites_what_it_deletes() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete")
            assert cursor.fetchone()[0] == 1


@pytest.mark.django_db
def test_salts_belong_to_a_person_and_an_act(alice: Person, charlie: Person) -> None:
    one, other = uuid4(), uuid4()
    hers, his = keys.key_of(alice.pk), keys.key_of(charlie.pk)
    assert len({hers.salt(one), hers.salt(other), his.salt(one), his.salt(other)}) == 4
    assert hers.salt(one) == keys.key_of(alice.pk).salt(one) and len(hers.salt(one)) == 32


def test_another_master_key_does_not_unwrap() -> None:
    one = MasterKey(os.urandom(32))
    wrapped = seal.wrap(one, bytes(32), b"subject")
    assert seal.unwrap(one, wrapped, b"subject") == bytes(32) and seal.wrapped_by(wrapped) == one.id
    with pytest.raises(MasterKeyProblem):
        seal.unwrap(replace(one, material=os.urandom(32)), wrapped, b"subject")
    with pytest.raises(SealBroken):
        seal.unwrap(one, wrapped, b"another")
