"""Her own browser fills in a registration she began: after her yes, for her alone, with where it is from,
until she says otherwise (P22).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.core.policy.loader import from_files
from kept.equipment import serials
from kept.portal.visitors import device_consent
from kept.portal.visitors.device_consent import Chosen
from kept.rights.cookies.tests.conftest import names, press
from kept.testing import PASSWORD, default_policy
from kept.touchpoints.registrations.device_memory import COOKIE
from kept.touchpoints.registrations.models import Draft
from kept.touchpoints.registrations.tests.conftest import (
    ADDRESS,
    FREE,
    OTHER,
    UNKNOWN,
    YOU,
    register,
    started,
)

pytestmark = pytest.mark.django_db
SHOWN = f'value="{serials.display(FREE)}"'
ORIGIN = "From this browser"
LOGOUT, PROFILE = "/account/logout/", "/me/profile/"
Signs = Callable[[User], Client]


@pytest.fixture
def signs(client_of: Signs, units: Any) -> Signs:
    """Somebody's browser, which says where its forms come from."""
    cache.clear()

    def sign(user: User) -> Client:
        client = client_of(user)
        client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return client

    return sign


def begun(client: Client, answer: str = "yes", **you: str) -> Client:
    """Both pages answered, and left there."""
    if answer:
        press(client, answer, kinds="preference")
    client.post(started(client, FREE), {**YOU, **you})
    return client


def back(client: Client, before: Client) -> Client:
    """The same browser, another session."""
    for name in (device_consent.NAME, COOKIE):
        if name in names(before):
            client.cookies[name] = before.cookies[name].value
    return client


def serial(client: Client) -> str:
    return str(client.get(ADDRESS).content.decode())


def contact(client: Client, machine: str = OTHER) -> str:
    return str(client.get(started(client, machine)).content.decode())


def filled(client: Client) -> bool:
    """Whether anything is filled in, on either page; if so, everything is, and says where from."""
    first, second = serial(client), contact(client)
    found = [SHOWN in first, "02 555 01 23" in second, 'value="Rue Exemple 1"' in second]
    assert len(set(found)) == 1, found
    assert ((ORIGIN in first), (ORIGIN in second)) == (found[0], found[0])
    return found[0]


def test_after_a_yes_it_is_filled_in_with_where_it_is_from_and_can_be_changed(
    alice: User, signs: Signs
) -> None:
    before = begun(signs(alice), language="nl", computer="Firefox on Windows")
    cookie = before.cookies[COOKIE]
    assert (
        cookie["httponly"]
        and cookie["samesite"] == "Lax"
        and 170 * 86_400 < cookie["max-age"] <= 185 * 86_400
    )
    Draft.objects.all().delete()
    client = back(signs(alice), before)
    assert filled(client)
    page = contact(client)
    assert 'value="Firefox on Windows"' in page and '<option value="nl" selected>' in page
    today = timezone.localdate()
    assert f"From this browser, {today.day} {today:%B %Y}" in page
    made = register(client, machine={"serial": OTHER}, you={"phone": "02 555 99 99"})
    assert "02 555 99 99" in client.get(f"/me/products/registrations/{made.reference}/").content.decode()


@pytest.mark.parametrize("answer", ["no", ""])
def test_without_a_yes_nothing_is_remembered(alice: User, signs: Signs, answer: str) -> None:
    client = begun(signs(alice), answer)
    assert COOKIE not in names(client)
    assert not filled(back(signs(alice), client))


def test_that_she_was_told_is_no_yes(alice: User, signs: Signs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_consent, "how_asked", lambda request: device_consent.TELL)
    client, day = signs(alice), timezone.localdate()
    client.cookies[device_consent.NAME] = device_consent.write(
        Chosen(noticed=("preference",), policy=1, notice="0" * 64, language="en", day=day, until=day)
    )
    assert COOKIE not in names(begun(client, ""))


def test_a_no_takes_it_away_and_a_cookie_put_back_opens_no_more(alice: User, signs: Signs) -> None:
    client = begun(signs(alice))
    held = client.cookies[COOKIE].value
    press(client, "no", kinds="preference")
    assert COOKIE not in names(client)
    client.cookies[COOKIE] = held
    assert not filled(client) and COOKIE not in names(client)


