"""A machine is nobody's data; that somebody holds it is theirs."""

from django.db.models import DateField
from django.db.models.functions import Coalesce, TruncDate

from kept.core import register
from kept.core.register.terms.event_dates import Latest
from kept.equipment.correction_rules import correct_purchase, correct_warranty
from kept.equipment.models import Holding, Unit, UnitEvent
from kept.people.models import Membership, Organisation, Person
from kept.sentences import sentence

register.nobody(
    Unit, because="The serial master: which machine is which product. Who holds one stands in its holdings."
)
register.nobody(
    UnitEvent, because="The history of a machine without its people: produced, shipped, registered, scrapped."
)
register.holds(
    Holding,
    subject=("person_id", "organisation_id"),
    title=sentence("Product registrations"),
    purposes=("registration", "support"),
    purposes_of=dict.fromkeys(("unit", "since", "until"), ("registration", "safety", "support")),
    columns={
        "unit": "equipment.serial",
        "source": "equipment.purchase",
        "since": "equipment.serial",
        "until": "equipment.serial",
    },
    label=lambda row: sentence(
        "{product}, serial number {number}", product=row.unit.product.name, number=row.unit.number
    ),
)


def shipped(unit: str = "unit__") -> Coalesce:
    """The day a unit left the factory; where nobody wrote it down, the day it was held first."""
    return Coalesce(f"{unit}shipped", TruncDate("since"), output_field=DateField())


register.corrects(Holding, purchase_date=correct_purchase, warranty_from=correct_warranty)
register.ends(Holding, "holding.ended", at="until")
register.ends(Holding, "unit.shipped", at=shipped)
for holder, link in ((Person, "person"), (Organisation, "organisation")):
    register.ends(holder, "holding.ended", at=Latest(Holding, link=link, at="until"))
    register.ends(holder, "unit.shipped", at=Latest(Holding, link=link, at=shipped))
register.ends(
    Membership, "holding.ended", at=Latest(Holding, link="organisation", at="until", outer="organisation_id")
)
