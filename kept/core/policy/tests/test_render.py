"""Tables and clauses as pages will show them."""

from __future__ import annotations

from datetime import date

import pytest

from kept.core.policy import render
from kept.core.policy.model import Policy
from kept.core.policy.reading.text import TABLES
from kept.core.policy.tests.conftest import Edit

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_the_wording_may_name_is_rendered(name: str, cet: Policy, bakery: Policy) -> None:
    for policy in (cet, bakery):
        sheet = render.sheet(policy, name, TODAY)
        assert all(len(row) == len(sheet.headings) for row in sheet.rows)
        assert len(sheet.rows) == len(sheet.ids)
    assert all(cell for row in render.sheet(cet, name, TODAY).rows for cell in row if name != "categories")


def test_retention_is_said_in_words(cet: Policy) -> None:
    rows = {row[0]: row[1] for row in render.sheet(cet, "retention", TODAY).rows}
    assert rows["Help with a product"] == "3 years after your case is closed"
    assert rows["A site that greets you"] == "Until you say no"


def test_readers_are_said_in_words(cet: Policy) -> None:
    assert render.readers(cet, cet.purposes["support"]) == ("you", "support staff", "the program")


def test_a_contract_that_ended_is_told(cet: Policy, edited: Edit) -> None:
    old = 'reference = "Contract 8 (example)", from = 2026-01-01, until = 2030-12-31'
    ended = edited(cet, "recipients.toml", old, old.replace("2030-12-31", "2026-11-21"))
    assert render.recipient_state(ended.recipients["survey-house"], date(2026, 11, 21)) == ""
    assert (
        render.recipient_state(ended.recipients["survey-house"], TODAY) == "The contract ended on 2026-11-21."
    )
    row = next(
        row for row in render.sheet(ended, "recipients", TODAY).rows if row[0].startswith("Survey house")
    )
    assert row[-1] == "The contract ended on 2026-11-21."


def test_a_dead_mechanism_is_told_and_loads(cet: Policy, edited: Edit) -> None:
    """What the law ended by date must not keep the policy from loading: people use their rights on a bad day
    too.
    """
    old = (
        'contract = {reference = "Contract 6 (example)", from = 2026-01-01, until = 2030-12-31}\ntransfer ='
        ' {mechanism = "scc"'
    )
    dead = edited(cet, "recipients.toml", old, old.replace('"scc"', '"privacy-shield"'))
    assert (
        render.recipient_state(dead.recipients["carrier-north-america"], TODAY)
        == "EU–US Privacy Shield ended on 2020-07-16 (C-311/18)."
    )


def test_clauses_carry_their_tags_and_tables(cet: Policy) -> None:
    clause = cet.clause("5.3")
    assert clause is not None
    assert (clause.section_title, clause.title, clause.promises, clause.table) == (
        "Who receives it",
        "Companies that work for us",
        ("providers-bound", "system-disclosures"),
        "recipients",
    )
    assert "{" not in "".join(clause.text for clause in cet.clauses())


def test_a_language_that_is_not_written_falls_back(bakery: Policy) -> None:
    assert bakery.text("nl").language == "fr"
    assert [clause.id for clause in bakery.clauses("en")] == [clause.id for clause in bakery.clauses("fr")]
    assert bakery.clauses("en")[0].title == "Bread"
