"""Somebody says a registered machine is theirs: its holder is asked by a job, says yes or no, and neither
learns of the other.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kept.accounts.models import User
from kept.core.vault import gate
from kept.desk.tests.conftest import said
from kept.testing import reader_of
from kept.touchpoints.registrations.handing_on import claims
from kept.touchpoints.registrations.handing_on.models import Handover
from kept.touchpoints.registrations.models import Claim
from kept.touchpoints.registrations.tests.conftest import FREE, UNKNOWN, register, started
from kept.touchpoints.registrations.tests.test_handing_on import letters, page, text, unit, warranty

pytestmark = pytest.mark.django_db(transaction=True)
PDF = b"%PDF-1.4 an invoice"


def claimed(client: Any, serial: str = FREE) -> Claim:
    proof = SimpleUploadedFile("invoice.pdf", PDF, content_type="application/pdf")
    answer = client.post(started(client, serial), {"holder": "myself", "note": "", "proof": proof})
    assert answer.status_code == 302, answer.content.decode()
    return Claim.objects.latest("opened_at")


def answer(client: Any, claim: Claim, word: str) -> Any:
    return client.post(f"{page(claim.against)}claims/{claim.pk}/", {"answer": word}, follow=True)


@pytest.fixture
def claim(hers: Any, his: Any) -> Claim:
    register(hers)
    made = claimed(his)
    assert claims.look_up() == 1 and claims.look_up() == 0
    return Claim.objects.get(pk=made.pk)


def test_nobody_is_asked_while_the_claim_is_made(hers: Any, his: Any) -> None:
    register(hers)
    claimed(his)
    assert not [mail for mail in letters("alice@example.com") if "Somebody says" in mail.subject]


def test_the_holder_is_asked_and_told_nothing_of_who(claim: Claim) -> None:
    mail = letters("alice@example.com")[-1]
    assert (
        "Somebody says this is theirs: 1204-88-2" in mail.subject
        and "Charlie" not in mail.body
        and "charlie" not in mail.body
    )


def test_an_unknown_machine_and_one_s_own_ask_nobody(hers: Any, his: Any) -> None:
    claimed(his, UNKNOWN)
    assert claims.look_up() == 1
    assert Claim.objects.get().against is None


def test_yes_moves_it_with_its_warranty_and_can_be_taken_back(
    claim: Claim, hers: Any, his: Any, charlie: User
) -> None:
    shown = answer(hers, claim, "yes")
    assert "It is no longer yours" in text(shown) and "Charlie" not in text(shown)
    holding = unit().holding
    assert holding is not None and holding.person_id == charlie.person_id
    assert warranty(charlie, holding).isoformat() == "2025-05-03"
    claim.refresh_from_db()
    assert claim.decision == "accepted" and claim.holder_said == "yes"
    assert (
        "What stays with you" in letters("alice@example.com")[-1].body
        and "Alice" not in letters("charlie@example.com")[-1].body
    )
    hers.post(f"/me/products/handovers/{Handover.objects.get().reference}/taking-back/")
    assert unit().holding == claim.against


def test_no_is_shown_to_the_desk_and_decides_nothing(
    claim: Claim, hers: Any, client_of: Any, bob: User
) -> None:
    assert "Our desk sees what you said" in text(answer(hers, claim, "no"))
    claim.refresh_from_db()
    assert claim.decided_at is None and unit().holding == claim.against
    assert "They say that it is still theirs" in said(client_of(bob).get(f"/desk/registrations/{claim.pk}/"))
    with gate.purpose("registration", reader=reader_of(hers_of(hers)), about=hers_of(hers).person):
        assert claim.against.purchase_date is not None  # type: ignore[union-attr]


def hers_of(client: Any) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def test_nobody_else_answers(claim: Claim, his: Any, client: Any) -> None:
    assert answer(his, claim, "yes").status_code == 404
    assert client.post(f"{page(claim.against)}claims/{claim.pk}/", {"answer": "yes"}).status_code == 302
    claim.refresh_from_db()
    assert claim.decided_at is None


@pytest.mark.parametrize("word", ["", "perhaps"])
def test_neither_yes_nor_no_is_no_answer(claim: Claim, hers: Any, word: str) -> None:
    assert answer(hers, claim, word).status_code == 404


def test_what_the_desk_decided_is_not_answered_any_more(
    claim: Claim, hers: Any, client_of: Any, bob: User
) -> None:
    client_of(bob).post(
        f"/desk/registrations/{claim.pk}/", {"decision": "accepted", "reason": "The invoice names them."}
    )
    assert "decided already" in text(answer(hers, claim, "yes"))
    body = letters("alice@example.com")[-1].body
    assert "What moved with it" in body and "What stays with you" in body
