"""What changes in the wording: every word that people read, in each language, whether a clause holds it or
not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kept.core.policy.comparing.compare import Change, wording
from kept.core.policy.comparing.rewording import same_words, vocabulary, words
from kept.core.policy.model import Policy
from kept.core.policy.reading.translations import originals
from kept.core.policy.wording import Clause, Text
from kept.sentences import Sentence, sentence


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of a passage: that it has other words, other marks alone, or another spelling."""

    reworded: Sentence
    marked: Sentence
    spelled: Sentence


_TITLE = _Said(
    sentence("The title of the policy is reworded."),
    sentence("The title of the policy has other marks, and the same words."),
    sentence("The title of the policy is spelled otherwise."),
)
_LEAD = _Said(
    sentence("What stands above the first clause is reworded."),
    sentence("What stands above the first clause has other marks, and the same words."),
    sentence("What stands above the first clause is spelled otherwise."),
)


def texts(a: Policy, b: Policy) -> list[Change]:
    """Each language that stands in both, and each that came or went."""
    changes: list[Change] = []
    for language in sorted(a.texts.keys() & b.texts.keys()):
        for what, key, before, after, said in _passages(a.texts[language], b.texts[language]):
            if before != after:
                changes += _passage(
                    what, f"{language}.{key}", before, after, said, _elsewhere(a, before, after)
                )
    for language in sorted(b.texts.keys() - a.texts.keys()):
        news = sentence("The policy can now be read in another language: {language}.", language=language)
        changes.append(Change("reworded", "text", language, "", language, True, news))
    for language in sorted(a.texts.keys() - b.texts.keys()):
        news = sentence("The policy can no longer be read in this language: {language}.", language=language)
        changes.append(Change("reworded", "text", language, language, "", True, news))
    return changes


def translated_words(a: Policy, b: Policy) -> list[Change]:
    """What the tables say in their other languages, word by word where both versions have it; an entry that
    came or went is told of once, with its table.
    """
    changes: list[Change] = []
    places = [place for place in originals(b) if place in originals(a)]
    for language in sorted(a.words.keys() & b.words.keys()):
        old, new = originals(a.in_language(language)), originals(b.in_language(language))
        for place in places:
            before, after = old[place], new[place]
            if before != after:
                known = _elsewhere(a, before, after)
                said = _words(language, before, after)
                changes += _passage("words", f"{language}.{place}", before, after, said, known)
    for language in sorted((b.words.keys() - a.words.keys()) & a.texts.keys()):
        news = sentence(
            "The words of the tables can now be read in another language: {language}.", language=language
        )
        changes.append(Change("reworded", "words", language, "", language, True, news))
    for language in sorted((a.words.keys() - b.words.keys()) & b.texts.keys()):
        news = sentence(
            "The words of the tables can no longer be read in this language: {language}.", language=language
        )
        changes.append(Change("reworded", "words", language, language, "", True, news))
    return changes


def _passage(
    what: str, key: str, before: str, after: str, said: _Said, known: Collection[str]
) -> list[Change]:
    if not before or not after or not same_words(before, after, known=known):
        words_of_it = said.reworded
    else:
        words_of_it = said.marked if words(before) == words(after) else said.spelled
    return wording(what, key, before, after, words_of_it, known)


def _elsewhere(a: Policy, before: str, after: str) -> Collection[str]:
    """Words of the published folder outside this passage, where they are needed to tell a misspelling from
    another word.
    """
    if not before or not after or words(before) == words(after):
        return ()
    own = words(before)
    return {word for word, times in _counted(a).items() if times > own.count(word)}


@lru_cache(maxsize=8)
def _counted(a: Policy) -> Counter[str]:
    return vocabulary(a.files)


def _passages(old: Text, new: Text) -> Iterator[tuple[str, str, str, str, _Said]]:
    """What may be reworded: (noun, key, before, after, what is said of it)."""
    yield "text", "title", old.title, new.title, _TITLE
    yield "text", "lead", old.lead, new.lead, _LEAD
    sections = {clause.section: clause.section_title for clause in old.clauses}
    for number, title in {clause.section: clause.section_title for clause in new.clauses}.items():
        if number in sections:
            yield "text", f"section.{number}", sections[number], title, _section(number)
    clauses, later = _by_number(old), _by_number(new)
    for number in [*later, *(number for number in clauses if number not in later)]:
        before, after = (
            side[number].title + "\n" + side[number].text if number in side else ""
            for side in (clauses, later)
        )
        if number not in clauses:
            said = _same(sentence("Clause {number} is new.", number=number))
        elif number not in later:
            said = _same(sentence("Clause {number} is gone.", number=number))
        else:
            said = _clause(number)
        yield "clause", number, before, after, said
        if number in clauses and number in later:
            tags = _tags(clauses[number]), _tags(later[number])
            yield (
                "clause",
                f"{number}.tags",
                *tags,
                _same(
                    sentence(
                        "Clause {number} states other promises, purposes or tables than before.",
                        number=number,
                    )
                ),
            )


def _section(number: str) -> _Said:
    return _Said(
        sentence("The title of section {number} is reworded.", number=number),
        sentence("The title of section {number} has other marks, and the same words.", number=number),
        sentence("The title of section {number} is spelled otherwise.", number=number),
    )


def _clause(number: str) -> _Said:
    return _Said(
        sentence("Clause {number} is reworded.", number=number),
        sentence("Clause {number} has other marks, and the same words.", number=number),
        sentence("Clause {number} is spelled otherwise.", number=number),
    )


def _words(language: str, before: str, after: str) -> _Said:
    named = {"language": language, "before": before, "after": after}
    return _Said(
        sentence("In the words of the tables in {language}, “{before}” is reworded: “{after}”.", **named),
        sentence(
            "In the words of the tables in {language}, “{before}” has other marks, and the same words:"
            " “{after}”.",
            **named,
        ),
        sentence(
            "In the words of the tables in {language}, “{before}” is spelled otherwise: “{after}”.", **named
        ),
    )


def _same(said: Sentence) -> _Said:
    return _Said(said, said, said)


def _tags(clause: Clause) -> str:
    table = [f"table-{clause.table}"] if clause.table else []
    return " ".join(sorted([*clause.promises, *clause.purposes, *table]))


def _by_number(text: Text) -> dict[str, Clause]:
    return {clause.id: clause for clause in text.clauses}
