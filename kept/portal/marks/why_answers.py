"""The answers behind the why mark: read from the policy in force, never typed into a template."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from kept.core.policy.model import Policy
from kept.core.register.explanations import explain
from kept.portal.marks import durations
from kept.sentences import chained


def asked_by(bound: BoundField) -> tuple[str, str] | None:
    """(field id or category, purpose) of a field that asks for something personal, as its form declares in
    ``personal``.
    """
    declared: dict[str, tuple[str, str]] = getattr(bound.form, "personal", {})
    return declared.get(bound.name)


def mark(
    policy: Policy, subject: str, purpose: str, *, label: str, since: date | None, note: str, open: bool
) -> dict[str, Any]:
    """What portal/parts/why.html draws, by one version of the policy.

    Raises NothingToExplain when the version in force knows no such purpose or category.
    """
    explanation = explain(subject, purpose, policy)
    return {
        "it": explanation,
        "label": label or explanation.title,
        "who": str(chained(explanation.who)),
        "recipients": ", ".join(map(str, explanation.recipients)) or _("nobody outside"),
        "line": dimension(policy, purpose, since),
        "note": note,
        "open": open,
    }


def dimension(policy: Policy, purpose: str, since: date | None) -> dict[str, str] | None:
    """The dimension line: from the event the policy counts from, on its day where that is known, to the day
    of deletion.
    """
    ruled = policy.purposes[purpose]
    if not ruled.duration:
        return None
    if since is None:
        event = str(ruled.event)
        event = event[:1].upper() + event[1:]
        return {"start": event, "length": ruled.duration.in_words(), "end": _("Deleted")}
    return {
        "start": durations.written(since),
        "length": ruled.duration.in_words(),
        "end": durations.written(ruled.duration.after(since)),
    }
