"""A carrier that listens, named with its address in the policy in force."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.outbox.tests.recipient import Recipient, listening, policy_with


@pytest.fixture
def carrier(policy: Any) -> Iterator[Recipient]:
    with listening() as server:
        versions.publish(
            policy_with(carrier_europe=server.endpoint), effective=timezone.localdate(), by="Dana"
        )
        yield server
