"""A machine is nobody's data; that somebody holds it is theirs."""

from kept.core import register
from kept.equipment.models import Holding, Unit, UnitEvent

register.nobody(Unit, because="The serial master: which machine is which product. Who holds one stands in its holdings.")
register.nobody(UnitEvent, because="The history of a machine without its people: produced, shipped, registered, scrapped.")
register.holds(
    Holding,
    subject=("person_id", "organisation_id"),
    title="Product registrations",
    purposes=("registration", "support"),
    purposes_of={"unit": ("registration", "safety", "support")},
    columns={"unit": "equipment.serial", "source": "equipment.purchase", "since": "equipment.purchase", "until": "equipment.purchase"},
    label=lambda row: f"{row.unit.product.name}, serial number {row.unit.number}",
)
