"""Deleted bytes are gone when ``clean`` says so, and not before."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from kept.core.vault.models import KeyRow
from kept.core.vault.subject_keys import keys, residue


@pytest.mark.django_db
def test_inside_a_transaction_nothing_is_promised() -> None:
    assert residue.clean() is False


@pytest.mark.django_db(transaction=True)
def test_a_destroyed_key_leaves_the_files_of_the_database(policy: object) -> None:
    subject = uuid4()
    keys.enrol(subject, "cet-power")
    wrapped = bytes(KeyRow.objects.get(pk=subject).wrapped)
    keys.destroy(subject)
    assert residue.clean()
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        log = name.with_name(name.name + "-wal")
        # Read by another process: whoever closes the file here takes SQLite's locks from every connection of
        # this process, and the next process that closes the database then deletes the log they write to
        # (sqlite.org/howtocorrupt.html, 2.2).
        assert wrapped not in subprocess.run(["cat", name], capture_output=True, check=True).stdout
        assert not log.exists() or log.stat().st_size == 0


@pytest.mark.django_db(transaction=True)
def test_a_reader_from_before_holds_it_up(policy: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(residue, "WAIT", 0.1)
    subject = uuid4()
    keys.enrol(subject, "cet-power")
    reading, done = threading.Event(), threading.Event()

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ"
            )
            cursor.execute("SELECT count(*) FROM vault_keyrow")
            cursor.fetchall()
            reading.set()
            done.wait(20)
            cursor.execute("COMMIT")
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert reading.wait(20)
        keys.destroy(subject)
        assert residue.clean() is False
    finally:
        done.set()
        reader.join()
    assert residue.clean() is True
