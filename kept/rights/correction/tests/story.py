"""A machine bought on the first of March, and what Alice types when that is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import StaffReader
from kept.equipment import serials
from kept.equipment.models import Holding, Unit
from kept.products import demo
from kept.products.models import Product
from kept.rights.correction.models import Correction
from kept.rights.requests import flows as requests
from kept.rights.requests.models import Request
from kept.testing import ENTITY, reader_of

BOUGHT = date(2026, 3, 1)
NOTE = b"%PDF-1.7 an invoice"
STAFF = StaffReader(role="controller", entity=ENTITY)


def give_machine(user: Any, number: int = 120488) -> Holding:
    if not Product.objects.exists():
        demo.load()
    unit = Unit.objects.produce(
        serial=serials.make(number), product=Product.objects.get(code="M10-48-10K"), made=date(2026, 1, 5)
    )
    with gate.purpose("registration", reader=reader_of(user), about=user.person, source="registration"):
        return unit.register_to(holder=user.person, purchased=BOUGHT)


def address(machine: Holding, attribute: str = "purchase_date") -> str:
    return f"/me/correction/values/{Holding._meta.db_table}/{machine.pk}/{attribute}/"


def asked(**more: Any) -> dict[str, Any]:
    """She bought it on the third, and says how she knows."""
    return {
        "after_day": "3",
        "after_month": "March",
        "after_year": "2026",
        "why": "It is on the invoice.",
        **more,
    }


def ask(client: Any, machine: Holding, **more: Any) -> Correction:
    answer = client.post(address(machine), asked(**more))
    assert answer.status_code == 302, answer.content.decode()
    return Correction.objects.select_related("request").latest("asked_at")


def purchase(user: Any, machine: Holding) -> date:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        found: date = Holding.objects.get(pk=machine.pk).purchase_date
        return found


def opened(user: Any, row: Correction, name: str) -> Any:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return getattr(Correction.objects.get(pk=row.pk), name)


def sentences(user: Any, most: int = 20) -> list[str]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return [str(one.detail.get("what", "")) for one in timeline(user.subject, limit=most)]


def letter(user: Any, kind: str, **more: Any) -> Request:
    """A letter of hers, typed in at the desk; it is sure who wrote it."""
    return requests.receive(
        kind=kind,
        text="Please see to it.",
        channel="letter",
        reader=STAFF,
        person=user.person,
        country="BE",
        **more,
    ).request
