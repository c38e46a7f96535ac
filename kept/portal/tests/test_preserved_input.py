"""Typed text is never lost: signed out, the token of another tab, no cookie at all."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kept.accounts.signing_in.sessions import reseal_sessions
from kept.core.vault.subject_keys import rotation
from kept.portal.form_parts import preserved_input

pytestmark = pytest.mark.django_db
PROFILE = "/me/profile/"
TYPED = {"name": "Alice Anders", "street": "Rue <Haute> 1", "language": "en", "old_password": "hunter2"}
OURS = {"HTTP_ORIGIN": "http://testserver"}


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_signed_out_she_signs_in_and_the_text_is_there(alice: Any, charlie: Any) -> None:
    browser = Client()
    answer = browser.post(PROFILE, TYPED)
    assert answer.status_code == 302 and "Anders" not in answer.url
    assert "Anders" not in str(dict(browser.session)), "sealed, also inside the session"
    browser.force_login(alice)
    said = page(browser.get(PROFILE))
    assert (
        "Send it once more" in said and 'name="name" value="Alice Anders"' in said and "Rue <Haute> 1" in said
    )
    assert "hunter2" not in said and "Send it once more" not in page(browser.get(PROFILE))


def test_the_token_of_another_tab_loses_nothing(alice: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    browser.get(PROFILE)
    answer = browser.post(PROFILE, {**TYPED, "csrfmiddlewaretoken": "x" * 64}, **OURS)
    said = page(answer)
    assert answer.status_code == 403 and 'value="Alice Anders"' in said and "hunter2" not in said
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', said.split("<h2>What you typed")[1])
    assert token
    again = browser.post(PROFILE, {**TYPED, "csrfmiddlewaretoken": token[1]}, **OURS)
    assert again.status_code != 403


def test_another_site_gets_no_button(alice: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    said = page(browser.post(PROFILE, TYPED, HTTP_ORIGIN="https://mallory.example"))
    assert "not ours" in said and "Send it once more</button>" not in said


def test_without_any_cookie_the_ways_that_work_are_named(policy: Any) -> None:
    answer = Client(enforce_csrf_checks=True).post("/privacy/request/", {"text": "Erase me"}, **OURS)
    said = page(answer)
    assert answer.status_code == 403 and "keeps no cookies" in said and "Erase me" in said
    assert "mailto:privacy@example.com" in said and "by post to" in said


def test_what_waits_in_a_session_moves_with_the_key(alice: Any) -> None:
    browser = Client()
    browser.post(PROFILE, TYPED)
    rotation.begin()
    assert preserved_input.reseal_typed() == 1 and preserved_input.reseal_typed() == 0
    reseal_sessions()
    rotation.rewrap()
    rotation.destroy_older()
    browser.force_login(alice)
    assert 'value="Alice Anders"' in page(browser.get(PROFILE))
