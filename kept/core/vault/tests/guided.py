"""Readers of these tests who have acknowledged what binds their role."""

from __future__ import annotations

from kept.core.consent import acknowledgements
from kept.core.ledger import versions
from kept.core.vault.readers import StaffReader


def acknowledged(reader: StaffReader) -> StaffReader:
    """The same reader, for whom every guideline of their role is acknowledged. Needs a published policy."""
    ruling = versions.current()
    for one in ruling.policy.guidelines_for(reader.role):
        acknowledgements.acknowledge(reader.actor, one, language="en", policy=ruling.number)
    return reader
