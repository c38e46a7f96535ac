"""A site's traffic that nobody caused: for the demo company, the benches and the cluster. The same seed gives the same events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kept.touchpoints.visits.places import Places


def invent(places: Places, since: date, until: date, events: int, seed: int, *, paths: Mapping[str, float] | None = None) -> int:
    """Packed days from ``since`` to ``until`` with about ``events`` events in all, summed up; how many they became.

    ``paths`` are the site's pages and how often each is read beside the others; some of a shop of power systems when left out.
    """
    raise NotImplementedError
