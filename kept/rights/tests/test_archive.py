"""The files of a copy, written by hand for speed, are those the standard library would write."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from kept.rights.access.records import Fact, Group, Record
from kept.rights.access.value_names import plain_name
from kept.rights.copies.archive import COLUMNS, as_csv, as_json, cell

texts = some.text(max_size=20) | some.sampled_from(
    ['"', "a,b", "=1+1", "line\r\nline", "\\u0000", "</script>", "é", "\x00", "\u2028", "'"]
)
facts = some.builds(
    Fact,
    name=texts,
    field_id=some.sampled_from(["person.name", "person.phone", 'odd"id']),
    category=texts,
    kind=texts,
    value=texts,
    purposes=some.lists(texts, max_size=2).map(tuple),
    day=some.none() | some.dates(),
    source=texts,
    policy=some.none() | some.integers(1, 9),
)
records = some.builds(
    Record, id=texts, label=texts, facts=some.lists(facts, min_size=1, max_size=4).map(tuple)
)
groups = some.builds(Group, title=texts, table=texts, records=some.lists(records, max_size=3).map(tuple))


def alike(group: Group) -> Group:
    """As tables are: what a field is called and what kind it is stays the same from row to row."""
    first: dict[str, Fact] = {}
    made = []
    for record in group.records:
        same = tuple(
            fact._replace(**_of_field(first.setdefault(fact.field_id, fact))) for fact in record.facts
        )
        made.append(Record(record.id, record.label, same))
    return Group(group.title, group.table, tuple(made))


def _of_field(fact: Fact) -> dict[str, Any]:
    return {"name": fact.name, "attribute": fact.attribute, "category": fact.category, "kind": fact.kind}


@given(groups.map(alike))
def test_the_json_says_each_value_with_its_origin(group: Group) -> None:
    text = as_json(group).decode("utf-8", "surrogatepass")
    assert json.loads(text) == {
        "title": group.title,
        "table": group.table,
        "records": [
            {
                "id": record.id,
                "label": record.label,
                "values": [
                    {
                        "field": fact.field_id,
                        "name": plain_name(fact.attribute),
                        "category": fact.category,
                        "value": fact.value,
                        "collected": fact.day.isoformat() if fact.day else None,
                        "source": fact.source or None,
                        "policy": fact.policy,
                        "purposes": list(fact.purposes),
                    }
                    for fact in record.facts
                ],
            }
            for record in group.records
        ],
    }


@given(groups.map(alike))
def test_the_csv_is_what_pythons_own_writer_writes(group: Group) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for record in group.records:
        for fact in record.facts:
            day = fact.day.isoformat() if fact.day else ""
            texts = [cell(text) for text in (record.id, fact.name, fact.kind, fact.value)]
            writer.writerow(
                [*texts, day, cell(fact.source), fact.policy or "", cell(" ".join(fact.purposes))]
            )
    assert as_csv(group) == b"\xef\xbb\xbf" + out.getvalue().encode()


def test_a_value_on_two_lines_stays_one_cell() -> None:
    fact = Fact(
        "Note",
        "claim.note",
        "case.text",
        "Text",
        'She said "no",\r\ntwice.',
        ("support",),
        date(2026, 11, 25),
        "phone",
        2,
    )
    text = as_csv(Group("Claims", "claims", (Record("1", "", (fact,)),)))[3:].decode()
    (line,) = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert line[3] == 'She said "no",\r\ntwice.'
