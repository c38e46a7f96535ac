"""Sign-in in another language: its pages, its mails, and what it keeps of what happened."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation

from kept.accounts.tests.conftest import PASSWORD, letters, said
from kept.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def francophone(newcomer: Any) -> Any:
    Person.objects.update(language="fr")
    return newcomer


def test_a_mail_speaks_the_language_of_whoever_it_goes_to(francophone: Any) -> None:
    """Whoever has it written: the worker, and here a test in English."""
    francophone.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": "gravel otter lantern"}
    )
    assert letters()[-1].subject == "Votre mot de passe a été changé"
    assert "Votre mot de passe vient d’être changé." in letters()[-1].body


def test_what_the_log_keeps_is_read_in_the_language_of_today(francophone: Any) -> None:
    """It was written in English, on an English page."""
    text = said(francophone.get("/fr/account/security/"))
    assert "Connecté avec Firefox sur Windows." in text
    Person.objects.update(language="en")
    assert "Signed in with Firefox on Windows." in said(francophone.get("/account/security/"))


def test_an_error_is_said_in_the_language_of_the_page(visitor: Any) -> None:
    answer = visitor.post("/fr/account/login/", {"login": "a@example.com", "password": "wrong wrong wrong"})
    assert "L’adresse e-mail ou le mot de passe n’est pas le bon." in said(answer)
    empty = said(visitor.post("/fr/account/login/", {"login": "", "password": ""}))
    assert "Saisissez votre adresse e-mail" in empty and "Saisissez votre mot de passe" in empty


def test_a_code_is_found_in_a_french_mail(visitor: Any) -> None:
    fields = {"name": "Alice", "email": "alice@example.com", "password1": PASSWORD}
    visitor.post("/fr/account/signup/", fields)
    assert re.search(r"Votre code est \d{6}", letters()[-1].body)


def test_the_words_of_a_form_are_not_those_of_the_first_reader(visitor: Any) -> None:
    with translation.override("fr"):
        assert "Mot de passe" in said(visitor.get("/fr/account/login/"))
    assert "Password" in said(visitor.get("/account/login/"))
