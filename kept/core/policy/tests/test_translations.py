"""The tables speak every language of the company: whatever one of them lacks is a fault of the draft, and
what was published before reads as it did.
"""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from kept.core.policy.comparing import agreement
from kept.core.policy.comparing.diff import Change, diff
from kept.core.policy.decide import decide
from kept.core.policy.loader import PolicyError, from_files, load
from kept.core.policy.model import Policy
from kept.core.policy.reading.translations import originals
from kept.core.policy.tests.conftest import BAKERY, Edit
from kept.core.policy.verdict import Reader, Standing

WORDS = "words/en.toml"
LINKS = re.compile(r"\]\(([^)]*)\)")
NUMBERS = re.compile(r"\d+")
DAY = date(2026, 11, 29)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BAKERY, tmp_path / "bakery"))


def problems_after(folder: Path, old: str, new: str, file: str = WORDS) -> list[str]:
    text = (folder / file).read_text("utf-8")
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new), "utf-8")
    return problems_of(folder)


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load(folder)
    return caught.value.problems


class TestAFault:
    def test_a_missing_word(self, folder: Path) -> None:
        assert problems_after(folder, 'why = "The tenth loaf is yours."\n', "") == [
            "words/en.toml: purposes.loyalty.why: is missing. Translate “Le dixième pain est pour vous.”."
        ]

    def test_a_word_for_what_is_gone(self, folder: Path) -> None:
        assert problems_after(
            folder, "[clocks.question]", '[clocks.answer]\ntitle = "x"\n[clocks.question]'
        ) == [
            "words/en.toml: clocks.answer.title: translates nothing that the tables say. Take it out."
            " Did you mean clocks.question.title?"
        ]

    def test_a_term_cannot_be_translated(self, folder: Path) -> None:
        said = problems_after(folder, 'title = "We answer"', 'title = "We answer"\nwithin = "P9Y"')
        assert said[0].startswith("words/en.toml: clocks.question.within: translates nothing")

    def test_a_whole_file(self, folder: Path) -> None:
        (folder / WORDS).unlink()
        assert problems_of(folder) == [
            "words/en.toml: is missing, and company.toml names its language. Write the words of the tables"
            " into it, or take en out of languages."
        ]

    def test_a_language_nobody_named(self, folder: Path) -> None:
        shutil.copy(folder / WORDS, folder / "words" / "nl.toml")
        shutil.copy(folder / WORDS, folder / "words" / "fr.toml")
        assert problems_of(folder) == [
            "words/fr.toml: the tables speak this language already. Take the file out.",
            "words/nl.toml: company.toml does not name this language. Add it to languages, or take the file"
            " out.",
        ]

    @pytest.mark.parametrize(
        ("said", "problem"),
        [
            ("7", 'purposes.loyalty.title: 7 is not a text. Write title = "7".'),
            ('""', "purposes.loyalty.title: is empty. Write some words, or take the entry out."),
            ('{"a" = "b"}', "purposes.loyalty.title: is missing. Translate “La carte de fidélité”."),
        ],
    )
    def test_what_is_no_text(self, folder: Path, said: str, problem: str) -> None:
        assert f"{WORDS}: {problem}" in problems_after(folder, '"The loyalty card"', said)

    def test_a_word_that_stands_twice(self, folder: Path) -> None:
        text = '[categories."card.number"]\ntitle = "Card"\n[categories.card.number]'
        assert f"{WORDS}: categories.card.number.title: stands twice. Keep one." in problems_after(
            folder, "[categories.card.number]", text
        )

    def test_what_cannot_be_read(self, folder: Path) -> None:
        assert problems_after(folder, "[clocks.question]", "[clocks.question")[0].startswith(
            "words/en.toml: cannot be read: "
        )

    def test_a_clause_that_lacks_a_language(self, folder: Path) -> None:
        text = (folder / "text/en.md").read_text("utf-8")
        (folder / "text/en.md").write_text(text.partition("### 1.2")[0], "utf-8")
        assert "text/en.md: clause 1.2 is missing. Translate it from text/fr.md." in problems_of(folder)


