"""What a sealed attribute holds, and how it opens: with the key of its subject, inside an act, after the
policy said yes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models

from kept.core.policy.verdict import Standing
from kept.core.vault.acts import CURRENT, Act, current
from kept.core.vault.errors import KeyErased, PurposeRequired, ReasonRequired, SealBroken, SealRefused
from kept.core.vault.sealing import seal
from kept.core.vault.sealing.cards import refuse_card_number, refuse_card_numbers
from kept.core.vault.sealing.header import FIXED
from kept.core.vault.subject_keys.keys import Key

if TYPE_CHECKING:
    from kept.core.vault.columns.field import SealedField

# While Django copies unopened values from one instance of a row to another.
HANDOVER: ContextVar[bool] = ContextVar("kept_handover", default=False)
_NOT_THERE = object()
RING, HOME = "_sealed_ring", "_sealed_home"


class Erased(str):
    """Stands in a list where a person's key is gone.

    Reads as "erased", and cannot be stored as if it were a value.
    """

    __slots__ = ()


ERASED = Erased("erased")


class Sealed:
    """An unopened value. It can be moved about inside the process, and nothing else."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        return "<sealed>"

    def __str__(self) -> str:
        return self._refuse()

    def __format__(self, spec: str) -> str:
        return self._refuse()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._refuse()

    def __copy__(self) -> Sealed:
        return self

    def __deepcopy__(self, memo: Any) -> Sealed:
        return self

    def _refuse(self) -> str:
        raise SealRefused("This value is sealed. Read it as an attribute of its row, inside a purpose.")


class Ring:
    """Rows of one result: their keys are loaded together, in one query, when the first of them opens in an
    act.
    """

    __slots__ = ("_act", "_keys", "_peers", "_subjects", "listed")

    def __init__(self, peers: Sequence[models.Model], *, listed: bool) -> None:
        self._peers: Sequence[models.Model] = peers
        self._subjects: set[UUID] | None = None
        self._act: Act | None = None
        self._keys: dict[UUID, Key] = {}
        self.listed = listed

    def key(self, act: Act, subject: UUID) -> Key | None:
        if self._act is not act:
            self.open(act)
        key = self._keys.get(subject)
        if key is None and self._subjects is not None and subject not in self._subjects:
            # The row was given to somebody else after it was loaded.
            self._subjects.add(subject)
            self._keys.update(act.load((subject,)))
            key = self._keys.get(subject)
        return key

    def open(self, act: Act) -> None:
        if self._subjects is None:
            self._subjects = set(subjects_of(self._peers))
            self._peers = ()
        self._keys = act.load(self._subjects)
        self._act = act

    def __reduce__(self) -> Any:
        return (_empty_ring, ())


def _empty_ring() -> Ring:
    return Ring((), listed=False)


def join(rows: Sequence[models.Model], *, listed: bool) -> Ring:
    """Make one ring of these rows."""
    ring = Ring(rows, listed=listed)
    for row in rows:
        row.__dict__[RING] = ring
    return ring


def subjects_of(rows: Sequence[models.Model]) -> Iterator[UUID]:
    """The subject of each row, each hop on the way loaded at once for all of them."""
    kinds: dict[type[models.Model], list[models.Model]] = {}
    for row in rows:
        kinds.setdefault(type(row), []).append(row)
    for kind, some in kinds.items():
        for path in kind.sealed_owner.hops():  # type: ignore[attr-defined]
            models.prefetch_related_objects(some, path)
        of = kind.sealed_owner.of  # type: ignore[attr-defined]
        for row in some:
            yield of(row)


def open_sealed(row: models.Model, field: SealedField, value: Sealed) -> Any:
    """The value, if this act may have it.

    Raises PurposeRequired, NotAllowed, ReasonRequired, KeyErased, SealBroken; ERASED in a list.
    """
    if HANDOVER.get():
        return value
    act = CURRENT.get()
    if act is None or act.closed:
        raise PurposeRequired(
            f"{field.field_id} was read outside a purpose. Open one first: with purpose(…)."
        )
    ring = row.__dict__.get(RING)
    if ring is None:
        ring = join((row,), listed=False)
    subject = field.owner.of(row)
    key = ring.key(act, subject)
    if key is None:
        if ring.listed:
            return ERASED
        raise KeyErased("This person's data was erased.")
    raw = value.raw
    version = raw[1:5]
    if (field.category, version) not in key.answers:
        act.permit(key, field.category, version)
    if field.masked and act.masking:
        raise ReasonRequired(f"{field.field_id} is shown for a reason only. Say why you need it.")
    # As ``unseal`` does it, written out: this runs for every value of every list and copy.
    if raw[FIXED : FIXED + raw[9]] != field.id_bytes:
        raise SealBroken("A sealed value belongs to another field.")
    name = field.field_id
    plain = field.decode(seal.open_value(key.cipher, raw, key.bound + row_id(row)))
    opened = key.opened
    opened[name] = opened.get(name, 0) + 1
    return plain


