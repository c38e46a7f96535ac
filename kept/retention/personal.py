"""What the sweep remembers is nobody's: times and counts."""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.retention.models import Died, Watch

register.nobody(Watch, because="When the sweep last looked at the clock, and whether it held back.")
register.nobody(
    Died,
    because="How many records died on a day, of which table, by which clause. Nothing of what they said.",
)
