"""A sentence keeps its message and values, and says itself as whoever reads it speaks."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.template import Context, Template

from kept import sentences
from kept.dates import Month
from kept.sentences import Sentence, counted, joined, listed, packed, sentence, unpacked

FRENCH = {
    "{n} of {all} answered": "{n} sur {all} répondues",
    "{most} and {last}": "{most} et {last}",
    "late": "en retard",
    "We saw {what} on {day}": "Vu le {day} : {what}",
}


class French(sentences._English):
    def translate(self, message: str) -> str:
        return FRENCH.get(message, message)

    def count(self, one: str, many: str, n: int) -> str:
        return {"{n} row": "{n} ligne", "{n} rows": "{n} lignes"}[one if n < 2 else many]

    def day(self, at: date, form: str) -> str:
        return f"{at.day}/{at.month}/{at.year}"


@pytest.fixture
def in_french() -> Iterator[None]:
    before = sentences._speaker
    sentences.speak_through(French())
    yield
    sentences.speak_through(before)


def test_its_value_is_english_and_what_is_shown_is_the_reader_s(in_french: None) -> None:
    said = sentence("{n} of {all} answered", n=3, all=4)
    assert (
        said == "3 of 4 answered"
        and json.dumps(said) == '"3 of 4 answered"'
        and "<" + said == "<3 of 4 answered"
    )
    assert str(said) == f"{said}" == f"{said:s}" == "3 sur 4 répondues"
    assert Template("{{ it }}").render(Context({"it": said})) == "3 sur 4 répondues"


def test_what_it_quotes_is_no_markup(in_french: None) -> None:
    said = sentence("We saw {what} on {day}", what="<b>", day=date(2026, 5, 3))
    assert Template("{{ it }}").render(Context({"it": said})) == "Vu le 3/5/2026 : &lt;b&gt;"


@pytest.mark.parametrize(
    "values",
    [
        {"what": sentence("late"), "day": date(2026, 5, 3)},
        {"what": ["late", sentence("late"), counted("{n} row", "{n} rows", 2)], "day": Month.of(2026, 5)},
        {"what": [], "day": datetime(2026, 5, 3, 9, 40, tzinfo=UTC)},
        {"what": 3, "day": "today"},
    ],
)
def test_it_is_kept_as_json_and_comes_back_the_same(in_french: None, values: dict[str, Any]) -> None:
    said = sentence("We saw {what} on {day}", **values)
    for back in (unpacked(json.loads(json.dumps(said.packed()))), pickle.loads(pickle.dumps(said))):
        assert isinstance(back, Sentence) and back == said and str(back) == str(said)
    assert unpacked(packed("plain")) == "plain"


def test_lists_and_numbers_of_things(in_french: None) -> None:
    assert (
        listed([]) == ""
        and listed(["a"]) == "a"
        and listed(["a", "b", sentence("late")]) == "a, b et en retard"
    )
    assert [str(counted("{n} row", "{n} rows", n)) for n in (0, 1, 2)] == ["0 ligne", "1 ligne", "2 lignes"]
    assert counted("{n} row", "{n} rows", 0) == "0 rows"
    assert (
        sentence("We saw {what} on {day}", what=["a", "b"], day=date(2026, 5, 3))
        == "We saw a and b on 3 May 2026"
    )


def test_sentences_one_after_the_other_stay_sentences(in_french: None) -> None:
    said = joined((sentence("{n} of {all} answered", n=3, all=4), sentence("late")), "; ")
    assert said == "3 of 4 answered; late" and str(said) == "3 sur 4 répondues; en retard"
    assert unpacked(said.packed()) == said


def test_figures_are_grouped_as_the_reader_s_language_does_it(
    in_french: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(French, "number", lambda self, n: f"{n:,}".replace(",", " "), raising=False)
    said = sentence("{n:,} of {all} answered", n=3000, all=4000)
    assert said == "3,000 of 4000 answered" and str(said) == "3 000 of 4000 answered"
