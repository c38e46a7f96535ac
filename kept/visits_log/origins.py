"""Where an address comes from, as the log asks it: whoever runs the log brings the tables."""

from __future__ import annotations

from typing import Protocol


class Origins(Protocol):
    """Total over any text: "" is "not known". Nothing of the address may be kept."""

    def country(self, address: str) -> str:
        """Two letters (ISO 3166-1)."""

    def provider(self, address: str) -> str:
        """The name of the organisation that runs the network."""
