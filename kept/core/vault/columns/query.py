"""Query sets over sealed rows: keys are loaded once for a whole result, and what would need the database to
look inside is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Self

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction

from kept.core.prepared import insert_many
from kept.core.vault.acts import CURRENT
from kept.core.vault.columns.field import SealedField, only_sealed
from kept.core.vault.columns.indexes import BlindIndex, drop_tokens, write_tokens
from kept.core.vault.columns.sealed import HOME, RING, Sealed, handover, join, seal_many, subjects_of
from kept.core.vault.columns.search import by_mark, by_words
from kept.core.vault.errors import SealRefused

_CHUNK = 500
_NOTHING_TO_SEAL = (type(None), Sealed)


class SealedQuerySet(models.QuerySet[Any]):
    _one = False

    # Looking up ---------------------------------------------------------------------------------------------

    def find(self, **wanted: Any) -> Self:
        """Rows whose value is exactly this, or one of a list, by blind index: ``find(email=…)``.

        Inside an act that may use the category.

        One's own purpose finds one's own rows alone. Raises PurposeRequired, NotAllowed, SealRefused without
        an index.
        """
        return by_mark(self, wanted)

    def search(self, limit: int = 50, **wanted: str) -> list[Any]:
        """At most ``limit`` rows in which every word asked for begins a word of the value: ``search(name="ali
        smi")``.

        Rows the act may not open are left out, as are erased ones. Only what is found is recorded as read.
        """
        return by_words(self, wanted, limit)

    # Loading ------------------------------------------------------------------------------------------------

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        super()._fetch_all()
        rows = self._result_cache
        if fresh and rows and isinstance(rows[0], models.Model):
            self._join(rows)

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        """As Django's, with one query for keys per chunk."""
        rows = super().iterator(chunk_size)
        while chunk := list(islice(rows, chunk_size or _CHUNK)):
            if isinstance(chunk[0], models.Model):
                self._join(chunk)
            yield from chunk

    def _join(self, rows: Sequence[models.Model]) -> None:
        if self.query.select_related:
            sealed: Sequence[models.Model] = [
                row for row in _with_related(rows) if hasattr(row, "sealed_owner")
            ]
        else:
            sealed = rows if hasattr(self.model, "sealed_owner") else ()
        if not sealed:
            return
        ring = join(sealed, listed=not self._one)
        act = CURRENT.get()
        # In an event loop nothing can be loaded later, when the attribute is read.
        if act is not None and act.eager and not act.closed:
            ring.open(act)

    def get(self, *args: Any, **wanted: Any) -> Any:
        one = self.all()
        one._one = True
        return super(SealedQuerySet, one).get(*args, **wanted)

    def first(self) -> Any:
        one = self.all()
        one._one = True
        return super(SealedQuerySet, one).first()

    def last(self) -> Any:
        one = self.all()
        one._one = True
        return super(SealedQuerySet, one).last()

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._one = self._one
        return clone

    # Storing ------------------------------------------------------------------------------------------------

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        """Keys of all subjects in one query.

        Where rows may be skipped or merged, seals and index entries would not fit: refused.
        """
        rows = list(objs)
        if options.get("update_conflicts") or (
            options.get("ignore_conflicts") and getattr(self.model, "sealed_indexes", ())
        ):
            raise SealRefused(
                "Sealed rows are bound to their own key, and cannot be merged into others. Look them up"
                " first."
            )
        if hasattr(self.model, "sealed_owner"):
            _prepare(rows)
            for row in rows:
                row.refuse_moved()
            seal_many(rows)
        with transaction.atomic(using=self.db, savepoint=False):
            stored = super().bulk_create(rows, *args, **options)
            write_tokens(rows)
        for row in rows:
            _settle(row)
        return stored

    def _batched_insert(self, objs: Sequence[Any], fields: Sequence[Any], *args: Any, **options: Any) -> Any:
        """Where nothing is merged and the database answers nothing, all rows at once in words made once."""
        plain = not (options.get("on_conflict") or self.model._meta.db_returning_fields)
        if plain and insert_many(self.model, objs, fields, self.db):
            return []
        return super()._batched_insert(objs, fields, *args, **options)  # type: ignore[misc]

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        rows, names = list(objs), list(fields)
        if not hasattr(self.model, "sealed_owner"):
            return super().bulk_update(rows, names, batch_size)
        _prepare(rows)
        wanted = sorted(self.model.with_indexes(names))
        for row in rows:
            row.refuse_moved(set(wanted))
        seal_many(rows, wanted)
        with transaction.atomic(using=self.db, savepoint=False):
            with handover():
                changed = super().bulk_update(rows, wanted, batch_size)
            write_tokens(rows)
        for row in rows:
            _settle(row)
        return changed

    def update(self, **values: Any) -> int:
        """A sealed column can only be emptied here; a value needs its row's own key: assign and save, or
        ``bulk_update``.
        """
        model = self.model
        if not hasattr(model, "sealed_owner"):
            return super().update(**values)
        moved = model.sealed_owner.names() & values.keys()
        if moved:
            raise SealRefused(
                f"{', '.join(sorted(moved))} says whose row this is, and its seals hang on it. Move rows one"
                " by one."
            )
        for field in model.sealed_fields():
            value = values.get(field.name)
            if value is not None and not only_sealed(value):
                raise SealRefused(
                    f"{field.field_id} is sealed under each row's own key. Assign it to each row and use"
                    " bulk_update."
                )
        emptied = {
            field.name
            for field in model.sealed_fields()
            if field.name in values and values[field.name] is None
        }
        values.update({index.name: None for index in model.blind_indexes() if index.source in emptied})
        if any(
            index.source in emptied and not isinstance(index, BlindIndex) for index in model.sealed_indexes
        ):
            drop_tokens(model, self.values_list("pk", flat=True))
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=self.db, savepoint=False):
            if getattr(self.model, "sealed_indexes", ()):
                drop_tokens(self.model, self.values_list("pk", flat=True))
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    # Refusing -----------------------------------------------------------------------------------------------

    def values(self, *names: Any, **expressions: Any) -> Any:
        self._refuse(names or self._all(), "fetched without its row")
        return super().values(*names, **expressions)

    def values_list(self, *names: Any, flat: bool = False, named: bool = False) -> Any:
        self._refuse(names or self._all(), "fetched without its row")
        return super().values_list(*names, flat=flat, named=named)

    def order_by(self, *names: Any) -> Self:
        self._refuse(names, "ordered by: sort what you opened")
        return super().order_by(*names)

    def distinct(self, *names: Any) -> Self:
        self._refuse(names, "compared by the database")
        return super().distinct(*names)

    def dates(self, field_name: str, *args: Any, **options: Any) -> Any:
        self._refuse((field_name,), "grouped by the database")
        return super().dates(field_name, *args, **options)

    def _all(self) -> list[str]:
        return [field.name for field in self.model._meta.concrete_fields]

    def _refuse(self, names: Iterable[Any], what: str) -> None:
        for name in names:
            for part in _names_in(name):
                if sealed_at(self.model, part):
                    raise SealRefused(f"{part} is sealed, and cannot be {what}.")


