"""A registration in other languages: its pages, its mails, and what either side of a handover reads."""

from __future__ import annotations

from typing import Any

import pytest

from kept.accounts.models import User
from kept.people.models import Person
from kept.touchpoints.registrations.handing_on.models import Handover
from kept.touchpoints.registrations.tests.conftest import register
from kept.touchpoints.registrations.tests.test_handing_on import TO, letters, lines, offered, page, text

pytestmark = pytest.mark.django_db(transaction=True)


def speaks(user: User, language: str) -> None:
    Person.objects.filter(pk=user.person_id).update(language=language)


def test_each_side_of_a_handover_is_written_to_in_their_own_language(
    hers: Any, his: Any, alice: User, charlie: User
) -> None:
    speaks(alice, "fr")
    speaks(charlie, "de")
    made = register(hers)
    assert "est enregistré" in letters("alice@example.com")[-1].subject
    his.post(offered(hers, made.holding), {})
    gave, took = letters("alice@example.com")[-1].body, letters(TO)[-1].body
    assert "Ce qui est passé avec lui" in gave and "Sa garantie, jusqu’au 3 mai 2028" in gave
    assert "Was mitging" in took and "Seine Garantie, bis 3. Mai 2028" in took
    assert not [english for english in ("warranty", "serial number", "What moved") if english in gave + took]
    # The ledger keeps the English; each timeline says it in its reader's language.
    assert "Your product was taken over" in "; ".join(lines(alice))
    reference = Handover.objects.get().reference
    assert f"Votre produit a été repris par quelqu’un, {reference}" in text(hers.get("/me/timeline/"))
    assert f"Sie haben ein Produkt übernommen, {reference}" in text(his.get("/me/timeline/"))


def test_the_form_and_what_it_refuses_speak_dutch(hers: Any) -> None:
    answer = hers.post("/nl/me/products/register/", {"serial": "", "purchased_0": ""})
    shown = text(answer)
    assert answer.status_code == 422 and "Wanneer is het gekocht?" in shown
    assert "When was it bought?" not in shown and "Er is een probleem" in shown


def test_her_products_speak_french(hers: Any) -> None:
    made = register(hers)
    shown = text(hers.get(f"/fr{page(made.holding)}"))
    assert "Enregistré à votre nom" in shown and "Le vendre ou le donner à quelqu’un" in shown
    assert "1 produit" in text(hers.get("/fr/me/products/"))