def unseal(row: models.Model, field: SealedField, key: Key, raw: bytes) -> Any:
    """Decrypt and check that it is this field of this row.

    No decision and no trace: for ``open_sealed`` and the index filter.
    """
    if raw[FIXED : FIXED + raw[9]] != field.id_bytes:
        raise SealBroken("A sealed value belongs to another field.")
    return field.decode(seal.open_value(key.cipher, raw, key.bound + row_id(row)))


def seal_for(row: models.Model, field: SealedField, plain: bytes) -> Sealed:
    """Seal under the open act. Raises PurposeRequired, NotAllowed, KeyErased, CardNumberRefused."""
    act = current(field.field_id)
    refuse_card_number(plain)
    key = act.key(field.owner.of(row))
    act.may_use(field.category, key)
    sealed = Sealed(seal.seal_value(key.cipher, act.head(field.field_id), key.bound + row_id(row), plain))
    counts = act.sealed_of(key)
    counts[field.field_id] = counts.get(field.field_id, 0) + 1
    return sealed


def seal_many(rows: Sequence[Any], names: Collection[str] | None = None) -> None:
    """Seal what was assigned to rows of one model (of these fields), column by column, without storing it.

    Raises as ``seal_for``, and ValidationError for what is no value of its field.
    """
    homes: dict[int, tuple[Key, bytes, dict[str, int]]] = {}
    for field in rows[0].sealed_fields() if rows else ():
        if names is None or field.name in names:
            _seal_column(field, rows, homes)


def _seal_column(
    field: SealedField, rows: Sequence[Any], homes: dict[int, tuple[Key, bytes, dict[str, int]]]
) -> None:
    """``homes``: of each row its key, what its seals are bound to, and what the act counts; found once."""
    name, category, attribute = field.field_id, field.category, field.attname
    fresh, values = [], []
    for place, row in enumerate(rows):
        value = row.__dict__.get(attribute, _NOT_THERE)
        if value is None:
            field.index(row, None, add=row._state.adding)
        elif type(value) is not Sealed and value is not _NOT_THERE:
            fresh.append((place, row))
            values.append(field.plain(value))
    if not fresh:
        return
    act = current(name)
    plains = [field.encode(value) for value in values]
    refuse_card_numbers(plains)
    head, nonces, indexed = act.head(name), seal.nonces(len(fresh)), bool(field.indexes)
    asked: Standing | None = None
    for (place, row), value, plain, nonce in zip(fresh, values, plains, nonces, strict=True):
        home = homes.get(place)
        if home is None:
            key = act.key(field.owner.of(row))
            home = homes[place] = key, key.bound + row_id(row), act.sealed_of(key)
        key, bound, counts = home
        # People who said the same have the very same standing, and it decides.
        if key.standing is not asked:
            act.may_use(category, key)
            asked = key.standing
        row.__dict__[attribute] = Sealed(seal.seal_value(key.cipher, head, bound, plain, nonce))
        counts[name] = counts.get(name, 0) + 1
        if indexed:
            field.index(row, value, add=row._state.adding)


def row_id(row: models.Model) -> bytes:
    # Where Django's own property would look, in a third of the time: this runs for every field that is
    # opened.
    pk = row.__dict__.get(row._meta.pk.attname)
    if type(pk) is UUID:
        return pk.bytes
    if pk is None:
        raise SealRefused(
            f"A {type(row).__name__} needs its primary key before anything is sealed: the seal is bound to"
            " it. Use a UUID."
        )
    return pk.bytes if isinstance(pk, UUID) else str(pk).encode()


@contextmanager
def handover() -> Iterator[None]:
    token = HANDOVER.set(True)
    try:
        yield
    finally:
        HANDOVER.reset(token)
