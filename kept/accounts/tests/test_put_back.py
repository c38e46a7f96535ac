"""Whoever takes their address back is reached where they were before: each value from the record of its
correction.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import SetAside, User
from kept.accounts.tests.conftest import letters, said
from kept.accounts.tests.test_capabilities import FIRST, HERS, move, way_back
from kept.accounts.tests.test_recovery import comes_back
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.outbox.handing_over.corrections import correct
from kept.rights.correction import recovery
from kept.rights.correction.models import Correction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_waiting(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": None}


PROFILE = {
    "name": "Alice Lambert",
    "phone": "02 111 11 11",
    "country": "BE",
    "street": "Rue 1",
    "postcode": "4000",
    "city": "Liège",
    "area": "",
    "language": "en",
}
THIEFS = PROFILE | {"phone": "02 999 99 99", "street": "Elsewhere 2"}


def told() -> dict[str, Any]:
    person = User.objects.get().person
    assert person is not None
    with gate.purpose("own-data", reader=SystemReader(job="a test"), about=Job("a test")):
        person.refresh_from_db()
        return {
            "email": person.email,
            "phone": person.phone_typed,
            "street": (person.address or {}).get("street"),
            "name": person.name,
        }


def mail_goes_to(address: str) -> None:
    """The controller corrected it, because somebody in a session of hers asked: apart from where she signs
    in.
    """
    person = User.objects.get().person
    assert person is not None
    with gate.purpose("own-data", reader=SystemReader(job="a test"), about=Job("a test")):
        correct(person, {"email": address})
        Correction(
            subject=person.pk,
            table="people_person",
            row=str(person.pk),
            attribute="email",
            field_id="person.email",
            before=HERS,
            after=address,
            decided_at=timezone.now(),
            decision="accepted",
            role="controller",
        ).save(force_insert=True)


def test_where_she_is_reached_is_put_back_with_the_address(newcomer: Client) -> None:
    newcomer.post("/me/profile/", PROFILE)
    Correction.objects.update(
        asked_at=timezone.now() - timedelta(hours=80), decided_at=timezone.now() - timedelta(hours=80)
    )
    hers = told()
    newcomer.post("/me/profile/", THIEFS)
    newcomer.post("/me/profile/", THIEFS | {"phone": "02 888 88 88"})
    mail_goes_to("thief@example.net")
    move(newcomer, FIRST)
    assert told() == hers | {"email": "thief@example.net", "phone": "02 888 88 88", "street": "Elsewhere 2"}
    Client().post(way_back(HERS))
    assert told() == hers
    owner = comes_back()
    page = said(owner.get("/account/recovery/"))
    assert (
        all(
            f"{name}, corrected on" in page
            for name in ("E-mail address we write to", "Phone number", "Postal address")
        )
        and "888" not in page
        and "Elsewhere" not in page
    )
    assert not any(
        "thief@example.net" in letter.to
        for letter in letters()
        if letter.subject == "Your e-mail address is back"
    )


def test_a_value_that_was_hers_after_all_is_taken_again(newcomer: Client) -> None:
    newcomer.post("/me/profile/", PROFILE)
    move(newcomer, FIRST)
    Client().post(way_back(HERS))
    assert not told()["phone"], "what it said before: nothing"
    owner = comes_back()
    rows = [
        row
        for row in SetAside.objects.filter(kind="connected")
        if row.data and "correction:" in row.factor["again"]
    ]
    owner.post("/account/reauthenticate/", {"password": "lantern gravel otter"})
    for row in rows:
        assert "The newer value stands again" in said(
            owner.post(f"/account/recovery/{row.pk}/keeping/", follow=True)
        )
    assert (told()["phone"], told()["street"]) == ("02 111 11 11", "Rue 1")
    assert "its 14 days are over" in said(owner.post(f"/account/recovery/{rows[0].pk}/keeping/", follow=True))


def test_cut_off_it_is_put_back_once_and_still_listed(newcomer: Client) -> None:
    newcomer.post("/me/profile/", PROFILE)
    user, since = User.objects.get(), timezone.now() - timedelta(hours=72)
    first = [one.what for one in recovery.put_back(user, since)]
    count = Correction.objects.count()
    assert (
        first
        and [one.what for one in recovery.put_back(user, since)] == first
        and Correction.objects.count() == count
    )