@pytest.mark.parametrize("grown", [False, True])
def test_it_holds_for_the_version_its_yes_was_given_to(alice: User, signs: Signs, grown: bool) -> None:
    before = begun(signs(alice))
    files = dict(default_policy().files)
    old, new = (
        'kind = "preference"\ntouchpoint = "registrations"',
        'kind = "preference"\ntouchpoint = "registrations"\n',
    )
    if grown:
        old = 'name = "kept_registering"\npurpose = "filling-in"\nsetter = "CE+T Power"\nlifetime = "P6M"'
        new = old.replace("P6M", "P7M")
    assert files["cookies.toml"].count(old) == 1
    files["cookies.toml"] = files["cookies.toml"].replace(old, new)
    versions.publish(from_files(files), effective=timezone.localdate(), by="Dana")
    client = back(signs(alice), before)
    assert filled(client) is not grown
    press(client, "yes", kinds="preference")
    client.cookies[COOKIE] = before.cookies[COOKIE].value
    # The answer that stands goes on standing; a new yes is not the one it was sealed under.
    assert (SHOWN in serial(client)) is not grown


def test_somebody_else_at_the_same_browser_sees_nothing_of_it(
    alice: User, charlie: User, signs: Signs
) -> None:
    assert not filled(back(signs(charlie), begun(signs(alice))))


@pytest.mark.parametrize("text", ["", "x", "A" * 400, "A" * 5000, "é", "-_-_"])
def test_what_nobody_sealed_is_nothing(alice: User, signs: Signs, text: str) -> None:
    client = begun(signs(alice))
    whole = client.cookies[COOKIE].value
    for forged in (text, whole[:-4], whole[:40] + "AAAA" + whole[44:], whole + text):
        client.cookies[COOKIE] = forged
        if forged != whole:
            assert SHOWN not in serial(client)


def test_nothing_on_the_device_can_be_read_there(alice: User, signs: Signs) -> None:
    client = begun(signs(alice))
    assert not [
        word
        for word in ("555", "Rue", "4020", "120488", "draft", str(alice.person_id))
        if word in client.cookies[COOKIE].value
    ]


def test_it_ends_when_its_time_is_over_whatever_the_browser_does(
    alice: User, signs: Signs, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = begun(signs(alice))
    assert filled(client)
    monkeypatch.setattr(
        "kept.rights.cookies.set_cookies.lasts_until", lambda policy, name, day: day - timedelta(days=1)
    )
    assert ORIGIN not in serial(back(signs(alice), client))


def test_to_be_used_once_is_used_once(alice: User, signs: Signs) -> None:
    client = begun(signs(alice), keep="once")
    assert "02 555 01 23" not in contact(back(signs(alice), client))
    assert SHOWN in serial(back(signs(alice), client))


def test_when_it_is_registered_it_leaves_the_device(alice: User, signs: Signs) -> None:
    client = signs(alice)
    press(client, "yes", kinds="preference")
    register(client)
    assert COOKIE not in names(client)


def test_a_machine_registered_meanwhile_is_not_filled_in(alice: User, signs: Signs) -> None:
    before = begun(signs(alice))
    register(signs(alice))
    assert SHOWN not in serial(back(signs(alice), before))


def test_a_serial_number_we_do_not_know_is_remembered_as_any_other(alice: User, signs: Signs) -> None:
    client = signs(alice)
    press(client, "yes", kinds="preference")
    started(client, UNKNOWN)
    assert f'value="{serials.display(UNKNOWN)}"' in serial(back(signs(alice), client))


@pytest.mark.parametrize("way", ["not me", "sign out", "profile", "erasure"])
def test_it_goes_when_she_wants_no_more_of_it(alice: User, signs: Signs, way: str) -> None:
    client = begun(signs(alice))
    assert COOKIE in names(client)
    if way == "not me":
        client.post("/privacy/cookies/greeting/", {"next": "/"})
    elif way == "sign out":
        assert "forget me on this browser" in client.get(LOGOUT).content.decode()
        client.post(LOGOUT, {"forget": "browser"})
    elif way == "profile":
        client.post(PROFILE, {"name": "Alice Lambert", "phone": "", "country": "", "language": "en"})
    else:
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        client.post("/me/erasure/", {"understood": "on"})
    assert COOKIE not in names(client), way
    if way == "erasure":
        begun(client, "")
        assert COOKIE not in names(client)


def test_a_plain_sign_out_leaves_it_for_when_she_comes_back(alice: User, signs: Signs) -> None:
    client = begun(signs(alice))
    client.post(LOGOUT)
    assert COOKIE in names(client)
    assert ORIGIN not in client.get("/").content.decode()
