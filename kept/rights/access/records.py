"""Everything known about one person, as facts: the value, where it came from, why it is held, who may read
it, until when.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.policy.model import Policy
from kept.core.register.declarations import nearness_of
from kept.core.register.holdings import Holding, Row, Withheld, held
from kept.core.register.inventory import Column, Kind
from kept.core.register.terms.deletion_days import Death, Moments, death, moments_of
from kept.core.register.terms.lifetimes import Clock
from kept.core.vault.columns.values import Erased, provenance
from kept.rights.access.value_names import name_of_value, source_in_words
from kept.sentences import day, moment


class Fact(NamedTuple):
    """One value.

    ``purpose`` is the first declared purpose the policy in force knows; ``day`` and ``source`` are "" for
    plain columns.
    """

    name: str
    field_id: str
    category: str
    kind: str
    value: str
    purposes: tuple[str, ...]
    day: date | None
    source: str
    policy: int | None
    attribute: str = ""
    beside: str = ""
    """Her own words beside a value that was not corrected as she asked."""
    until: Death | None = None
    """When it will be deleted; only where a clock was given."""
    words: str = ""
    """How a page says a value that is no text, in its own language: yes, no, erased."""

    @property
    def shown(self) -> str:
        """The value as a page writes it: days and times spelled out."""
        value = self.words or self.value
        return _spelled(value) if len(value) >= 10 and value[4] == value[7] == "-" else value

    @property
    def origin(self) -> str:
        """Where it came from, in the language of the page."""
        return source_in_words(self.source)

    @property
    def purpose(self) -> str:
        return self.purposes[0] if self.purposes else ""


def _spelled(text: str) -> str:
    """A day or a moment as people write it; any other text as it is."""
    if len(text) == 10:
        with suppress(ValueError):
            return day(date.fromisoformat(text))
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment(at.astimezone(timezone.get_current_timezone())) if at.tzinfo else text


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its line for people and the facts it holds. Columns without a value hold no fact."""

    id: str
    label: str
    facts: tuple[Fact, ...]

    @property
    def clusters(self) -> list[tuple[Fact, ...]]:
        """Facts that share one answer to why, who and until when stand together; a sealed value stands
        alone.
        """
        found: dict[tuple[str, ...], list[Fact]] = {}
        for fact in self.facts:
            key = (
                (fact.field_id,)
                if fact.day
                else (fact.category, *fact.purposes, fact.until.words if fact.until else "")
            )
            found.setdefault(key, []).append(fact)
        return [tuple(cluster) for cluster in found.values()]


@dataclass(frozen=True, slots=True)
class Group:
    """One declared table."""

    title: str
    table: str
    records: tuple[Record, ...]


def groups(subject: UUID, policy: Policy, *, categories: Collection[str] | None = None) -> Iterator[Group]:
    """Table by table, inside an act that may read all of it. ``categories`` narrows what is taken."""
    for holding in sorted(held(subject), key=nearness):
        columns = [
            (place, column)
            for place, column in enumerate(holding.columns)
            if categories is None or column.category in categories
        ]
        if columns:
            yield Group(holding.title, holding.table, tuple(records(holding, policy, columns)))


def dated(holding: Holding, policy: Policy, clock: Clock) -> Group:
    """One table, each value with when it dies; inside an act that may read it. A record that holds no value
    is there too: it was counted.
    """
    [happened] = moments_of([holding.declared], holding.subject, clock)
    ends = partial(_with_days, clock, holding, happened)
    found = records(holding, policy, list(enumerate(holding.columns)), ends, empty=True)
    return Group(holding.title, holding.table, tuple(found))


# What a person looks for first; then what they did; then what the program keeps about it.
NEAR = {
    "people": 0,
    "equipment": 1,
    "desk": 3,
    "rights": 4,
    "accounts": 5,
    "account": 6,
    "mfa": 7,
    "outbox": 8,
    "consent": 9,
}


def nearness(holding: Holding) -> int:
    """For sorting holdings as a person looks for them: the house's own rooms as above, a touchpoint's where
    it says itself.
    """
    app = holding.model._meta.app_label
    return NEAR[app] if app in NEAR else nearness_of(app)


