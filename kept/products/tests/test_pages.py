"""The catalogue's pages over HTTP, for a visitor nobody knows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kept.products import demo, views
from kept.products.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(policy):
    demo.load()


def said(answer) -> str:
    return " ".join(answer.content.decode().replace("\xa0", " ").replace("\u202f", " ").split())


def test_the_finder_stores_nothing_and_says_so(client):
    with CaptureQueriesContext(connection) as seen:
        answer = client.get("/products/", {"market": "telecom", "takes": "48 V DC"})
    assert answer.status_code == 200
    assert "This page stored nothing about you: 3 reads of the catalogue, 0 writes, no cookie." in said(
        answer
    )
    assert not answer.cookies
    assert not [query["sql"] for query in seen if not query["sql"].upper().startswith("SELECT")]


def test_the_line_turns_when_something_is_stored(client, monkeypatch):
    real = views.Finder

    def curious(asked, products):
        Product.objects.filter(code="M10-48-10K").update(
            summary=f"Looked for by somebody who typed {asked}"[:200]
        )
        return real(asked, products)

    monkeypatch.setattr(views, "Finder", curious)
    page = said(client.get("/products/"))
    assert "stored nothing" not in page
    assert "This page was asked to store something: 1 write." in page


def test_filters_are_in_the_address_and_kept_in_the_form(client):
    page = said(client.get("/products/", {"market": "rail", "power": "400 VA"}))
    assert 'value="rail" checked' in page
    assert 'value="400 VA"' in page
    assert "Model 50 rail inverter" in page
    assert "Model 30" not in page


def test_nothing_left_offers_a_way_on(client):
    page = said(client.get("/products/", {"takes": "400 V", "input": "48-dc"}))
    assert "Did you mean output 48 V?" in page
    assert 'href="/products/?takes=400+V&amp;output=48-dc#results"' in page


def test_hostile_words_come_back_harmless(client):
    page = client.get("/products/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "product",
    ["m10-48-10k", "m30-30k", "m50-110-1k", "m60-48-600", "m40-48-3k", "m31-3k", "m32-10k", "m20-w-5k"],
)
def test_a_product_shows_figures_drawing_lifecycle_support_and_documents(client, product):
    page = said(client.get(f"/products/{product}/"))
    shown = Product.objects.get(slug=product)
    assert f"<h1>{shown.name}</h1>" in page
    assert "Drawing of" in page and 'class="measure"' in page
    assert "Security updates are made until" in page and "Datasheet" in page


def test_every_product_page_opens_in_a_fixed_number_of_queries(client):
    for product in Product.objects.all():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(product.get_absolute_url()).status_code == 200
        # And what the catalogue says, before it is drawn and after.
        assert sum("products_" in query["sql"] for query in seen) == 4 + 2


def test_an_obsolete_product_leads_to_its_replacement(client):
    page = said(client.get("/products/m11-48-2k/"))
    assert "No longer made" in page and 'href="/products/m10-48-2k5/"' in page


def test_a_former_part_number_leads_on(client):
    answer = client.get("/products/inv-10-48/")
    assert (answer.status_code, answer["Location"]) == (301, "/products/m10-48-10k/")


def test_an_unknown_product_is_not_found(client):
    assert client.get("/products/no-such-thing/").status_code == 404


def test_it_rejects_post(client):
    assert client.post("/products/").status_code == 405


def test_comparing_shows_differences_only(client):
    asked = {"m": ["m10-48-10k", "m10-110-10k"]}
    whole, differing = (
        said(client.get("/products/compare/", asked)),
        said(client.get("/products/compare/", {**asked, "only": "differences"})),
    )
    assert "Rated power" in whole and "Input" in whole
    assert ">Rated power<" not in differing and ">Input<" in differing


def test_comparing_takes_three_queries(client):
    with CaptureQueriesContext(connection) as seen:
        client.get("/products/compare/", {"m": ["m10-48-10k", "m10-110-10k", "m30-30k", "m31-3k"]})
    assert sum("products_" in query["sql"] for query in seen) == 3


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["m10-48-10k", "m10-110-10k", "m30-30k", "m31-3k", "m32-10k"], "Choose 4 products at most"),
        (["m10-48-10k"], "Choose two to four products"),
        ([], "Choose two to four products"),
        (["m10-48-10k", "moon"], "One of these products is not in the catalogue"),
    ],
)
def test_comparing_too_many_too_few_or_the_unknown(client, asked, sentence):
    answer = client.get("/products/compare/", {"m": asked})
    assert answer.status_code == 400
    assert sentence in said(answer)
