"""The tables of sign-in: who may come in (ids), what they can read about it, sealed (events), and what a
recovery leaves (recovery).
"""

from kept.accounts.ids import ALONE, BESIDE_A_FACTOR, LONGEST, Session, StaffMember, Tally, User
from kept.accounts.recovery.thrown_out import FactorLoss, SetAside
from kept.accounts.second_factors.events import AddressChange, SecurityEvent

__all__ = [
    "ALONE",
    "BESIDE_A_FACTOR",
    "LONGEST",
    "AddressChange",
    "FactorLoss",
    "SecurityEvent",
    "Session",
    "SetAside",
    "StaffMember",
    "Tally",
    "User",
]
