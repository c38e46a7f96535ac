"""Every named report can be said by an engine on many machines."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import expressions

from kept.visits_log.dimensions import REPORTS
from kept.visits_log.reports import dialects
from kept.visits_log.storing.sql import statement

SAID = {**dict(dialects.every()), "rolled/daily": statement("reports/rolled/daily.sql")}


@pytest.mark.parametrize("name", sorted(SAID))
@pytest.mark.parametrize("dialect", dialects.DIALECTS)
def test_it_is_translated_and_reads_in_the_other_dialect(name: str, dialect: str) -> None:
    said = dialects.translated(SAID[name], dialect)
    tree = sqlglot.parse_one(said, read=dialect)
    assert isinstance(tree, expressions.Query)
    assert tree.named_selects == sqlglot.parse_one(SAID[name], read="duckdb").named_selects


@pytest.mark.parametrize("dialect", dialects.DIALECTS)
def test_what_cannot_be_said_is_refused(dialect: str) -> None:
    with pytest.raises(sqlglot.errors.SqlglotError):
        dialects.translated("SELEKT 1 FROM", dialect)


def test_every_report_is_said_both_ways_with_a_comment_that_says_what_it_answers() -> None:
    assert {name for name, _ in dialects.every()} == {
        f"{kind}/{name}" for kind in ("exact", "rolled") for name in REPORTS
    }
    assert all(sql.startswith("-- ") and "{" not in sql for sql in SAID.values())
