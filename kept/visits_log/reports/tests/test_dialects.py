"""Every named report can be said by an engine on many machines."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot
from sqlglot import expressions

from kept.visits_log.reports import dialects, running
from kept.visits_log.reports.listed import REPORTS

ROOM = Path(running.__file__).parent


@pytest.mark.parametrize("name", sorted(f"{file.parent.name}/{file.stem}" for file in ROOM.glob("*/*.sql")))
@pytest.mark.parametrize("dialect", dialects.DIALECTS)
def test_it_is_translated_and_reads_in_the_other_dialect(name: str, dialect: str) -> None:
    sql = (ROOM / f"{name}.sql").read_text(encoding="utf-8")
    said = dialects.translated(sql, dialect)
    tree = sqlglot.parse_one(said, read=dialect)
    assert isinstance(tree, expressions.Query)
    assert tree.named_selects == sqlglot.parse_one(sql, read="duckdb").named_selects


@pytest.mark.parametrize("dialect", dialects.DIALECTS)
def test_what_cannot_be_said_is_refused(dialect: str) -> None:
    with pytest.raises(sqlglot.errors.SqlglotError):
        dialects.translated("SELEKT 1 FROM", dialect)


def test_every_report_has_both_files_with_a_comment_that_says_what_it_answers() -> None:
    assert {name for name, _ in dialects.every()} == {
        f"{kind}/{name}" for kind in ("exact", "rolled") for name in REPORTS
    }
    assert all(sql.startswith("-- ") for _, sql in dialects.every())
    assert {file.stem for file in ROOM.glob("exact/*.sql")} == set(REPORTS)
    assert {file.stem for file in ROOM.glob("rolled/*.sql")} == {*REPORTS, "daily"}
