"""What lies in boxes here follows a new master key."""

from __future__ import annotations

from kept.core.vault.sealing.sealed_box import renew_column, reseals
from kept.rights.agents.models import CLAIMS, SAID, Exercise


@reseals(SAID, table="agents_exercise")
def reseal_said() -> int:
    return renew_column(SAID, Exercise, "said")


@reseals(CLAIMS, table="agents_exercise")
def reseal_claims() -> int:
    return renew_column(CLAIMS, Exercise, "claims")
