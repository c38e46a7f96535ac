"""Where the translations lie, and which were changed since they were compiled."""

from __future__ import annotations

from pathlib import Path

ROOMS = Path(__file__).parents[2]
DOMAIN = "django"


def folders() -> list[Path]:
    """Every ``locale`` folder there is; taking a touchpoint's folder away takes its words away."""
    return sorted({*ROOMS.glob("locale"), *ROOMS.glob("*/locale"), *ROOMS.glob("touchpoints/*/locale")})


def stale() -> list[Path]:
    """The catalogues whose compiled file is missing or older."""
    found = [file for folder in folders() for file in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))]
    return [file for file in found if not _fresh(file)]


def _fresh(file: Path) -> bool:
    compiled = file.with_suffix(".mo")
    return compiled.is_file() and compiled.stat().st_mtime_ns >= file.stat().st_mtime_ns
