"""The policy's pages hold nobody's data, and say the same to everybody."""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.promises.models import EndingTold

register.read_by_anybody(
    "/privacy/",
    "/privacy/versions/*",
    "/privacy/promises/",
    "/privacy/changes/",
    "/privacy/recipients/",
    "/privacy/controllers/",
    "/privacy/record/",
)

register.nobody(EndingTold, because="Of which contract's last day the officer was told, and when.")
