"""What belongs to a touchpoint that is not installed sleeps: its purposes, cookies and proofs are neither
used nor missed.
"""

from __future__ import annotations

from functools import lru_cache

from django.apps import apps

from kept.core.policy.model import Cookie, Purpose
from kept.core.register.declarations import DECLARED
from kept.core.register.generation import generation


def installed_places() -> frozenset[str]:
    """Ids of the places that are open: every touchpoint that was declared, and every app of the house by its
    label.
    """
    return _installed_places(generation())


@lru_cache(maxsize=1)
def _installed_places(generation: int) -> frozenset[str]:
    labels = {config.label for config in apps.get_app_configs() if config.name.startswith("kept.")}
    return frozenset(labels | {touchpoint.id for touchpoint in DECLARED.touchpoints})


def dormant(thing: Purpose | Cookie) -> bool:
    """Whether the policy names a place for it that is not installed."""
    return bool(thing.place) and thing.place not in installed_places()
