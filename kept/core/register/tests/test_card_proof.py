"""The proof of the card number turns when a field would take one."""

from __future__ import annotations

import pytest

from kept.core.register.proving.card_proof import made_up_number, no_card_number
from kept.core.vault.columns import sealed
from kept.core.vault.sealing import cards


def test_made_up_numbers_look_like_card_numbers() -> None:
    with pytest.raises(cards.CardNumberRefused):
        cards.refuse_card_number(made_up_number())


@pytest.mark.django_db
def test_it_is_kept(policy: object) -> None:
    assert no_card_number().kept


@pytest.mark.django_db
def test_it_breaks_when_the_seal_would_take_one(policy: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "refuse_card_number", lambda plain: None)
    assert no_card_number().kept is False
