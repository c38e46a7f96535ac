"""Never written to again: by a keyed hash alone, whoever asks; what somebody starts themselves is answered,
and takes it back when they prove the address.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core import mail as sent
from django.db import connection
from django.test import Client

from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.outbox import silence
from kept.outbox.delivery import deliver
from kept.outbox.mail import mail
from kept.outbox.models import Message, Silence
from kept.people.models import Person

pytestmark = pytest.mark.django_db
ADDRESS = "alice@example.com"
IMPORT = SystemReader(job="a later import")


@pytest.fixture(autouse=True)
def _mail(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def imported() -> Person:
    """Somebody's list brings her address back."""
    with gate.purpose("registration", reader=IMPORT, about=Job("import")):
        return Person.objects.enrol(id=uuid4(), name="Alice Lambert", email=ADDRESS, controller="cet-power")


def write(person: Person, purpose: str) -> Message:
    message = mail(
        subject=person.pk,
        to=" Alice@EXAMPLE.com ",
        template="accounts/mail/password_changed.txt",
        context={},
        purpose=purpose,
    )
    deliver()
    return message


def test_it_is_a_keyed_hash_and_nothing_else(policy: Any) -> None:
    silence.silence(ADDRESS)
    silence.silence("ALICE@example.com ")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM outbox_silence")
        (row,) = cursor.fetchall()
    assert len(row) == 2 and "alice" not in str(row)
    assert (
        silence.silenced("Alice@example.com")
        and not silence.silenced("bob@example.com")
        and not silence.silenced("")
    )


@pytest.mark.parametrize("purpose", ["registration", "safety", "support"])
def test_no_later_import_writes_to_her(policy: Any, purpose: str) -> None:
    silence.silence(ADDRESS)
    person = imported()
    message = write(person, purpose)
    assert (
        sent.outbox == []
        and (message.trouble, message.body, message.due_at) == ("Silenced", None, None)
        and message.given_up_at
    )
    silence.lift(ADDRESS)
    write(person, purpose)
    assert len(sent.outbox) == 1, "it was the silence, and nothing else"


@pytest.mark.parametrize("purpose", ["account", "own-data", "requests"])
def test_what_she_starts_herself_is_answered(policy: Any, purpose: str) -> None:
    silence.silence(ADDRESS)
    write(imported(), purpose)
    assert len(sent.outbox) == 1


def test_the_link_of_the_last_mail_takes_it_back(client: Client, policy: Any) -> None:
    silence.silence(ADDRESS)
    mark = silence.mark_of(ADDRESS)
    link = f"/privacy/silence/{mark}/{silence.way_back(mark)}/"
    assert "May we write to you again?" in client.get(link).content.decode() and Silence.objects.exists(), (
        "a GET changes nothing"
    )
    assert (
        client.get(link[:-3] + "00/").status_code
        == client.get(f"/privacy/silence/{mark}/x/").status_code
        == 404
    )
    assert (
        "We may write to you again" in client.post(link, follow=True).content.decode()
        and not Silence.objects.exists()
    )


def test_a_new_id_of_her_own_takes_it_back_when_its_address_is_proven(client: Client, policy: Any) -> None:
    silence.silence(ADDRESS)
    client.post("/account/signup/", {"name": "Alice", "email": ADDRESS, "password1": "otter lantern gravel"})
    deliver()
    (letter,) = sent.outbox
    assert silence.silenced(ADDRESS), "somebody typed her address: that proves nothing"
    code = next(
        word.strip(".")
        for word in letter.body.split()
        if word.strip(".").isdigit() and len(word.strip(".")) == 6
    )
    client.post("/account/confirm-email/", {"code": code})
    assert not silence.silenced(ADDRESS)
