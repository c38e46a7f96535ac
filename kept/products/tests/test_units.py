from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.products.units import QuantityError, in_words, parse


def power(text: str):
    return parse(text, units=("VA", "W"), example="10 kVA")


@pytest.mark.parametrize(
    "text",
    [
        "10kVA",
        "10 kVA",
        "10 000 VA",
        "10.000 VA",
        "10,000 VA",
        "10\u202f000 VA",
        "10'000va",
        "10000",
        "10,0 kva",
        "０．０１ MVA",
    ],
)
def test_ten_kva_in_many_notations(text):
    assert (power(text).value, power(text).unit) == (Decimal(10000), "VA")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2.5 kVA", "2500", "VA"),
        ("2,5 kVA", "2500", "VA"),
        ("1.250 kVA", "1250", "VA"),
        ("0.500 VA", "0.5", "VA"),
        ("1.234,5 W", "1234.5", "W"),
        ("1,234.5 W", "1234.5", "W"),
        ("1.000.000 W", "1000000", "W"),
    ],
)
def test_dots_and_commas(text, value, unit):
    assert (power(text).value, power(text).unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("400 V AC", "AC"),
        ("48 Vdc", "DC"),
        ("48VDC", "DC"),
        ("48 v dc", "DC"),
        ("230 V~", "AC"),
        ("48 V", ""),
    ],
)
def test_volts_know_their_kind(text, kind):
    assert parse(text, units=("V",), example="48 V DC").kind == kind


def test_below_zero():
    assert parse("−20 °C", units=("°C",), example="55 °C").value == -20


@pytest.mark.parametrize(
    "text", ["", "ten", "10 apples", "1..2 VA", "10 kV", "kVA", "1" * 41, "10 kVA; drop", "1,2,3 W", "e5"]
)
def test_nonsense_gets_a_sentence_with_an_example(text):
    with pytest.raises(QuantityError) as wrong:
        power(text)
    assert str(wrong.value)


def test_a_unit_of_another_kind_names_the_right_ones():
    with pytest.raises(QuantityError, match="kV does not fit here. Enter VA or W, like 10 kVA"):
        power("10 kV")


@given(st.decimals(min_value=0, max_value=999_999, places=1), st.sampled_from(["VA", "W"]))
def test_what_we_write_we_can_read(value, unit):
    assert power(in_words(value, unit)).value == value


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    with suppress(QuantityError):
        assert power(text).unit in {"VA", "W"}
