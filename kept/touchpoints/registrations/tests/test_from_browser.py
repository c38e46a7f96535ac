"""What her browser tells is filled in when she asks for it, shown with its origin, and kept only when she
goes on.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from kept.core.register.proving import proofs
from kept.core.vault import gate
from kept.testing import reader_of
from kept.touchpoints.registrations.models import Draft, Registration
from kept.touchpoints.registrations.tests.conftest import FREE, OTHER, YOU, register, started

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
TELLS = {
    "HTTP_X_FORWARDED_FOR": "193.190.198.1",
    "HTTP_USER_AGENT": FIREFOX,
    "HTTP_ACCEPT_LANGUAGE": "es, nl-BE;q=0.9, fr;q=0.8",
}
ORIGIN = "From what your browser tells"
NOTHING = {
    "holder": "myself",
    "phone": "",
    "country": "",
    "street": "",
    "postcode": "",
    "city": "",
    "keep": "once",
    "language": "",
    "computer": "",
}
PRESSED = {"fill": "browser"}


@pytest.fixture(autouse=True)
def behind_a_proxy(settings: Any) -> None:
    settings.KEPT_PROXIES = (ip_network("127.0.0.1"),)


def pressed(client: Any, typed: dict[str, str] | None = None, tells: dict[str, str] | None = None) -> str:
    answer = client.post(
        started(client, FREE), {**NOTHING, **PRESSED, **(typed or {})}, **(TELLS if tells is None else tells)
    )
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    return str(answer.content.decode())


def test_it_is_off_until_she_presses_the_button(hers: Any) -> None:
    page = hers.get(started(hers, FREE), **TELLS).content.decode()
    assert "Fill in from my browser" in page and ORIGIN not in page and 'Firefox on Windows"' not in page
    assert '<option value="BE" selected>' not in page


def test_country_language_and_computer_are_filled_in_with_their_origin(hers: Any) -> None:
    page = pressed(hers)
    assert (
        '<option value="BE" selected>' in page
        and '<option value="nl" selected>Nederlands</option>' in page
        and 'value="Firefox on Windows"' in page
    )
    assert page.count(ORIGIN) == 3
    assert "nothing is kept before you go on" in page and "<title>Error" not in page


def test_nothing_is_kept_by_pressing_it(hers: Any, alice: Any) -> None:
    pressed(hers)
    draft = Draft.objects.get(ended_at=None)
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        assert (draft.computer, draft.language, draft.address) == (None, None, None)


def test_what_she_typed_stays(hers: Any) -> None:
    page = pressed(
        hers,
        {
            "country": "FR",
            "computer": "My <old> laptop",
            "phone": "call me",
            "street": "Rue Exemple 1",
            "language": "fr",
        },
    )
    assert (
        '<option value="FR" selected>' in page
        and 'value="My &lt;old&gt; laptop"' in page
        and 'value="call me"' in page
        and 'value="Rue Exemple 1"' in page
    )
    assert ORIGIN not in page and "Your browser tells nothing that is missing here" in page


@pytest.mark.parametrize(
    "tells",
    [
        {"HTTP_X_FORWARDED_FOR": "10.0.0.1", "HTTP_USER_AGENT": "", "HTTP_ACCEPT_LANGUAGE": ""},
        {"HTTP_USER_AGENT": "x" * 65_536, "HTTP_ACCEPT_LANGUAGE": "," * 65_536},
        {
            "HTTP_USER_AGENT": "Mozilla/5.0 \udcff<script>",
            "HTTP_ACCEPT_LANGUAGE": "tlh, *;q=1, nl;q=0, ;;;, de;q=x",
        },
        {"HTTP_USER_AGENT": "Googlebot/2.1"},
    ],
    ids=["nothing", "too much", "odd", "a program"],
)
def test_a_browser_that_tells_nothing_of_use_fills_in_nothing(hers: Any, tells: dict[str, str]) -> None:
    page = pressed(hers, tells=tells)
    assert ORIGIN not in page and "<script>" not in page


def test_it_is_kept_shown_and_filled_in_the_next_time(hers: Any, alice: Any) -> None:
    made = register(hers, you={**YOU, "language": "nl", "computer": "Firefox on Windows"})
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        assert (made.computer, made.contact_language) == ("Firefox on Windows", "nl")
    shown = hers.get(f"/me/products/registrations/{made.reference}/").content.decode()
    assert (
        "<dt>Computer</dt><dd>Firefox on Windows</dd>" in shown
        and "<dt>Language</dt><dd>Nederlands</dd>" in shown
    )
    again = hers.get(started(hers, OTHER)).content.decode()
    assert 'value="Firefox on Windows"' in again and f"From your registration {made.reference}" in again
    assert proofs.run("registrations.prefill").state == proofs.KEPT


def test_it_can_be_left_out_and_is_checked(hers: Any, alice: Any) -> None:
    made = register(hers)
    assert (
        "<dt>Computer</dt>" not in hers.get(f"/me/products/registrations/{made.reference}/").content.decode()
    )
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        assert Registration.objects.get(pk=made.pk).computer is None
    wrong = hers.post(started(hers, OTHER), {**YOU, "computer": "x" * 121, "language": "tlh"})
    page = wrong.content.decode()
    assert (
        wrong.status_code == 422
        and "must be 120 characters or fewer" in page
        and "Choose a language from the list" in page
    )


def test_the_second_page_comes_back_as_it_was(hers: Any) -> None:
    address = started(hers, FREE)
    check = hers.post(address, {**YOU, "computer": "Firefox on Windows", "language": "nl"})["Location"]
    assert "<dt>Computer</dt><dd>Firefox on Windows</dd>" in hers.get(check).content.decode()
    page = hers.get(address).content.decode()
    assert 'value="Firefox on Windows"' in page and '<option value="nl" selected>' in page
