"""Looks at safeguards as the ledger tells them, laid beside the register's rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from kept.accounts.models import StaffMember
from kept.core.ledger.acts import acts_of
from kept.core.vault.subject_keys.keys import aliases_of, subjects_of
from kept.promises.safeguards.flows import PURPOSE
from kept.promises.safeguards.models import Review
from kept.sentences import sentence

NEAR = timedelta(seconds=10)
"""Between a row and the entry that is committed when its act ends."""


def differences() -> Iterator[str]:
    """A look that nobody recorded, at another time than it says, or whose row is gone."""
    acts = acts_of(("changed",), purpose=PURPOSE)
    told = [
        (alias, str(detail["safeguard"]), act.at)
        for act in acts
        for alias, detail in act.parts
        if detail.get("safeguard")
    ]
    rows = list(Review.objects.defer("evidence"))
    aliases = aliases_of([row.person_id for row in rows])
    seen = [(aliases.get(row.person_id, b""), row.safeguard, row.looked_at) for row in rows]
    for alias, safeguard, at in seen:
        if at > acts.since and not any(
            (alias, safeguard) == one[:2] and abs(one[2] - at) <= NEAR for one in told
        ):
            yield sentence(
                "the safeguard {safeguard} is said to have been looked at, and no act tells of it",
                safeguard=safeguard,
            )
    here = subjects_of([alias for alias, _, _ in told])
    today = StaffMember.objects.working()
    working = set(today.values_list("user__person_id", flat=True))
    for alias, safeguard, at in told:
        if here.get(alias) in working and not any(
            (alias, safeguard) == one[:2] and abs(one[2] - at) <= NEAR for one in seen
        ):
            yield sentence("the row of a look at the safeguard {safeguard} is gone", safeguard=safeguard)
