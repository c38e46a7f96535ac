"""One measured figure, what stands beside it, and whether it reaches its target."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """``limit`` is the same work without Kept, measured in the same run; ``ratio`` the median of pairs.

    ``reached`` is None where nothing was promised.
    """

    name: str
    measured: float
    unit: str
    limit: float | None = None
    beside: str = ""
    ratio: float | None = None
    target: str = ""
    reached: bool | None = None


def reported(name: str, measured: float, unit: str) -> Figure:
    """A figure without a target."""
    return Figure(name, measured, unit)


def at_most(
    name: str, measured: float, unit: str, target: float, *, limit: float | None = None, beside: str = ""
) -> Figure:
    ratio = measured / limit if limit else None
    return Figure(name, measured, unit, limit, beside, ratio, f"≤ {target:,g} {unit}", measured <= target)


def at_least(
    name: str, measured: float, unit: str, target: float, *, limit: float | None = None, beside: str = ""
) -> Figure:
    ratio = measured / limit if limit else None
    return Figure(name, measured, unit, limit, beside, ratio, f"≥ {target:,g} {unit}", measured >= target)


def ratio_at_most(
    name: str, pair: Pair, unit: str, target: float, *, beside: str, scale: float = 1.0
) -> Figure:
    """``pair`` in seconds; ``scale`` makes the unit of them."""
    return Figure(
        name,
        pair.ours * scale,
        unit,
        pair.limit * scale,
        beside,
        pair.ratio,
        f"≤ {target:g} ×",
        pair.ratio <= target,
    )


def beside(name: str, pair: Pair, unit: str, *, beside: str, scale: float) -> Figure:
    """A ratio without a target."""
    return Figure(name, pair.ours * scale, unit, pair.limit * scale, beside, pair.ratio)


@dataclass(frozen=True, slots=True)
class Pair:
    """Medians of ours and of the limit in seconds, and the median of the ratios of neighbours."""

    ours: float
    limit: float
    ratio: float
