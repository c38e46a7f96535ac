"""Finding sealed rows without opening them all: exact by a keyed, truncated hash; names by coarse buckets of
their beginnings.

A stolen index of full prefixes gives most names away by frequency alone. So each prefix of a word, one letter
to ten, falls into one of 2^bits buckets of its length; a query asks for the buckets of all its lengths
together, opens the rows that are in all of them, and keeps the right ones. Both kinds die with the person.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, router, transaction

from kept.core.vault.columns.case_folding import casefold, words
from kept.core.vault.columns.plain_rows import Token
from kept.core.vault.errors import SealRefused
from kept.core.vault.subject_keys.master import master

LONGEST = 10
# 2^80 values: two people share one by chance never, and whoever steals it learns nothing without the key.
EXACT = 10
PENDING = "_sealed_tokens"


def epoch() -> int:
    """The generation of the index keys.

    Raising it by one begins a rotation: both generations are found until all rows were saved anew.
    """
    return int(settings.KEPT_INDEX_EPOCH)


def generations() -> list[int]:
    """Those that may still stand in the tables, newest first."""
    return [number for number in (epoch(), epoch() - 1) if number > 0]


class BlindIndex(models.BinaryField):
    """``email_ix = BlindIndex("email", normalize=casefold)``: a column for exact look-ups,
    ``objects.find(email=…)``.

    ``normalize`` makes equal what should be found as equal; what it turns into "" is not indexed.
    """

    def __init__(
        self, source: str = "", *, normalize: Callable[[str], str] = casefold, **options: Any
    ) -> None:
        self.source, self.normalize = source, normalize
        options.update(
            null=True, blank=True, editable=False, db_index=True, default=None, max_length=EXACT + 1
        )
        super().__init__(**options)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract:
            _add(cls, self)

    def deconstruct(self) -> Any:
        name, path, _, _ = super().deconstruct()
        return name, path.replace(".indexes.", ".fields."), [self.source], {}

    def note(self, row: models.Model, value: Any, *, add: bool) -> None:
        row.__dict__[self.attname] = None if value is None else self.mark(value, epoch())

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Right also where the column was declared before its source."""
        value = model_instance.__dict__.get(self.source)
        if value is None or isinstance(value, str):
            self.note(model_instance, value, add=add)
        return model_instance.__dict__.get(self.attname)

    def mark(self, value: Any, generation: int) -> bytes | None:
        """The generation in one byte, then the keyed hash; None for what is not indexed."""
        text = self.normalize(str(value))
        if not text:
            return None
        key = master().derive(f"blind index {self.index_id} {generation}")
        return bytes([generation % 256]) + hmac.digest(key, text.encode(), "sha256")[:EXACT]

    def marks(self, value: Any) -> list[bytes]:
        """What to look for: this generation, and the one before it while rows are moving."""
        found = (self.mark(value, generation) for generation in generations())
        return [mark for mark in found if mark]

    @property
    def index_id(self) -> str:
        return self.model._meta.get_field(self.source).field_id  # type: ignore[union-attr]


class PrefixIndex:
    """``name_ix = PrefixIndex("name")``: look-ups by the beginnings of words, ``objects.search(name="smi")``.

    It is no column.

    ``bits`` make 2^bits buckets a length. Fewer tell a thief less and open more rows in vain; ten suit
    100,000 persons.
    """

    def __init__(self, source: str, *, bits: int = 10) -> None:
        if not 4 <= bits <= 20:
            raise SealRefused("A prefix index has 4 to 20 bits: fewer find everybody, more tell who it is.")
        self.source, self.bits = source, bits
        self.model: type[models.Model] = models.Model
        self.name = ""

    def contribute_to_class(self, cls: type[models.Model], name: str) -> None:
        self.model, self.name = cls, name
        if not cls._meta.abstract:
            _add(cls, self)
        setattr(cls, name, self)

    @property
    def index_id(self) -> str:
        return self.model._meta.get_field(self.source).field_id  # type: ignore[union-attr]

    def note(self, row: models.Model, value: Any, *, add: bool) -> None:
        """Remember the buckets of a new value until its row is stored.

        Nothing to store and nothing to replace is left alone.
        """
        if value is not None or not add:
            row.__dict__.setdefault(PENDING, {})[self.name] = (
                add,
                set() if value is None else self.buckets(str(value)),
            )

    def buckets(self, text: str, generation: int | None = None) -> set[int]:
        return {bucket for word in words(text) for bucket in self.of_word(word, generation)}

    def of_word(self, word: str, generation: int | None = None) -> list[int]:
        """The bucket of each beginning of a folded word, shortest first. The length is part of the number."""
        generation = epoch() if generation is None else generation
        key = master().derive(f"prefix index {self.index_id} {generation}")
        found = []
        for length in range(1, min(len(word), LONGEST) + 1):
            hashed = int.from_bytes(hmac.digest(key, word[:length].encode(), "sha256")[:4], "big")
            found.append((length << self.bits) | (hashed & ((1 << self.bits) - 1)))
        return found

    def candidates(self, text: str) -> list[UUID]:
        """Ids of the rows that are in every bucket of the query, from the token table alone: the longest
        beginning first, as it is the rarest.
        """
        tokens = Token.objects.filter(index=self.index_id)
        ids: dict[UUID, None] = {}
        for generation in generations():
            wanted = sorted(self.buckets(text, generation), reverse=True)
            found = tokens.filter(token=wanted[0])
            for bucket in wanted[1:]:
                found = found.filter(models.Exists(tokens.filter(row=models.OuterRef("row"), token=bucket)))
            ids.update(dict.fromkeys(found.order_by("row").values_list("row", flat=True)))
        return list(ids)


def write_tokens(rows: Sequence[models.Model]) -> None:
    """Store what ``note`` remembered: old buckets of the row out, new ones in."""
    waiting = [(row, name, *noted) for row in rows for name, noted in row.__dict__.pop(PENDING, {}).items()]
    if not waiting:
        return
    fresh = []
    with transaction.atomic(using=router.db_for_write(Token)):
        for row, name, added, buckets in waiting:
            index = getattr(type(row), name)
            if not added:
                Token.objects.filter(index=index.index_id, row=row.pk).delete()
            subject = type(row).sealed_owner.of(row)
            fresh += [
                Token(index=index.index_id, token=bucket, row=row.pk, subject=subject)
                for bucket in sorted(buckets)
            ]
        Token.objects.bulk_create(fresh, batch_size=5000)


def drop_tokens(model: type[models.Model], rows: Iterable[Any]) -> None:
    """When rows are deleted, their buckets go with them."""
    ids = list(rows)
    for index in getattr(model, "sealed_indexes", ()):
        if isinstance(index, PrefixIndex) and ids:
            Token.objects.filter(index=index.index_id, row__in=ids).delete()


def _add(cls: type[models.Model], index: BlindIndex | PrefixIndex) -> None:
    cls.sealed_indexes = (*cls.__dict__.get("sealed_indexes", ()), index)  # type: ignore[attr-defined]
