"""What a unit can refuse. Each message is a sentence for the person in front of the screen.

EquipmentError
├── AlreadyHeld         somebody holds it; never say so to a stranger, or serial numbers can be probed
├── NotHeld             nobody holds it, so there is nothing to hand over or give back
├── NotInService        scrapped or reported stolen
└── WrongPurchaseDate   in the future, or before the unit was made
"""

from __future__ import annotations


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
