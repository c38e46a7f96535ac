"""``kept visits`` packs and reports; whatever is typed wrongly is one sentence.

The sweep drops each day when its term is over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.utils import timezone

from kept.__main__ import main
from kept.core.ledger.models import Version
from kept.core.register.hooks.jobs import JOBS
from kept.core.register.proving import proofs
from kept.core.register.terms.lifetimes import Clock
from kept.retention import sweep
from kept.retention.models import Died
from kept.touchpoints.visits import jobs
from kept.visits_log.importing.tests.conftest import line
from kept.visits_log.places import Places
from kept.visits_log.storing import dropping, engine, packer
from kept.visits_log.storing.rollups import packed_days
from kept.visits_log.storing.tests.logs import sums, visit, written


@pytest.fixture
def places(home: Path) -> Places:
    return Places(home / "visits")


@pytest.fixture
def yesterday(places: Places) -> date:
    """Twelve visits of two pages, and one that goes elsewhere."""
    return seen(places, timezone.localdate() - timedelta(days=1))


def seen(places: Places, day: date, visits: int = 12) -> date:
    noon = (
        int(
            timezone.datetime(
                day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone()
            ).timestamp()
        )
        // 60
    )
    written(
        places,
        [
            event
            for n in range(visits)
            for event in visit(n, "/", "/products/", day=day.isoformat(), minute=noon, country="BE")
        ],
    )
    written(places, visit(99, "/privacy/", day=day.isoformat(), minute=noon, country="FR"))
    return day


def said(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["visits", *words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_it_packs_and_says_how_much(
    places: Places, yesterday: date, capsys: pytest.CaptureFixture[str]
) -> None:
    with places.log(yesterday.isoformat(), "web-1").open("ab") as log:
        log.write(b'{"half')
    assert main(["visits", "pack"]) == 0
    assert capsys.readouterr().out == "25 events of 1 day were packed.\n1 broken line was left aside.\n"
    assert main(["visits", "pack"]) == 0
    assert "No finished day waits" in capsys.readouterr().out


def test_it_reports_and_hides_the_few(
    places: Places, yesterday: date, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["visits", "pack"])
    capsys.readouterr()
    assert main(["visits", "report", "pages", "--from", str(yesterday)]) == 0
    out = capsys.readouterr().out
    # One read the page about privacy: so the smallest of the others is left out beside it, lest a difference
    # tell.
    assert f"Visits from {yesterday} to {yesterday}." in out
    assert "/products/" in out and "12" in out and "/privacy/" not in out and "Others: <10 each" in out
    exact = said(capsys, "report", "pages", "--exact", "--from", str(yesterday))["reports"]["pages"]
    assert {row["key"]: row["shown"] for row in exact["rows"]} == {
        "/": 12,
        "/products/": 12,
        "/privacy/": None,
    }


def test_all_reports_come_at_once(
    places: Places, yesterday: date, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["visits", "pack"])
    capsys.readouterr()
    found = said(capsys, "report")
    assert found["since"] == found["until"] == str(yesterday)
    assert [row["shown"] for row in found["reports"]["totals"]["rows"]] == [13, 13, 25]
    assert found["reports"]["countries"]["rows"] == [] and found["reports"]["countries"]["others"] is True


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["report", "people"], "There is no report called people."),
        (
            ["report", "--from", "2026-11-02", "--to", "2026-11-01"],
            "The range ends (2026-11-01) before it begins (2026-11-02).",
        ),
    ],
)
def test_what_is_typed_wrongly_is_one_sentence(
    places: Places, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["visits", *words]) == 2
    err = capsys.readouterr().err
    assert err.startswith(sentence) and err.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["report", "--from", "31.2.2026"], ["report", "--to", "2026-02-30"], ["unpack"], []]
)
def test_what_is_no_word_of_ours_ends_with_2(places: Places, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["visits", *words])
    assert ended.value.code == 2


def test_an_empty_store_says_so(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["visits", "report"]) == 0
    assert capsys.readouterr().out == "No visits are stored yet. A day is counted when it is over.\n"


@pytest.fixture
def starved(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """From when it is called, the engine has far too little memory, and says so in words of its own."""
    bounds = engine._bounds

    def starve(*, memory: str = "1KB") -> None:
        monkeypatch.setattr(
            engine, "_bounds", lambda *given: {**bounds(*given), "memory_limit": memory, "threads": 1}
        )
        engine._reading.cache_clear()

    yield starve
    engine._reading.cache_clear()


def logged(folder: Path) -> Path:
    """A log of a web server: twenty visitors of one day."""
    (log := folder / "access.log").write_text(
        "".join(line(f"02/Nov/2026:10:{n:02}:00", address=f"81.2.69.{n}") for n in range(20))
    )
    return log


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pack"], "The logs could not be packed: there was too little memory"),
        (["report"], "The report could not be made: there was too little memory"),
        (["report", "--exact", "pages"], "The report could not be made: there was too little memory"),
        (["import"], "The sums of 2026-11 could not be made: there was too little memory"),
        (["forget-import"], "The sums of 2026-11 could not be made: there was too little memory"),
    ],
)
def test_what_the_engine_says_reaches_nobody(
    places: Places,
    yesterday: date,
    starved: Callable[[], None],
    words: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = logged(tmp_path)
    if words[0] == "report":
        assert main(["visits", "pack"]) == 0
    if words[0] == "forget-import":
        assert main(["visits", "import", str(log)]) == 0
    capsys.readouterr()
    starved()
    assert main(["visits", *words, *([str(log)] if "import" in words[0] else [])]) == 1
    err = capsys.readouterr().err
    assert err.startswith(said) and err.count("\n") == 1
    assert not [word for word in ("duckdb", "Exception", "Traceback", "limit") if word in err]


def test_an_import_that_was_not_summed_up_is_by_the_next_run(
    places: Places, starved: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logged(tmp_path)
    starved()
    assert main(["visits", "import", str(log)]) == 1
    assert packed_days(places) == ["2026-11-02"] and not places.month("2026-11").exists()
    starved(memory="100MB")
    assert main(["visits", "import", str(log)]) == 0
    assert "was imported already, and has not grown." in capsys.readouterr().out
    told = "SELECT visitors, views FROM {rollups} WHERE dimension = 'total' AND day IS NOT NULL"
    assert sums(places, told) == [(20, 20)]


def test_the_sweep_and_the_job_say_it_in_our_words(places: Places, starved: Callable[[], None]) -> None:
    first = timezone.localdate().replace(day=1) - timedelta(days=20)
    for day in (first, first + timedelta(days=1)):
        seen(places, day)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packer, "write_day", lambda *_, **__: (_ for _ in ()).throw(duckdb.Error("alice@")))
        with pytest.raises(engine.EngineStopped, match="^a value could not be read$"):
            JOBS["visits.pack"].run()
    JOBS["visits.pack"].run()
    starved()
    with pytest.raises(engine.EngineStopped, match="^there was too little memory"):
        dropping.drop_day(places, str(first))


def test_the_job_packs(places: Places, yesterday: date) -> None:
    job = JOBS["visits.pack"]
    assert job.every == timedelta(hours=1)
    assert (job.run(), job.run()) == (1, 0)
    assert packed_days(places) == [str(yesterday)]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Move the clock to noon of a day."""

    def move(day: date) -> None:
        moment = timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return move


