"""No address, no agent, no name and no mail address of a log is anywhere on the disk, in what is printed, or
in what goes wrong.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kept.portal.regions.origins import Origins
from kept.visits_log.importing import days as days_module
from kept.visits_log.importing import flows, read_marks, reading
from kept.visits_log.importing.judging import line_classes, timestamps
from kept.visits_log.importing.tests.conftest import FIREFOX, NOW, after, days, events, known, line
from kept.visits_log.places import Places
from kept.visits_log.storing import files

Log = Callable[..., str]
Run = Callable[..., flows.Report]
ADDRESSES = ("203.0.113.77", "2a02:a03f:beef::77")
SECRETS = (
    *ADDRESSES,
    "Peeters",
    "peeters",
    "alice.canary",
    "Kanarie",
    "4711007",
    "0471123456",
    "SecretBrowser",
)
AGENT = f"{FIREFOX} SecretBrowser/77.1"
LINES = "".join(
    line(
        f"02/Nov/2026:1{at}:00:00",
        path,
        address=ADDRESSES[at % 2],
        agent=AGENT,
        user="Peeters",
        status=status,
        referrer="https://peeters.example.org/?u=alice.canary@example.com"[: 30 if at else 200].replace(
            "peeters.", "www."
        ),
    )
    for at, (path, status) in enumerate(
        [
            ("/products/?q=Alice+Peeters+inverter", 200),
            ("/mail/alice.canary@example.com/x/", 200),
            ("/?utm_source=alice.canary%40example.com", 200),
            ("/Kanarie/missing", 404),
            ("/serial/4711007/", 200),
            ("/tel/0471123456", 200),
            ("/me/Peeters/", 200),
        ]
    )
)


def on_disk(root: Path) -> Iterator[bytes]:
    """Every file, as it is and as a database reads it."""
    with duckdb.connect() as base:
        for file in root.rglob("*"):
            if file.is_file():
                yield str(file).encode() + file.read_bytes()
                if file.suffix == ".parquet":
                    yield repr(base.execute(f"SELECT * FROM read_parquet('{file}')").fetchall()).encode()


def opened() -> set[str]:
    """Every file this process has open."""
    return {os.readlink(handle) for handle in Path("/proc/self/fd").iterdir() if handle.is_symlink()}


def found_in(datas: Iterator[bytes]) -> set[str]:
    return {secret for data in datas for secret in SECRETS if secret.encode() in data}


@pytest.mark.parametrize("most", [3, 300_000])
def test_no_file_holds_any_of_it_at_any_step(
    places: Places, log: Log, imported: Run, most: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(days_module, "MOST_ROWS", most)
    monkeypatch.chdir(tmp_path)
    seen: list[int] = []
    file = log(LINES + after("03/Nov/2026"))
    before = opened()

    def look(name: str) -> None:
        # What the day's file and its parts hold while they are written, and whatever else this process has
        # open.
        assert found_in(on_disk(places.root)) == set()
        assert {
            path
            for path in opened() - before
            if path.startswith("/") and not path.startswith(("/memfd:", "/dev/", str(places.root)))
        } == {file}
        seen.append(1)

    monkeypatch.setattr(files, "step", look)
    done = imported(file)
    assert seen and days(places) == ["2026-11-02", "2026-11-03"]
    assert done.counted == 66
    assert found_in(on_disk(places.root)) == set()
    assert not (tmp_path / ".tmp").exists()
    assert found_in(iter([repr(done).encode()])) == set()


def test_the_canaries_would_be_found(places: Places) -> None:
    places.root.mkdir()
    with duckdb.connect() as base:
        base.execute(
            f"COPY (SELECT '{ADDRESSES[0]}' AS address) TO '{places.root / 'x.parquet'}' (FORMAT parquet,"
            " COMPRESSION zstd)"
        )
    assert found_in(on_disk(places.root)) == {ADDRESSES[0]}


def test_what_goes_wrong_says_nothing_of_a_line(
    places: Places, log: Log, imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(self: Any, *_: Any) -> None:
        self.base.execute("SELECT CAST(address AS INT) FROM judged")

    monkeypatch.setattr(line_classes.Judge, "_people", stumble)
    with pytest.raises(
        reading.Unreadable, match=r"^The import stopped: a value could not be read\. Days"
    ) as caught:
        imported(log(LINES))
    assert caught.value.__suppress_context__
    assert found_in(iter([str(caught.value).encode()])) == set()


def test_the_database_of_addresses_may_not_write_to_a_disk_and_reads_no_code() -> None:
    judge = line_classes.Judge(timestamps.Calendar("Europe/Brussels"), Origins.open(), now=NOW)
    try:
        held = dict(judge.base.execute("SELECT name, value FROM duckdb_settings()").fetchall())
        assert held["temp_directory"] == ""
        assert (
            held["autoload_known_extensions"]
            == held["autoinstall_known_extensions"]
            == held["allow_community_extensions"]
            == "false"
        )
        with pytest.raises(duckdb.OutOfMemoryException):
            judge.base.execute(
                "CREATE TABLE big AS SELECT range AS a, hash(range) AS b, hash(range + 1) AS c FROM"
                " range(200_000_000)"
            )
    finally:
        judge.close()


def test_a_salt_is_gone_when_its_day_is(
    places: Places, log: Log, imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    keep = days_module.Salt.__init__
    monkeypatch.setattr(days_module.Salt, "__init__", lambda self: (made.append(self), keep(self))[1])
    imported(log(LINES + after("03/Nov/2026")))
    assert len(made) == 2
    assert all(bytes(salt._bytes) == bytes(32) for salt in made)


def test_what_is_remembered_of_a_log_is_numbers_and_digests(places: Places, log: Log, imported: Run) -> None:
    imported(log(LINES))
    text = (places.root / read_marks.NAME).read_text()
    assert set(re.findall(r'"([a-z]+)":', text)) <= {
        "logs",
        "open",
        "months",
        "digest",
        "length",
        "read",
        "closed",
        "latest",
        "site",
        "packed",
        "days",
        "told",
        "day",
        "source",
        "log",
        "begin",
        "until",
    }
    assert found_in(iter([text.encode()])) == set()


def test_known_words_are_asked_for_and_no_others_stay(places: Places, log: Log, imported: Run) -> None:
    imported(log(LINES))
    texts = {
        text for event in events(places, "2026-11-02") for text in event.values() if isinstance(text, str)
    }
    assert "… … inverter" in texts or "… inverter" in texts
    assert known("inverter") == "inverter"
