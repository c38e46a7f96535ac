"""What a reader asks of the dashboard, read from the address: ?period=last-month, or
?from=2026-11-01&to=2026-11-30, and ?compare=before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kept.portal.form_parts.forms import DayField
from kept.sentences import day, sentence
from kept.touchpoints.visits.pages.periods import PRESETS, Period, preset, usual

COMPARE = {
    "": sentence("with nothing"),
    "before": sentence("with the time before"),
    "year": sentence("with a year earlier"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """``against`` is the period to compare with, where it was counted whole; ``because`` says why not.

    ``name`` is the preset's, if it is one.
    """

    period: Period
    against: Period | None = None
    compare: str = ""
    name: str = ""
    because: str = ""

    def query(self, **changed: str) -> str:
        """The same question, for a link to another page; ``changed`` takes other words for some of it."""
        days = (
            {"period": self.name}
            if self.name
            else {"from": self.period.since.isoformat(), "to": self.period.until.isoformat()}
        )
        said = {**({} if "period" in changed else days), "compare": self.compare, **changed}
        return f"?{urlencode({key: value for key, value in said.items() if value})}"


class OpenDayField(DayField):
    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False)

    def to_python(self, value: Any) -> date | None:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            wrong = _("“{value}” is not a day. Write one like 2026-11-25.").format(value=str(value)[:40])
            raise forms.ValidationError(wrong, code="invalid") from None


class PeriodForm(forms.Form):
    """``asked`` after ``is_valid()``. ``span``: the first and the last day there is."""

    use_required_attribute = False
    nobody = dict.fromkeys(
        ("from", "to", "compare"), "Which days are told of. It is answered, and kept nowhere."
    )

    def __init__(self, data: Mapping[str, str] | None, span: Period) -> None:
        super().__init__(data, initial={"compare": ""})
        self.span = span
        self.asked = Asked(preset(usual(span), span.until).within(span) or span, name=usual(span))
        self.fields = {
            "from": OpenDayField(pgettext("the first day", "From")),
            "to": OpenDayField(pgettext("the last day", "To")),
            "compare": forms.ChoiceField(label=_("Compare"), choices=list(COMPARE.items()), required=False),
            "period": forms.CharField(required=False, widget=forms.HiddenInput),
        }
        self.fields["compare"].error_messages["invalid_choice"] = _(
            "“%(value)s” is nothing to compare with. Choose from the list."
        )

    def clean(self) -> None:
        said = self.cleaned_data
        if self.errors:
            return
        name, since, until = said["period"], said["from"], said["to"]
        if since or until:
            wanted, name = Period(since or self.span.since, until or self.span.until), ""
            if wanted.since > wanted.until:
                wrong = _("{since} comes after {until}. Choose a first day before the last.")
                self.add_error("from", wrong.format(since=day(wanted.since), until=day(wanted.until)))
                return
        elif name and name not in PRESETS:
            raise forms.ValidationError(
                _(
                    "“{name}” is no period we know. Choose one of those above, or a first and a last day."
                ).format(name=name[:40])
            )
        else:
            name = name or usual(self.span)
            wanted = preset(name, self.span.until)
        counted = wanted.within(self.span)
        if counted is None:
            self.add_error("to" if wanted.until < self.span.since else "from", self._nothing_counted(wanted))
            return
        self.asked = self._against(counted, wanted, name, said["compare"])

    def _nothing_counted(self, wanted: Period) -> str:
        if wanted.until < self.span.since:
            wrong = _("Nothing was counted before {day}. Choose a later day.")
            return wrong.format(day=day(self.span.since))
        wrong = _("The last day counted so far is {day}. Choose an earlier day.")
        return wrong.format(day=day(self.span.until))

    def _against(self, counted: Period, wanted: Period, name: str, compare: str) -> Asked:
        if not compare:
            return Asked(counted, name=name)
        against = counted.before() if compare == "before" else counted.year_before()
        if against.within(self.span) == against:
            return Asked(counted, against, compare, name)
        because = _("{since} to {until} was not counted whole, so there is nothing to compare with.").format(
            since=day(against.since), until=day(against.until)
        )
        return Asked(counted, None, compare, name, because)

    def shown(self) -> PeriodForm:
        """As it stands on the page: what was typed where something was wrong, otherwise the days that are
        shown.
        """
        form = self if self.is_bound and not self.is_valid() else PeriodForm(None, self.span)
        form.initial = {
            "from": self.asked.period.since,
            "to": self.asked.period.until,
            "compare": self.asked.compare,
        }
        for field in form.fields.values():
            # An address may leave any of them out; on the page they are always there, and none is marked as
            # optional.
            field.required = True
        return form
