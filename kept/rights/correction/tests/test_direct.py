"""What she owns she corrects at once: old and new value are kept with her, and whoever had the old one is
told.
"""

from __future__ import annotations

from typing import Any

import pytest

from kept.core.vault import gate
from kept.equipment.models import Holding
from kept.outbox.handing_over.carrier import carry
from kept.outbox.handing_over.corrections import correct
from kept.outbox.models import Disclosure, Notice
from kept.outbox.tests.recipient import Recipient
from kept.rights.correction.models import Correction
from kept.rights.correction.proofs import passed_on
from kept.rights.correction.tests.story import opened, sentences
from kept.testing import reader_of

pytestmark = pytest.mark.django_db(transaction=True)
GIVEN = {
    "name": "Alice Lambert-Dubois",
    "phone": "02 999 99 99",
    "country": "",
    "street": "",
    "postcode": "",
    "city": "",
    "area": "",
    "language": "en",
}


def test_a_profile_that_is_corrected_is_corrected_at_the_partner_too(
    alice: Any, handed: Disclosure, partner: Recipient, client_of: Any
) -> None:
    client = client_of(alice)
    assert client.post("/me/profile/", GIVEN).status_code == 302
    rows = {row.attribute: row for row in Correction.objects.all()}
    assert set(rows) == {"name", "phone_typed"}
    assert all(row.decision == "direct" and row.told == 1 for row in rows.values())
    assert (opened(alice, rows["name"], "before"), opened(alice, rows["name"], "after")) == (
        "Alice Lambert",
        "Alice Lambert-Dubois",
    )
    assert carry() == 2
    assert partner.known[handed.handle] == {
        "holding.purchase-date": "2026-03-01",
        "person.name": "Alice Lambert-Dubois",
        "person.phone-typed": "02 999 99 99",
    }
    assert passed_on().kept is True and passed_on().figure == "2 of 2 told"
    page = client.get("/me/correction/").content.decode()
    assert "Phone typed" in page and "Corrected by you" in page
    detail = client.get(f"/me/correction/{rows['name'].pk}/").content.decode()
    assert "Alice Lambert-Dubois" in detail and "It said" in detail and "Acknowledged" in detail


def test_what_did_not_change_is_told_to_nobody(alice: Any, handed: Disclosure, client_of: Any) -> None:
    client_of(alice).post("/me/profile/", {**GIVEN, "name": "Alice Lambert", "phone": ""})
    assert not Notice.objects.exists() and not Correction.objects.exists()


def test_an_address_of_mail_that_changes_is_told(alice: Any, machine: Holding, partner: Recipient) -> None:
    with gate.purpose("security", reader=reader_of(alice), about=alice.person):
        assert correct(alice.person, {"email": "a.lambert@example.com"}) == 0, "Nobody had it"
        assert correct(alice.person, {}) == 0


def test_the_proof_turns_when_somebody_was_forgotten(alice: Any, handed: Disclosure, client_of: Any) -> None:
    assert passed_on().kept is None
    client_of(alice).post("/me/profile/", GIVEN)
    Notice.objects.all().delete()
    assert passed_on().kept is False and "2 not told" in passed_on().figure


def test_killed_before_it_is_told_nothing_was_corrected(
    alice: Any, handed: Disclosure, client_of: Any, monkeypatch: Any
) -> None:
    def dies(*args: Any, **more: Any) -> int:
        raise RuntimeError("killed")

    monkeypatch.setattr("kept.outbox.handing_over.corrections.follow", dies)
    with pytest.raises(RuntimeError):
        client_of(alice).post("/me/profile/", GIVEN)
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        assert type(alice.person).objects.get(pk=alice.subject).name == "Alice Lambert"
    assert not Correction.objects.exists() and "corrected" not in " ".join(sentences(alice))