class TestReading:
    def test_every_word_is_that_languages(self, bakery: Policy) -> None:
        english = bakery.in_language("en")
        assert english.purposes["loyalty"].title == "The loyalty card"
        assert english.purposes["loyalty"].touchpoint == "The counter"
        assert english.purposes["loyalty"].kept_until().endswith("after your last purchase")
        assert english.categories["card.number"].title == "Card number"
        assert english.promises["no-sale"].statement == "We sell nothing but bread."
        assert english.clocks["question"].title == "We answer"
        assert english.company.roles["baker"] == "the bakers"
        assert english.company.regions["everywhere"].controller.title == "The bakery"
        assert english.text().language == english.language == "en"

    def test_nothing_else_differs(self, bakery: Policy) -> None:
        english = bakery.in_language("en")
        assert english.in_language("fr") == bakery and english.rules is bakery.rules
        assert english.identity == bakery.identity and english.files is bakery.files
        assert [one.keep for one in english.purposes.values()] == [
            one.keep for one in bakery.purposes.values()
        ]
        decided = {
            decide(one, "loyalty", "card.number", Reader("baker", "shop"), Standing(), one, DAY)
            for one in (bakery, english)
        }
        assert len(decided) == 1

    def test_it_is_made_once(self, bakery: Policy) -> None:
        assert bakery.in_language("en") is bakery.in_language("en-GB") is bakery.in_language("en")

    def test_another_language_is_another_object_to_whoever_remembers(self, bakery: Policy) -> None:
        assert bakery.in_language("en") != bakery and len({bakery, bakery.in_language("en")}) == 2

    @pytest.mark.parametrize("language", ["", "de", "fr", "fr-CA", "../../etc/passwd"])
    def test_what_it_is_not_written_in_is_the_first_language_and_says_so(
        self, bakery: Policy, language: str
    ) -> None:
        assert bakery.in_language(language) is bakery and bakery.language == "fr"

    def test_a_version_from_before_reads_as_it_did(self, bakery: Policy) -> None:
        older = from_files({name: text for name, text in bakery.files.items() if name != WORDS})
        english = older.in_language("en")
        assert english.purposes["loyalty"].title == "La carte de fidélité"
        assert english.text().language == "en" and older.words == {}


class TestWhatCounts:
    def test_the_identity_covers_the_words(self, bakery: Policy, edited: Edit) -> None:
        assert edited(bakery, WORDS, "tenth", "ninth").identity != bakery.identity

    def test_a_changed_word_is_a_change_that_waits(self, bakery: Policy, edited: Edit) -> None:
        (change,) = diff(bakery, edited(bakery, WORDS, "tenth", "ninth"))
        assert (change.kind, change.what, change.key) == ("reworded", "words", "en.purposes.loyalty.why")
        assert change.waits and "The ninth loaf is yours." in change.sentence

    def test_a_mark_does_not_wait(self, bakery: Policy, edited: Edit) -> None:
        (change,) = diff(bakery, edited(bakery, WORDS, "is yours.", "is yours!"))
        assert change.kind == "reworded" and not change.waits

    def test_a_comment_is_a_comment(self, bakery: Policy, edited: Edit) -> None:
        (change,) = diff(bakery, edited(bakery, WORDS, "[touchpoints]", "# Places\n[touchpoints]"))
        assert (change.what, change.key, change.waits) == ("file", WORDS, False)

    def test_words_that_come_to_a_text_that_was_there(self, bakery: Policy) -> None:
        older = from_files({name: text for name, text in bakery.files.items() if name != WORDS})
        assert [_told(one) for one in diff(older, bakery)] == [("words", "en", True)]
        assert [_told(one) for one in diff(bakery, older)] == [("words", "en", True)]

    def test_which_language_counts(self, bakery: Policy, edited: Edit) -> None:
        assert bakery.company.prevails == "fr"
        other = edited(
            bakery, "company.toml", 'languages = ["fr", "en"]', 'languages = ["fr", "en"]\nprevails = "en"'
        )
        (change,) = diff(bakery, other)
        assert (change.key, change.waits) == ("prevails", True)

    def test_a_language_that_cannot_count(self, bakery: Policy, edited: Edit) -> None:
        with pytest.raises(PolicyError, match='company.toml: prevails: "de" is not known'):
            edited(bakery, "company.toml", '["fr", "en"]', '["fr", "en"]\nprevails = "de"')


def test_a_promise_sworn_less_firmly(cet: Policy, edited: Edit) -> None:
    softer = edited(cet, "words/fr.toml", "Nous ne vendons jamais vos", "Nous ne vendons pas vos")
    (said,) = agreement.disagreements(softer)
    assert said.startswith("words/fr.toml: promises.no-sale.statement: says “jamais” less often")


def test_the_demo_company_says_the_same_in_all_its_languages(cet: Policy) -> None:
    assert list(cet.texts) == ["en", "fr", "de", "nl"] and agreement.disagreements(cet) == []
    for language in cet.texts:
        for clause in cet.clauses():
            there = cet.clause(clause.id, language)
            assert there and LINKS.findall(there.text) == LINKS.findall(clause.text), (language, clause.id)
            assert len(NUMBERS.findall(there.text)) == len(NUMBERS.findall(clause.text)), (
                language,
                clause.id,
            )


def test_each_table_is_among_what_is_translated(bakery: Policy) -> None:
    assert {place.partition(".")[0] for place in originals(bakery)} == {
        "touchpoints",
        "events",
        "company",
        "categories",
        "purposes",
        "promises",
        "clocks",
    }


def _told(change: Change) -> tuple[str, str, bool]:
    return change.what, change.key, change.waits
