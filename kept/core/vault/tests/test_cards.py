"""Card numbers are refused in any notation; serial numbers, phones and VAT numbers are not card numbers."""

from __future__ import annotations

import pytest

from kept.core.vault.cards import CardNumberRefused, refuse_card_number


@pytest.mark.parametrize(
    "text", ["4242424242424242", "my card is 4242 4242 4242 4242, thanks", "5555-5555-5555-4444", "378282246310005", '{"note": "6011111111111117"}']
)
def test_it_refuses_a_card_number(text: str) -> None:
    with pytest.raises(CardNumberRefused):
        refuse_card_number(text.encode())


@pytest.mark.parametrize(
    "text",
    ["1204-88-2", "+32 2 123 45 67", "+4242424242424242", "BE0123456789", "4242424242424241", "2026-11-23 09:40", "order 12345678901234567890123"],
)
def test_it_lets_other_figures_pass(text: str) -> None:
    refuse_card_number(text.encode())
