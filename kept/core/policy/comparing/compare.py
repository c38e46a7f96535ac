"""Compare two values of a policy: the change between them, in one sentence, and whether people must be
told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Literal

from kept.core.policy.comparing.rewording import same_words
from kept.sentences import Sentence, sentence

_AT_ONCE = ("fideslang", "touchpoint", "people", "address", "published_email", "remind", "place")
"""Rewordings that move no promise: keys of a taxonomy, where a company is found, on which days we remind
ourselves.
"""

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


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entry of a table, and what a change of it says to people.

    ``said`` names fields of the newer entry (``{title}``) and of the older (``{old_title}``, beside
    ``{new_title}``), and the two values as ``shown`` (``{before}`` or ``{was}``, ``{after}`` or ``{now}``);
    or it is made from both entries. ``widens`` tells whether the company may do more than before; without it
    the field is words alone, and with ``quiet`` nobody is told of them beforehand.
    """

    name: str
    said: Sentence | Callable[[Any, Any], Sentence]
    widens: Callable[[Any, Any], bool] | None = None
    shown: Callable[[Any], str] | None = None
    quiet: bool = False

    def change(self, what: str, key: str, old: object, new: object) -> list[Change]:
        """None or one: ``old`` and ``new`` are two states of one entry."""
        before, after = (self.shown(one) if self.shown else getattr(one, self.name) for one in (old, new))
        if before == after:
            return []
        if isinstance(self.said, Sentence):
            said = _filled(
                self.said, old, new, {"before": before, "was": before, "after": after, "now": after}
            )
        else:
            said = self.said(old, new)
        if self.widens:
            return ordered(what, key, str(before), str(after), self.widens(old, new), said)
        if self.quiet:
            return [Change("reworded", what, key, before, after, False, said)]
        return wording(what, key, before, after, said)


def entries(
    what: str, before: Mapping[str, Any], after: Mapping[str, Any], fields: Iterable[Field]
) -> list[Change]:
    """What changed in the entries that stand in both, field by field."""
    fields = tuple(fields)
    return [
        change
        for name in after
        if name in before
        for change in entry(what, name, before[name], after[name], fields)
    ]


def entry(what: str, name: str, old: object, new: object, fields: Iterable[Field]) -> list[Change]:
    """What changed between two states of one entry."""
    return [change for field in fields for change in field.change(what, f"{name}.{field.name}", old, new)]


def always(_old: object, _new: object) -> bool:
    """A change that nobody can call smaller."""
    return True


def _filled(said: Sentence, old: object, new: object, values: Mapping[str, str]) -> Sentence:
    """The sentence with what it names of the two entries."""
    found = dict(said.values)
    for name in filter(None, (name for _text, name, _form, _as in Formatter().parse(str.__str__(said)))):
        if name in values:
            found[name] = values[name]
        elif name.startswith("old_"):
            found[name] = getattr(old, name.removeprefix("old_"))
        else:
            found[name] = getattr(new, name.removeprefix("new_"))
    return Sentence(said.message, found)


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
    came, went = (sorted(set(a) - set(b)) for a, b in ((after, before), (before, after)))
    return [
        Change("widened", what, f"{key}.{name}", "", name, not right, naming(more, titles.get(name, name)))
        for name in came
    ] + [
        Change("narrowed", what, f"{key}.{name}", name, "", right, naming(less, titles.get(name, name)))
        for name in went
    ]


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
