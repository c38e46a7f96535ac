"""What is due is destroyed in batches.

Each is one transaction: its rows go, their files and index entries with them, and one act in the ledger says
so to the people they were about.

On SQLite everything that takes time is done before the transaction begins, so that other writers wait a few
milliseconds. On PostgreSQL they wait for nobody but rows of their own. State is the truth: what a killed
sweep left is still dead, and is found again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models, transaction

from kept.core.ledger.record import Part, record
from kept.core.register.destroying import erasing, erasure_plans
from kept.core.register.destroying.batch_statements import AFTER, LAST, LIMIT, Wording, expected, gone_by
from kept.core.register.destroying.expiring import VALUE, Due
from kept.core.register.inventory import Table
from kept.core.vault.sealed_files.files import remove_rows
from kept.core.vault.subject_keys import keys
from kept.sentences import english

BATCH = 500
# Rows that are brought here to be counted. PostgreSQL's other writers wait for rows of their own alone, so
# that more can go at once.
BATCHES = {"sqlite": BATCH, "postgresql": 8000}
# SQLite's other writers wait for the whole batch, so that it grows and shrinks with the time it takes; the
# fewer there are, the fewer pages are written again and again.
LARGEST = 8000
ENOUGH, TOO_LONG = 0.012, 0.030
"""Seconds of one transaction: below the first the next batch is larger, above the second smaller."""
# Rows that PostgreSQL counts itself while they go, and none is brought here. Each slice is one reading of the
# table.
SLICE = 1_000_000
# An act of the ledger touches no more than 65,535 people.
PEOPLE = 50_000


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction did, and to how many people's data."""

    count: int
    subjects: set[UUID]


