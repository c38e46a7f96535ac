"""Compare two values of a policy: the change between them, in one sentence, and whether people must be
told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from kept.core.policy.comparing.rewording import same_words
from kept.sentences import Sentence, sentence

_AT_ONCE = ("fideslang", "touchpoint", "people", "address", "published_email", "remind", "place")
"""Rewordings that move no promise: keys of a taxonomy, where a company is found, on which days we remind
ourselves.
"""

KEYS = {
    "country": sentence("country"),
    "kind": sentence("kind"),
    "entity": sentence("entity"),
    "told_otherwise": sentence("told otherwise"),
    "name": sentence("name"),
    "purpose": sentence("purpose"),
    "setter": sentence("setter"),
    "storage": sentence("storage"),
    "id_name": sentence("id name"),
    "published_email": sentence("published email"),
}
"""Fields of a table as a sentence names them."""
NAMED = "{one}"
"""Stands in a sentence for what came or went, until that is known."""

Kind = Literal["widened", "narrowed", "reworded"]
_KINDS: dict[Kind, Sentence] = {
    "widened": sentence("Widened"),
    "narrowed": sentence("Narrowed"),
    "reworded": sentence("Reworded"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two policies.

    ``kind`` speaks of what the company may do: a promise taken back is *widened*. ``material`` says whether
    people are told beforehand: a widening is, a comma is not. ``what`` is the noun ("purpose"), ``key`` its
    place ("support.uses"), ``sentence`` says it to people
    (``kept.sentences``).
    """

    kind: Kind
    what: str
    key: str
    before: str
    after: str
    material: bool
    sentence: str

    @property
    def kind_words(self) -> Sentence:
        """The kind, as a line begins with it."""
        return _KINDS[self.kind]

    @property
    def waits(self) -> bool:
        """Whether it may rule only once its notice has run: a widening, a right cut down, and other words of
        what is promised.
        """
        return self.material and (self.kind != "reworded" or self.key.rpartition(".")[2] not in _AT_ONCE)


def wording(
    what: str, key: str, before: str, after: str, sentence: str, known: Collection[str] = ()
) -> list[Change]:
    """``known``: words that stand elsewhere in the published folder, by which a misspelling is told from
    another word.
    """
    if before == after:
        return []
    return [
        Change("reworded", what, key, before, after, not same_words(before, after, known=known), sentence)
    ]


def members(
    what: str,
    key: str,
    before: Collection[str],
    after: Collection[str],
    more: Sentence,
    less: Sentence,
    *,
    titles: Mapping[str, str],
    right: bool = False,
) -> list[Change]:
    """A set that grew or shrank.

    ``more`` and ``less`` are sentences with ``{one}`` still to be named: what came, what went.

    Where the set serves a right of the person it is the other way about: less of it is what people must be
    told.
    """
    changes = []
    for name in sorted(set(after) - set(before)):
        changes.append(
            Change(
                "widened", what, f"{key}.{name}", "", name, not right, naming(more, titles.get(name, name))
            )
        )
    for name in sorted(set(before) - set(after)):
        changes.append(
            Change("narrowed", what, f"{key}.{name}", name, "", right, naming(less, titles.get(name, name)))
        )
    return changes


def naming(said: Sentence, one: str) -> Sentence:
    """The sentence, now that it is known what came or went."""
    return Sentence(said.message, {**said.values, "one": one})


def ordered(what: str, key: str, before: str, after: str, grew: bool, sentence: str) -> list[Change]:
    """A value that has an order (a term, a choice): more of it widens."""
    if before == after:
        return []
    return [Change("widened" if grew else "narrowed", what, key, before, after, grew, sentence)]


def appeared(
    what: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    widens: bool,
    sentences: tuple[Sentence, Sentence],
) -> list[Change]:
    """Whole entries that came or went.

    ``sentences`` are for the new and the gone, with ``{one}`` for the id.
    """
    kinds: tuple[Kind, Kind] = ("widened", "narrowed") if widens else ("narrowed", "widened")
    came = [
        Change(kinds[0], what, name, "", name, widens, naming(sentences[0], name))
        for name in after
        if name not in before
    ]
    went = [
        Change(kinds[1], what, name, name, "", not widens, naming(sentences[1], name))
        for name in before
        if name not in after
    ]
    return came + went
