"""The base of every model that holds sealed values.

A row knows whose it is, never prints itself, and cannot be pickled or dumped.
"""

from __future__ import annotations

import copy
from typing import Any, Self
from uuid import UUID, uuid4

from django.core import checks
from django.db import models, transaction

from kept.core.vault.columns.field import SealedField
from kept.core.vault.columns.indexes import PENDING, BlindIndex, PrefixIndex, drop_tokens, write_tokens
from kept.core.vault.columns.owner import Owner
from kept.core.vault.columns.query import SealedManager, SealedQuerySet
from kept.core.vault.columns.sealed import HOME, Sealed, handover
from kept.core.vault.errors import SealRefused


class SealedModel(models.Model):
    """Give a model that defines ``objects`` of its own a subclass of SealedManager."""

    # Random: a time-ordered id would tell when somebody signed up. Known before the insert, because the seal
    # is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    objects = SealedManager()
    sealed_owner: Owner
    sealed_indexes: tuple[BlindIndex | PrefixIndex, ...] = ()

    class Meta:
        abstract = True
        # Related rows and refreshed ones come through here, so they share keys as a list does.
        base_manager_name = "objects"

    def __str__(self) -> str:
        """Names no one: it is printed where no purpose is open, in logs and messages."""
        return f"{self._meta.verbose_name} {str(self.pk)[:8]}"

    @classmethod
    def sealed_fields(cls) -> list[SealedField]:
        found = cls.__dict__.get("_sealed_fields")
        if found is None:
            found = [field for field in cls._meta.concrete_fields if isinstance(field, SealedField)]
            cls._sealed_fields = found  # type: ignore[attr-defined]
        return list(found)

    @classmethod
    def blind_indexes(cls) -> list[BlindIndex]:
        return [index for index in cls.sealed_indexes if isinstance(index, BlindIndex)]

    @classmethod
    def of_subject(cls, subject: UUID) -> models.Q:
        """The filter for all rows of a subject."""
        return cls.sealed_owner.filter(subject)

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **options: Any) -> Self:
        """As Django's, without assigning value by value: every descriptor would only put it where it is put
        here.
        """
        row = cls.__new__(cls)
        state = models.base.ModelState()
        state.adding, state.db = False, db
        # HOME is only noted; what it means is asked when the row is saved. Columns that were not read are not
        # there, and so deferred.
        row.__dict__.update(
            zip(field_names, values, strict=True), _state=state, **{HOME: (field_names, values)}
        )
        return row

    def refresh_from_db(self, using: Any = None, fields: Any = None, from_queryset: Any = None) -> None:
        with handover():
            super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
        self.__dict__[HOME] = self.sealed_owner.anchors(self)

    def clean_fields(self, exclude: Any = None) -> None:
        """What is still sealed was valid when it was sealed."""
        unopened = {
            field.name
            for field in self.sealed_fields()
            if isinstance(self.__dict__.get(field.attname), Sealed)
        }
        super().clean_fields(exclude={*(exclude or ()), *unopened})

    def save(self, **options: Any) -> None:
        """Also stores the indexes of what it seals.

        Raises SealRefused when the row was moved with values still sealed.
        """
        wanted = options.get("update_fields")
        if wanted is not None:
            wanted = options["update_fields"] = self.with_indexes(wanted)
        self.refuse_moved(wanted)
        # Before the transaction: a refusal must not break the one it is called in.
        self.seal(wanted)
        if PENDING in self.__dict__:
            with transaction.atomic(using=options.get("using"), savepoint=False):
                super().save(**options)
                write_tokens([self])
        else:
            super().save(**options)
        self.__dict__[HOME] = self.sealed_owner.anchors(self)

    def seal(self, names: set[str] | None = None) -> None:
        """Seal what was assigned (of these fields), without storing it. Raises as ``save``."""
        for field in self.sealed_fields():
            if field.attname in self.__dict__ and (names is None or field.name in names):
                field.pre_save(self, self._state.adding)

    def delete(self, *args: Any, **options: Any) -> Any:
        with transaction.atomic():
            drop_tokens(type(self), [self.pk])
            return super().delete(*args, **options)

    @classmethod
    def with_indexes(cls, names: Any) -> set[str]:
        """Column names, with the blind indexes of each sealed one among them."""
        wanted = set(names)
        return wanted | {index.name for index in cls.blind_indexes() if index.source in wanted}

    def refuse_moved(self, saved: set[str] | None = None) -> None:
        """After a row changed its subject or its key, what is still sealed fits nowhere: all of it must be
        assigned anew, and saved.
        """
        home = self.__dict__.get(HOME)
        if home is None or not self.sealed_owner.moved(self, home):
            return
        for field in self.sealed_fields():
            value = self.__dict__.get(field.attname, field)
            if value is field or isinstance(value, Sealed) or (saved is not None and field.name not in saved):
                raise SealRefused(
                    f"{field.field_id} is sealed for the person and row it was collected for. Read and assign"
                    " it anew, and save it with the move."
                )

    def __copy__(self) -> Self:
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin._state = copy.copy(self._state)
        return twin

    def __deepcopy__(self, memo: Any) -> Self:
        twin = self.__copy__()
        twin._state.fields_cache = copy.deepcopy(self._state.fields_cache, memo)
        return twin

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise SealRefused(
            f"A {self._meta.verbose_name} is not pickled: caches and queues would hold it. Pass its id."
        )

    @classmethod
    def check(cls, **options: Any) -> list[checks.CheckMessage]:
        return [*super().check(**options), *_check(cls)]


def _check(model: type[SealedModel]) -> list[checks.CheckMessage]:
    """What of Meta would need the database to look inside."""
    meta = model._meta
    names = {field.name for field in model.sealed_fields()}
    used: set[str] = {str(name).lstrip("-") for name in meta.ordering or () if isinstance(name, str)}
    used |= {name for group in meta.unique_together for name in group}
    for rule in [*meta.constraints, *meta.indexes]:
        used |= set(getattr(rule, "fields", ()))
    found: list[checks.CheckMessage] = [
        checks.Error(
            f"{meta.label}.{name} is sealed, and cannot be ordered, indexed or made unique.",
            hint="Declare a BlindIndex for exact look-ups, or order after opening.",
            obj=model,
            id="vault.E001",
        )
        for name in sorted(used & names)
    ]
    if names and not issubclass(model._default_manager._queryset_class, SealedQuerySet):
        hint = "Derive its manager from kept.core.vault.columns.fields.SealedManager."
        found.append(
            checks.Error(
                f"{meta.label} loads keys one by one and accepts plaintext updates.",
                hint=hint,
                obj=model,
                id="vault.E002",
            )
        )
    found += [
        checks.Error(
            f"{meta.label}.{index.name} indexes “{index.source}”, which is not a sealed field of it.",
            obj=model,
            id="vault.E003",
        )
        for index in model.sealed_indexes
        if index.source not in names
    ]
    return found
