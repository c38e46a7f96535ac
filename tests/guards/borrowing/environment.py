"""Where the lists of what is lent lie."""

from __future__ import annotations

from kept.setting_types import Setting, folder

SETTINGS = (
    Setting(
        "KEPT_BORROWING",
        "",
        "The folder of what is lent. Left out: borrowing in KEPT_HOME.",
        folder,
        in_home="borrowing",
    ),
)
