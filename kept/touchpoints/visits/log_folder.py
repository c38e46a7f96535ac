"""The folder of this portal's visits, as settings name it, and what of it a backup takes."""

from __future__ import annotations

from kept.core.register.hooks.folders import folder
from kept.visits_log.places import Places

# What is packed, up to which day everything was dropped, and which logs were imported. The logs of days that
# are not packed stay out.
PACKED = ("days/*/*.parquet", "rollups/*.parquet", "dropped", "imports.json")
FOLDER = folder("visits", setting="KEPT_VISITS", packed=PACKED)


def places() -> Places:
    """What lies in it."""
    return Places(FOLDER.root)
