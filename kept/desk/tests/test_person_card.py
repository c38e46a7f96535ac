"""What a purpose lets a role see of a person: open, masked until there is a reason, or not here, with the
clause.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy import loader
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.desk.models import Reveal
from kept.desk.tests.conftest import said, tell
from kept.people import phones
from kept.testing import default_policy, reader_of

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = "04 253 18 64"


@pytest.fixture
def phone(alice: Any) -> str:
    tell(alice, phone=phones.parse(TYPED, "BE"))
    return TYPED


def without_phone() -> Any:
    """The default policy, with the phone taken out of the purpose of support."""
    files = dict(default_policy().files)
    before, _, support = files["purposes.toml"].partition("\n[support]")
    assert '"contact.phone", ' in support
    files["purposes.toml"] = before + "\n[support]" + support.replace('"contact.phone", ', "", 1)
    return loader.from_files(files)


def reveal(desk: Any, matter: Any, **given: str) -> Any:
    return desk.post(
        f"/desk/matters/{matter.pk}/reveal/",
        {"field": "phone_typed", "reason": "To call her back", **given},
        follow=True,
    )


def test_the_phone_is_masked(desk: Any, phone: str, hers: Any) -> None:
    page = said(desk.get(f"/desk/matters/{hers.pk}/"))
    assert "Alice Lambert" in page and "Show phone, with a reason" in page
    assert phone not in page


def test_it_opens_with_a_reason_that_she_reads(desk: Any, phone: str, hers: Any, alice: Any) -> None:
    assert phone in said(reveal(desk, hers))
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        notes = [one.note for one in timeline(alice.subject)]
    assert "To call her back" in notes


def test_it_masks_itself_again(desk: Any, phone: str, hers: Any) -> None:
    reveal(desk, hers)
    Reveal.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert phone not in said(desk.get(f"/desk/matters/{hers.pk}/"))


@pytest.mark.parametrize("reason", ["", "   ", "abc", "x" * 301])
def test_it_requires_a_reason(desk: Any, phone: str, hers: Any, reason: str) -> None:
    answer = reveal(desk, hers, reason=reason)
    assert answer.status_code == 422 and phone not in said(answer)
    assert "reason" in said(answer) or "Say why you need it" in said(answer)
    assert not Reveal.objects.exists()


@pytest.mark.parametrize("field", ["", "email", "password", "phone", "__class__"])
def test_it_opens_nothing_else(desk: Any, phone: str, hers: Any, field: str) -> None:
    assert reveal(desk, hers, field=field).status_code == 422
    assert not Reveal.objects.exists()


def test_nobody_is_there_to_be_opened(desk: Any, matter: Any) -> None:
    assert reveal(desk, matter).status_code == 404


def test_what_was_opened_of_another_person_stays_hers(desk: Any, phone: str, hers: Any, charlie: Any) -> None:
    tell(charlie, phone=phones.parse("04 111 22 33", "BE"))
    reveal(desk, hers)
    desk.post(f"/desk/matters/{hers.pk}/person/", {"person": str(charlie.subject)})
    page = said(desk.get(f"/desk/matters/{hers.pk}/"))
    assert "Charlie Weber" in page and "04 111 22 33" not in page and phone not in page


def test_a_version_without_the_phone_takes_it_away_at_once(desk: Any, phone: str, hers: Any) -> None:
    assert phone in said(reveal(desk, hers))
    versions.publish(without_phone(), effective=timezone.localdate(), by="Dana")
    page = said(desk.get(f"/desk/matters/{hers.pk}/"))
    assert phone not in page and "Show phone" not in page
    clause = default_policy().purposes["support"].clause
    assert "Not here." in page and f"Clause {clause}." in page and "Alice Lambert" in page


def test_nor_can_it_be_opened_or_searched_then(desk: Any, phone: str, hers: Any) -> None:
    versions.publish(without_phone(), effective=timezone.localdate(), by="Dana")
    answer = reveal(desk, hers)
    assert answer.status_code == 403 and "clause" in said(answer).lower() and phone not in said(answer)
    assert not Reveal.objects.exists()
    found = desk.post(f"/desk/matters/{hers.pk}/search/", {"text": phone})
    assert "Alice" not in said(found)


def test_a_narrowing_holds_before_its_day(desk: Any, phone: str, hers: Any) -> None:
    reveal(desk, hers)
    versions.publish(without_phone(), effective=date.today() + timedelta(days=40), by="Dana")
    assert phone not in said(desk.get(f"/desk/matters/{hers.pk}/"))


def test_a_purpose_that_was_given_up_opens_nothing(desk: Any, phone: str, hers: Any) -> None:
    hers.purpose = "given-up"
    hers.save(update_fields=["purpose"])
    page = said(desk.get(f"/desk/matters/{hers.pk}/"))
    assert "is closed" in page and "Alice Lambert" not in page
