"""A date is taken as people write it, and refused with the part that is wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from kept.dates import Month
from kept.portal.form_parts.forms import DatePartsField, DayField


class Bought(forms.Form):
    bought = DatePartsField(label="When was it bought?", name="Purchase date", past=True)


def bought(day: str = "", month: str = "", year: str = "") -> Bought:
    return Bought({"bought_day": day, "bought_month": month, "bought_year": year})


@pytest.mark.parametrize(
    "typed",
    [
        ("15", "3", "2025"),
        ("15", "03", "2025"),
        (" 15 ", "March", "2025"),
        ("15", "mar.", "2025"),
        ("15", "maart", "2025"),
        ("15", "mars", "2025"),
        ("15", "März", "2025"),
        ("15 maart 2025", "", ""),
        ("15/3/2025", "", ""),
        ("2025-03-15", "", ""),
        ("١٥", "٣", "٢٠٢٥"),
        ("", "", "15.03.2025"),
        ("15.", "3.", "2025"),
        ("le 15 mars 2025", "", ""),
        ("samedi 15 mars 2025", "", ""),
        ("Samstag, den 15. Maerz 2025", "", ""),
        ("zaterdag 15 maart 2025", "", ""),
    ],
)
def test_it_takes_a_date_as_people_write_it(typed: tuple[str, str, str]) -> None:
    form = bought(*typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["bought"] == date(2025, 3, 15)


@pytest.mark.parametrize(
    ("typed", "sentence", "wrong"),
    [
        (("", "", ""), "Enter the purchase date", (0, 1, 2)),
        (("", "3", "2025"), "Purchase date must include a day", (0,)),
        (("3/2025", "", ""), "Purchase date must include a day", (0,)),
        (("15", "", ""), "Purchase date must include a month and year", (1, 2)),
        (("15", "3", "25"), "Year must include 4 numbers", (2,)),
        (("31", "2", "2025"), "Purchase date must be a real date", (0,)),
        (("15", "13", "2025"), "Purchase date must be a real date", (1,)),
        (("15", "brumaire", "2025"), "Purchase date must be a real date", (1,)),
        (("x", "3", "2025"), "Purchase date must be a real date", (0,)),
        (("0", "3", "2025"), "Purchase date must be a real date", (0,)),
        (("1" * 5000, "3", "2025"), "Purchase date must be a real date", (0,)),
    ],
)
def test_it_says_which_part_is_wrong(
    typed: tuple[str, str, str], sentence: str, wrong: tuple[int, ...]
) -> None:
    form = bought(*typed)
    assert form.errors["bought"] == [sentence]
    codes = [error.code or "" for error in form.errors.as_data()["bought"]]
    assert DatePartsField.parts_of(codes) == wrong


def test_tomorrow_is_refused_and_today_is_not() -> None:
    today = timezone.localdate()
    assert bought(str(today.day), str(today.month), str(today.year)).is_valid()
    tomorrow = today + timedelta(days=1)
    form = bought(str(tomorrow.day), str(tomorrow.month), str(tomorrow.year))
    assert form.errors["bought"] == ["Purchase date must be today or in the past"]


def test_a_month_is_enough_where_the_form_says_so() -> None:
    field = DatePartsField(name="Purchase date", month_is_enough=True)
    assert field.clean(["", "3", "2025"]) == field.clean(["3/2025", "", ""]) == Month.of(2025, 3)


def test_optional_means_that_nothing_is_fine() -> None:
    assert DatePartsField(required=False).clean(["", "", ""]) is None


def test_what_was_typed_comes_back_as_it_was_typed() -> None:
    page = Template("{% load kept %}{% field form.bought %}").render(
        Context({"form": bought("31", "febr", "20<25")})
    )
    for typed in ('value="31"', 'value="febr"', 'value="20&lt;25"'):
        assert typed in page


@pytest.mark.parametrize(
    "typed", [["", "3", "2025"], ["3/2025", "", ""], ["", "maart", "2025"], ["mars 2025", "", ""]]
)
def test_a_month_stays_a_month_when_it_is_shown_again(typed: list[str]) -> None:
    month = DatePartsField(name="Purchase date", month_is_enough=True).clean(typed)
    assert DatePartsField.widget().decompress(month) == ["", "3", "2025"]


@pytest.mark.parametrize(
    "typed",
    [
        "March 15, 2025",
        "15 maart 2025",
        "15. März 2025",
        "15 mars 2025",
        "2025-03-15",
        "3/15/2025",
        "2025年3月15日",
        "15th of March 2025",
    ],
)
def test_a_whole_date_in_one_box(typed: str) -> None:
    assert DatePartsField(name="Purchase date").clean([typed, "", ""]) == date(2025, 3, 15)


@pytest.mark.parametrize(
    ("day", "month", "number"),
    [("1er", "fév.", 2), ("1er", "juill.", 7), ("1.", "Jänner", 1), ("1", "Feber", 2), ("1ste", "mrt.", 3)],
)
def test_the_first_of_a_month_as_it_is_said(day: str, month: str, number: int) -> None:
    form = bought(day, month, "2025")
    assert form.is_valid() and form.cleaned_data["bought"] == date(2025, number, 1)


class Since(forms.Form):
    since = DayField(required=False)


@pytest.mark.parametrize(
    "typed", ["2025-04-03", "03/04/2025", "3.4.2025", "3 avril 2025", "3. April 2025", "3 apr. 2025"]
)
@pytest.mark.parametrize("language", ["en", "fr", "de", "nl"])
def test_a_day_in_one_box_is_the_same_day_in_every_language(typed: str, language: str) -> None:
    with translation.override(language):
        form = Since({"since": typed})
        assert form.is_valid() and form.cleaned_data["since"] == date(2025, 4, 3)


@pytest.mark.parametrize("typed", ["avril 2025", "31 avril 2025", "3 avril 25", "hier"])
def test_what_is_no_day_stays_in_its_box(typed: str) -> None:
    form = Since({"since": typed})
    assert not form.is_valid() and f'type="text" name="since" value="{typed}"' in str(form["since"])
