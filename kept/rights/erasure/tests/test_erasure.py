"""The page: what goes and what stays, one's own proof, fourteen days, and every way back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as sent
from django.test import Client
from django.utils import timezone

from kept.accounts.models import AddressChange, User
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import Job, SystemReader
from kept.outbox.delivery import deliver
from kept.people.models import Organisation
from kept.rights.erasure import flows
from kept.rights.erasure.models import Erasure
from kept.rights.receipts.models import Receipt
from kept.rights.receipts.offline import document_of
from kept.testing import PASSWORD, reader_of, staff

pytestmark = pytest.mark.django_db
PAGE = "/me/erasure/"


@pytest.fixture(autouse=True)
def _mail(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def page(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def proven(user: User) -> Client:
    """A browser in which she typed her password just now."""
    client = Client()
    client.force_login(user)
    client.post("/account/reauthenticate/?next=/me/", {"password": PASSWORD})
    return client


def ask(client: Client, **more: Any) -> Any:
    return client.post(PAGE, {"silence": "on", **more}, follow=True)


def links() -> list[str]:
    return re.findall(r"https?://[^/]+(/\S+)", "\n".join(mail.body for mail in sent.outbox))


def test_the_preview_counts_what_goes(alice: User, client_of: Any) -> None:
    shown = page(client_of(alice).get(PAGE))
    assert "<dt>You</dt><dd>1</dd>" in shown and "<dt>Your ID</dt><dd>1</dd>" in shown
    assert "No law makes us keep anything of yours" in shown
    assert "Erase me in 14 days" in shown and not Erasure.objects.exists()


def test_it_says_what_an_organisation_keeps(alice: User, charlie: User, client_of: Any) -> None:
    for name in ("Ateliers", "Studio"):
        id = uuid4()
        with gate.purpose("account", reader=reader_of(alice).founding(id), about=alice.person):
            made = Organisation.objects.found(id=id, name=name, by=alice.person)
    made.admit(charlie.person, role="buyer")
    shown = page(client_of(alice).get(PAGE))
    assert "<b>Ateliers</b> keeps its machines" in shown and "You are the only one in it" in shown
    assert "whoever has been in it longest, now buyer, owns it" in shown


def test_it_needs_ones_own_proof(alice: User, client_of: Any) -> None:
    answer = client_of(alice).post(PAGE, {})
    assert answer.status_code == 302 and "/account/reauthenticate/" in answer["Location"]
    assert not Erasure.objects.exists()


def test_strangers_are_asked_to_sign_in(client: Client, policy: Any) -> None:
    assert client.get(PAGE).status_code == 302 and client.post(f"{PAGE}undoing/").status_code == 302


def test_it_is_put_down_for_fourteen_days_and_everybody_is_told(alice: User) -> None:
    client = proven(alice)
    answer = ask(client)
    erasure = Erasure.objects.get()
    assert erasure.silence and timedelta(days=13, hours=23) < erasure.falls_at - timezone.now() <= timedelta(
        days=14
    )
    day = f"{timezone.localtime(erasure.falls_at):%-d %B %Y}"
    assert "On <time" in page(answer) and day in page(answer) and "Undo it, I stay" in page(answer)
    assert "You will be erased" in page(client.get("/me/")), "and her own page says so"
    deliver()
    assert any(mail.subject == "You asked to be erased" and day in mail.body for mail in sent.outbox)
    said = document_of(Receipt.objects.get(number=erasure.request_receipt).text)["kept:details"]
    assert said == {"Asked for": "Erasure", "Done on": day}
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        assert any(
            one.detail.get("what") == f"Erasure asked for, to be done on {day}"
            for one in timeline(alice.person.pk)
        )


def test_a_second_one_says_so(alice: User) -> None:
    client = proven(alice)
    ask(client)
    answer = ask(client)
    assert (
        answer.status_code == 409 and "was asked for already" in page(answer) and Erasure.objects.count() == 1
    )


def test_it_is_undone_on_the_page(alice: User) -> None:
    client = proven(alice)
    ask(client)
    shown = page(client.post(f"{PAGE}undoing/", follow=True))
    erasure = Erasure.objects.get()
    assert erasure.state == "undone" and "Nothing was erased" in shown and "Erase me in 14 days" in shown
    parts = [
        document_of(one.text)["kept:details"]
        for one in Receipt.objects.filter(number=erasure.request_receipt).order_by("part")
    ]
    assert len(parts) == 2 and parts[1]["State"] == "Undone. Nothing was erased"
    assert "You will be erased" not in page(client.get("/me/"))
    assert "There is no erasure to undo" in page(client.post(f"{PAGE}undoing/", follow=True))
    assert ask(client).status_code == 200 and Erasure.objects.filter(undone_at=None).count() == 1, (
        "and may be asked for again"
    )


def test_it_is_undone_by_the_link_in_the_mail_without_signing_in(alice: User) -> None:
    ask(proven(alice))
    deliver()
    (link,) = [link for link in links() if "/privacy/erasure/" in link]
    stranger = Client()
    assert "Undo your erasure" in page(stranger.get(link)) and Erasure.objects.get().state == "waiting", (
        "a GET changes nothing"
    )
    assert "You stay" in page(stranger.post(link, follow=True)) and Erasure.objects.get().state == "undone"
    assert "You stay" in page(stranger.post(link, follow=True))
    assert str(alice.person.pk) not in link and "alice" not in link
    assert stranger.get(link[:-3] + "00/").status_code == 404


def test_what_has_begun_is_not_undone(alice: User) -> None:
    client = proven(alice)
    ask(client)
    deliver()
    Erasure.objects.update(begun_at=timezone.now())
    assert client.post(f"{PAGE}undoing/").status_code == 409
    (link,) = [link for link in links() if "/privacy/erasure/" in link]
    assert Client().get(link).status_code == 410
    with pytest.raises(flows.TooLate):
        flows.undo(erasure=Erasure.objects.get(), reader=reader_of(alice))


def test_she_is_reminded_twice_and_once_each(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(proven(alice))
    deliver()
    erasure = Erasure.objects.get()
    sent.outbox.clear()
    told = []
    for before in (8, 7, 6, 1, 0.5):
        now = erasure.falls_at - timedelta(days=before)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        flows.work_due()
        told.append(
            sum("You will be erased" in mail.subject for mail in sent.outbox) if deliver() or True else 0
        )
    assert told == [0, 1, 1, 2, 2]
    assert "/privacy/erasure/" in sent.outbox[-1].body


def test_bob_s_page_says_what_becomes_of_his_work(bob: User, client_of: Any) -> None:
    assert "stays on their record under your role" in page(client_of(bob).get(PAGE))


def test_get_of_what_only_acts_is_refused(alice: User, client_of: Any) -> None:
    assert client_of(alice).get(f"{PAGE}undoing/").status_code == 405


def test_pages_ask_for_few_rows(alice: User, client_of: Any, django_assert_max_num_queries: Any) -> None:
    client = client_of(alice)
    client.get(PAGE)
    with django_assert_max_num_queries(60):
        client.get(PAGE)


def test_the_last_controller_of_a_region_names_a_successor_first(dana: User) -> None:
    refused = ask(proven(dana))
    assert refused.status_code == 409 and "Take in a successor first" in page(refused)
    assert not Erasure.objects.exists()
    sue = staff("Sue Successor", "sue@example.com", "controller")
    assert ask(proven(dana)).status_code == 200 and Erasure.objects.filter(subject=dana.subject).exists()
    # Whoever is on the way out already succeeds nobody.
    assert ask(proven(sue)).status_code == 409


def test_the_link_ends_with_the_address_it_went_to(alice: User) -> None:
    """It was mailed to a thief's address, which was taken back.

    What went to an address she may still go back to counts.
    """
    User.objects.filter(pk=alice.pk).update(email="thief@example.net")
    EmailAddress.objects.filter(user=alice).update(email="thief@example.net")
    alice.refresh_from_db()
    ask(proven(alice))
    deliver()
    (link,) = [link for link in links() if "/privacy/erasure/" in link]
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    for answer in (Client().get(link), Client().post(link)):
        assert answer.status_code == 410 and "no longer the one of this ID" in page(answer)
    assert Erasure.objects.get().state == "waiting"
    with gate.purpose("security", reader=SystemReader(job="a test"), about=Job("a test")):
        AddressChange.begin(alice, "thief@example.net")
    assert "You stay" in page(Client().post(link, follow=True)) and Erasure.objects.get().state == "undone"
