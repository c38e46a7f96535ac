"""What makes a password good enough, and how it is hashed."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from kept.accounts.models import User
from kept.accounts.signing_up.passwords import Argon2id, LengthByFactors, NotStolen, is_stolen


def refused(check: object, password: str, user: object = None) -> str:
    with pytest.raises(ValidationError) as caught:
        check.validate(password, user)
    return caught.value.messages[0]


def test_a_short_one_is_counted_and_the_way_out_named() -> None:
    assert (
        refused(LengthByFactors(), "otter bay")
        == "Your password has 9 characters. Use at least 15, or add a passkey."
    )
    assert (
        refused(LengthByFactors(), "o") == "Your password has 1 character. Use at least 15, or add a passkey."
    )


def test_a_long_one_of_any_script_is_taken() -> None:
    for password in (
        "otter lantern gravel",
        "Жёлтый паровоз едет",
        "🦦🦦🪨🪨🏮🏮🦦🪨🏮🦦🪨🏮🦦🪨🏮",
        "x y" * 80,
    ):
        LengthByFactors().validate(password)
    assert "at most 256" in refused(LengthByFactors(), "ab cd" * 60)


@pytest.mark.parametrize(
    "password",
    [
        "password12345678",
        "PasswordPassword",
        "correct horse battery staple",
        "!!!!!!iloveyou!!!!!!",
        "aaaaaaaaaaaaaaaaaaaa",
        "qwertyuiopasdfghjkl",
    ],
)
def test_a_stolen_one_is_refused_however_it_is_padded(password: str) -> None:
    assert (
        refused(NotStolen(), password)
        == "This password appears in lists of stolen passwords. Choose another; three or more words work"
        " well."
    )


def test_words_are_taken() -> None:
    for password in ("otter lantern gravel", "three words suffice", "my dog eats slippers"):
        assert not is_stolen(password)


def test_the_own_address_is_no_password() -> None:
    assert "no secret" in refused(
        NotStolen(), "alice.somebody@example.com", User(email="alice.somebody@example.com")
    )


def test_the_hash_takes_what_owasp_says() -> None:
    encoded = Argon2id().encode("otter lantern gravel", "somesaltsomesalt")
    assert "argon2id" in encoded and "m=19456,t=2,p=1" in encoded
    assert Argon2id().verify("otter lantern gravel", encoded)


def test_two_ways_to_type_the_same_password_are_one() -> None:
    user = User(email="alice@example.com")
    user.set_password("cafe\u0301 lanterne gravier")
    assert user.check_password("caf\u00e9 lanterne gravier")
    assert not user.check_password("cafe lanterne gravier")
