"""What a loan keeps, its kind of act, and the folder of its lists."""

from __future__ import annotations

from kept.touchpoints.borrowing.models import Loan

from kept.core.ledger.act_kinds import act_kind
from kept.core.register import declarations as register
from kept.core.register.hooks.folders import folder

register.touchpoint("borrowing", purposes=("registration",), near=register.HERS)
register.holds(
    Loan,
    subject="person_id",
    purposes=("registration",),
    title="Machines you borrowed",
    columns={"lent_at": "equipment.purchase"},
    label=lambda row: f"Lent on {row.lent_at:%d %B %Y}",
)
register.ends(Loan, "holding.ended", at=None)
register.ends(Loan, "unit.shipped", at="lent_at")
act_kind("lent", group="changed")
folder("borrowing", setting="KEPT_BORROWING", packed=("*.txt",))
