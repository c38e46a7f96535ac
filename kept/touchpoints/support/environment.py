"""Which addresses are those of support and of sales: what is written to them becomes a case."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from kept.setting_types import Setting


def _addresses(text: str) -> frozenset[str]:
    found = frozenset(one.strip().lower() for one in text.split(",") if one.strip())
    if any(not re.fullmatch(r"[^@\s]+@[^@\s]+", one) for one in found):
        raise ValueError("Write e-mail addresses separated by commas, like support@portal.example.com.")
    return found


def _phone_systems(text: str) -> Any:
    # Loaded where somebody names some: a list of commands reads this file and nothing else of the touchpoint.
    return import_module(f"{__package__}.phone_system.systems").read(text)


SETTINGS = (
    Setting(
        "KEPT_SUPPORT_MAIL",
        "",
        "The addresses at which support is written to, separated by commas, like support@portal.example.com.",
        _addresses,
    ),
    Setting(
        "KEPT_SALES_MAIL",
        "",
        "The addresses at which sales are written to, separated by commas, like sales@portal.example.com.",
        _addresses,
    ),
    Setting(
        "KEPT_PHONE_SYSTEMS",
        "",
        "A file (mode 0600) that names the phone systems which report calls, with a secret each. Left out:"
        " none.",
        _phone_systems,
    ),
)
