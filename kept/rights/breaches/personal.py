"""What the register of breaches keeps: facts about what happened, and nobody's name."""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.rights.breaches.models import Breach, Step

register.nobody(
    Breach,
    because=(
        "A breach, the kinds of data and a count: the form asks to name nobody, and whom it is about follows"
        " from the data map."
    ),
)
register.nobody(Step, because="What was done about a breach, and in which role.")
