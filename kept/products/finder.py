"""The finder: filters over the whole catalogue, how many products each further choice would leave, and, when
nothing is left, the one filter that took the last match away.

The catalogue is a few hundred rows, read whole in three queries; everything else is counted here, in one
pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kept.products import filters as asking
from kept.products.filters import FACETS, MEASURES, Facet, Filter
from kept.products.models import Product

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, with the query string that takes it away."""

    title: StrOrPromise
    words: str
    without: str


@dataclass(frozen=True, slots=True)
class Input:
    """A figure to type: ``value`` as typed (never lost), ``problem`` a sentence or ""."""

    param: str
    title: StrOrPromise
    hint: StrOrPromise
    value: str
    problem: str


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Nothing is left: which filter took the last match, and what comes back without it.

    ``query`` offers that.
    """

    sentence: str
    offer: str
    query: str


@dataclass
class Finder:
    """``asked``: parameters of the URL to their values.

    ``products``: the whole catalogue, see ``Product.objects.whole()``.
    """

    asked: Mapping[str, list[str]]
    products: list[Product]
    filters: list[Filter] = field(init=False)
    problems: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.filters, self.problems = asking.read(self.asked, self.products)

    @cached_property
    def _in_force(self) -> list[Filter]:
        if any(each.param in {"q", "lifecycle"} for each in self.filters):
            return self.filters
        return [*self.filters, asking.still_made()]

    @cached_property
    def _failing(self) -> list[tuple[Product, frozenset[str]]]:
        """Each product with the parameters it fails: all counts follow from this one pass."""
        return [
            (product, frozenset(each.param for each in self._in_force if not each.passes(product)))
            for product in self.products
        ]

    @cached_property
    def results(self) -> list[Product]:
        found = [product for product, failing in self._failing if not failing]
        return sorted(found, key=lambda product: (not product.buyable, product.line, product.code))

    @property
    def facets(self) -> list[tuple[Facet, list[Choice]]]:
        """Each facet with its choices; a count says how many products the choice has, given all *other*
        filters.
        """
        shown = [(facet, self._choices(facet)) for facet in FACETS]
        return [(facet, choices) for facet, choices in shown if choices]

    def _choices(self, facet: Facet) -> list[Choice]:
        counts: dict[tuple[str, str], int] = {}
        for product, failing in self._failing:
            if failing <= {facet.param}:
                for choice in facet.of(product):
                    counts[choice] = counts.get(choice, 0) + 1
        chosen = {
            value: words for each in self.filters if each.param == facet.param for value, words in each.values
        }
        for value, words in chosen.items():
            counts.setdefault((value, words), 0)
        return [
            Choice(value, words, counts[value, words], value in chosen)
            for value, words in sorted(counts, key=facet.order)
        ]

    @property
    def inputs(self) -> list[Input]:
        typed = {measure.param: " ".join(self.asked.get(measure.param, [])[:1]) for measure in MEASURES}
        return [
            Input(each.param, each.title, each.hint, typed[each.param], self.problems.get(each.param, ""))
            for each in MEASURES
        ]

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(each.title, words, self.query(without=[(each.param, value)]))
            for each in self.filters
            for value, words in each.values
        ]

    @property
    def typed(self) -> str:
        """The words searched for, as typed."""
        return " ".join(self.asked.get("q", [])[:1])

    @property
    def power_note(self) -> str:
        return asking.power_note(self.filters)

    def query(self, *, without: Iterable[tuple[str, str]] = (), extra: Iterable[tuple[str, str]] = ()) -> str:
        """The query string of these filters, some taken away, some added. Empty: everything."""
        gone = set(without)
        pairs = [
            (each.param, value)
            for each in self.filters
            for value, _words in each.values
            if (each.param, value) not in gone
        ]
        return urlencode([*pairs, *(pair for pair in extra if pair not in pairs)])

    @property
    def relaxation(self) -> Relaxation | None:
        if self.results or not self.filters:
            return None
        return self._crossed_input() or self._misspelt() or self._culprit()

    def _misspelt(self) -> Relaxation | None:
        """A word that stands nowhere in the catalogue, and looks like one that does."""
        if not any(each.param == "q" for each in self.filters):
            return None
        known = {
            word
            for product in self.products
            for word in re.findall(r"[^\W\d_]{3,}", asking.searched(product))
        }
        better = [_nearest(word, known) for word in self.typed.split()]
        meant = " ".join(better)
        if better == self.typed.split() or not any(asking.finds(meant)(product) for product in self.products):
            return None
        return Relaxation(
            _("Nothing in the catalogue is called “{typed}”. Did you mean “{meant}”?").format(
                typed=self.typed, meant=meant
            ),
            _("Search for “{meant}”").format(meant=meant),
            self.query(without=[("q", self.typed)], extra=[("q", meant)]),
        )

    def _culprit(self) -> Relaxation:
        """The filter after which nothing was left; if taking it away does not help, one whose absence
        does.
        """
        ruling = self._in_force
        near = {each.param: sum(failing == {each.param} for _, failing in self._failing) for each in ruling}
        passed = [each.param for each in ruling]
        last = next(
            each
            for number, each in enumerate(ruling, start=1)
            if not any(not failing & set(passed[:number]) for _, failing in self._failing)
        )
        helps = (
            last if near[last.param] else next((each for each in reversed(ruling) if near[each.param]), None)
        )
        if helps is None:
            return Relaxation(
                _("{filter} removed the last match, and another filter removed its neighbours.").format(
                    filter=_named(last)
                ),
                _("Start again with every product"),
                "",
            )
        count = near[helps.param]
        what = ngettext("Show {n} product without it", "Show {n} products without it", count).format(n=count)
        if helps.values:
            return Relaxation(
                _("{filter} removed the last match.").format(filter=_named(helps)),
                what,
                self.query(without=[(helps.param, value) for value, _words in helps.values]),
            )
        return Relaxation(
            _("The last match is no longer made."),
            ngettext("Show {n} that was", "Show {n} that were", count).format(n=count),
            self.query(extra=[("lifecycle", "obsolete")]),
        )

    def _crossed_input(self) -> Relaxation | None:
        """Two voltages asked of one input: most often the second was meant for the output."""
        typed = next((each for each in self.filters if each.param == "takes"), None)
        chosen = next((each for each in self.filters if each.param == "input"), None)
        if (
            typed is None
            or chosen is None
            or any(typed.passes(product) and chosen.passes(product) for product in self.products)
        ):
            return None
        volts = typed.quantity
        if volts.endswith("V") and any(
            product.input_current == "AC" for product in self.products if typed.passes(product)
        ):
            volts = f"{volts} AC"
        offer = chosen.values[0]
        swapped = self.query(
            without=[("input", value) for value, _words in chosen.values], extra=[("output", offer[0])]
        )
        words = offer[1].rpartition(" ")[0]
        return Relaxation(
            _("No product takes {volts} and {chosen} on the same input. Did you mean output {words}?").format(
                volts=volts, chosen=chosen.words, words=words
            ),
            _("Show products with output {output}").format(output=offer[1]),
            swapped,
        )


def _nearest(word: str, known: Iterable[str]) -> str:
    """The word of the catalogue that was probably meant; the word itself where none is near, or it stands in
    one of them.
    """
    said = word.casefold()
    if any(said in other for other in known) or any(mark.isdigit() for mark in said):
        return word
    near = get_close_matches(said, sorted(known), n=1, cutoff=0.75)
    return near[0] if near else word


def _named(each: Filter) -> str:
    return f"{each.title} {each.words}" if each.values else str(each.title)
