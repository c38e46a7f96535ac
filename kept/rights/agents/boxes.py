"""What lies in boxes here follows a new master key."""

from __future__ import annotations

from django.db import transaction

from kept.core.vault.box import Box, reseals
from kept.rights.agents.models import CLAIMS, SAID, Exercise


@reseals(SAID)
def reseal_said() -> int:
    return _renewed("said", SAID)


@reseals(CLAIMS)
def reseal_claims() -> int:
    return _renewed("claims", CLAIMS)


def _renewed(column: str, box: Box) -> int:
    moved = 0
    for pk in Exercise.objects.exclude(**{column: None}).values_list("pk", flat=True):
        with transaction.atomic():
            row = Exercise.objects.select_for_update().filter(pk=pk).exclude(**{column: None}).first()
            fresh = box.renewed(bytes(getattr(row, column)), bound_to=str(pk)) if row else None
            if fresh:
                moved += Exercise.objects.filter(pk=pk).update(**{column: fresh})
    return moved
