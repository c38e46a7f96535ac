"""The seven markets the company serves (S2). Names and order are the company's; the catalogue fills them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Served:
    slug: str
    name: str
    serves: str


THE_SEVEN: tuple[Served, ...] = (
    Served("data-centres", "Data centres", "Inverters and UPS for halls from 10 kW"),
    Served("energy-management", "Energy management", "Converters between battery, grid and sun"),
    Served("industries", "Industries", "Power that survives dust, heat and motors"),
    Served("power-utilities", "Power and utilities", "110 and 220 V DC, for substations"),
    Served("telecom", "Telecom", "48 V DC, from street cabinet to exchange"),
    Served("transport", "Transport", "Signals, tunnels, airports"),
    Served("rail", "Rail", "EN 50155, on board and beside the track"),
)
