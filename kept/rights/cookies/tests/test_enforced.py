"""What has no yes does not leave the portal, and each proof turns when its promise is broken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from kept.core.policy.model import Policy
from kept.core.register.declarations import DECLARED, Cookie
from kept.core.register.proving import proofs
from kept.operations.silence.cookies import CookieWithoutYes, DeclaredCookies
from kept.portal.visitors import device_consent, greeting
from kept.portal.visitors.device_consent import Chosen
from kept.rights.cookies import hooks, set_cookies
from kept.rights.cookies.proofs import answered, visitor

pytestmark = pytest.mark.django_db
GUARD = "operations.no_cookie_without_yes"
GREETING, BUTTONS = "cookies.greeting_chosen", "cookies.equal_choices"


def answer(request: HttpRequest, *names: str) -> set[str]:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("text")
        for name in names:
            response.set_cookie(name, "1", max_age=60)
        return response

    return set(DeclaredCookies(view)(request).cookies)


@pytest.mark.parametrize(
    "request_",
    [visitor(), RequestFactory().get("/", headers={"sec-gpc": "1"})],
    ids=["no answer", "a signal"],
)
@pytest.mark.parametrize("name", ["kept_counted", "kept_taste_sweet", "kept_greeting", "kept_seen"])
def test_an_optional_cookie_without_a_yes_breaks_a_test(
    wider: Policy, name: str, request_: HttpRequest
) -> None:
    with pytest.raises(CookieWithoutYes, match=name):
        answer(request_, name)


def test_people_do_not_get_one_without_a_yes(
    wider: Policy, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.UNDECLARED_COOKIES_RAISE = False
    assert answer(
        visitor(answered(yes=False, to=["preference", "measurement"])),
        "kept_taste_sweet",
        "kept_counted",
        "kept_session",
    ) == {"kept_session"}
    assert "nobody said yes to measurement cookies" in caplog.text and "kept_taste_sweet" not in caplog.text


def test_a_yes_to_one_kind_is_none_to_another(wider: Policy, settings: Any) -> None:
    settings.UNDECLARED_COOKIES_RAISE = False
    assert answer(visitor(answered(yes=True, to=["preference"])), "kept_taste_sweet", "kept_counted") == {
        "kept_taste_sweet"
    }


def test_taking_one_away_needs_no_yes(wider: Policy) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("text")
        set_cookies.take(response, "kept_counted")
        return response

    assert DeclaredCookies(view)(visitor()).cookies["kept_counted"]["max-age"] == 0


def test_an_answer_counts_with_the_page_that_gives_it(wider: Policy) -> None:
    request = visitor()
    response = HttpResponse("text")
    set_cookies.remember(request, response, answered(yes=True, to=["preference"]))
    assert answer(request, "kept_taste_sweet") == {"kept_taste_sweet"}


def test_no_cookie_outlives_the_table() -> None:
    today = timezone.localdate()
    for days in (0, 1, 180):
        response = HttpResponse("text")
        set_cookies.put(response, "kept_choices", "x", until=today + timedelta(days=days))
        assert response.cookies["kept_choices"]["max-age"] == (days * 86_400 or "")


# ---- the proofs --------------------------------------------------------------------------------------------


def test_the_promises_are_kept(policy: Any) -> None:
    said = proofs.ask([GUARD, GREETING, BUTTONS])
    assert {id: one.text for id, one in said.items() if one.state != proofs.KEPT} == {}


@pytest.mark.parametrize(
    "promise", ["cookies-explained", "greeting-cookies", "cookie-banner", "system-consent"]
)
def test_the_policy_names_the_proof(policy: Any, promise: str) -> None:
    assert {GUARD, GREETING, BUTTONS} & set(policy_in_force().promises[promise].proofs)


def policy_in_force() -> Policy:
    return proofs.versions.current().policy


def broken(id: str, word: str) -> None:
    said = proofs.run(id)
    assert said.state == proofs.BROKEN and word in said.text, said


def test_a_guard_that_lets_everything_through_breaks_it(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_cookies, "refused", lambda request, response: {})
    broken(GUARD, "kept_greeting without an answer")


def test_a_guard_that_is_not_outside_breaks_it(policy: Any, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[::-1]]
    broken(GUARD, "the guard stands outside")


def test_an_answer_anybody_can_forge_breaks_it(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    yes = Chosen(kinds={"preference": True, "measurement": True})
    monkeypatch.setattr(device_consent, "read", lambda text, signal=False: yes)
    broken(GUARD, "by a forged answer")


def test_a_signal_that_is_not_heard_breaks_it(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_consent, "asked_not_to", lambda request: False)
    broken(GUARD, "kept_seen against a signal")


def test_a_no_that_leaves_the_cookie_there_breaks_both(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_cookies, "strays", lambda request: [])
    broken(GUARD, "after a no")
    broken(GREETING, "the cookie after a no")


def test_a_cookie_the_table_lacks_breaks_it(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        DECLARED, "cookies", [*DECLARED.cookies, Cookie("kept_secret", "measurement", "a test")]
    )
    broken(GUARD, "kept_secret in the table")


def test_a_greeting_without_a_yes_breaks_it(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greeting, "remembered", lambda request: "Alice")
    broken(GREETING, "without an answer")


def test_a_greeting_in_a_cache_breaks_it(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_keep_nowhere", lambda answer: None)
    broken(GREETING, "a page in a cache")


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (
            '<button class="quiet" name="answer" value="yes">',
            '<button class="loud" name="answer" value="yes">',
            "equal buttons",
        ),
        (
            '<button class="quiet" name="answer" value="no">',
            '<button class="quiet" name="answer" value="later">',
            "equal buttons",
        ),
        ('/privacy/cookies/"', '/elsewhere/"', "a link to more"),
        ("<form", "<form></form><form", "one form"),
        ("<form", '<input type="checkbox" checked><form', "nothing ticked"),
    ],
)
def test_a_dark_pattern_breaks_it(
    policy: Any, monkeypatch: pytest.MonkeyPatch, before: str, after: str, word: str
) -> None:
    head, tail = hooks.drawn(policy_in_force(), "ask", ("preference", "measurement"), False)
    assert before in head + tail
    monkeypatch.setattr(
        hooks, "drawn", lambda *said: (head.replace(before, after), tail.replace(before, after))
    )
    broken(BUTTONS, word)


def test_a_banner_that_floats_breaks_it(policy: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    sheet = tmp_path / "banner.css"
    sheet.write_text(".banner { position: sticky; }")
    monkeypatch.setattr("kept.rights.cookies.proofs.finders.find", lambda name: str(sheet))
    broken(BUTTONS, "floats")
