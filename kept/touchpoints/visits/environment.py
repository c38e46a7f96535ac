"""The settings of the visits: where their log lies, and what this machine is called in it.

Plain Python, read before anything else.
"""

from __future__ import annotations

import re
import socket

from kept.setting_types import Setting, folder


def _machine(text: str) -> str:
    """A name for files: what the machine calls itself, where nobody named it."""
    name = (
        text
        or re.sub(r"[^a-z0-9]+", "-", socket.gethostname().partition(".")[0].lower())
        .strip("-")[:40]
        .rstrip("-")
        or "web"
    )
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name) or name.startswith("import-"):
        raise ValueError(
            "Write a short name in small letters, figures and hyphens, like web-1. What begins with import-"
            " is taken."
        )
    return name


SETTINGS = (
    Setting(
        "KEPT_VISITS",
        "",
        "The folder of the visit log. Left out: visits in KEPT_HOME.",
        folder,
        in_home="visits",
    ),
    Setting(
        "KEPT_MACHINE", "", "This machine's name in the log of visits. Left out: its host name.", _machine
    ),
)
