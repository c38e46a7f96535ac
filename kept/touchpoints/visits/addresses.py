"""Which addresses of this portal are counted: those the rooms declare to say the same to everybody."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from kept.core.register.declarations import DECLARED
from kept.touchpoints.visits.vocabulary import routes
from kept.visits_log.public_addresses import Public


def public() -> Public:
    """The declarations as they stand: they are complete when the program has started."""
    return _public(len(DECLARED.read_by_anybody))


@lru_cache(maxsize=2)
def _public(many: int) -> Public:
    return Public(DECLARED.read_by_anybody[:many], routes=routes, more=(settings.STATIC_URL,))
