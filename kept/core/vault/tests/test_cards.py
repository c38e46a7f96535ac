"""Card numbers are refused in any notation; serial numbers, phones and VAT numbers are not card numbers."""

from __future__ import annotations

import pytest

from kept.core.vault.sealing.cards import CardNumberRefused, mask_card_numbers, refuse_card_number


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424242",
        "my card is 4242 4242 4242 4242, thanks",
        "5555-5555-5555-4444",
        "378282246310005",
        '{"note": "6011111111111117"}',
    ],
)
def test_it_refuses_a_card_number(text: str) -> None:
    with pytest.raises(CardNumberRefused):
        refuse_card_number(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "1204-88-2",
        "+32 2 123 45 67",
        "+4242424242424242",
        "BE0123456789",
        "4242424242424241",
        "2026-11-23 09:40",
        "order 12345678901234567890123",
    ],
)
def test_it_lets_other_figures_pass(text: str) -> None:
    refuse_card_number(text.encode())


IDS = [
    "5bb4b9a8-9c1e-4242-8424-24248abcdef0",
    "5BB4B9A8-9C1E-4242-9424-24247ABCDEF0",
    "abcd4242424242424242efabcdefabcd",
    "f" * 24 + "4242424242424242",
    "4242424242424242" + "0a1b2c3d" * 6,
]


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize(
    "text",
    ["{}", "See https://portal.example.com/privacy/status/{}/copy/, thanks", '{{"id": "{}"}}', "{},{}"],
)
def test_an_id_or_a_digest_is_no_card_number(id: str, text: str) -> None:
    refuse_card_number(text.format(id, id).encode())


@pytest.mark.parametrize(
    "text",
    [
        "5bb4b9a8-9c1e-4242-8424-242424242424 and 4242 4242 4242 4242",
        "my card a4242424242424242, of Alice",
        "abcd4242424242424242efabcdefabc",
        "42424242-4242-4242-8242-424242424242 4242424242424242",
        "4242424242424242" + "a" * 3 + "1" * 13,
        "4242424242424242-abc",
        "x" + "abcd4242424242424242efabcdefabcd",
    ],
)
def test_figures_among_letters_are_not_taken_for_an_id(text: str) -> None:
    with pytest.raises(CardNumberRefused):
        refuse_card_number(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111 123",
        "4111111111111111 12/27",
        "order 12 4111-1111-1111-1111",
        "3782 822463 10005 1234",
        "4111\u00a01111\u00a01111\u00a01111",
        "4111.1111.1111.1111",
        "4111  1111  1111  1111",
    ],
)
def test_figures_beside_it_and_other_gaps_hide_no_card(text: str) -> None:
    masked, count = mask_card_numbers(text)
    assert count == 1 and "4111" not in masked and "822463" not in masked
    with pytest.raises(CardNumberRefused):
        refuse_card_number(text.encode())
    refuse_card_number(masked.encode())


@pytest.mark.parametrize(
    "text", ["+32 4 345 00 17 22 33", "48 48 48 48 48 48 48 48", "2026-11-29 12:00 4.2.1", "10.12.14.16"]
)
def test_plain_figures_are_no_card(text: str) -> None:
    assert mask_card_numbers(text) == (text, 0)
