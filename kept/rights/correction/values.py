"""Which value is meant, found among the person's own rows and never believed; and how it is written and read
by people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from kept.core.register.holdings import NOBODY, Holding, holdings, opened
from kept.core.register.hooks.correction_rules import correct
from kept.core.register.inventory import Column, Kind, models_by_table, tables
from kept.core.vault.columns.field import SealedField
from kept.core.vault.columns.values import held
from kept.dates import from_iso
from kept.people.models import Person
from kept.portal.form_parts.forms import DatePartsField
from kept.portal.marks.durations import written
from kept.rights.access.records import name_of, said
from kept.sentences import sentence

RECORDS = ("log.", "security.", "consent.", "rights.", "message.")
"""Kinds of data that record what happened.

They are right or false as a whole, and are not rewritten: whoever doubts them asks.
"""
MACHINERY = ("core/", "accounts/", "outbox/", "rights/", "operations/")
"""Rooms that keep what the portal itself does.

How somebody signs in is changed where they sign in, in two steps, and by nobody else.
"""
OWN: type[models.Model] = Person
"""What a person corrects in the profile, at once and without asking."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of hers.

    ``text`` is it as text; ``shown`` as a page writes it. ``instance`` is the row it stands in.
    """

    holding: Holding
    column: Column
    instance: Any
    label: str
    kind: str
    text: str

    @property
    def name(self) -> str:
        return name_of(self.column)

    @property
    def row(self) -> str:
        return str(self.instance.pk)

    @property
    def attribute(self) -> str:
        return self.column.attribute

    @property
    def field(self) -> models.Field[Any, Any]:
        return field_of(self.holding.model, self.attribute)

    @property
    def shown(self) -> str:
        return shown(self.field, self.text)

    @property
    def record(self) -> str:
        return self.label or self.holding.title


def field_of(model: type[models.Model], attribute: str) -> models.Field[Any, Any]:
    found = next(field for field in model._meta.concrete_fields if field.attname == attribute)
    return found.inner if isinstance(found, SealedField) else found


def field_at(table: str, attribute: str) -> models.Field[Any, Any] | None:
    """The field a kept correction was about; None when the table or the column is gone since."""
    model = models_by_table().get(table)
    if model is None or attribute not in {field.attname for field in model._meta.concrete_fields}:
        return None
    return field_of(model, attribute)


def kind_of(model: type[models.Model], column: Column) -> str:
    """day, moment, choice, parts, text or line; "" for what is not corrected on request: records, and the
    portal's own words beside the values.
    """
    if column.kind is not Kind.SEALED or column.category.startswith(RECORDS):
        return ""
    field = field_of(model, column.attribute)
    if field.choices:
        return "choice"
    kinds: tuple[tuple[type[models.Field[Any, Any]], str], ...] = (
        (models.DateTimeField, "moment"),
        (models.DateField, "day"),
        (models.JSONField, "parts"),
        (models.TextField, "text"),
        (models.CharField, "line"),
    )
    return next((name for kind, name in kinds if isinstance(field, kind)), "")


def columns_of(holding: Holding) -> list[Column]:
    """Those of a table that can be asked to be corrected."""
    place = holding.declared.holds.place if holding.declared.holds else ""
    return (
        []
        if place.startswith(MACHINERY)
        else [column for column in holding.columns if kind_of(holding.model, column)]
    )


def offered(among: Iterable[Holding]) -> Iterator[tuple[Holding, list[Column]]]:
    """The tables in which something can be asked to be corrected, and their columns; the profile is not among
    them.
    """
    for holding in among:
        columns = columns_of(holding)
        if columns and holding.model is not OWN:
            yield holding, columns


@lru_cache(maxsize=512)
def is_offered(generation: int, table: str) -> bool:
    """Whether a table is among those: it follows from the declarations alone."""
    return any(holding.table == table for holding, _ in offered(holdings(NOBODY)))


def row_of(subject: UUID, table: str, row: str) -> tuple[Holding, Any] | None:
    """One row of hers; None for what is not there, is somebody else's, or is no row at all."""
    holding = next((one for one in holdings(subject) if one.table == table), None)
    if holding is None:
        return None
    try:
        instance = holding.query().filter(pk=row).first()
    except (ValueError, ValidationError):
        return None
    return (holding, instance) if instance is not None else None


def values(subject: UUID, table: str, row: str) -> list[Value]:
    """Every value of a row that can be corrected, opened by the open act. [] where the row is not hers."""
    found = row_of(subject, table, row)
    if found is None:
        return []
    holding, instance = found
    label = holding.declared.holds.label if holding.declared.holds else None
    line = label(instance) if label else ""
    taken = [_value(holding, column, instance, line) for column in columns_of(holding)]
    return [value for value in taken if value is not None]


def value(subject: UUID, table: str, row: str, attribute: str) -> Value | None:
    return next((one for one in values(subject, table, row) if one.attribute == attribute), None)


