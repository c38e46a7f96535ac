"""When something goes wrong, the page says what, and what to do; and shows nothing of what it was about."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.template.loader import get_template
from django.test import Client

from kept.core.ledger import versions

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kept.portal.tests.sheets")]


@pytest.fixture
def visitor(policy: Any) -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/nothing-here/", 404, "Page not found"),
        ("/raises/denied/", 403, "The desk is for staff."),
        ("/raises/bad/", 400, "We could not read that request"),
        ("/raises/many/", 429, "Too many tries"),
        ("/raises/broken/", 500, "Something went wrong here"),
        ("/raises/matter/", 403, "Open a matter first"),
        ("/raises/reason/", 403, "Give a reason first"),
        ("/raises/erased/", 410, "This was erased"),
    ],
)
def test_each_has_its_page(visitor: Client, address: str, status: int, sentence: str) -> None:
    answer = visitor.get(address)
    page = answer.content.decode()
    assert answer.status_code == status
    assert sentence in page
    assert page.count("<h1>") == 1 and 'href="/"' in page
    assert "Traceback" not in page and "+32" not in page


def test_a_sign_that_no_text_has_is_never_a_fault_of_ours(visitor: Client) -> None:
    """PostgreSQL keeps U+0000 in no text; SQLite finds nothing by it."""
    answer = visitor.get("/raises/no-text/", {"slug": "\0"})
    if connection.vendor == "postgresql":
        assert answer.status_code == 400 and "This is no text" in answer.content.decode()
    else:
        assert answer.content == b"0"


@pytest.mark.parametrize("language", ["fr", "de", "nl"])
@pytest.mark.parametrize("address", ["/nothing-here/", "/raises/denied/", "/raises/bad/", "/raises/broken/"])
def test_each_is_marked_as_the_language_it_speaks(visitor: Client, address: str, language: str) -> None:
    page = visitor.get(f"/{language}{address}").content.decode()
    assert f'<html lang="{language}">' in page and "What to do" not in page


def test_a_refusal_names_clause_and_whom_to_ask(visitor: Client) -> None:
    answer = visitor.get("/raises/not-allowed/")
    page = answer.content.decode()
    assert answer.status_code == 403 and answer["Cache-Control"] == "no-store"
    assert '<a href="/privacy/#c6-3">Clause 6.3</a>: Phone numbers are not used for research.' in page
    assert "Whom to ask: the privacy officer" in page


@pytest.mark.parametrize(
    ("referer", "says"),
    [
        ("", "This was sent from a page that is not ours. Nothing was done with it."),
        (
            "http://testserver/sheet/components/",
            (
                "Your browser keeps no cookies, and this page cannot tell without one that it was you who"
                " sent it."
            ),
        ),
    ],
)
def test_a_form_without_its_token_is_told_what_to_do(policy: Any, referer: str, says: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/sheet/components/", {"serial": "1"}, headers={"referer": referer} if referer else {}
    )
    assert answer.status_code == 403
    assert says in answer.content.decode()


def test_the_page_for_the_worst_day_needs_no_policy_and_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(versions, "current", broken)
    page = get_template("500.html").render()
    assert "Something went wrong here</title>" in page and ">Home</a>" in page
