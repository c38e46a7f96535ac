"""A date as people write one: three boxes, month names welcome, and a sentence that says which part is
wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import get_default_renderer
from django.utils import timezone
from django.utils.functional import Promise, lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept import dates
from kept.portal.form_parts.error_wording import within

PARTS = ("day", "month", "year")
MISSING = {
    "day": _("{name} must include a day"),
    "month": _("{name} must include a month"),
    "year": _("{name} must include a year"),
    "day month": _("{name} must include a day and month"),
    "day year": _("{name} must include a day and year"),
    "month year": _("{name} must include a month and year"),
}


class DatePartsWidget(forms.MultiWidget):
    """Day, month and year. What was typed comes back as it was typed."""

    labels = (_("Day"), _("Month"), _("Year"))

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes = [
            forms.TextInput({"inputmode": "text" if part == "month" else "numeric", "autocomplete": "off"})
            for part in PARTS
        ]
        super().__init__(dict(zip(PARTS, boxes, strict=True)), attrs)

    def decompress(self, value: date | None) -> list[str]:
        day = "" if value is None or isinstance(value, dates.Month) else str(value.day)
        return [day, str(value.month), str(value.year)] if value else ["", "", ""]

    def draw(self, part: dict[str, Any]) -> SafeString:
        """One box, from the context ``get_context`` made for it."""
        return SafeString(get_default_renderer().render(part["template_name"], {"widget": part}))


class DatePartsField(forms.Field):
    """A day in three parts.

    ``name`` is what messages call it ("Purchase date"); ``past`` refuses a day after today.

    ``month_is_enough`` takes "3 2025" for March 2025, a ``dates.Month``; without it the day is asked for.
    Cleans to a date or None. Raises ValidationError with the wrong parts as its code, such as "day month".
    """

    widget = DatePartsWidget

    def __init__(
        self, *, name: str | Promise = "", past: bool = False, month_is_enough: bool = False, **kwargs: Any
    ) -> None:
        self.name = name or kwargs.get("label") or _("Date")
        told = {"required": lazy(self._asked, str)(), **kwargs.pop("error_messages", {})}
        super().__init__(error_messages=told, **kwargs)
        self.past = past
        self.month_is_enough = month_is_enough

    @property
    def called(self) -> str:
        """The name in the reader's language."""
        return str(self.name).rstrip("?\N{NO-BREAK SPACE}")

    def _asked(self) -> str:
        return gettext("Enter the {name}").format(name=within(self.called))

    def _unreal(self) -> str:
        return gettext("{name} must be a real date").format(name=self.called)

    @staticmethod
    def parts_of(codes: Iterable[str]) -> tuple[int, ...]:
        """The boxes (0, 1, 2) that error codes speak of; all three when they speak of none."""
        said = {PARTS.index(word) for code in codes for word in code.split() if word in PARTS}
        return tuple(sorted(said)) or (0, 1, 2)

    def to_python(self, value: date | Sequence[str] | None) -> date | None:
        if value is None or isinstance(value, date):
            return value
        texts = _spread([str(text or "").strip() for text in value])
        if not any(texts):
            return None
        missing = [part for part, text in zip(PARTS, texts, strict=True) if not text]
        if self.month_is_enough and missing == ["day"]:
            first = self._real(["1", *texts[1:]])
            return dates.Month.of(first.year, first.month)
        if missing:
            code = " ".join(missing)
            raise ValidationError(str(MISSING[code]).format(name=self.called), code=code)
        return self._real(texts)

    def _real(self, texts: Sequence[str]) -> date:
        day, month, year = texts
        if not re.fullmatch(r"\d{4}", year):
            raise ValidationError(gettext("Year must include 4 numbers"), code="year")
        number = dates.month_number(month)
        if not number:
            raise ValidationError(
                gettext("{name} must be a real date").format(name=self.called), code="month"
            )
        try:
            return date(int(year), number, dates.day_number(day))
        except ValueError:
            raise ValidationError(self._unreal(), code="day") from None

    def validate(self, value: date | None) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if value and self.past and value > timezone.localdate():
            raise ValidationError(
                gettext("{name} must be today or in the past").format(name=self.called), code="future"
            )

    def has_changed(self, initial: date | None, data: Sequence[str] | None) -> bool:
        return DatePartsWidget().decompress(initial) != [str(text or "") for text in data or ("", "", "")]


class DayInput(forms.DateInput):
    """The browser's own calendar, as long as what was typed is a day: it would swallow anything else."""

    input_type = "date"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        try:
            date.fromisoformat(str(value or "2026-11-25"))
        except ValueError:
            context["widget"]["type"] = "text"
        return context


class DayField(forms.DateField):
    """A day in one box, which a calendar fills as 2025-03-15 and a person as 15 mars 2025 or 15.3.2025."""

    widget = DayInput(format="%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        day, month, year = dates.parts(str(value))
        if not re.fullmatch(r"\d{4}", year):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return date(int(year), dates.month_number(month), dates.day_number(day))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


def _spread(texts: list[str]) -> list[str]:
    """A whole date typed or pasted into one box, "15 maart 2025", "3/2025" or "2025-03-15", fills the
    three.
    """
    filled = [text for text in texts if text]
    found = dates.parts(filled[0]) if len(filled) == 1 else ("", "", "")
    return list(found) if found[2] else texts
