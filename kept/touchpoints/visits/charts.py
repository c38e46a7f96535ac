"""Charts as an engineer draws them: ink, one blue pen, a ruler below and a dimension line above.

Numbers in, geometry out; no HTML.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import get_language

Values = Sequence[int | None]
# Above this many days a line by days is noise: by weeks, then by months.
DAYS, WEEKS = 92, 400
# Languages that write the short name of a month without a capital.
SMALL = {"fr", "nl"}
# What one character of a figure takes, in the 13 px of a drawing's text.
CHARACTER = 7.2


@dataclass(frozen=True, slots=True)
class Point:
    """A day, a week or a month: its first day, how many days it has, and what is shown of each series."""

    since: date
    days: int
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A graduation or a grid line, and what is written at it."""

    at: str
    text: str = ""
    long: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """``path`` of an SVG, broken where nothing is shown; the ring with its number stands at the end of it."""

    number: int
    path: str
    y: str
    dots: tuple[tuple[str, str], ...] = ()
    series: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where things stand on the drawing, in px of its own."""

    width: int
    height: int
    left: int = 44
    right: int = 28
    top: int = 46
    bottom: int = 34

    @property
    def floor(self) -> int:
        return self.height - self.bottom

    @property
    def figures(self) -> int:
        """Where the figures of the scale end."""
        return self.left - 8

    @property
    def dates(self) -> int:
        """The middle of what is written under the ruler."""
        return self.floor + 22

    @property
    def ring(self) -> int:
        """The middle of the numbered rings at the ends of the lines."""
        return self.edge + 15

    @property
    def edge(self) -> int:
        return self.width - self.right

    @property
    def middle(self) -> str:
        return _px((self.left + self.edge) / 2)


WIDE, NARROW = Frame(912, 300), Frame(344, 260, left=40, right=24)


@dataclass(frozen=True, slots=True)
class Chart:
    frame: Frame
    lines: tuple[Line, ...]
    scale: tuple[Mark, ...]
    ruler: tuple[Mark, ...]
    across: str
    label: str


def grain(days: int) -> str:
    return "day" if days <= DAYS else "week" if days <= WEEKS else "month"


def points(days: Sequence[tuple[date, tuple[int | None, ...]]], by: str) -> list[Point]:
    """Days, or what they add up to.

    Weeks are counted back from the last day, so that the last is whole; hidden days add nothing.
    """
    if by == "day":
        return [Point(day, 1, values) for day, values in days]
    groups: dict[object, list[tuple[date, tuple[int | None, ...]]]] = {}
    for at, one in enumerate(days):
        key: object = (len(days) - 1 - at) // 7 if by == "week" else (one[0].year, one[0].month)
        groups.setdefault(key, []).append(one)
    return [
        Point(
            group[0][0],
            len(group),
            tuple(_sum(each) for each in zip(*(values for _, values in group), strict=True)),
        )
        for group in groups.values()
    ]


def whole(found: Sequence[Point], by: str) -> list[Point]:
    """Without the weeks and months that are cut off by the period: their dip would say something that did not
    happen.
    """
    if by == "day":
        return list(found)
    least = 7 if by == "week" else 28
    return [point for point in found if point.days >= least and (by == "week" or _is_month(point))] or list(
        found
    )


def line_chart(found: Sequence[Point], frame: Frame, *, label: str, by: str) -> Chart:
    """One line for each series, on one scale from nought."""
    series = list(zip(*(point.values for point in found), strict=True))
    steps = scale(
        max((value for values in series for value in values if value is not None), default=0),
        3 if frame is NARROW else 4,
    )
    step = (frame.edge - frame.left) / max(len(found) - 1, 1)
    xs = [frame.left + step * at for at in range(len(found))]
    height = frame.floor - frame.top
    lines = [_line(number, xs, values, frame, height / steps[-1]) for number, values in enumerate(series, 1)]
    return Chart(
        frame=frame,
        lines=_apart(lines),
        scale=tuple(Mark(_px(frame.floor - height * value / steps[-1]), grouped(value)) for value in steps),
        ruler=tuple(_ruler(found, xs, by, frame)),
        across=_dimension(frame, label),
        label=label,
    )


def columns(values: Sequence[int | None], frame: Frame) -> Chart:
    """A graduation for each value, as long as the value is large: the hours of a day."""
    steps = scale(max((value for value in values if value is not None), default=0), 3)
    step = (frame.edge - frame.left) / len(values)
    height = frame.floor - frame.top
    drawn = [
        Line(
            at,
            f"M{_px(frame.left + step * (at + 0.5))}"
            f" {frame.floor}V{_px(frame.floor - height * value / steps[-1])}",
            "",
            series="column",
        )
        for at, value in enumerate(values)
        if value
    ]
    every = 6 if frame is NARROW else 3
    return Chart(
        frame=frame,
        lines=tuple(drawn),
        scale=tuple(Mark(_px(frame.floor - height * value / steps[-1]), grouped(value)) for value in steps),
        ruler=tuple(
            Mark(_px(frame.left + step * at), f"{at}:00" if at % every == 0 else "", at % every == 0)
            for at in range(len(values) + 1)
        ),
        across="",
        label="",
    )


def scale(most: int, steps: int) -> list[int]:
    """Nought and a few round numbers, the last not below the greatest value: [0, 100, 200, 300]."""
    raw = max(most, steps) / steps
    unit = 10 ** math.floor(math.log10(raw))
    step = next(
        math.ceil(unit * factor)
        for factor in (1, 2, 2.5, 5, 10)
        if unit * factor >= raw and float(unit * factor).is_integer()
    )
    return [step * at for at in range(math.ceil(max(most, 1) / step) + 1)]


def grouped(value: int) -> str:
    """1204 -> "1 204", with the narrow space that keeps a number in one piece."""
    return f"{value:,}".replace(",", "\u202f")


def _line(number: int, xs: Sequence[float], values: Values, frame: Frame, unit: float) -> Line:
    path, dots, last, pen = [], [], (float(frame.left), float(frame.floor)), False
    for at, (x, value) in enumerate(zip(xs, values, strict=True)):
        if value is None:
            pen = False
            continue
        last = (x, frame.floor - value * unit)
        alone = not pen and (at + 1 == len(values) or values[at + 1] is None)
        path.append(f"{'L' if pen else 'M'}{_px(last[0])} {_px(last[1])}")
        if alone:
            dots.append((_px(last[0]), _px(last[1])))
        pen = True
    return Line(number, "".join(path), _px(last[1]), tuple(dots), str(number))


def _apart(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Rings at the ends of lines that end close together are moved up from each other."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda one: -float(one.y)):
        y = min(float(line.y), float(placed[-1].y) - 20) if placed else float(line.y)
        placed.append(Line(line.number, line.path, _px(y), line.dots, line.series))
    return tuple(sorted(placed, key=lambda one: one.number))


def _ruler(found: Sequence[Point], xs: Sequence[float], by: str, frame: Frame) -> list[Mark]:
    """A short graduation for each point, a long one with its date where there is room for it."""
    room = 62 if by != "month" else 48
    most = max(int((frame.edge - frame.left) / room), 1)
    every = next((step for step in _strides(by) if len(found) / step <= most), len(found))
    shown = [(len(found) - 1 - at) % every == 0 for at in range(len(found))]
    month = "b" if get_language() in SMALL else "M"
    written = [date_format(point.since, f"{month} Y" if by == "month" else f"j {month}") for point in found]
    return [
        Mark(_px(x), text if long else "", long) for x, text, long in zip(xs, written, shown, strict=True)
    ]


def _strides(by: str) -> tuple[int, ...]:
    return (1, 2, 7, 14, 28) if by == "day" else (1, 2, 4, 8, 13, 26)


def _dimension(frame: Frame, label: str) -> str:
    """A line from edge to edge with ticks and arrow heads, broken in the middle for what is written there."""
    y, half = 14, len(label) * CHARACTER / 2 + 8
    middle = (frame.left + frame.edge) / 2
    line = f"M{frame.left} {y}H{_px(middle - half)}M{_px(middle + half)} {y}H{frame.edge}"
    ticks = f"M{frame.left} {y - 7}V{y + 12}M{frame.edge} {y - 7}V{y + 12}"
    return line + ticks + f"M{frame.left + 8} {y - 3}l-8 3 8 3M{frame.edge - 8} {y - 3}l8 3-8 3"


def _is_month(point: Point) -> bool:
    return point.since.day == 1 and (point.since + timedelta(days=point.days)).day == 1


def _sum(values: Values) -> int | None:
    shown = [value for value in values if value is not None]
    return sum(shown) if shown else None


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
