"""How the dates of a holding are corrected: by the rules by which they came to be."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from kept.dates import latest
from kept.equipment.errors import WrongPurchaseDate, made_later
from kept.equipment.models import Holding
from kept.equipment.warranty_dates import warranty_begins


def correct_purchase(holding: Holding, purchased: date) -> None:
    """Another purchase date, by the rules of a registration; a warranty that counted from the old one counts
    from the new.

    Joins the open act and transaction. Raises WrongPurchaseDate.
    """
    holding.unit.check_purchase(purchased)
    registered = timezone.localdate(holding.since)
    counted = holding.warranty_from in {None, warranty_begins(holding.purchase_date, registered)}
    holding.purchase_date = purchased
    if counted:
        holding.warranty_from = warranty_begins(purchased, registered)
    holding.save(update_fields=["purchase_date", "warranty_from"])


def correct_warranty(holding: Holding, began: date) -> None:
    """Another first day of the warranty: one on which the unit was there, and not one that is still to come.

    Joins the open act and transaction. Raises WrongPurchaseDate.
    """
    made = holding.unit.made
    if began > timezone.localdate():
        raise WrongPurchaseDate(_("A warranty cannot begin on a day that is still to come"))
    if made and latest(began) < made:
        raise WrongPurchaseDate(made_later(made))
    holding.warranty_from = began
    holding.save(update_fields=["warranty_from"])
