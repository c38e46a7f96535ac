"""The people of the walk: invented for it alone, with words that stand nowhere else, so that each is found
wherever it should not be.
"""

from __future__ import annotations

import secrets

from kept.core.policy.model import Policy
from kept.operations.setting_up import ids
from kept.operations.walk.response_checks import Invented

SYLLABLES = ("ba", "do", "fe", "gi", "ku", "lo", "ma", "ne", "pi", "ro", "su", "ta", "vi", "wo", "xe", "zu")
HOST = "walk.example.com"


def invented(who: str) -> Invented:
    """Somebody new. The words are random, so that no page of anybody's can hold them by chance."""
    first, last = _word(), _word()
    number = f"470{secrets.randbelow(10**6):06d}"
    return Invented(
        who=who,
        first_name=first,
        name=f"{first} {last}",
        email=f"{_word().casefold()}@{HOST}",
        phone=f"+32{number}",
        password=f"{_word()} {_word()} {_word()}",
    )


def _word() -> str:
    return "".join(secrets.choice(SYLLABLES) for _ in range(5)).capitalize()


def customer(one: Invented) -> None:
    """An ID, made through the flow of the sign-up page."""
    ids.welcome(email=one.email, name=one.name, password=one.password)


def member_of_staff(one: Invented, policy: Policy, role: str) -> None:
    """A post at the desk of the company the site belongs to."""
    ids.hire(
        email=one.email,
        name=one.name,
        role=role,
        entity=next(iter(policy.company.entities)),
        password=one.password,
    )
