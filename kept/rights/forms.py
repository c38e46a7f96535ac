"""What to take: everything, or some kinds of data. Which part of the timeline to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kept.portal.form_parts.forms import DayField, DayInput
from kept.rights.access.person_timeline import FILTERS


class CopyForm(forms.Form):
    nobody = {
        "scope": "How much of the copy.",
        "categories": "Kinds of data of the policy.",
    }

    scope = forms.ChoiceField(
        label=_("What should the copy hold?"),
        choices=[("all", _("Everything")), ("some", _("Only the kinds I choose below"))],
        initial="all",
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what the copy should hold"),
            "invalid_choice": _("Choose what the copy should hold"),
        },
    )
    categories = forms.MultipleChoiceField(
        label=_("Kinds of data"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose kinds of data from the list")},
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = kinds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (
            cleaned.get("scope") == "some"
            and not cleaned.get("categories")
            and "categories" not in self.errors
        ):
            self.add_error("categories", gettext("Choose at least one kind of data, or take everything"))
        if cleaned.get("scope") == "all":
            cleaned["categories"] = []
        return cleaned


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the timeline is shown: one filter, from the first moment of a day to the last of another."""

    only: str
    first: date | None
    last: date | None

    @property
    def since(self) -> datetime | None:
        return _midnight(self.first) if self.first else None

    @property
    def until(self) -> datetime | None:
        return _midnight(self.last + timedelta(days=1)) if self.last and self.last < date.max else None

    def address(self, most: int) -> str:
        """The query that shows more of the same."""
        days = {name: day.isoformat() for name, day in (("first", self.first), ("last", self.last)) if day}
        return "?" + urlencode({"show": self.only, **days, "most": most})


class TimelineForm(forms.Form):
    """A question in an address: nothing of it is required, and what makes no sense is said and left out."""

    nobody = {
        "show": "What of the timeline is shown.",
        "first": "From which day it is shown.",
        "last": "To which day it is shown.",
    }

    show = forms.ChoiceField(label=pgettext_lazy("verb", "Show"), choices=list(FILTERS.items()))
    first = DayField(
        label=pgettext_lazy("day", "From"),
        required=False,
        widget=DayInput(attrs={"class": "short"}, format="%Y-%m-%d"),
    )
    last = DayField(
        label=pgettext_lazy("day", "Until"),
        required=False,
        widget=DayInput(attrs={"class": "short"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any) -> None:
        # An address that somebody mistyped shows everything.
        super().__init__(
            {"show": "all", **data.dict()}
            if data.get("show", "all") in FILTERS
            else {**data.dict(), "show": "all"}
        )
        for name in ("first", "last"):
            self.fields[name].error_messages["invalid"] = _("Enter a day like 2026-05-27")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("first") and cleaned.get("last") and cleaned["first"] > cleaned["last"]:
            self.add_error("last", gettext("The last day must not be before the first"))
        return cleaned

    def chosen(self) -> Chosen:
        self.is_valid()
        cleaned = self.cleaned_data
        return Chosen(cleaned.get("show") or "all", cleaned.get("first"), cleaned.get("last"))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def whole(text: str, *, least: int, most: int) -> int:
    """A number out of an address, whatever stands there: "²" is a digit to Python and no number, and a
    million figures are neither.
    """
    return min(max(int(text), least), most) if len(text) <= 9 and text.isdecimal() else least
