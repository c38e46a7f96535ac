"""A proof that cannot fail is a defect: each is broken once."""

from __future__ import annotations

from typing import Any

import pytest

from kept.accounts.models import User
from kept.accounts.proofs import one_id

pytestmark = pytest.mark.django_db


def test_it_waits_while_there_is_nobody(policy: Any) -> None:
    assert one_id().kept is None


def test_it_holds_for_the_cast(alice: User, bob: User) -> None:
    proof = one_id()
    assert proof.kept is True and proof.figure == "2 of 2"


def test_an_id_without_a_person_breaks_it(alice: User) -> None:
    User.objects.update(person=None)
    proof = one_id()
    assert proof.kept is False and proof.figure == "0 of 1"


def test_an_address_in_another_form_breaks_it(alice: User) -> None:
    User.objects.update(email="Alice@Example.com")
    assert one_id().kept is False