def records(
    holding: Holding,
    policy: Policy,
    columns: list[tuple[int, Column]],
    ends: Callable[[Row, tuple[Fact, ...]], tuple[Fact, ...]] | None = None,
    *,
    empty: bool = False,
) -> Iterator[Record]:
    """The rows of one table. ``ends`` says of each fact when it dies; ``empty``: also rows without any."""
    known = [
        (place, column, name_of(column), policy.categories[column.category].title, _purposes(column, policy))
        for place, column in columns
    ]
    for row in holding.rows():
        # A record without a value says nothing about anybody.
        if (facts := tuple(_facts(row, known))) or empty:
            yield Record(str(row.instance.pk), row.label, ends(row, facts) if ends else facts)


def _with_days(
    clock: Clock, holding: Holding, moments: dict[Any, Moments], row: Row, facts: tuple[Fact, ...]
) -> tuple[Fact, ...]:
    """The facts of a row, each with when it dies.

    Those that are held alike die alike, and what is not sealed dies with the row.
    """
    happened = moments.get(row.instance.pk)
    if happened is None:
        # A row that came between the two queries has no days yet.
        return facts
    columns = {column.attribute: column for column in holding.columns}
    known: dict[Any, Death | None] = {}
    dated = []
    for fact in facts:
        column = columns[fact.attribute]
        alike = (column.category, column.purposes, fact.policy) if column.kind is Kind.SEALED else None
        if alike not in known:
            known[alike] = death(clock, holding.declared, column, happened, fact.policy)
        dated.append(fact._replace(until=known[alike]))
    return tuple(dated)


def _facts(row: Row, known: list[tuple[int, Column, str, str, tuple[str, ...]]]) -> Iterator[Fact]:
    for place, column, name, kind, purposes in known:
        value = row.values[place]
        # Nothing is said by None, "", [] and {}; much is by 0 and by no.
        if value is None or (not value and value in ("", [], {})):
            continue
        text = value if type(value) is str else said(value)
        words = _chosen(row.instance, column.attribute, value) if type(value) is str else in_words(value)
        origin = provenance(row.instance, column.attribute) if column.kind is Kind.SEALED else None
        if origin is None:
            yield Fact(
                name,
                column.field_id,
                column.category,
                kind,
                text,
                purposes,
                None,
                "",
                None,
                column.attribute,
                words=words,
            )
        else:
            yield Fact(
                name,
                column.field_id,
                column.category,
                kind,
                text,
                purposes,
                origin.day,
                origin.source,
                origin.policy,
                column.attribute,
                words=words,
            )


def _chosen(instance: Model, attribute: str, value: str) -> str:
    """How people call a value that was chosen from a list of ours; "" for what they typed."""
    try:
        chosen = instance._meta.get_field(attribute)
    except FieldDoesNotExist:
        return ""
    return str(dict(getattr(chosen, "flatchoices", ())).get(value, ""))


def _purposes(column: Column, policy: Policy) -> tuple[str, ...]:
    """The declared purposes that the policy lets use this kind of data."""
    return tuple(
        id for id in column.purposes if id in policy.purposes and column.category in policy.purposes[id].uses
    )


def name_of(column: Column) -> str:
    return name_of_value(column.attribute)


def in_words(value: Any) -> str:
    """A value as a page says it where its text is not enough; "" for every other."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Erased):
        return _("erased")
    if isinstance(value, Withheld):
        return _("not shown: {reason} (clause {clause})").format(reason=value.reason, clause=value.clause)
    if isinstance(value, bytes | memoryview):
        return _("{n} sealed bytes").format(n=len(bytes(value)))
    return ""


def said(value: Any) -> str:
    """A value as text for files, the same in every language; pages say some in words of their own."""
    if type(value) is str:
        return value
    if isinstance(value, Erased):
        return "erased"
    if isinstance(value, Withheld):
        return f"not shown: {value.reason} (clause {value.clause})"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, bytes | memoryview):
        return f"{len(bytes(value))} sealed bytes"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part)
    if isinstance(value, list | tuple):
        return "\n".join(str(part) for part in value)
    return str(value)