def after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def test_a_day_goes_when_its_term_is_over(
    places: Places, policy: Version, later: Callable[[date], None], capsys: pytest.CaptureFixture[str]
) -> None:
    first = seen(places, timezone.localdate() - timedelta(days=30))
    second = seen(places, first + timedelta(days=3))
    jobs.pack_what_is_over()
    late = seen(places, first + timedelta(days=1))
    later(after(first, 25) - timedelta(days=5))
    assert jobs.due(Clock()) == []
    later(after(first, 25) + timedelta(days=2))
    due = [day for day in (first, late) if after(day, 25) <= timezone.localdate()]
    assert {date.fromisoformat(day) for day in jobs.due(Clock())} == set(due)
    assert main(["retention", "--dry-run"]) == 0
    assert f"{len(due):>10,}  Days of visits  clause 8.3" in capsys.readouterr().out
    later(after(first, 25) + timedelta(days=6))
    late_days = proofs.run("retention.nothing_past_its_date")
    assert late_days.state == proofs.BROKEN and "Days of visits" in late_days.text
    sweep.sweep(Clock())
    assert proofs.run("retention.nothing_past_its_date").state == proofs.KEPT
    assert not places.day(str(first)).exists() and not places.log(str(late), "web-1").exists()
    assert packed_days(places) in ([str(second)], [])
    assert Died.objects.get(table="visits").count >= 2
