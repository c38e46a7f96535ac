"""How a role is called in front of people, at the start of a sentence. The words are the policy's."""

from __future__ import annotations

from kept.core.ledger import versions
from kept.core.policy.model import Policy


def in_words(role: str, policy: Policy | None = None) -> str:
    """ "support" -> "Support staff", by the version in force or ``policy``.

    A role that is gone keeps its id.
    """
    words = str((policy or versions.current().policy).company.roles.get(role, role))
    return words[:1].upper() + words[1:]
