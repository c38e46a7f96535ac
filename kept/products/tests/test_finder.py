"""The finder as a visitor meets it, over the demo catalogue."""

from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kept.products import demo
from kept.products.finder import Finder
from kept.products.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(policy):
    demo.load()


def find(**asked) -> Finder:
    return Finder(
        {param: values if isinstance(values, list) else [values] for param, values in asked.items()},
        list(Product.objects.whole()),
    )


def codes(found: Finder) -> set[str]:
    return {product.code for product in found.results}


def counts(found: Finder, param: str) -> dict[str, int]:
    return {
        choice.value: choice.count
        for facet, choices in found.facets
        if facet.param == param
        for choice in choices
    }


def test_everything_that_is_made_is_shown_first():
    assert len(find().results) == Product.objects.current().count() == 25


@pytest.mark.parametrize("typed", ["10kVA", "10 000 VA", "10.000 VA"])
def test_ten_kva_is_ten_kva_however_it_is_typed(typed):
    assert codes(find(power=typed)) == codes(find(power="10 kVA"))
    assert all(product.rated_va >= 10_000 for product in find(power=typed).results)


def test_va_and_w_are_two_figures_and_the_page_says_which_was_compared():
    assert "M10-48-10K" in codes(find(power="10 kVA")) - codes(find(power="10 kW"))
    assert "needs its power factor" in find(power="10 kW").power_note


def test_facets_widen_within_and_narrow_across():
    both = find(market=["rail", "transport"])
    assert codes(both) == codes(find(market="rail")) | codes(find(market="transport"))
    assert codes(find(market=["rail", "transport"], kind="inverter")) < codes(both)


def test_a_count_says_what_the_choice_will_show():
    found = find(market="telecom", takes="48 V DC")
    for param in ("kind", "output", "mounting", "approval"):
        for value, count in counts(found, param).items():
            assert len(find(market="telecom", takes="48 V DC", **{param: value}).results) == count
    assert counts(found, "market")["industries"] == len(find(market="industries", takes="48 V DC").results)


@pytest.mark.parametrize(
    ("q", "code"),
    [
        ("m1048", "M10-48-2K5"),
        ("inv 10/48", "M10-48-10K"),
        ("UPS-20-3P", "M35-20K"),
        ("street cabinet", "M12-48-3K"),
    ],
)
def test_part_numbers_old_and_partial(q, code):
    assert code in codes(find(q=q))


def test_a_chip_takes_its_own_filter_away():
    found = find(market=["telecom", "rail"], takes="48 V DC")
    assert [chip.words for chip in found.chips] == ["Telecom", "Rail", "takes 48\xa0V DC"]
    assert parse_qs(found.chips[1].without) == {"market": ["telecom"], "takes": ["48 V DC"]}


def test_nothing_left_names_the_filter_that_took_the_last_match():
    found = find(market="rail", kind="inverter", efficiency="99 %")
    assert found.relaxation.sentence == "Efficiency, at least 99\xa0% or better removed the last match."
    assert parse_qs(found.relaxation.query) == {"market": ["rail"], "kind": ["inverter"]}
    assert found.relaxation.offer == "Show 1 product without it"


def test_two_voltages_on_one_input():
    way = find(takes="400 V", input="48-dc").relaxation
    assert (
        way.sentence.replace("\xa0", " ")
        == "No product takes 400 V AC and 48 V DC on the same input. Did you mean output 48 V?"
    )
    assert Finder(parse_qs(way.query), list(Product.objects.whole())).results


def test_only_what_is_no_longer_made_is_left():
    way = find(
        kind="ups",
        input="400-ac",
        power="20 kVA",
        at="0 °C",
        efficiency="92 %",
        mounting="floor",
        interface="usb",
    ).relaxation
    assert way.sentence


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"power": "ten"}, "power"),
        ({"takes": "48 kW"}, "takes"),
        ({"market": "moon"}, "market"),
        ({"q": "x" * 101}, "q"),
        ({"q": "a\0b"}, "q"),
    ],
)
def test_nonsense_gets_its_sentence_and_the_rest_still_works(client, asked, param):
    found = find(kind="ups", **asked)
    assert found.problems[param] and codes(found) == codes(find(kind="ups"))
    answer = client.get("/products/", {"kind": "ups", **asked})
    assert answer.status_code == 400
    assert "There is a problem" in answer.content.decode()


def test_three_queries_however_many_products():
    with CaptureQueriesContext(connection) as seen:
        assert find(market="telecom").facets
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [("48V", "48 V"), ("48VDC", "48 v dc"), ("230Vac", "230\xa0V AC"), ("inverter 48V", "Inverter 48 V")],
)
def test_a_number_finds_the_same_with_and_without_a_space_before_its_unit(one, other):
    assert codes(find(q=one)) == codes(find(q=other)) != set()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("invertor", "inverter"), ("recitfier", "rectifier"), ("invertr 48V", "inverter 48V")],
)
def test_a_misspelt_word_is_asked_about(typed, meant):
    way = find(q=typed).relaxation
    assert way.sentence == f"Nothing in the catalogue is called “{typed}”. Did you mean “{meant}”?"
    assert codes(find(**parse_qs(way.query)))


def test_what_is_like_nothing_is_not_guessed_at():
    assert "Did you mean" not in find(q="xqzzk").relaxation.sentence


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("typed", ["1,5 kVA", "1.5 kVA", "1,5kva"])
def test_a_decimal_comma_finds_what_a_dot_finds(typed, language):
    with translation.override("en"):
        there = codes(find(q="1.5 kVA"))
    with translation.override(language):
        assert codes(find(q=typed)) == there != set()
