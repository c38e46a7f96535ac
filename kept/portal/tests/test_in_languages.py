"""The shell is not frozen in the language of who asked first; what reads its words reads each language."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from kept.core.ledger import versions
from kept.portal import navigation
from kept.portal.form_parts import error_wording, uploads
from kept.portal.form_parts.forms import DatePartsField
from kept.portal.marks import external_links

pytestmark = pytest.mark.django_db
WHY = '{% load kept %}{% why "person.name" purpose="account" %}'


class Bought(forms.Form):
    nobody = {"day": "A day of a test."}

    day = DatePartsField(name="Purchase date", label="When was it bought?", past=True)


def _wrong(data: dict[str, str]) -> str:
    form = Bought(data)
    return " ".join(error_wording.said(form["day"]))


def test_the_why_mark_speaks_each_language(policy: Any) -> None:
    drawn = {}
    for language in ("en", "fr", "de", "en"):
        with translation.override(language):
            drawn[language] = Template(WHY).render(Context())
    assert "Until when" in drawn["en"] and "Jusqu’à quand" in drawn["fr"] and "Bis wann" in drawn["de"]


def test_the_bar_speaks_each_language(policy: Any) -> None:
    with translation.override("nl"):
        assert "Uw gegevens" in [place.name for place in navigation.bar("/")]
    assert "Your data" in [place.name for place in navigation.bar("/")]


def test_an_error_of_a_date_speaks_each_language() -> None:
    with translation.override("fr"):
        assert _wrong({"day_day": "3", "day_month": "5", "day_year": ""}).endswith("il manque l’année")
        assert _wrong({"day_day": "", "day_month": "", "day_year": ""}).startswith("Saisissez")
    assert _wrong({"day_day": "3", "day_month": "5", "day_year": ""}) == "Purchase date must include a year"
    assert _wrong({}) == "Enter the purchase date"


def test_german_keeps_its_capitals_inside_a_sentence() -> None:
    with translation.override("de"):
        assert error_wording.within("Seriennummer") == "Seriennummer"
    assert (error_wording.within("Serial number"), error_wording.within("VAT number")) == (
        "serial number",
        "VAT number",
    )


def test_a_link_that_leads_off_is_told_from_its_words_in_each_language(policy: Any) -> None:
    ruling = versions.current().policy
    for language in ("en", "fr", "de", "nl"):
        with translation.override(language):
            page = external_links.link(ruling, "https://example.org/", "There")
        assert external_links.links(ruling, page).unmarked == ()
    assert external_links.links(ruling, page.replace("bedrijf", "huis")).unmarked != ()


def test_a_size_and_a_day_are_written_as_the_reader_writes_them(settings: Any) -> None:
    settings.KEPT_UPLOAD_LIMIT = 10_000_000
    with translation.override("de"):
        assert "10,5\xa0MB" in uploads.sentence(10_500_000)
        drawn = Template("{% load kept %}{{ day|in_words }}").render(Context({"day": date(2026, 5, 3)}))
        assert drawn == "3. Mai 2026"
    assert uploads.sentence(10_500_000).startswith("The file is 10.5 MB; the limit is 10 MB.")
