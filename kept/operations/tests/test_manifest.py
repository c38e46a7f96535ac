"""What a backup says of itself, also one that an earlier program made."""

from __future__ import annotations

from uuid import uuid4

from kept.operations.backups import manifest


def test_an_older_manifest_excuses_nothing() -> None:
    said = {
        "file": "x",
        "size": 1,
        "sha256": "",
        "tables": {},
        "files": {},
        "missing": [uuid4().hex, "visits/a.parquet"],
    }
    read = manifest._archive(said)
    assert (read.missing, read.lost) == ((), {"unknown": 1})
