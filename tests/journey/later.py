"""A portal whose clock is days ahead: every process asks Django what time it is, and is told a later one."""

from __future__ import annotations

import os
from pathlib import Path

from tests.journey.portal import ROOT

# As kept.operations.demo.demo_world moves the clock for the demo's past; here for processes that serve.
SETTINGS = """
from datetime import timedelta
from django.utils import timezone
real = timezone.now
timezone.now = lambda: real() + timedelta(days={days})
from kept.settings import *
"""


def days_later(days: int, folder: Path) -> dict[str, str]:
    """The environment of a process that lives so many days from now."""
    name = f"in_{days}_days"
    (folder / f"{name}.py").write_text(SETTINGS.format(days=days))
    return {"DJANGO_SETTINGS_MODULE": name, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])}
