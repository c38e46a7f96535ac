"""Phones, postcodes and VAT numbers as people of many countries write them, read by the country that stands
beside them.
"""

import phonenumbers
import pytest

from kept.people import addresses, countries, phones, vat
from kept.people.forms import AddressFields, PhoneField, VatField


class Form(AddressFields):
    address_required = False
    phone = PhoneField(required=False)
    vat = VatField(required=False)


def cleaned(**data: str) -> dict:
    form = Form(data)
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if name in data} | dict(form.errors)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS & countries.codes()))
def test_a_number_is_read_as_it_is_dialled_in_the_country_that_was_chosen(region: str) -> None:
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    for example in filter(None, (phonenumbers.example_number_for_type(region, kind) for kind in kinds)):
        typed = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
        wanted = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        assert cleaned(country=region, phone=typed)["phone"].e164 == wanted
        # Carried into a form of another country it is still the same number.
        assert phones.parse(phones.carried(typed, region), "US" if region != "US" else "BE").e164 == wanted


@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("0032 2 123 45 67", "US", "+3221234567"),
        ("011 32 2 123 45 67", "US", "+3221234567"),
        ("+32 (0)2/123.45.67 ext. 12", "DE", "+3221234567"),
        ("０３−１２３４−５６７８", "JP", "+81312345678"),
        ("٠٦ ١٢ ٣٤ ٥٦ ٧٨", "FR", "+33612345678"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
    ],
)
def test_further_ways_to_write_one(typed: str, country: str, e164: str) -> None:
    assert cleaned(country=country, phone=typed)["phone"].e164 == e164


def test_what_is_no_number_there_is_told_with_an_example_from_there() -> None:
    assert cleaned(country="FR", phone="12")["phone"] == [phones.problem("FR")]
    assert "+33" in phones.problem("FR")


def test_a_number_that_was_left_as_it_stood_is_still_the_old_countrys() -> None:
    form = Form(
        {"country": "BE", "phone": "06 12 34 56 78"}, initial={"country": "FR", "phone": "06 12 34 56 78"}
    )
    form.is_valid()
    assert form.cleaned_data["phone"].e164 == "+33612345678"


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("B-4020", "BE", "4020"),
        ("B 4020", "BE", "4020"),
        ("BE-4020", "BE", "4020"),
        ("F-75001", "FR", "75001"),
        ("D-10115", "DE", "10115"),
        ("L–1234", "LU", "1234"),
        ("CH-8000", "CH", "8000"),
        ("A-1010", "AT", "1010"),
        ("nl-1234 ab", "NL", "1234 AB"),
        ("S-114 55", "SE", "114 55"),
        ("FIN-00550", "FI", "00550"),
        ("1073", "LV", "LV-1073"),
        ("LT-04340", "LT", "04340"),
        ("〒154-0023", "JP", "154-0023"),
        ("１５４−００２３", "JP", "154-0023"),
        ("sw1a 1aa", "GB", "SW1A 1AA"),
        ("E1 6AN", "GB", "E1 6AN"),
        ("P-1000-001", "PT", "1000-001"),
    ],
)
def test_a_postcode_with_the_sign_of_its_country(typed: str, country: str, kept: str) -> None:
    assert addresses.tidy({"postcode": typed}, country) == {"postcode": kept}
    assert "postcode" not in addresses.check({"street": "x", "city": "y", "postcode": typed}, country)


def test_nothing_of_an_address_is_missing_on_the_envelope() -> None:
    parts = {"street": "Streetx 1", "postcode": "QQ999", "city": "Cityx", "area": "Areax"}
    for country in sorted(countries.codes()):
        printed = "\n".join(addresses.lines(parts, country))
        assert [part for part in parts.values() if part not in printed] == [], country


def test_japan_is_printed_from_the_large_to_the_small_or_in_latin_letters_the_other_way() -> None:
    native = {"street": "桜丘町1-1", "postcode": "154-0023", "city": "渋谷区", "area": "東京都"}
    latin = {"street": "1-1 Sakuragaoka", "postcode": "154-0023", "city": "Shibuya-ku", "area": "Tokyo"}
    assert addresses.lines(native, "JP") == ["〒154-0023", "東京都", "渋谷区", "桜丘町1-1", "Japan"]
    assert addresses.lines(latin, "JP") == ["1-1 Sakuragaoka", "Shibuya-ku, Tokyo", "154-0023", "Japan"]


@pytest.mark.parametrize(("country", "example"), sorted(vat.EXAMPLES.items()))
def test_vat_numbers_of_every_country_with_and_without_their_prefix(country: str, example: str) -> None:
    kept = vat.normalise(example)
    prefix = {"GR": "EL", "CH": "CHE"}.get(country, country)
    assert kept.startswith(prefix)
    assert cleaned(country=country, vat=kept.removeprefix(prefix).lower())["vat"] == kept
    assert vat.normalise(kept, "BE") == kept


@pytest.mark.parametrize("country", sorted(vat.EXAMPLES))
def test_a_figure_mistyped_is_found(country: str) -> None:
    kept = vat.normalise(vat.EXAMPLES[country])
    place = [index for index, mark in enumerate(kept) if mark.isdigit()][3]
    mistyped = kept[:place] + str((int(kept[place]) + 1) % 10) + kept[place + 1 :]
    with pytest.raises(vat.VatError):
        vat.normalise(mistyped)


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("TVA BE 0123.456.749", "", "BE0123456749"),
        ("0123.456.749", "BE", "BE0123456749"),
        ("FR40303265045", "BE", "FR40303265045"),
        ("CHE-107.787.577", "", "CHE107787577"),
        ("CHE107787577TVA", "", "CHE107787577"),
        ("974760673MVA", "NO", "NO974760673"),
        ("GR094259216", "", "EL094259216"),
        ("12-3456789", "US", "US123456789"),
        ("27AAPFU0939F1ZV", "IN", "IN27AAPFU0939F1ZV"),
    ],
)
def test_vat_numbers_as_companies_write_them(typed: str, country: str, kept: str) -> None:
    assert vat.normalise(typed, country) == kept
