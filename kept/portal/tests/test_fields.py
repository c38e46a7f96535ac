"""One field the GOV.UK way: what stands above, beside and below the control, and what a screen reader is
told.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from kept.portal.form_parts import error_summary
from kept.portal.marks.component_sheet import Sheet

EMPTY: dict[str, str] = {"country": "BE"}


def drawn(form: forms.Form, source: str) -> str:
    return Template("{% load kept %}" + source).render(Context({"form": form}))


def control(page: str, name: str) -> str:
    found = re.search(rf'<(?:input|select|textarea)[^>]*id="id_{name}"[^>]*>', page)
    assert found, page
    return found[0]


class Plain(forms.Form):
    email = forms.EmailField(label="E-mail address", help_text="We write <b>once</b>")
    phone = forms.CharField(label="Phone", required=False)
    name = forms.CharField(label="Name", max_length=5)
    country = forms.ChoiceField(label="Country", choices=[("BE", "Belgium")])
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    agree = forms.BooleanField(label="I agree")
    proof = forms.FileField(label="Proof of purchase")

    def clean(self) -> dict[str, Any]:
        if self.data.get("name") == "twins":
            raise forms.ValidationError("Alice and Bob cannot both be first")
        return self.cleaned_data


def test_optional_is_marked_and_required_is_not() -> None:
    page = drawn(Plain(), "{% field form.email %}{% field form.phone %}")
    assert '<label for="id_phone">Phone <small>(optional)</small></label>' in page
    assert '<label for="id_email">E-mail address</label>' in page


def test_browsers_may_fill_in_what_they_know() -> None:
    page = drawn(
        Plain(), "{% field form.email %}{% field form.phone %}{% field form.name %}{% field form.country %}"
    )
    assert 'autocomplete="email"' in control(page, "email") and 'spellcheck="false"' in control(page, "email")
    assert 'autocomplete="tel"' in control(page, "phone") and 'type="tel"' in control(page, "phone")
    assert control(page, "phone").count("type=") == 1
    assert 'autocomplete="name"' in control(page, "name") and 'autocomplete="country"' in control(
        page, "country"
    )


def test_the_forms_author_has_the_last_word_on_attributes() -> None:
    form = Plain()
    form.fields["email"].widget.attrs["autocomplete"] = "username"
    page = drawn(form, '{% field form.email placeholder="none" %}')
    assert 'autocomplete="username"' in control(page, "email") and 'placeholder="none"' in control(
        page, "email"
    )


def test_hint_error_and_origin_are_read_with_the_control() -> None:
    form = Plain({"email": "x"})
    form.fields["email"].origin = "From your ID, confirmed 12 May 2026"
    page = drawn(form, "{% field form.email %}")
    assert 'aria-describedby="id_email-hint id_email-wrong id_email-origin"' in control(page, "email")
    assert 'aria-invalid="true"' in control(page, "email") and 'value="x"' in control(page, "email")
    order = [
        page.index(part)
        for part in (
            "<label",
            'id="id_email-hint"',
            'id="id_email-wrong"',
            'id="id_email"',
            'id="id_email-origin"',
        )
    ]
    assert order == sorted(order)


def test_nothing_is_invalid_before_it_was_sent() -> None:
    page = drawn(Plain(), "{% errors form %}{% field form.email %}")
    assert "aria-invalid" not in page and "wrong" not in page and "problem" not in page


def test_library_sentences_become_ours() -> None:
    form = Plain({"email": "x", "name": "abcdefg"})
    said = [problem.text for problem in error_summary.problems(form)]
    assert said == [
        "Enter an e-mail address in the correct format, like name@example.com",
        "Name must be 5 characters or fewer",
        "Select an answer: country",
        "Tick the box: I agree",
        "Select a file: proof of purchase",
    ]


@pytest.mark.django_db
def test_the_summary_links_to_each_control_and_says_the_same_words(policy: Any) -> None:
    form = Sheet({"bought_day": "1", "bought_month": "", "bought_year": "2025", **EMPTY})
    page = drawn(form, '{% include "portal/form.html" with button="Register" %}')
    for address, text in re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', page):
        assert f'id="{address}"' in page
        assert page.count(text) == 2
    assert '<a href="#id_bought_1">Purchase date must include a month</a>' in page
    assert '<a href="#id_holder_0">Select who it is for</a>' in page
    assert page.index('role="alert"') < page.index("<form")
    assert 'tabindex="-1" autofocus' in page


def test_only_the_wrong_part_of_a_date_is_invalid() -> None:
    page = drawn(
        Sheet({"bought_day": "1", "bought_month": "", "bought_year": "2025"}), "{% field form.bought %}"
    )
    assert [("aria-invalid" in control(page, f"bought_{part}")) for part in range(3)] == [False, True, False]


def test_radios_and_checkboxes_are_a_fieldset_with_a_legend() -> None:
    page = drawn(
        Sheet({"holder": "firm", "news": ["sem"], **EMPTY}), "{% field form.holder %}{% field form.news %}"
    )
    assert (
        "<legend>Who is it for?</legend>" in page
        and "<legend>News about <small>(optional)</small></legend>" in page
    )
    assert "checked" in control(page, "holder_1") and "checked" in control(page, "news_1")
    assert "checked" not in control(page, "holder_0")
    assert (
        '<small id="id_news_1-hint">Four a year</small>' in page
        and 'aria-describedby="id_news_1-hint"' in control(page, "news_1")
    )


def test_what_concerns_the_whole_form_is_said_without_a_link() -> None:
    page = drawn(Plain({"name": "twins"}), "{% errors form %}")
    assert "<li>Alice and Bob cannot both be first</li>" in page


def test_several_forms_share_one_summary() -> None:
    page = Template("{% load kept %}{% errors one many none %}").render(
        Context({"one": Plain({}), "many": [Plain({}, prefix="b")], "none": None})
    )
    assert page.count('id="problem"') == 1
    assert 'href="#id_email"' in page and 'href="#id_b-email"' in page


def test_the_title_says_error_only_when_there_is_one() -> None:
    source = "{% error_prefix %}Register"
    assert drawn(Plain(), source) == "Register"
    assert drawn(Plain({}), source) == "Error: Register"


def test_hostile_values_stay_text() -> None:
    page = drawn(
        Plain({"name": '"><script>x</script>', "email": "<i>"}),
        "{% errors form %}{% field form.name %}{% field form.email %}",
    )
    assert "<script>" not in page and "<i>" not in page


@pytest.mark.django_db
def test_a_field_that_asks_for_something_carries_the_mark(policy: Any) -> None:
    form = Sheet()
    assert 'class="why"' in drawn(form, "{% field form.phone %}")
    assert 'class="why"' not in drawn(form, "{% field form.country %}")
