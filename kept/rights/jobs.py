"""Copies are made one after the other, and destroyed on their day."""

from __future__ import annotations

from datetime import timedelta

from kept.core.register.jobs import job
from kept.rights import flows


@job("rights.copies", every=timedelta(seconds=1))
def make_copies() -> int:
    return flows.make_due()


@job("rights.dead_copies", every=timedelta(hours=1))
def destroy_dead_copies() -> int:
    return flows.throw_away_dead()
