"""Where the figures were measured."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def describe() -> str:
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory():.0f} GiB; {platform.system()}"
        f" {platform.release()}, Python {platform.python_version()}"
    )


def load() -> float:
    """How many processes wanted to run, on average over the last quarter of an hour."""
    return os.getloadavg()[2]


def _processor() -> str:
    return _after("model name", Path("/proc/cpuinfo")) or platform.processor() or platform.machine()


def _memory() -> float:
    """GiB."""
    return int(_after("MemTotal", Path("/proc/meminfo")).split()[0] or 0) / 1024**2


def _after(name: str, file: Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
