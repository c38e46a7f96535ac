"""What a unit can refuse. Each message is a sentence for the person in front of the screen.

EquipmentError
├── AlreadyHeld         somebody holds it; never say so to a stranger, or serial numbers can be probed
├── NotHeld             nobody holds it, so there is nothing to hand over or give back
├── NotInService        scrapped or reported stolen
└── WrongPurchaseDate   in the future, or before the unit was made
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from kept import sentences
from kept.dates import Month


class EquipmentError(Exception):
    pass


class AlreadyHeld(EquipmentError):
    pass


class NotHeld(EquipmentError):
    pass


class NotInService(EquipmentError):
    pass


class WrongPurchaseDate(EquipmentError, ValueError):
    pass


def made_later(made: date) -> str:
    """For a day before the unit was made: what a person is told of it."""
    month = sentences.day(Month.of(made.year, made.month))
    return _("This unit was made in {month}. Enter a later date.").format(month=month)
