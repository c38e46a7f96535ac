"""The policy and its tables are read in the reader's language; what rules, and what is signed, is one."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone, translation

from kept.core.ledger import versions
from kept.core.policy import loader
from kept.core.register.explanations import explain
from kept.promises.tests.test_pages import said
from kept.testing import default_policy

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "clause", "title", "prevails"),
    [
        ("fr", "Jamais vendu", "Aide pour un produit", "Anglais"),
        ("de", "Nie verkauft", "Hilfe bei einem Produkt", "Englisch"),
        ("nl", "Nooit verkocht", "Hulp bij een product", "Engels"),
    ],
)
def test_a_page_in_that_language(
    client: Any, policy: Any, language: str, clause: str, title: str, prevails: str
) -> None:
    answer = client.get(f"/{language}/privacy/")
    text = said(answer)
    assert clause in text and title in text and "Never sold" not in text and "Help with a product" not in text
    assert prevails in text and "the program" not in text
    assert b'id="c5-1"' in answer.content, "a clause keeps its address in every language"


def test_the_others_are_offered(client: Any, policy: Any, settings: Any) -> None:
    settings.KEPT_SITE = "https://portal.example"
    shown = client.get("/privacy/").content.decode()
    for language, name in (("fr", "Français"), ("de", "Deutsch"), ("nl", "Nederlands")):
        address = f"https://portal.example/{language}/privacy/"
        assert f'<a href="{address}" hreflang="{language}" lang="{language}">{name}</a>' in shown
    assert (
        'href="https://portal.example/privacy/" hreflang="en"' in client.get("/fr/privacy/").content.decode()
    )


def test_a_promise_and_its_rule(client: Any, policy: Any) -> None:
    assert "Nous ne vendons jamais vos données" in said(client.get("/fr/privacy/promises/"))


def test_a_why_mark(policy: Any) -> None:
    with translation.override("de"):
        mark = explain("contact.phone", "support", versions.spoken())
    assert mark.title == "Telefonnummer" and mark.who == ["Mitarbeitende im Support"]


def test_a_version_that_is_not_written_in_it_says_so(client: Any, policy: Any) -> None:
    files = {
        name: text
        for name, text in default_policy().files.items()
        if name not in {"text/nl.md", "words/nl.toml", "answers/nl.toml"}
    }
    files["company.toml"] = files["company.toml"].replace('"en", "fr", "de", "nl"]', '"en", "fr", "de"]', 1)
    versions.publish(loader.from_files(files), effective=timezone.localdate(), by="Dana")
    answer = client.get("/nl/privacy/")
    assert "Never sold" in said(answer) and b'id="lacking"' in answer.content
    assert b'lang="en"' in answer.content and b'id="lacking"' not in client.get("/de/privacy/").content


def test_what_rules_is_the_original(policy: Any) -> None:
    with translation.override("fr"):
        ruling = versions.current()
        assert ruling.policy.language == "en" and ruling.spoken.language == "fr"
        assert ruling.spoken.identity == ruling.policy.identity
