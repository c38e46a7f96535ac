"""When an event of the policy happened for a row: asked of the database as one condition for many rows, or as
a value for a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

from kept.core.register.declarations import DECLARED, Ends, Target
from kept.core.register.inventory import models_by_table, table_name

LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
"""For a row that nothing of the kind was ever about: it is no reason to keep it."""
Path = str | Callable[[], Any]
"""A look-up path to a date or a time; or a function that makes an expression, where that must wait until all
models are loaded.
"""


@dataclass(frozen=True, slots=True)
class Cutoff:
    """What happened until then has lasted its term by now; ``day`` for events that are days."""

    moment: datetime
    day: date


class Latest:
    """The last of the rows of another table that lead to this one.

    One of them without a time: not yet. None at all: never.

    ``Latest(Holding, link="person", at="until")``: the last product was given back. ``outer`` is the column
    of this table that ``link`` leads to; ``where`` narrows the other rows.
    """

    def __init__(self, of: Target, *, link: str, at: Path, outer: str = "pk", where: Q | None = None) -> None:
        self.of, self.link, self.at, self.outer, self.where = of, link, at, outer, where

    def over(self, cutoff: Cutoff) -> Q:
        """Nothing of the kind is under way, or happened since."""
        model, at = self._model(), _expression(self.at)
        rows = self._rows(model).alias(kept_at=at)
        return Q(~Exists(rows.filter(Q(kept_at=None) | Q(kept_at__gt=_limit(model, self.at, cutoff)))))

    def moment(self) -> Any:
        model = self._model()
        rows = self._rows(model).annotate(kept_at=_expression(self.at))
        last = Subquery(rows.order_by("-kept_at").values("kept_at")[:1])
        never = Value(_never(model, self.at))
        return Case(When(Exists(rows.filter(kept_at=None)), then=None), default=Coalesce(last, never))

    def _model(self) -> type[models.Model]:
        return models_by_table()[table_name(self.of)]

    def _rows(self, model: type[models.Model]) -> Any:
        rows = model._base_manager.filter(**{self.link: OuterRef(self.outer)})
        return rows if self.where is None else rows.filter(self.where)


def said_of(table: str, event: str) -> list[Ends]:
    """What the rooms declared of an event for the rows of a table."""
    return [said for said in DECLARED.ends if said.event == event and table_name(said.target) == table]


def over(model: type[models.Model], event: str, cutoff: Cutoff) -> Q | None:
    """The rows for which an event happened by then, or never concerned them.

    None where nobody declared it, or it never happens by itself.
    """
    said = said_of(model._meta.db_table, event)
    if not said or any(one.at is None for one in said):
        return None
    found = Q()
    for one in said:
        happened = one.at.over(cutoff) if isinstance(one.at, Latest) else _by(model, one.at, cutoff)
        found &= happened if one.where is None else ~one.where | happened
    return found


def expressions(model: type[models.Model], event: str) -> Iterator[Any]:
    """What to annotate a row with: each gives a date or a time, None for "not yet", LONG_AGO for "never"."""
    return (moment(model, one) for one in said_of(model._meta.db_table, event))


def moment(model: type[models.Model], said: Ends) -> Any:
    """What one room says of an event, as an expression for a row.

    Raises what Django raises where it names no column.
    """
    if said.at is None:
        return Value(None, output_field=models.DateTimeField())
    happened = said.at.moment() if isinstance(said.at, Latest) else _expression(said.at)
    return (
        happened
        if said.where is None
        else Case(When(said.where, then=happened), default=Value(_never(model, said.at)))
    )


def _by(model: type[models.Model], at: Path, cutoff: Cutoff) -> Q:
    limit = _limit(model, at, cutoff)
    return (
        Q(**{f"{at}__lte": limit})
        if isinstance(at, str)
        else Q(LessThanOrEqual(_expression(at), Value(limit)))
    )


def _expression(at: Path) -> Any:
    return F(at) if isinstance(at, str) else at()


def _limit(model: type[models.Model], at: Path, cutoff: Cutoff) -> date:
    return cutoff.day if _is_day(model, at) else cutoff.moment


def _never(model: type[models.Model], at: Path | Latest) -> date:
    if isinstance(at, Latest):
        model, at = at._model(), at.at
    return LONG_AGO.date() if _is_day(model, at) else LONG_AGO


def _is_day(model: type[models.Model], at: Path) -> bool:
    """Whether the event is a day, not a moment. An expression says so by its ``output_field``."""
    field: Any = _field(model, at) if isinstance(at, str) else vars(at()).get("output_field")
    return isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField)


def _field(model: type[models.Model], path: str) -> models.Field[Any, Any]:
    """The field a look-up path ends at. Raises FieldDoesNotExist."""
    *hops, last = path.split("__")
    for hop in hops:
        found = model._meta.get_field(hop).related_model
        assert isinstance(found, type)
        model = found
    return model._meta.get_field(last)  # type: ignore[return-value]
