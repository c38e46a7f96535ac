"""The kinds of acts the ledger knows: the house's own, and those a touchpoint adds.

A kind once used stays for ever: it is in the hash.
"""

from __future__ import annotations

import re

from kept.registry import Registry

KINDS = {
    "collected",
    "read",
    "changed",
    "disclosed",
    "refused",
    "consented",
    "acknowledged",
    "published",
    "withdrawn",
    "erased",
    "expired",
    "pruned",
    "copied",
    "signed-in",
    "sent",
    "opened",
    "objected",
    "restricted",
    "lifted",
    "receipt",
    "asked",
    "identified",
    "extended",
    "rerouted",
    "answered",
    "closed",
    "continued",
    "rotated",
}
GROUPS = ("read", "sent", "changed", "gone", "refused", "asked")
"""What a person can look for in their timeline: each act stands in one of these, or in none."""

_ADDED: Registry[str] = Registry("act kinds", "kinds of acts that touchpoints add to the ledger")


def act_kind(name: str, *, group: str) -> None:
    """Register a kind of act of a touchpoint, and where it stands in the timeline; its sentence is the
    ``what`` of each act.

    Raises ValueError for a name that is no plain word, or is taken, and for a group that is none of
    ``GROUPS``.
    """
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name) or name in KINDS:
        raise ValueError(
            f"{name!r} cannot be a kind of act: it is taken, or not written in small letters and hyphens."
        )
    if group not in GROUPS:
        raise ValueError(f"{group!r} is no group of the timeline. The groups are: {', '.join(GROUPS)}.")
    KINDS.add(name)
    _ADDED.add(name, group)


def group_of(name: str) -> str:
    """The group of a kind that a touchpoint added; "" for the house's own, which the timeline knows
    itself.
    """
    return _ADDED.get(name, "")
