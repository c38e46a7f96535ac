"""Sealed files: all of it or nothing, and every change to it is found."""

from __future__ import annotations

import errno
import io
import os
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from kept.core.vault.errors import FileNotKept, KeyErased, NotAllowed, PurposeRequired, SealBroken
from kept.core.vault.gate import purpose
from kept.core.vault.sealed_files import files
from kept.core.vault.sealed_files.filerow import SealedFileRow
from kept.core.vault.sealed_files.files import CHUNK, SealedFile, path_of, sweep
from kept.core.vault.subject_keys import keys
from kept.core.vault.tests.conftest import Matter, themselves
from kept.core.vault.tests.models import Person
from kept.core.vault.tests.test_gate import last_entry

pytestmark = pytest.mark.django_db
KIND = "equipment.proof"
LARGE = os.urandom(CHUNK * 3 + 17)
STEP = CHUNK + 16


def write(person: Person, content: bytes = LARGE, **options: Any) -> UUID:
    with purpose("registration", reader=themselves(person.pk), about=person, source="registration"):
        return SealedFile.write(
            person.pk,
            io.BytesIO(content),
            category=KIND,
            name="invoice alice.pdf",
            media_type="application/pdf",
            **options,
        )


def read(person: Person, file_id: UUID) -> bytes:
    with purpose("own-data", reader=themselves(person.pk), about=person):
        return b"".join(SealedFile.open(file_id))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])
def test_it_comes_back_equal(size: int, alice: Person) -> None:
    file_id = write(alice, LARGE[:size])
    assert read(alice, file_id) == LARGE[:size]
    with purpose("own-data", reader=themselves(alice.pk), about=alice):
        known = SealedFile.describe(file_id)
    assert (known.size, known.name, known.media_type, known.source, known.policy) == (
        size,
        "invoice alice.pdf",
        "application/pdf",
        "registration",
        1,
    )
    assert SealedFile.of(alice.pk) == [file_id]


def test_nothing_of_it_is_in_the_clear(alice: Person, home: Path) -> None:
    file_id = write(alice, b"Alice lives here. " * 5000)
    held = path_of(file_id).read_bytes() + bytes(SealedFileRow.objects.get(pk=file_id).header)
    assert b"Alice" not in held and b"invoice" not in held and b"pdf" not in held
    assert path_of(file_id).is_relative_to(home / "files") and path_of(file_id).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:-1],
        lambda raw: raw[: 9 + STEP],
        lambda raw: raw[: 9 + STEP * 3],
        lambda raw: raw[:9],
        lambda raw: b"",
        lambda raw: raw + b"x",
        lambda raw: raw + raw[9 : 9 + STEP],
        lambda raw: raw[:9] + raw[9 + STEP : 9 + 2 * STEP] + raw[9 : 9 + STEP] + raw[9 + 2 * STEP :],
        lambda raw: raw[: 9 + STEP] + raw[9 + 2 * STEP :],
        lambda raw: raw[:100] + bytes([raw[100] ^ 1]) + raw[101:],
        lambda raw: raw[:9] + raw[9:][-33:],
    ],
)
def test_a_changed_file_is_found(spoil: Any, alice: Person) -> None:
    file_id = write(alice)
    path_of(file_id).write_bytes(spoil(path_of(file_id).read_bytes()))
    with pytest.raises(SealBroken):
        read(alice, file_id)


def test_a_swapped_file_is_found(alice: Person, charlie: Person) -> None:
    hers, his, second = write(alice), write(charlie), write(alice, b"another")
    path_of(hers).write_bytes(path_of(his).read_bytes())
    with pytest.raises(SealBroken):
        read(alice, hers)
    path_of(second).unlink()
    with pytest.raises(SealBroken, match="missing"):
        read(alice, second)


def test_a_changed_row_is_found(alice: Person, charlie: Person) -> None:
    hers, second = write(alice), write(alice, b"another")
    SealedFileRow.objects.filter(pk=hers).update(header=SealedFileRow.objects.get(pk=second).header)
    with pytest.raises(SealBroken):
        read(alice, hers)
    SealedFileRow.objects.filter(pk=second).update(category="contact.email")
    with pytest.raises(SealBroken):
        read(alice, second)


def test_it_opens_inside_a_purpose_that_uses_it(
    alice: Person, charlie: Person, bob: Any, matter: Matter
) -> None:
    file_id = write(alice)
    with pytest.raises(PurposeRequired):
        SealedFile.open(file_id)
    with pytest.raises(NotAllowed), purpose("support", reader=bob, about=matter):
        SealedFile.open(file_id)
    with pytest.raises(NotAllowed), purpose("own-data", reader=themselves(charlie.pk), about=charlie):
        SealedFile.open(file_id)
    with purpose("registration", reader=bob, about=matter):
        assert b"".join(SealedFile.open(file_id)) == LARGE
    assert (last_entry(alice).detail["fields"], last_entry(alice).detail["categories"]) == (
        {"file": 1},
        [KIND],
    )
    with pytest.raises(NotAllowed), purpose("support", reader=themselves(alice.pk), about=alice):
        SealedFile.write(alice.pk, io.BytesIO(b"x"), category=KIND)


def test_it_does_not_stream_past_its_purpose(alice: Person) -> None:
    file_id = write(alice)
    with purpose("own-data", reader=themselves(alice.pk), about=alice):
        stream = SealedFile.open(file_id)
        next(stream)
    with pytest.raises(PurposeRequired):
        list(stream)


def test_it_dies_with_the_person(alice: Person, bob: Any, matter: Matter) -> None:
    file_id = write(alice)
    keys.destroy(alice.pk)
    with pytest.raises(KeyErased), purpose("registration", reader=bob, about=matter):
        SealedFile.open(file_id)


def test_a_full_disk_leaves_nothing_behind(
    alice: Person, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(FileNotKept, match="no room left"):
        write(alice)
    assert everything(home) == [] and not SealedFileRow.objects.exists()


def test_an_unwritable_folder_says_so(alice: Person, home: Path) -> None:
    (home / "files").write_text("")
    with pytest.raises(FileNotKept, match="cannot be written"):
        write(alice)


def test_too_large_leaves_nothing_behind(alice: Person, home: Path) -> None:
    with pytest.raises(FileNotKept, match="larger than"):
        write(alice, limit=len(LARGE) - 1)
    assert everything(home) == []
    assert write(alice, limit=len(LARGE))


def test_a_broken_upload_leaves_nothing_behind(alice: Person, home: Path) -> None:
    def breaking() -> Any:
        yield b"x" * CHUNK * 2
        raise ConnectionError

    with (
        pytest.raises((ConnectionError, FileNotKept)),
        purpose("registration", reader=themselves(alice.pk), about=alice),
    ):
        SealedFile.write(alice.pk, breaking(), category=KIND)
    assert everything(home) == []


def test_a_rolled_back_file_is_swept(alice: Person, home: Path) -> None:
    kept = write(alice)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(alice)
        raise ZeroDivisionError
    assert len(everything(home)) == 2
    assert sweep(older_than=time.time() - 3600) == 0
    assert sweep(older_than=time.time() + 1) == 1
    assert everything(home) == [path_of(kept)]


def test_removing_takes_both(alice: Person, home: Path) -> None:
    file_id = write(alice)
    SealedFile.remove(file_id)
    SealedFile.remove(uuid4())
    assert everything(home) == [] and SealedFile.of(alice.pk) == []


def everything(home: Path) -> list[Path]:
    return [path for path in (home / "files").rglob("*") if path.is_file()]
