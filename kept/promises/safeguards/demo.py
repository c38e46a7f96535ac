"""Dana looks at each safeguard by its day, for two years; and one rule was broken, and talked over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from kept.core.ledger import versions
from kept.desk.staff.flows import Employer
from kept.promises.safeguards import flows

LOOKED = 40
"""So many days before each safeguard's day she looks."""
SEEN = {
    "administrative": "The list at the desk, gone through name by name with Bob.",
    "technical": "The live proof, and the last restore into an empty home.",
    "physical": "The list in the safe, checked at the door.",
}


def make(world: Any) -> None:
    policy = versions.current().policy
    for place, one in enumerate(policy.safeguards.values()):
        step = one.every.length() - timedelta(days=LOOKED)
        ago = timedelta(days=20 + 3 * place)
        while ago < timedelta(days=700):
            world.on(days_ago=ago / timedelta(days=1), do=lambda id=one.id: _look(world, id))
            ago += step
    world.on(days_ago=120, do=lambda: _broken(world))


def _look(world: Any, id: str) -> None:
    safeguard = versions.current().policy.safeguards[id]
    flows.look(user=world.dana, role="controller", safeguard=safeguard, evidence=SEEN[safeguard.kind])


def _broken(world: Any) -> None:
    flows.write_down(
        by=Employer(world.staff(world.dana)),
        writer=world.dana,
        concerns=world.bob.post(),
        rule="guideline:support",
        happened_on=timezone.localdate() - timedelta(days=1),
        happened="A matter stayed open on a screen in the hall over lunch.",
        consequence="Talked over with Bob. He read the guideline again, and locks his screen.",
    )
