"""Which payment processor takes cards."""

from __future__ import annotations

from kept.setting_types import Setting

KNOWN = ("", "practice")


def _processor(text: str) -> str:
    name = text.strip().lower()
    if name not in KNOWN:
        raise ValueError("Write practice, or leave it empty: then nothing is paid by card.")
    return name


SETTINGS = (
    Setting(
        "KEPT_PAYMENTS",
        "",
        "Who takes cards: `practice`, the built-in processor that takes no money (a demo has it by itself);"
        " empty: nobody, and companies pay by invoice.",
        _processor,
    ),
)
