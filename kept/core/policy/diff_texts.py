"""What changes in the wording: every word that people read, in each language, whether a clause holds it or
not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from functools import lru_cache

from kept.core.policy.compare import Change, wording
from kept.core.policy.model import Policy
from kept.core.policy.rewording import same_words, vocabulary, words
from kept.core.policy.translations import originals
from kept.core.policy.wording import Clause, Text


def texts(a: Policy, b: Policy) -> list[Change]:
    """Each language that stands in both, and each that came or went."""
    changes: list[Change] = []
    for language in sorted(a.texts.keys() & b.texts.keys()):
        for what, key, before, after, sentence in _passages(a.texts[language], b.texts[language]):
            if before != after:
                changes += _passage(
                    what, f"{language}.{key}", before, after, sentence, _elsewhere(a, before, after)
                )
    for language in sorted(b.texts.keys() - a.texts.keys()):
        sentence = f"The policy can now be read in another language: {language}."
        changes.append(Change("reworded", "text", language, "", language, True, sentence))
    for language in sorted(a.texts.keys() - b.texts.keys()):
        sentence = f"The policy can no longer be read in this language: {language}."
        changes.append(Change("reworded", "text", language, language, "", True, sentence))
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
                sentence = f"In the words of the tables in {language}, “{before}” is reworded: “{after}”."
                known = _elsewhere(a, before, after)
                changes += _passage("words", f"{language}.{place}", before, after, sentence, known)
    for language in sorted((b.words.keys() - a.words.keys()) & a.texts.keys()):
        sentence = f"The words of the tables can now be read in another language: {language}."
        changes.append(Change("reworded", "words", language, "", language, True, sentence))
    for language in sorted((a.words.keys() - b.words.keys()) & b.texts.keys()):
        sentence = f"The words of the tables can no longer be read in this language: {language}."
        changes.append(Change("reworded", "words", language, language, "", True, sentence))
    return changes


def _passage(
    what: str, key: str, before: str, after: str, sentence: str, known: Collection[str]
) -> list[Change]:
    if before and after and same_words(before, after, known=known):
        verb = (
            "has other marks, and the same words" if words(before) == words(after) else "is spelled otherwise"
        )
        sentence = sentence.replace("is reworded", verb)
    return wording(what, key, before, after, sentence, known)


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


def _passages(old: Text, new: Text) -> Iterator[tuple[str, str, str, str, str]]:
    """What may be reworded: (noun, key, before, after, sentence)."""
    yield "text", "title", old.title, new.title, "The title of the policy is reworded."
    yield "text", "lead", old.lead, new.lead, "What stands above the first clause is reworded."
    sections = {clause.section: clause.section_title for clause in old.clauses}
    for number, title in {clause.section: clause.section_title for clause in new.clauses}.items():
        if number in sections:
            yield (
                "text",
                f"section.{number}",
                sections[number],
                title,
                f"The title of section {number} is reworded.",
            )
    clauses, later = _by_number(old), _by_number(new)
    for number in [*later, *(number for number in clauses if number not in later)]:
        before, after = (
            side[number].title + "\n" + side[number].text if number in side else ""
            for side in (clauses, later)
        )
        verb = "is new" if number not in clauses else "is gone" if number not in later else "is reworded"
        yield "clause", number, before, after, f"Clause {number} {verb}."
        if number in clauses and number in later:
            tags = _tags(clauses[number]), _tags(later[number])
            yield (
                "clause",
                f"{number}.tags",
                *tags,
                f"Clause {number} states other promises, purposes or tables than before.",
            )


def _tags(clause: Clause) -> str:
    table = [f"table-{clause.table}"] if clause.table else []
    return " ".join(sorted([*clause.promises, *clause.purposes, *table]))


def _by_number(text: Text) -> dict[str, Clause]:
    return {clause.id: clause for clause in text.clauses}
