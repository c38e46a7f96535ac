"""Alice with a machine, and a partner who was handed when she bought it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.vault.tests.guided import acknowledged
from kept.equipment.models import Holding
from kept.outbox.handing_over.carrier import carry
from kept.outbox.handing_over.transfers import disclose
from kept.outbox.models import Disclosure
from kept.outbox.tests.recipient import Recipient, listening, policy_with
from kept.rights.correction.tests.story import BOUGHT, STAFF, give_machine


@pytest.fixture(autouse=True)
def _staff(request: pytest.FixtureRequest) -> None:
    """Whoever works at the desk here has acknowledged their guidelines."""
    if {"policy", "alice", "machine", "dana"} & set(request.fixturenames):
        request.getfixturevalue("policy")
        acknowledged(STAFF)


@pytest.fixture
def machine(alice: Any) -> Holding:
    return give_machine(alice)


@pytest.fixture
def partner(policy: Any) -> Iterator[Recipient]:
    with listening() as server:
        versions.publish(
            policy_with(service_partner=server.endpoint), effective=timezone.localdate(), by="Dana"
        )
        yield server


@pytest.fixture
def handed(alice: Any, machine: Holding, partner: Recipient) -> Disclosure:
    """The partner had the purchase date, her name and her phone number."""
    values = {
        "holding.purchase-date": BOUGHT,
        "person.name": "Alice Lambert",
        "person.phone-typed": "02 123 45 67",
    }
    row = disclose(subject=alice.subject, recipient="service-partner", purpose="support", values=values)
    assert carry() == 1
    return row
