"""The tables of sign-in: who may come in (ids), and what they can read about it, sealed (events)."""

from kept.accounts.events import AddressChange, SecurityEvent
from kept.accounts.ids import ALONE, BESIDE_A_FACTOR, LONGEST, Session, StaffMember, User

__all__ = ["ALONE", "BESIDE_A_FACTOR", "LONGEST", "AddressChange", "SecurityEvent", "Session", "StaffMember", "User"]
