"""Alice knows herself; Bob of support has an open matter. No sign-in is needed to test what the models do."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from kept.core.vault.gate import purpose
from kept.core.vault.readers import SelfReader, StaffReader
from kept.core.vault.session_proofs import SessionProof, own
from kept.core.vault.tests.guided import acknowledged
from kept.people.models import Person


@dataclass
class Matter:
    matter_ref: str = "M-1"
    matter_open: bool = True


def herself(subject: UUID, *organisations: UUID) -> SelfReader:
    return own(subject, SessionProof(subject=subject, session="a session"), organisations)


def enrolled(name: str, email: str) -> Person:
    subject = uuid4()
    with purpose("account", reader=herself(subject), about=subject, source="sign-up"):
        return Person.objects.enrol(id=subject, name=name, email=email, controller="cet-power")


@pytest.fixture
def alice_person(policy) -> Person:
    return enrolled("Alice Martin", "alice@example.com")


@pytest.fixture
def charlie_person(policy) -> Person:
    return enrolled("Charlie", "charlie@example.com")


@pytest.fixture
def bob_reads():
    """bob_reads() opens the support purpose for an open matter."""
    bob = acknowledged(StaffReader(role="support", entity="cet-power", actor=uuid4()))
    return lambda reason="She called about her inverter": purpose(
        "support", reader=bob, about=Matter(), reason=reason
    )