class Sweeper:
    """Destroys one kind of what is due, batch by batch, in the order of a key.

    Its statements are written down once.
    """

    def __init__(
        self, one: Due, *, policy: int, noted: Callable[[int], None] | None = None, most: int | None = None
    ) -> None:
        self.one, self.policy, self.most = one, policy, most or BATCHES[connection.vendor]
        self.noted = noted or (lambda count: None)
        self.key = _key(one)
        self.paths = _paths(one.table)
        # Read once where the key is the person, which is most of what travels.
        self.alone = self.paths == [self.key] and not one.files
        self.field: Any = one.model._meta.pk if self.key == "pk" else one.model._meta.get_field(self.key)
        self.plain = not (
            one.what == VALUE
            or bool(getattr(one.model, "sealed_indexes", None))
            or erasure_plans.pointing_at(one.model)
        )
        self.counted = self.alone and self.plain and self.key != "pk"
        self.after: Any = None
        self.crowded = False
        self._finds: dict[bool, Wording] = {}
        self._destroys: dict[bool, Wording] = {}

    def batches(self) -> Iterator[Batch]:
        """One transaction each. Whoever reads them may stop at any."""
        if self.counted:
            sqlite = connection.vendor == "sqlite"
            yield from self._paced_batches() if sqlite else self._sliced_batches()
            return
        most = self.most
        while rows := self._find(most):
            batch = self._batch(rows)
            if batch is None:
                # Somebody was quicker with some of them: the others are counted again, fewer at a time.
                if most == 1:
                    self.after = rows[-1][0]
                most = max(1, most // 2)
                continue
            most = self.most
            yield batch

    def _paced_batches(self) -> Iterator[Batch]:
        """SQLite, where the key is the person and nothing hangs on the rows: one statement finds them,
        deletes them and says whose they were. As many at once as other writers can wait for.
        """
        most = self.most
        while True:
            began = time.perf_counter()
            with transaction.atomic():
                gone = self._take(most)
                subjects = Counter({_subject(key): count for key, count in gone.items()})
                if subjects:
                    self._record_some(subjects)
            took = time.perf_counter() - began
            if subjects:
                yield Batch(subjects.total(), set(subjects))
            if subjects.total() < most:
                return
            self.after = max(gone)
            most = _paced(most, took, least=self.most)

    def _take(self, most: int) -> Counter[Any]:
        """The first so many of what is due. Where the last person has more, the next batch begins there."""
        begun = self.after is None
        if begun not in self._destroys:
            rows = self.one.rows()
            rows = rows if begun else rows.filter(**{f"{self.key}__gte": self._sentinel(AFTER)})
            some = rows.order_by(self.key).values("pk")[:LIMIT]
            self._destroys[begun] = Wording.of(
                models.QuerySet(self.one.model).filter(pk__in=some), self._sentinels(), delete=True
            )
        return self._destroys[begun].gone({AFTER: self.after, LIMIT: most}, self.field.column)

    def _sliced_batches(self) -> Iterator[Batch]:
        """PostgreSQL, where the key is the person and nothing hangs on the rows: they go, and are counted by
        person, in one statement.

        People's ids are random, so that equal slices of all ids there are hold about equally many rows.
        """
        slices = max(1, -(-expected(self.one.rows()) // SLICE))
        ends = [UUID(int=(number * (1 << 128)) // slices) for number in range(1, slices)]
        for first, last in zip([None, *ends], [*ends, None], strict=True):
            rows = self.one.rows()
            rows = rows.filter(**{f"{self.key}__gte": first}) if first else rows
            rows = rows.filter(**{f"{self.key}__lt": last}) if last else rows
            with transaction.atomic():
                subjects = gone_by(rows, self.field.column)
                left = iter(subjects)
                while some := list(islice(left, PEOPLE)):
                    self._record_some(Counter({subject: subjects[subject] for subject in some}))
            if subjects:
                yield Batch(subjects.total(), set(subjects))

    def _record_some(self, subjects: Counter[UUID]) -> None:
        act_id = uuid4()
        _record(self.one, subjects.total(), _parts(self.one, subjects, act_id), act_id, self.policy)
        self.noted(subjects.total())

    def _find(self, most: int) -> list[tuple[Any, ...]]:
        """(key, subjects …, files …) as the database has them.

        Where many rows share a key, they come together.
        """
        begun = self.after is None
        if begun not in self._finds:
            found = self._further(self.one.rows(), begun).order_by(self.key)
            self._finds[begun] = Wording.of(
                found.values_list(self.key, *(() if self.alone else self.paths), *self.one.files)[:LIMIT],
                self._sentinels(),
            )
        rows = self._finds[begun].rows({AFTER: self.after, LIMIT: most + 1})
        self.crowded = False
        if len(rows) <= most or self.field.primary_key:
            return rows[:most]
        # More rows with one key than a batch has: only so many of them, and the next batch begins at the same
        # key.
        whole = [row for row in rows if row[0] != rows[-1][0]]
        self.crowded = not whole
        return whole or rows[:most]

    def _batch(self, rows: list[tuple[Any, ...]]) -> Batch | None:
        last = rows[-1][0]
        width = len(self.paths)
        if width == 1:
            place = 0 if self.alone else 1
            raw = Counter(row[place] for row in rows)
        else:
            raw = Counter(value for row in rows for value in set(row[1 : 1 + width]))
        subjects = Counter({_subject(value): count for value, count in raw.items() if value is not None})
        files = [_subject(value) for row in rows for value in row[1 + width :] if value is not None]
        act_id = uuid4()
        parts = _parts(self.one, subjects, act_id)
        with transaction.atomic():
            count = self._destroy_some(last, len(rows)) if self.crowded else self._destroy(last, files)
            if count != len(rows):
                transaction.set_rollback(True)
                return None
            _record(self.one, count, parts, act_id, self.policy)
            self.noted(count)
        if not self.crowded:
            self.after = last
        return Batch(count, set(subjects))

    def _destroy_some(self, key: Any, most: int) -> int:
        """Of the rows with one key only so many.

        Files are told apart by rows, so tables with files are never asked by person.
        """
        rows = self.one.rows().filter(**{self.key: self.field.to_python(key)})
        some = self.one.model._base_manager.filter(
            pk__in=list(rows.values_list("pk", flat=True)[:most])
        ).filter(self.one.condition)
        return int(some._raw_delete(connection.alias) if self.plain else self._gone(some))

    def _gone(self, rows: models.QuerySet[Any]) -> int:
        if self.one.what == VALUE:
            return int(rows.update(**{column.attribute: None for column in self.one.columns}))
        return int(rows.delete()[1].get(self.one.model._meta.label, 0))

    def _destroy(self, last: Any, files: list[UUID]) -> int:
        """Asked once more, inside the transaction: a row that was given a new lease of life meanwhile
        stays.
        """
        begun = self.after is None
        if files:
            remove_rows(files)
            transaction.on_commit(partial(erasing.remove_contents, files), robust=True)
        if self.plain:
            if begun not in self._destroys:
                rows = self._further(self.one.rows(), begun).filter(
                    **{f"{self.key}__lte": self._sentinel(LAST)}
                )
                self._destroys[begun] = Wording.of(rows, self._sentinels(), delete=True)
            return self._destroys[begun].run({AFTER: self.after, LAST: last})
        rows = self.one.rows().filter(**{f"{self.key}__lte": self.field.to_python(last)})
        if not begun:
            rows = rows.filter(**{f"{self.key}__gt": self.field.to_python(self.after)})
        return self._gone(rows)

    def _further(self, rows: models.QuerySet[Any], begun: bool) -> models.QuerySet[Any]:
        return rows if begun else rows.filter(**{f"{self.key}__gt": self._sentinel(AFTER)})

    def _sentinel(self, place: int) -> Any:
        """A value of the key's own kind that no row has, in whose place the real one goes."""
        field = self.field.target_field if self.field.is_relation else self.field
        if isinstance(field, models.UUIDField):
            return UUID(int=place)
        return place if isinstance(field, models.IntegerField) else str(place)

    def _sentinels(self) -> dict[Any, int]:
        field = self.field.target_field if self.field.is_relation else self.field
        return {
            field.get_db_prep_value(self._sentinel(place), connection): place for place in (AFTER, LAST)
        } | {LIMIT: LIMIT}


def _paced(most: int, seconds: float, *, least: int) -> int:
    """How many rows the next batch takes."""
    if seconds < ENOUGH:
        return max(min(most * 2, LARGEST), least)
    return max(most // 2, least) if seconds > TOO_LONG else most


def _subject(raw: Any) -> UUID:
    return raw if isinstance(raw, UUID) else UUID(raw)


def _key(one: Due) -> str:
    """By person, where the database can find rows by person: then a batch is about few people, and its entry
    in the ledger small.
    """
    assert one.table.holds is not None
    first = one.table.holds.subject[0]
    if len(one.table.holds.subject) == 1 and "__" not in first and first != "self" and not one.files:
        column = one.model._meta.get_field(first)
        if (
            getattr(column, "db_index", False)
            and not getattr(column, "null", True)
            and not column.is_relation
        ):
            return str(column.attname)  # type: ignore[union-attr]
    return "pk"


def _paths(table: Table) -> list[str]:
    assert table.holds is not None
    return ["pk" if path == "self" else path for path in table.holds.subject]


def _parts(one: Due, subjects: Counter[UUID], act_id: UUID) -> list[Part]:
    """The same detail for all of whom as many rows go."""
    categories = sorted({column.category for column in one.columns})
    details = {
        count: {
            "what": english(one.title),
            "gone": one.what,
            "rows": count,
            "fields": dict.fromkeys(one.fields, count),
            "categories": categories,
            "term": english(one.term),
            "purposes": [purpose.id for purpose in one.purposes],
        }
        for count in set(subjects.values())
    }
    return [
        Part(alias, salt, details[subjects[subject]])
        for subject, (alias, salt) in keys.named(subjects, act_id).items()
    ]


def _record(one: Due, count: int, parts: Sequence[Part], act_id: UUID, policy: int) -> None:
    purpose = one.purposes[0].id if len(one.purposes) == 1 else ""
    payload = {"rows": count, "clauses": list(one.clauses)}
    record(
        "expired",
        purpose=purpose,
        role="system",
        entity="",
        policy=policy,
        parts=parts,
        payload=payload,
        act_id=act_id,
    )
