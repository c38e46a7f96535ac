"""May this reader use this kind of data for this purpose, today? A pure question; some hundred nanoseconds.

Data keeps the limits it was collected under: where ``collected_under`` is given, that older policy must allow
as well.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from kept import sentences
from kept.core.policy.model import Policy
from kept.core.policy.verdict import UNEMPLOYED, Allowed, Reader, Refused, Rule, Standing
from kept.sentences import Sentence

# The same few reasons are given again and again, for a page of rows as for each row.
sentence = lru_cache(maxsize=1024)(sentences.sentence)

__all__ = ["Allowed", "Reader", "Refused", "Standing", "decide"]


def decide(
    policy: Policy,
    purpose: str,
    category: str,
    reader: Reader,
    standing: Standing,
    collected_under: Policy | None,
    at: date,
) -> Allowed | Refused:
    """Allowed with the clause that allows, or Refused with clause, reason and whom to ask.

    Never raises for unknown ids: it refuses.

    A purpose that serves a right of the person is not bound by older versions: the right to see covers what
    was collected before it was written.
    """
    rule = policy.rules.get(purpose)
    if rule is None or not _lets(rule, purpose, category, reader, standing, at):
        return _refused(policy, policy, purpose, category, reader, standing, at)
    if collected_under is None or collected_under is policy or rule.right:
        return rule.allowed
    older = collected_under.rules.get(purpose)
    if older is None or not _lets(older, purpose, category, reader, standing, at):
        return _refused(policy, collected_under, purpose, category, reader, standing, at)
    return rule.allowed


def _lets(rule: Rule, purpose: str, category: str, reader: Reader, standing: Standing, at: date) -> bool:
    role = reader.role
    if category not in rule.uses or role not in rule.roles or not rule.since <= at <= rule.until:
        return False
    if role not in UNEMPLOYED and reader.entity not in rule.entities:
        return False
    if rule.right:
        return True
    if rule.restrictable and purpose in standing.restrictions:
        return False
    if rule.choice == "none":
        return True
    if purpose in standing.objections:
        return False
    return rule.choice == "opt-out" or purpose in standing.consents


def _refused(
    today: Policy, policy: Policy, purpose: str, category: str, reader: Reader, standing: Standing, at: date
) -> Refused:
    """The refusal of ``policy``.

    Whom to ask is always told by today's: the desk of an old version may have moved.
    """
    rule = policy.rules.get(purpose)
    reason = _reason(policy, rule, purpose, category, reader, standing, at)
    if policy is not today:
        reason = sentence(
            "It was collected under an earlier version of the policy, and keeps its limits. {reason}",
            reason=reason,
        )
    controller = today.company.controller_of(reader.entity)
    clause = rule.allowed.clause if rule else policy.company.purpose_clause
    # Asked of the short set first: most refusals are nobody's own.
    own = purpose in standing.restrictions and purpose in policy.purposes
    hers = purpose if own and reason.endswith(_restricted(policy, purpose)) else ""
    return Refused(clause, reason, f"{controller.title}, {controller.email}", hers)


def _reason(
    policy: Policy,
    rule: Rule | None,
    purpose: str,
    category: str,
    reader: Reader,
    standing: Standing,
    at: date,
) -> Sentence:
    """The first reason, from the widest to the narrowest.

    Says the same as ``_lets``; a property test holds them together.
    """
    if rule is None:
        return sentence(
            "The policy knows no purpose named “{purpose}”, and nothing is used without one.", purpose=purpose
        )
    known = policy.categories.get(category)
    title = policy.purposes[purpose].title
    if not rule.since <= at <= rule.until:
        return sentence("“{title}” is not in use on {day}.", title=title, day=at)
    if category not in rule.uses:
        kind = known.title if known else category
        return sentence("“{title}” may not use “{kind}”.", title=title, kind=kind)
    if reader.role not in rule.roles:
        role = policy.company.roles.get(reader.role, reader.role)
        return sentence("“{title}” is not for {role} to read.", title=title, role=role)
    if reader.role not in UNEMPLOYED and reader.entity not in rule.entities:
        entity = policy.company.entities.get(reader.entity)
        if entity:
            return sentence("“{title}” is not open to staff of {company}.", title=title, company=entity.name)
        return sentence("“{title}” is not open to staff whose company the policy does not name.", title=title)
    if rule.restrictable and purpose in standing.restrictions:
        return _restricted(policy, purpose)
    if purpose in standing.objections:
        return sentence("The person has said no to “{title}”.", title=title)
    return sentence("“{title}” needs the person’s yes, and there is none.", title=title)


def _restricted(policy: Policy, purpose: str) -> Sentence:
    return sentence(
        "The person has restricted “{title}”: the data is kept, and not used.",
        title=policy.purposes[purpose].title,
    )
