"""Whoever has not acknowledged their guidelines is reminded of them."""

from __future__ import annotations

from datetime import timedelta

from kept.core.register.hooks.jobs import job
from kept.promises.guidelines import reminders


@job("guidelines.reminders", every=timedelta(hours=1))
def remind() -> int:
    return reminders.remind_due()
