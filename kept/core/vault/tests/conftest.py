"""The test company's tables, and the cast at its doors: Alice is a customer, Bob helps, Charlie has no
business here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from kept.core.vault.gate import purpose
from kept.core.vault.readers import SelfReader, StaffReader
from kept.core.vault.session_proofs import SessionProof, own
from kept.core.vault.subject_keys import keys
from kept.core.vault.tests.guided import acknowledged
from kept.core.vault.tests.models import ALL, Person, registry


@dataclass
class Matter:
    matter_ref: str = "case 7"
    matter_open: bool = True


@pytest.fixture(scope="package", autouse=True)
def _tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """There while this room is tested, and gone for the next: its own check refuses tables nobody
    declared.
    """
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for model in ALL:
                editor.create_model(model)
        yield
        with connection.schema_editor() as editor:
            for model in reversed(ALL):
                editor.delete_model(model)


@pytest.fixture
def company(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy is published, and the vault knows the test company's models."""
    monkeypatch.setattr(keys, "apps", registry)


@pytest.fixture
def bob() -> StaffReader:
    return acknowledged(StaffReader(role="support", entity="cet-power", actor=uuid4()))


@pytest.fixture
def matter() -> Matter:
    return Matter()


def themselves(subject: UUID) -> SelfReader:
    return own(subject, SessionProof(subject, "a session"))


@pytest.fixture
def enrolled(company: None) -> Callable[..., Person]:
    """enrolled(name="Alice Martin", email=…) is a person, sealed as their own sign-up would."""

    def make(
        name: str = "Alice Martin", email: str = "alice@example.com", phone: str | None = "+32 2 555 01 23"
    ) -> Person:
        subject = uuid4()
        keys.enrol(subject, "cet-power")
        with purpose("registration", reader=themselves(subject), about=subject, source="sign-up"):
            return Person.objects.create(id=subject, name=name, email=email, phone=phone)

    return make


@pytest.fixture
def alice(enrolled: Callable[..., Person]) -> Person:
    return enrolled()


@pytest.fixture
def charlie(enrolled: Callable[..., Person]) -> Person:
    return enrolled(name="Charlie Noor", email="charlie@example.com", phone=None)
