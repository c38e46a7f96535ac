"""What a form showed is compared with what stands now: of every kind of field, and as long as it takes to get
it right.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict

from kept.people.stale import ComparesWithShown

KINDS = [("gold", "Gold"), ("grey", "Grey")]


class Room(ComparesWithShown):
    nobody = {"*": "A test."}
    prefix = "room"

    name = forms.CharField()
    kind = forms.ChoiceField(choices=KINDS)
    words = forms.CharField(required=False, widget=forms.Textarea)
    day = forms.SplitDateTimeField()
    uses = forms.MultipleChoiceField(choices=KINDS, required=False)


THEN: dict[str, Any] = {
    "name": "East",
    "kind": "gold",
    "words": "one\ntwo",
    "day": datetime(2026, 5, 3, 9),
    "uses": ["gold"],
}
SENT = {
    "room-name": "East",
    "room-kind": "gold",
    "room-words": "one\r\ntwo",
    "room-day_0": "2026-05-03",
    "room-day_1": "09:00:00",
    "room-uses": ["gold"],
}
pytestmark = pytest.mark.usefixtures("home")


def sent(now: dict[str, Any], **typed: Any) -> Room:
    return Room(
        MultiValueDict(
            {
                name: said if isinstance(said, list) else [said]
                for name, said in {**SENT, "room-seen": Room(initial=THEN).seen_now, **typed}.items()
            }
        ),
        initial=now,
    )


def test_nothing_changed_and_nothing_is_said() -> None:
    assert sent(THEN).is_valid(), "line ends and boxes are no change"


@pytest.mark.parametrize(
    ("name", "now", "both"),
    [
        ("name", "West", ("West", "East")),
        ("kind", "grey", ("Grey", "Gold")),
        ("words", "", ("nothing", "one")),
        ("day", datetime(2026, 6, 4, 9), ("2026-06-04", "2026-05-03")),
        ("uses", ["gold", "grey"], ("“Gold, Grey”", "“Gold”")),
    ],
)
def test_an_old_value_is_not_put_back_and_both_are_shown(name: str, now: Any, both: tuple[str, str]) -> None:
    form = sent({**THEN, name: now})
    assert not form.is_valid() and list(form.errors) == [name]
    assert all(one in form.errors[name][0] for one in both)
    assert sent({**THEN, name: now}, **{"room-seen": form.seen_now}).is_valid(), "said once more, it counts"


def test_whoever_types_what_stands_now_is_not_asked() -> None:
    assert sent({**THEN, "name": "West"}, **{"room-name": "West"}).is_valid()


def test_what_was_wrong_meanwhile_is_still_compared_afterwards() -> None:
    wrong = sent({**THEN, "name": "West"}, **{"room-name": ""})
    assert not wrong.is_valid() and "required" in wrong.errors.as_data()["name"][0].code
    again = sent({**THEN, "name": "West"}, **{"room-seen": wrong.seen_now})
    assert not again.is_valid() and "West" in again.errors["name"][0]


@pytest.mark.parametrize("seen", ["", "[]", "{", "null", '{"name": 1}', "[" * 19_000])
def test_what_is_no_answer_of_ours_compares_nothing_and_breaks_nothing(seen: str) -> None:
    sent({**THEN, "name": "West"}, **{"room-seen": seen}).is_valid()
