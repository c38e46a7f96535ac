"""The seven markets the company serves (S2). Names and order are the company's; the catalogue fills them."""

from __future__ import annotations

from dataclasses import dataclass

from kept.sentences import sentence


@dataclass(frozen=True, slots=True)
class Served:
    slug: str
    name: str
    serves: str


THE_SEVEN: tuple[Served, ...] = (
    Served("data-centres", sentence("Data centres"), sentence("Inverters and UPS for halls from 10 kW")),
    Served(
        "energy-management",
        sentence("Energy management"),
        sentence("Converters between battery, grid and sun"),
    ),
    Served("industries", sentence("Industries"), sentence("Power that survives dust, heat and motors")),
    Served("power-utilities", sentence("Power and utilities"), sentence("110 and 220 V DC, for substations")),
    Served("telecom", sentence("Telecom"), sentence("48 V DC, from street cabinet to exchange")),
    Served("transport", sentence("Transport"), sentence("Signals, tunnels, airports")),
    Served("rail", sentence("Rail"), sentence("EN 50155, on board and beside the track")),
)