class SealedManager(models.Manager.from_queryset(SealedQuerySet)):  # type: ignore[misc]
    """Also for models without sealed fields whose lists bring sealed rows along (``select_related``)."""


def sealed_at(model: type[models.Model], path: str) -> bool:
    """Does the look-up path, relations in either direction included, pass a sealed field?"""
    for step in path.lstrip("-").split("__"):
        meta = model._meta
        reverse = {relation.get_accessor_name(): relation for relation in meta.related_objects} | {
            relation.name: relation for relation in meta.related_objects
        }
        try:
            field: Any = meta.pk if step == "pk" else reverse.get(step) or meta.get_field(step)
        except FieldDoesNotExist:
            return False
        if isinstance(field, SealedField):
            return True
        if not getattr(field, "related_model", None):
            return False
        model = field.related_model
    return False


def _names_in(name: Any) -> Iterator[str]:
    """The column names in what was passed: a name, F("name"), F("name").desc(), Lower("name")."""
    if isinstance(name, str):
        yield name
    elif isinstance(name, models.F):
        yield str(name.name)  # type: ignore[attr-defined]
    else:
        for part in getattr(name, "get_source_expressions", tuple)():
            yield from _names_in(part)


def _with_related(rows: Sequence[models.Model], before: models.Model | None = None) -> Iterator[models.Model]:
    for row in rows:
        yield row
        fetched = row._state.fields_cache.values()
        # A one-to-one relation leads back to the row it was reached from.
        related = [
            found
            for found in fetched
            if isinstance(found, models.Model) and found is not before and RING not in found.__dict__
        ]
        if related:
            yield from _with_related(related, row)


def _prepare(rows: Sequence[Any]) -> None:
    act = CURRENT.get()
    if act is not None and not act.closed:
        names = [field.attname for field in rows[0].sealed_fields()] if rows else []
        act.prepare({*subjects_of([row for row in rows if _has_plain(row.__dict__, names)])})


def _has_plain(held: Mapping[str, Any], names: Sequence[str]) -> bool:
    return any(type(held.get(name)) not in _NOTHING_TO_SEAL for name in names)


def _settle(row: Any) -> None:
    if hasattr(row, "sealed_owner"):
        row.__dict__[HOME] = row.sealed_owner.anchors(row)
