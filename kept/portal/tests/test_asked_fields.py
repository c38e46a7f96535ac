"""A form that asks for something undeclared is refused where it is drawn, and named before anything
starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.template import engines

from kept.core.register.checking.check import findings
from kept.portal.form_parts import asked_fields
from kept.portal.form_parts.asked_fields import UndeclaredField
from kept.portal.form_parts.forms import DatePartsField

BY_TAG = "{% load kept %}{% field form.shoe_size %}"
BY_HAND = "{{ form.shoe_size }}"
AS_WHOLE = "{{ form }}"


class Declared(forms.Form):
    personal = {"phone": ("person.phone", "account")}
    nobody = {"colour": "A test's.", "choice-*": "A test's.", "day": "A test's."}

    phone = forms.CharField()
    colour = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    day = DatePartsField(label="Day")
    token = forms.CharField(widget=forms.HiddenInput)


class Undeclared(Declared):
    shoe_size = forms.CharField()


class Chosen(Declared):
    shoe_size = forms.ChoiceField(choices=[("40", "40")], widget=forms.RadioSelect)


class Dated(Declared):
    shoe_size = DatePartsField(label="When")


@pytest.fixture(autouse=True)
def serving() -> Iterator[None]:
    """As while a request is answered."""
    token = asked_fields.SERVING.set(True)
    yield
    asked_fields.SERVING.reset(token)


def drawn(form: forms.Form, source: str) -> str:
    return engines["django"].from_string(source).render({"form": form})


@pytest.mark.parametrize("form", [Undeclared, Chosen, Dated])
@pytest.mark.parametrize("source", [BY_TAG, BY_HAND, AS_WHOLE])
def test_it_is_an_error_while_developing(form: type[forms.Form], source: str) -> None:
    with pytest.raises(UndeclaredField, match=r"test_asked_fields\.\w+\.shoe_size"):
        drawn(form(), source)


@pytest.mark.parametrize("form", [Undeclared, Chosen, Dated])
@pytest.mark.parametrize("source", [BY_TAG, BY_HAND])
def test_people_get_a_sentence_and_no_question(
    form: type[forms.Form], source: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.UNDECLARED_FIELDS_RAISE = False
    html = drawn(form({"shoe_size": "forty-two"}), source)
    assert (
        asked_fields.LEFT_OUT.partition(":")[0] in html and asked_fields.MARK in html and "<input" not in html
    )
    assert "shoe_size" in caplog.text and "forty-two" not in caplog.text


def test_a_field_added_while_running_is_refused_as_well() -> None:
    form = Declared()
    form.fields["shoe_size"] = forms.CharField()
    with pytest.raises(UndeclaredField):
        drawn(form, BY_TAG)


def test_a_form_of_a_library_is_refused_as_well() -> None:
    with pytest.raises(UndeclaredField):
        drawn(type("Library", (forms.Form,), {"shoe_size": forms.CharField()})(), BY_HAND)


def test_declared_ones_are_drawn_and_noted() -> None:
    form = Declared(prefix="one")
    form.fields["choice-3"] = forms.CharField()
    token = asked_fields.DRAWN.set(set())
    try:
        for name in form.fields:
            assert form[name].as_widget()
        assert {"one-phone", "one-colour", "one-choice-3", "one-day_day", "one-day_month"} <= (
            asked_fields.DRAWN.get() or set()
        )
    finally:
        asked_fields.DRAWN.reset(token)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Undeclared, "__module__", "kept.somewhere.forms")


@pytest.mark.django_db
def test_kept_check_names_it_before_anything_starts(policy: Any, planted: None) -> None:
    found = [str(one) for one in findings() if one.id == "kept.E025"]
    assert len(found) == 1 and "somewhere.forms.Undeclared asks for shoe_size" in found[0]


@pytest.mark.django_db
def test_the_house_itself_asks_for_nothing_undeclared(policy: Any) -> None:
    assert [str(one) for one in findings() if one.id == "kept.E025"] == []
