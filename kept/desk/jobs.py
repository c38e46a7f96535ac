"""Matters beyond their bound are told to whoever watches over the desk."""

from __future__ import annotations

from datetime import timedelta

from kept.core.register.hooks.jobs import job
from kept.desk import alarms


@job("desk.beyond", every=timedelta(minutes=1))
def tell_of_excess() -> int:
    return alarms.tell_due()
