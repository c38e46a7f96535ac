"""Templates for answers: read, checked, filled; and a company without any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from kept.core.policy import loader
from kept.core.policy.comparing.diff import diff
from kept.core.policy.loader import PolicyError
from kept.core.policy.model import Policy
from kept.core.policy.reading.answer_templates import PLACES

EN = "answers/en.toml"
GOOD = '[one]\ntitle = "One"\nkinds = ["access"]\ntext = """\nYou asked on {received}.\n\n{clause:7.3}\n"""\n'


@dataclass
class Files:
    kept: dict[str, str]

    def with_(self, name: str, text: str) -> dict[str, str]:
        return {**self.kept, name: text}


@pytest.fixture
def files(cet: Policy) -> Files:
    return Files({name: text for name, text in cet.files.items() if not name.startswith("answers/")})


def problems(files: dict[str, str]) -> str:
    with pytest.raises(PolicyError) as wrong:
        loader.from_files(files)
    return "\n".join(wrong.value.problems)


def test_a_company_without_any_works(files: Files) -> None:
    assert loader.from_files(files.kept).answers == {}


def test_it_is_filled_and_cites_the_clause(files: Files) -> None:
    policy = loader.from_files(files.with_(EN, GOOD))
    one = policy.answers["en"]["one"]
    said = one.filled(
        {**dict.fromkeys(PLACES, ""), "received": "1 May 2027", "site": "https://x.example"},
        policy.text("en"),
    )
    assert said == "You asked on 1 May 2027.\n\n7.3 “Take a copy” (https://x.example/privacy/#c7-3)"
    assert one.suits("access") and not one.suits("erasure")


def test_each_is_part_of_the_versions_identity_and_of_the_difference(files: Files) -> None:
    before, after = loader.from_files(files.kept), loader.from_files(files.with_(EN, GOOD))
    assert before.identity != after.identity
    assert [change.sentence for change in diff(before, after)] == [
        "The templates for answers in en have changed."
    ]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            EN,
            GOOD.replace("{received}", "{recieved}"),
            'answers/en.toml: one.text: "{recieved}" is not known. Write {clause:7.5}, or one of: reference',
        ),
        (EN, GOOD.replace("7.3", "77.3"), 'one.text: cites clause "77.3", which the wording does not have.'),
        (EN, '[one]\ntitle = "One"\n', "one.text: is missing. Write text ="),
        (EN, '[one]\ntext = "Yes."\n', "one.title: is missing."),
        (EN, GOOD + 'colour = "blue"\n', "one.colour"),
        (EN, "[one", "answers/en.toml: cannot be read"),
        ("answers/English.toml", GOOD, "answers/English.toml: does not belong to a policy folder."),
        (EN, GOOD.replace("You", "x" * 9000), "has 90"),
    ],
)
def test_it_names_file_key_and_fix(files: Files, name: str, text: str, sentence: str) -> None:
    assert sentence in problems(files.with_(name, text))


def test_a_language_the_wording_lacks_cites_the_first_one(files: Files) -> None:
    policy = loader.from_files(files.with_("answers/es.toml", GOOD))
    assert "Take a copy" in policy.answers["es"]["one"].filled(dict.fromkeys(PLACES, ""), policy.text("es"))


@pytest.mark.parametrize("days", ["[400]", '["three"]', "3", "[true]"])
def test_reminders_are_days_before_the_date(files: Files, days: str) -> None:
    text: Any = files.kept["clocks.toml"].replace("remind = [23, 10, 3]\n", f"remind = {days}\n")
    assert "request.remind: is not a list of days before the date" in problems(
        files.with_("clocks.toml", text)
    )


def test_a_time_zone_exists(files: Files) -> None:
    text = files.kept["company.toml"].replace("America/Chicago", "Europe/Atlantis")
    assert '"Europe/Atlantis" is not a time zone. Write it like Europe/Brussels.' in problems(
        files.with_("company.toml", text)
    )


def test_another_company_needs_none(bakery: Policy) -> None:
    assert bakery.answers == {}
