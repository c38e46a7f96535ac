"""Form fields and the rules behind them."""

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from kept.people import addresses, countries, phones, vat
from kept.people.forms import AddressFields, CountryField, NameField, PhoneField, VatField


class Form(AddressFields):
    name = NameField()
    phone = PhoneField(required=False)
    vat = VatField(required=False)


class OptionalForm(AddressFields):
    address_required = False


GOOD = {
    "name": "Alice",
    "phone": "02 123 45 67",
    "country": "BE",
    "street": "Rue du Moulin 4",
    "postcode": "4020",
    "city": "Liège",
}


def wrong(form: type[forms.Form] = Form, **data) -> dict[str, list[str]]:
    return dict(form({**GOOD, **data}).errors)


def test_it_cleans_to_what_is_kept():
    form = Form(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["phone"] == phones.Phone("+3221234567", "02 123 45 67")
    assert form.address == {"street": "Rue du Moulin 4", "postcode": "4020", "city": "Liège"}
    assert form.address_country == "BE"


@pytest.mark.parametrize("name", ["Prince", "O’Brien", "李", "N. I", "Łukasz  Müller", "Ŋ"])
def test_names_of_any_kind(name):
    assert "name" not in wrong(name=name)


@pytest.mark.parametrize(
    "phone", ["call me", "0800 FLOWERS", "12", "+999 1234567", "1" * 41, "02 123 45 67; drop"]
)
def test_what_is_no_phone_number(phone):
    assert wrong(phone=phone) == {"phone": ["Enter a phone number, like 02 123 45 67 or +32 2 123 45 67"]}


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"postcode": "402"}, "postcode", "Enter a postcode, like 4000"),
        ({"postcode": ""}, "postcode", "Enter a postcode, like 4000"),
        ({"street": ""}, "street", "Enter a street and number"),
        ({"city": ""}, "city", "Enter a town or city"),
        ({"country": ""}, "country", "Choose a country"),
        ({"country": "XX"}, "country", "Choose a country from the list"),
        (
            {
                "country": "US",
                "phone": "303 555 0199",
                "postcode": "80202",
                "city": "Denver",
                "area": "Kolorado",
            },
            "area",
            "This is no state of United States. Check the spelling",
        ),
        ({"street": "x" * 201}, "street", "Street and number must be 200 characters or fewer"),
    ],
)
def test_each_part_of_an_address_has_its_sentence(data, field, sentence):
    assert wrong(**data) == {field: [sentence]}


def test_an_optional_address_may_be_empty_but_not_half():
    assert OptionalForm({}).is_valid()
    assert "postcode" in wrong(OptionalForm, postcode="")


def test_controls_say_what_a_browser_may_fill_in():
    form = Form()
    said = {name: field.widget.attrs["autocomplete"] for name, field in form.fields.items()}
    assert said == {
        "country": "country",
        "street": "address-line1",
        "postcode": "postal-code",
        "city": "address-level2",
        "area": "address-level1",
        "name": "name",
        "phone": "tel",
        "vat": "off",
    }


def test_countries_are_named_in_the_readers_language():
    assert dict(countries.choices("fr"))["BE"] == "Belgique"
    assert dict(CountryField(language="nl").choices)["BE"] == "België"
    assert dict(countries.choices("xx"))["BE"] == "Belgium"
    assert len(countries.codes()) > 200


def test_an_envelope_of_another_country():
    american = {"street": "1 Main Street\nFloor 2", "postcode": "80202", "city": "Denver", "area": "CO"}
    assert addresses.lines(american, "US") == [
        "1 Main Street",
        "Floor 2",
        "Denver, CO 80202",
        "United States",
    ]
    assert addresses.lines({}, "") == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("BE123", vat.BELGIAN),
        ("BE0123456789", vat.BELGIAN_TYPO),
        ("0123456789", vat.BELGIAN_TYPO),
        ("ZZ12", vat.BELGIAN),
        ("DE12345678", "A VAT number of Germany looks like DE136695976"),
        ("DE136695977", "This VAT number of Germany has a typing error. Check each figure"),
    ],
)
def test_vat_numbers_that_cannot_be(typed, sentence):
    assert wrong(vat=typed) == {"vat": [sentence]}


def test_a_vat_number_loses_its_marks():
    assert vat.normalise("be 0123.456-749") == "BE0123456749"


@given(st.text(max_size=60))
def test_no_text_breaks_the_phone_reader(text):
    found = phones.index_form(text)
    assert not found or phones.index_form(found) == found