def _value(holding: Holding, column: Column, instance: Any, line: str) -> Value | None:
    kind = kind_of(holding.model, column)
    content = opened(instance, column.attribute)
    if kind == "parts" and not (
        isinstance(content, dict) and content and all(isinstance(part, str) for part in content.values())
    ):
        return None
    if content is None or content == "":
        return None
    return Value(holding, column, instance, line, kind, as_text(content))


def rows_without_opening(subject: UUID) -> Iterator[tuple[str, str, str, str]]:
    """(table, row, attribute, words) of everything there is to correct, the profile included; nothing is
    opened for it, and no value named.
    """
    for holding in holdings(subject):
        columns = columns_of(holding)
        rows = list(holding.query().order_by("pk")[:50]) if columns else []
        for place, instance in enumerate(rows, 1):
            for column in columns:
                if held(instance, column.attribute):
                    yield (
                        holding.table,
                        str(instance.pk),
                        column.attribute,
                        _in_words(holding, column, place, len(rows)),
                    )


def _in_words(holding: Holding, column: Column, place: int, rows: int) -> str:
    said = _("{record} ({place} of {rows}): {value}") if rows > 1 else _("{record}: {value}")
    return said.format(record=holding.title, place=place, rows=rows, value=name_of(column))


# As text ----------------------------------------------------------------------------------------------------


def as_text(content: Any) -> str:
    if isinstance(content, datetime):
        return content.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(content, date):
        return content.isoformat()
    if isinstance(content, dict):
        return "\n".join(f"{name}: {part}" for name, part in content.items())
    return said(content)


ADDRESS_LINES = {
    "street": pgettext_lazy("address", "street"),
    "postcode": pgettext_lazy("address", "postcode"),
    "city": pgettext_lazy("address", "city"),
    "area": pgettext_lazy("address", "area"),
    "country": pgettext_lazy("address", "country"),
}
"""How a page names the lines of a kept address: their own names are the program's, and English."""


def lines_shown(text: str) -> str:
    """The lines of an address by names of the reader's language; any other text stays."""
    lines = [line.partition(": ") for line in text.splitlines()]
    if not all(mark and name in ADDRESS_LINES for name, mark, _part in lines):
        return text
    return "\n".join(f"{ADDRESS_LINES[name]}{mark}{part}" for name, mark, part in lines)


def shown(field: models.Field[Any, Any], text: str) -> str:
    """A kept text as a page writes it."""
    try:
        if isinstance(field, models.DateTimeField):
            return written(timezone.localtime(datetime.fromisoformat(text)), "both")
        if isinstance(field, models.DateField):
            return written(from_iso(text))
    except ValueError:
        return text
    labels = {str(key): str(word) for key, word in field.flatchoices} if field.choices else {}
    return labels.get(text, lines_shown(text))


def from_text(value_kind: str, field: models.Field[Any, Any], text: str, before: str) -> Any:
    """What somebody wrote, as the field keeps it.

    Raises ValidationError with the sentence that says how to mend it.
    """
    text = text.strip()
    if value_kind == "day":
        day = DatePartsField(name=sentence("Day"), month_is_enough=True).to_python([text, "", ""])
        if day is None:
            raise ValidationError(_("Enter the day, like 3 May 2026"))
        return day
    if value_kind == "moment":
        return _moment(text)
    if value_kind == "parts":
        return _parts(text, before)
    if value_kind == "choice":
        return _choice(field, text)
    return field.clean(text, None)


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValidationError(_("Enter day and time, like 2026-05-03 14:30")) from None
    return at if at.tzinfo else timezone.make_aware(at)


def _parts(text: str, before: str) -> dict[str, str]:
    known = [line.partition(":")[0].strip() for line in before.splitlines()]
    called = {str(ADDRESS_LINES.get(name, name)): name for name in known}
    found = {}
    for line in text.splitlines():
        word, mark, part = (piece.strip() for piece in line.partition(":"))
        name = called.get(word, word)
        if line.strip() and (not mark or name not in known):
            raise ValidationError(
                _("Start each line with one of: {names}; then a colon and what is right").format(
                    names=", ".join(called)
                )
            )
        if part:
            found[name] = part
    if not found:
        raise ValidationError(_("Write what is right, line by line"))
    return found


def _choice(field: models.Field[Any, Any], text: str) -> Any:
    for key, word in field.flatchoices:
        if text.casefold() in {str(key).casefold(), str(word).casefold()}:
            return key
    words = ", ".join(str(word) for _key, word in field.flatchoices)
    raise ValidationError(_("Choose one of: {words}").format(words=words))


def field_ids(instance: models.Model) -> dict[str, str]:
    """Column → stable field id, of a declared table."""
    return {
        column.attribute: column.field_id
        for table in tables()
        if table.model is type(instance)
        for column in table.columns
    }


def put(found: Value, content: Any) -> None:
    """Write it into its row, by the rules of its room. Joins the open act and transaction.

    Raises IntegrityError, ValidationError and ValueError where the row does not take it; the last says why.
    """
    correct(found.instance, found.attribute, content)


def rehearse(found: Value, content: Any) -> None:
    """As ``put``, and taken back at once: whoever asks for what cannot be is told when they ask.

    Raises the same.
    """
    with transaction.atomic():
        put(found, content)
        transaction.set_rollback(True)
