"""Strangers cannot shut an owner out: a passkey, a browser the ID knows and the mail stand outside their
counts. Guesses stay bounded.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from kept.accounts.limits import rate_limits
from kept.accounts.models import Tally, User
from kept.accounts.tests.conftest import PASSWORD, letters, said

pytestmark = pytest.mark.django_db
HERS, WRONG = "alice@example.com", "wrong wrong wrong"


def guess(browser: Client, password: str = WRONG, email: str = HERS) -> Any:
    return browser.post("/account/login/", {"login": email, "password": password})


def flood(times: int = 12) -> None:
    """As many strangers, each on a machine of their own."""
    for number in range(times):
        guess(Client(REMOTE_ADDR=f"192.0.2.{number}"))


@pytest.fixture
def hers(newcomer: Client) -> Client:
    """A browser she has signed in with, and where she is signed out now."""
    newcomer.post("/account/logout/")
    assert "kept_known" in newcomer.cookies
    return newcomer


def test_wrong_passwords_of_strangers_do_not_shut_her_browser_out(hers: Client) -> None:
    flood()
    refused = said(guess(Client(), PASSWORD))
    assert "Too many tries" in refused and "passkey" in refused and "code from your mail" in refused
    assert guess(hers, PASSWORD).status_code == 302


def test_a_staff_member_s_browser_neither(client: Client, bob: User) -> None:
    assert guess(client, PASSWORD, bob.email).url == "/desk/"
    client.post("/account/logout/")
    for number in range(12):
        guess(Client(REMOTE_ADDR=f"192.0.2.{number}"), email=bob.email)
    assert guess(client, PASSWORD, bob.email).url == "/desk/"


def test_a_known_browser_has_ten_guesses_of_its_own(hers: Client) -> None:
    """A thief who has it gets no more than anybody, and using them up leaves the others theirs."""
    for _ in range(10):
        assert "Too many" not in said(guess(hers))
    assert "Too many" in said(guess(hers, PASSWORD))
    assert guess(Client(), PASSWORD).status_code == 302


def test_a_cookie_of_another_id_or_forged_is_a_stranger_s(hers: Client, charlie: User) -> None:
    other = Client()
    guess(other, PASSWORD, charlie.email)
    other.post("/account/logout/")
    forged = Client()
    forged.cookies["kept_known"] = hers.cookies["kept_known"].value[:-2] + "xx"
    flood()
    assert "Too many" in said(guess(other, PASSWORD)) and "Too many" in said(guess(forged, PASSWORD))


def test_her_other_tab_and_her_own_proof_are_not_counted_with_strangers(newcomer: Client) -> None:
    flood()
    assert newcomer.post("/account/reauthenticate/?next=/account/", {"password": PASSWORD}).url == "/account/"


def test_resets_of_strangers_leave_her_a_way_in(newcomer: Client) -> None:
    """No more mail is sent, and the newest one works in any browser, her own without a code."""
    newcomer.post("/account/logout/")
    letters().clear()
    for number in range(8):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(
            "/account/password/reset/", {"email": "Alice+x@EXAMPLE.com" if number % 2 else HERS}
        )
    flood()
    asked = said(Client().post("/account/password/reset/", {"email": HERS}))
    assert "Use the newest one" in asked
    mailed = [letter for letter in letters() if letter.subject == "Your code to choose a new password"]
    assert 0 < len(mailed) <= 5
    link = re.search(r"http://localhost:8000(/account/password/link/\S+)", mailed[-1].body)
    owner = Client()
    assert link
    form = owner.get(link[1]).url
    assert owner.post(form, {"password1": "lantern gravel otter"}).status_code == 302
    flood()
    assert guess(owner, "lantern gravel otter").status_code == 302
    assert Client().get(link[1]).status_code == 410, "once"


def test_her_own_browser_asks_for_a_code_beside_the_strangers_count(hers: Client) -> None:
    for number in range(6):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post("/account/password/reset/", {"email": HERS})
    letters().clear()
    assert hers.post("/account/password/reset/", {"email": HERS}).status_code == 302
    assert [letter.subject for letter in letters()] == ["Your code to choose a new password"]


def test_a_new_password_makes_old_browsers_strangers(hers: Client) -> None:
    User.objects.get().sessions.all().delete()
    other = Client()
    guess(other, PASSWORD)
    other.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "lantern gravel otter"})
    flood()
    assert "Too many" in said(guess(hers, "lantern gravel otter"))
    other.post("/account/logout/")
    assert guess(other, "lantern gravel otter").status_code == 302


def test_guesses_are_bounded_whatever_a_stranger_brings(newcomer: Client) -> None:
    """Without a cookie, with a new one each time, with the address in capitals, from as many machines:
    ten.
    """
    looked: list[str] = []
    check = User.check_password
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(User, "check_password", lambda self, raw: looked.append(raw) or check(self, raw))
        for number in range(40):
            stranger = Client(REMOTE_ADDR=f"2001:db8:{number:x}::1")
            stranger.cookies["kept_known"] = f"x{number}"
            guess(stranger, email=HERS if number % 2 else "ALICE@example.COM ")
    assert len(looked) == 10


def test_nothing_in_the_counts_names_anybody(newcomer: Client) -> None:
    flood(3)
    newcomer.post("/account/password/reset/", {"email": HERS})
    held = " ".join(f"{row.mark} {row.times}" for row in Tally.objects.all())
    assert Tally.objects.count() > 3 and not re.search(r"alice|example|192\.0|127\.0", held)


def test_the_last_turn_is_nobody_s_twice(policy: Any) -> None:
    one = rate_limits.Limit("test", 3, rate_limits.QUARTER)
    assert [one.spend("x") for _ in range(5)] == [True, True, True, False, False] and one.spend("y")
    turn = rate_limits.Limit("back", 1, rate_limits.QUARTER).turn("x")
    assert turn is not None and not rate_limits.Limit("back", 1, rate_limits.QUARTER).spend("x")
    rate_limits.Limit("back", 1, rate_limits.QUARTER).give_back("x", turn)
    assert rate_limits.Limit("back", 1, rate_limits.QUARTER).spend("x")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("alice+news@example.com", "Alice@Example.COM", True),
        ("alice+1@example.com", "alice+2@example.com", True),
        ("a.lice@example.com", "alice@example.com", False),
        ("+tag@example.com", "+other@example.com", False),
        ("alice@example.com", "alice@example.org", False),
    ],
)
def test_a_letter_box_is_one_however_it_is_spelled(one: str, other: str, same: bool) -> None:
    assert (rate_limits.letter_box(one) == rate_limits.letter_box(other)) is same


def test_twenty_sign_ups_with_tags_fill_no_letter_box(policy: Any) -> None:
    answers = []
    for number in range(20):
        typed = {"name": "Eve", "email": f"Alice+{number}@example.com", "password1": "gravel otter lantern"}
        answers.append(Client(REMOTE_ADDR=f"192.0.2.{number}").post("/account/signup/", typed))
    assert len(letters()) == 5
    assert (
        "Use the newest one" in said(answers[-1]) and "Alice+19@example.com" in answers[-1].content.decode()
    ), "nothing typed is lost"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
    ],
)
def test_a_machine_is_one_by_its_network(rf: Any, one: str, other: str, same: bool) -> None:
    made = [rate_limits.machine(rf.get("/", REMOTE_ADDR=address)) for address in (one, other)]
    assert (made[0] == made[1]) is same
