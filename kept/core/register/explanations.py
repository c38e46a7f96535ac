"""Why something is asked, who reads it, until when: taken from the version in force, never typed into a
template.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kept.core.ledger import versions
from kept.core.policy.model import Policy, Purpose
from kept.core.policy.verdict import SELF, SYSTEM
from kept.core.register.inventory import field_categories
from kept.core.register.roles import in_words
from kept.sentences import sentence

BASES = {
    "contract": sentence("needed for what you asked for"),
    "consent": sentence("only with your yes"),
    "legitimate-interests": sentence("in our interest and yours; you may object"),
    "legal-obligation": sentence("the law asks for it"),
    "vital-interests": sentence("to protect life and health"),
    "public-task": sentence("a task in the public interest"),
}


class NothingToExplain(LookupError):
    """The version in force names no such purpose or category. The message says which."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answers behind the why mark.

    ``until`` ("3 years after your case is closed") and ``keep`` ("3 years") are words, ``who`` and
    ``recipients`` names, ``choice`` is none, opt-out or opt-in.
    """

    title: str
    why: str
    who: list[str]
    until: str
    clause: str
    clause_url: str
    recipients: list[str]
    basis: str
    choice: str
    keep: str


def explain(field_id_or_category: str, purpose: str, policy: Policy | None = None) -> Explanation:
    """Explain a field ("person.phone") or a category ("contact.phone") under a purpose, by the version in
    force, in the reader's language, or ``policy``.

    Raises NothingToExplain when the version knows no such purpose or category.
    """
    return _explained(policy or versions.spoken(), field_id_or_category, purpose)


@lru_cache(maxsize=4096)
def _explained(policy: Policy, asked: str, purpose_id: str) -> Explanation:
    category = policy.categories.get(asked) or policy.categories.get(field_categories().get(asked, ""))
    purpose = policy.purposes.get(purpose_id)
    if category is None or purpose is None:
        missing = f"category for {asked}" if category is None else f"purpose {purpose_id}"
        raise NothingToExplain(f"The policy in force names no {missing}.")
    return Explanation(
        title=category.title,
        why=purpose.why or purpose.title,
        who=_readers(policy, purpose),
        until=purpose.kept_until(),
        clause=purpose.clause,
        clause_url=clause_url(purpose.clause),
        recipients=[recipient.title for recipient in policy.recipients_of(purpose.id)],
        basis=BASES[purpose.basis],
        choice=purpose.choice,
        keep=purpose.duration.in_words() if purpose.duration else "",
    )


def clause_url(clause: str) -> str:
    """The permanent address of a clause: 4.2 stands at /privacy/#c4-2."""
    return f"/privacy/#c{clause.replace('.', '-')}"


def _readers(policy: Policy, purpose: Purpose) -> list[str]:
    """The people who may read, by what they do. The person always may; the program's own jobs are nobody."""
    staff = [in_words(role, policy) for role in purpose.read_by if role not in (SELF, SYSTEM)]
    return staff or [sentence("Only you")]
