"""The statements of a sweep, worked out once and asked with other values each time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import sql

# Numbers that stand for a value that is not known yet; they fit into the smallest key PostgreSQL has. Nothing
# real has them.
AFTER, LAST, LIMIT = 2_111_111_111, 2_111_111_112, 1_000_000_007


@dataclass(frozen=True, slots=True)
class Wording:
    """SQL worked out once, with the places where values go."""

    text: str
    params: tuple[Any, ...]
    places: Mapping[Any, int]

    @classmethod
    def of(cls, rows: Any, places: Mapping[Any, int], *, delete: bool = False) -> Wording:
        query = rows.query.clone()
        if delete:
            query.__class__ = sql.DeleteQuery
        text, params = query.get_compiler(connection=connection).as_sql()
        limit = str(LIMIT)
        return cls(
            text.replace(f"LIMIT {limit}", "LIMIT %s"),
            (*params, LIMIT) if limit in text else tuple(params),
            places,
        )

    def rows(self, values: Mapping[int, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(self.text, self._filled(values))
            return list(cursor.fetchall())

    def gone(self, values: Mapping[int, Any], key: str) -> Counter[Any]:
        """Of a DELETE: how many rows went with each key, as the database has it."""
        with connection.cursor() as cursor:
            cursor.execute(f"{self.text} RETURNING {connection.ops.quote_name(key)}", self._filled(values))
            return Counter([one for (one,) in cursor.fetchall()])

    def run(self, values: Mapping[int, Any]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(self.text, self._filled(values))
            return int(cursor.rowcount)

    def _filled(self, values: Mapping[int, Any]) -> list[Any]:
        return [
            values[self.places[one]] if one.__hash__ and one in self.places else one for one in self.params
        ]


def gone_by(rows: models.QuerySet[Any], key: str) -> Counter[UUID]:
    """Delete the rows, and say how many of each person's went. PostgreSQL's own: a DELETE that answers."""
    query = rows.query.clone()
    query.__class__ = sql.DeleteQuery
    text, params = query.get_compiler(connection=connection).as_sql()
    name = connection.ops.quote_name(key)
    with connection.cursor() as cursor:
        cursor.execute(
            # A column of a model, and Django's own DELETE.
            f"WITH gone AS ({text} RETURNING {name} AS one)"  # noqa: S608
            " SELECT one, count(*) FROM gone GROUP BY one",
            params,
        )
        return Counter(dict(cursor.fetchall()))


def expected(rows: models.QuerySet[Any]) -> int:
    """How many rows PostgreSQL expects to find: it knows its tables, and none is read."""
    (plan,) = json.loads(rows.explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])
