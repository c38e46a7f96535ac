"""A sealed column: plain values go in by assignment, stand sealed in the database, and come out inside a
purpose alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Case, Value, When
from django.db.models.functions import Cast
from django.db.models.query_utils import DeferredAttribute

from kept.core.vault.acts import CATEGORIES
from kept.core.vault.columns.codec import codec
from kept.core.vault.columns.owner import Owner
from kept.core.vault.columns.sealed import HANDOVER, Erased, Sealed, open_sealed, seal_for
from kept.core.vault.errors import SealRefused
from kept.core.vault.sealing import header

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
else:
    AnyField = models.Field

_MISSING = object()
_VALUES = frozenset((str, int, bool, float, date, datetime, time, Decimal, dict, list))
_SOME_DAY = date(2000, 1, 1)
_REFUSED = {
    "primary_key",
    "unique",
    "db_index",
    "db_default",
    "choices",
    "unique_for_date",
    "unique_for_month",
    "unique_for_year",
}


class SealedAttribute(DeferredAttribute):
    """Opens when read, refuses when assigned what must not be stored."""

    field: SealedField

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = instance.__dict__.get(self.field.attname, _MISSING)
        if value is _MISSING:
            value = super().__get__(instance, cls)
        return open_sealed(instance, self.field, value) if type(value) is Sealed else value

    def __set__(self, instance: models.Model, value: Any) -> None:
        if type(value) is Sealed:
            if not HANDOVER.get():
                raise SealRefused(
                    "A sealed value fits its own row alone. Read it inside a purpose, and assign what you"
                    " read."
                )
        elif value is not None:
            self.field.refuse_foreign(value)
        instance.__dict__[self.field.attname] = value


class SealedField(AnyField):
    """``SealedField(CharField(max_length=200), of="self", field_id="person.name",
    category="identity.name")``.

    ``inner`` says what the value is and how a form asks for it. ``of`` is the path to the subject (see
    owner.py), the same for every sealed field of a model. ``field_id`` is stable for ever: the column may be
    renamed, the id may not. ``masked``: staff open it for a reason only.
    """

    descriptor_class = SealedAttribute
    owner: Owner

    def __init__(
        self,
        inner: models.Field[Any, Any],
        *,
        of: str,
        field_id: str,
        category: str,
        masked: bool = False,
        **options: Any,
    ) -> None:
        refused = sorted(name for name in _REFUSED & options.keys() if options[name]) + [
            name
            for name in ("primary_key", "unique", "db_index")
            if getattr(inner, "_unique" if name == "unique" else name)
        ]
        if refused:
            raise SealRefused(
                f"A sealed field cannot have {', '.join(refused)}: the database sees different bytes for"
                " equal values."
            )
        header.Header(field_id, 0, _SOME_DAY, "check").pack()
        self.inner, self.of, self.field_id, self.category = inner, of, field_id, category
        self.masked = masked
        self.id_bytes = field_id.encode()
        self.encode, self.decode = codec(inner)
        if inner.has_default():
            options.setdefault("default", inner.default)
        for name in ("blank", "null", "help_text", "editable"):
            options.setdefault(name, getattr(inner, name))
        options.setdefault("verbose_name", inner.verbose_name)
        super().__init__(**options)
        self.empty_strings_allowed = inner.empty_strings_allowed
        inner.blank, inner.null = self.blank, self.null

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        self.inner.set_attributes_from_name(name)
        if not cls._meta.abstract:
            self.owner = Owner(cls, self.of)
            if cls.__dict__.get("sealed_owner", self.owner).of_text != self.of:
                raise SealRefused(
                    f"{cls.__name__} seals its fields for different subjects. One row has one owner: write"
                    " the same of= in all of them."
                )
            cls.sealed_owner = self.owner  # type: ignore[attr-defined]
            CATEGORIES[self.field_id] = self.category

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        path = path.replace("kept.core.vault.columns.field.", "kept.core.vault.columns.fields.")
        return (
            name,
            path,
            [self.inner, *args],
            {**options, "of": self.of, "field_id": self.field_id, "category": self.category},
        )

    # In the database ----------------------------------------------------------------------------------------

    def get_internal_type(self) -> str:
        return "BinaryField"

    def db_check(self, connection: Any) -> str:
        """So that not even raw SQL stores a value in the clear: the format byte, and no less than the
        shortest seal.
        """
        column = connection.ops.quote_name(self.column)
        if connection.vendor == "postgresql":
            return (
                f"octet_length({column}) >= {header.SHORTEST} AND substring({column} FROM 1 FOR 1) ="
                " decode('01', 'hex')"
            )
        return (
            f"{column} IS NULL OR (typeof({column}) = 'blob' AND length({column}) >= {header.SHORTEST} AND"
            f" substr({column}, 1, 1) = X'01')"
        )

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        row = model_instance
        value = row.__dict__.get(self.attname, _MISSING)
        if value is _MISSING:
            row.refresh_from_db(fields=[self.attname])
            value = row.__dict__[self.attname]
        if value is None or type(value) is Sealed:
            if value is None:
                self.index(row, None, add=add)
            return value
        value = self.plain(value)
        sealed = row.__dict__[self.attname] = seal_for(row, self, self.encode(value))
        self.index(row, value, add=add)
        return sealed

    def index(self, row: models.Model, value: Any, *, add: bool) -> None:
        """Note a new value in the field's indexes."""
        for index in self.indexes:
            index.note(row, value, add=add)

    @cached_property
    def indexes(self) -> list[Any]:
        """The blind and prefix indexes over this field."""
        return [index for index in self.model.sealed_indexes if index.source == self.name]  # type: ignore[attr-defined]

    def plain(self, value: Any) -> Any:
        """The value as its field understands it.

        Raises ValidationError; SealRefused for what is no value at all.
        """
        self.refuse_foreign(value)
        value = self.inner.to_python(value)
        if isinstance(value, str) and self.inner.max_length and len(value) > self.inner.max_length:
            raise ValidationError(f"{self.field_id} must be {self.inner.max_length} characters or fewer.")
        return value

    def refuse_foreign(self, value: Any) -> None:
        """What looks like a value and is none: an expression, a sealed value as bytes, the word that stands
        for an erased one.
        """
        # Values of these types are no more than they seem.
        if type(value) in _VALUES:
            return
        if hasattr(value, "resolve_expression"):
            raise SealRefused(
                f"{self.field_id} takes a value, not an expression: the database would store it in the clear."
            )
        if isinstance(value, bytes | bytearray | memoryview) and (
            not isinstance(self.inner, models.BinaryField) or header.looks_sealed(bytes(value))
        ):
            raise SealRefused(f"{self.field_id} takes a value to seal, not sealed bytes.")
        if isinstance(value, Erased | Sealed):
            raise SealRefused(
                f"{self.field_id} was erased or is sealed, and cannot be copied. Read it inside a purpose"
                " first."
            )

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if type(value) is not Sealed:
            raise SealRefused(
                f"{self.field_id} would be stored in the clear. Assign it to its row and save that."
            )
        return connection.Database.Binary(value.raw)

    def stored(self, rows: Sequence[models.Model]) -> list[bytes | None]:
        """The column of rows that were sealed, as the database takes it."""
        held = [row.__dict__[self.attname] for row in rows]
        if not {type(value) for value in held} <= {Sealed, type(None)}:
            raise SealRefused(
                f"{self.field_id} would be stored in the clear. Assign it to its row and save that."
            )
        return [value and value.raw for value in held]

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if type(value) is not Sealed and hasattr(value, "as_sql") and not only_sealed(value):
            raise SealRefused(
                f"{self.field_id} takes no expressions: the database would store them in the clear."
            )
        return super().get_db_prep_save(value, connection)

    # In queries ---------------------------------------------------------------------------------------------

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise SealRefused(
                f"{self.field_id} is sealed: the database cannot look inside. Use find() or search(), with an"
                " index declared for it."
            )
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        raise SealRefused(f"{self.field_id} is sealed: the database cannot transform it.")

    # In forms and texts -------------------------------------------------------------------------------------

    def to_python(self, value: Any) -> Any:
        return self.inner.to_python(value)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return self.inner.clean(value, model_instance)

    def formfield(self, **options: Any) -> Any:
        self.inner.verbose_name, self.inner.help_text = self.verbose_name, self.help_text
        return self.inner.formfield(**options)

    def value_from_object(self, obj: models.Model) -> Any:
        """Serializers write dates and numbers without asking for a text: refused here.

        Give forms their initial values by name.
        """
        return self.value_to_string(obj)

    def value_to_string(self, obj: models.Model) -> str:
        raise SealRefused(
            f"{self.field_id} is sealed, and is not dumped. A person's copy is made by `kept copy`, a backup"
            " by `kept backup`."
        )


def only_sealed(expression: Any) -> bool:
    """The CASE of a bulk_update whose every value was sealed for its row."""
    if isinstance(expression, Value):
        return expression.value is None or type(expression.value) is Sealed
    if isinstance(expression, Case | Cast):
        return all(only_sealed(part) for part in expression.get_source_expressions())
    return isinstance(expression, When) and only_sealed(expression.result)
