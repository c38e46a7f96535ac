"""What cannot be read is told in one sentence; nothing is begun that cannot be ended."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kept.terminal import Stop
from kept.touchpoints.visits import import_cli
from kept.visits_log.importing import flows, read_marks, reading
from kept.visits_log.importing.tests.conftest import after, days, line
from kept.visits_log.places import Places

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Log = Callable[..., str]
Run = Callable[..., flows.Report]


@pytest.fixture
def command(settings: Any, places: Places, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    settings.KEPT_VISITS = places.root
    monkeypatch.setattr(import_cli.vocabulary, "known", lambda text: "…")

    def run(*arguments: str) -> int:
        parser = ArgumentParser()
        import_cli.arguments(parser)
        return import_cli.run(parser.parse_args(arguments))

    return run


@pytest.mark.parametrize(
    "pack",
    [
        bytes,
        gzip.compress,
        zstd.compress,
        bz2.compress,
        lzma.compress,
        lambda data: gzip.compress(data[:1000]) + gzip.compress(data[1000:]),
    ],
)
def test_plain_and_packed_whatever_their_name(
    places: Places, log: Log, command: Any, capsys: Any, pack: Any
) -> None:
    assert command(log(pack(after("02/Nov/2026").encode()), "log.7")) == 0
    said = capsys.readouterr().out
    assert "60 lines read in" in said and "60 counted, on 1 day." in said
    assert days(places) == ["2026-11-02"]


def test_json_says_the_same(log: Log, command: Any, capsys: Any) -> None:
    assert (
        command(
            "--json",
            "--site",
            "www.example.com",
            log(line("02/Nov/2026:10:00:00") + line("02/Nov/2026:10:00:00", "POST / HTTP/1.1")),
        )
        == 0
    )
    said = json.loads(capsys.readouterr().out)
    assert (said["lines"], said["counted"], said["refused"], said["days"], said["sites"]) == (
        2,
        1,
        {"not GET": 1},
        ["2026-11-02"],
        ["example.com"],
    )
    assert said["lines_per_second"] > 0


def test_an_empty_log_is_said_to_be_empty(places: Places, log: Log, command: Any, capsys: Any) -> None:
    file = log("")
    assert command(file) == 0
    assert capsys.readouterr().out == f"{file} is empty.\n"


def test_garbage_is_no_log(places: Places, log: Log, command: Any, capsys: Any) -> None:
    assert command(log(os.urandom(300_000))) == 1
    assert (
        "is in none of the formats that are read here: combined (Apache, nginx), common ("
        in capsys.readouterr().out
    )
    assert days(places) == []


def test_a_folder_and_a_missing_file_stop_before_anything_is_read(
    places: Places, log: Log, command: Any, tmp_path: Path
) -> None:
    good = log(line("02/Nov/2026:10:00:00"))
    with pytest.raises(Stop, match="There is no file .*gone.log") as missing:
        command(good, str(tmp_path / "gone.log"))
    with pytest.raises(Stop, match="is a folder. Name the logs in it") as folder:
        command(good, str(tmp_path))
    assert (missing.value.code, folder.value.code, days(places)) == (2, 2, [])


def test_a_log_cut_off_is_an_error_with_its_place(log: Log, command: Any) -> None:
    for packed in (gzip.compress(os.urandom(200_000), 0), zstd.compress(os.urandom(200_000))):
        with pytest.raises(Stop, match="damaged or cut off: it could be unpacked up to [0-9,]+ bytes") as cut:
            command(log(packed[:150_000]))
        assert cut.value.code == 1


def test_a_host_that_is_none(log: Log, command: Any) -> None:
    with pytest.raises(Stop, match="--site wants a host"):
        command("--site", "not a host", log(""))


def test_one_import_at_a_time(places: Places, log: Log, command: Any) -> None:
    with read_marks.alone(places), pytest.raises(Stop, match="Another import is under way") as busy:
        command(log(line("02/Nov/2026:10:00:00")))
    assert busy.value.code == 1


def test_a_disk_that_is_full_leaves_what_is_finished(
    places: Places, log: Log, imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = log(after("02/Nov/2026") + after("03/Nov/2026"))
    with monkeypatch.context() as full:
        full.setattr(
            flows.Days, "pack", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
        )
        with pytest.raises(
            reading.Unreadable, match="The import stopped: the disk could not be read or written"
        ):
            imported(file)
    assert days(places) == []
    assert imported(file).counted == 120


def test_a_log_that_goes_on_in_one_that_is_not_named(places: Places, log: Log, imported: Run) -> None:
    first = log(after("02/Nov/2026", 30), "a.log")
    second = log(line("02/Nov/2026:12:00:00") * 20, "b.log")
    imported(first, second)
    grown = log(line("02/Nov/2026:12:00:00") * 30, "b.log")
    with pytest.raises(
        reading.Unreadable, match="goes on with 2026-11-02, which begins in an earlier log. Name both"
    ):
        imported(grown)
    imported(first, grown)
    assert days(places) == ["2026-11-02"]
