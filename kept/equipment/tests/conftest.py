from datetime import date

import pytest

from kept.equipment import serials
from kept.equipment.models import Unit
from kept.people.tests.conftest import (
    alice_person,
    bob_reads,
    charlie_person,
)  # fixtures shared with the room below
from kept.products import demo
from kept.products.models import Product

__all__ = ["alice_person", "bob_reads", "charlie_person"]

SERIAL = serials.make(120488)


@pytest.fixture
def unit(policy) -> Unit:
    demo.load()
    return Unit.objects.produce(
        serial=SERIAL,
        product=Product.objects.get(code="M10-48-10K"),
        made=date(2024, 3, 1),
        shipped=date(2024, 4, 2),
    )
