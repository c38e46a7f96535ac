"""The drawings of the catalogue: SVG shapes in the house's pen, and where each body stands on its sheet of
240 by 160.
"""

from __future__ import annotations

from dataclasses import dataclass

from kept.sentences import sentence


@dataclass(frozen=True, slots=True)
class Drawing:
    """``left top right bottom``: the body in drawing units, where the dimension lines touch it.

    ``seen``: what it shows, in words.
    """

    name: str
    seen: str
    left: float
    top: float
    right: float
    bottom: float
    # How far left of the body its height is drawn: clear of rails and ears.
    aside: float = 36

    @property
    def template(self) -> str:
        return f"products/drawings/{self.name}.svg"

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def centre(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def frame(self) -> str:
        """The viewBox that holds the drawing with its two dimension lines, and nothing more."""
        left, top = self.left - self.aside - 40, self.top - 44 if self.top > 20 else -40
        return f"{left:g} {top:g} {228 - left:g} {min(156, self.bottom + 34) - top:g}"

    @property
    def gap(self) -> tuple[float, float]:
        """Where the upright dimension line pauses for its figure."""
        return self.centre - 13, self.centre + 13


DRAWINGS: dict[str, Drawing] = {
    drawing.name: drawing
    for drawing in (
        Drawing(
            "module",
            sentence("a plug-in module, front view: ventilation slots, handle and two lamps"),
            72,
            14,
            168,
            142,
        ),
        Drawing(
            "shelf",
            sentence("a 19-inch shelf, front view: four modules side by side between the ears of the rack"),
            16,
            46,
            224,
            114,
        ),
        Drawing(
            "rack",
            sentence("a flat 19-inch unit, front view: display at the left, ventilation at the right"),
            16,
            58,
            224,
            102,
        ),
        Drawing(
            "cabinet",
            sentence("a floor-standing cabinet, front view: display above a ventilated door"),
            84,
            8,
            156,
            148,
        ),
        Drawing(
            "tower",
            sentence("a tower on feet, front view: display, keys and a ventilated foot"),
            92,
            20,
            148,
            140,
        ),
        Drawing(
            "wall",
            sentence("a wall housing, front view: cooling fins above four cable glands"),
            60,
            26,
            180,
            118,
        ),
        Drawing(
            "rail-box",
            sentence("a flanged box for vehicles, front view: bolted cover, round connectors below"),
            40,
            34,
            200,
            112,
        ),
        Drawing(
            "din",
            sentence("a slim housing on a DIN rail, front view: terminals above and below, one lamp"),
            90,
            26,
            150,
            134,
            aside=104,
        ),
    )
}
