"""E-mail addresses as people type them."""

from __future__ import annotations

import pytest

from kept.accounts.signing_up.addresses import meant
from kept.people.mailboxes import canonical


def test_one_form() -> None:
    assert canonical("  Alice@Example.COM ") == "alice@example.com"


@pytest.mark.parametrize(
    ("typed", "better"),
    [
        ("name@homtail.com", "name@hotmail.com"),
        ("a@gmial.com", "a@gmail.com"),
        ("a@outlok.com", "a@outlook.com"),
    ],
)
def test_a_slip_is_noticed(typed: str, better: str) -> None:
    assert meant(typed) == better


@pytest.mark.parametrize(
    "typed", ["alice@example.com", "a@mail.com", "a@gmx.com", "bob@cet-power.com", "no at sign"]
)
def test_an_address_of_ones_own_is_left_alone(typed: str) -> None:
    assert meant(typed) is None
