"""Publishing a version: the one act by which the edited folder comes to rule."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.diff import Change, diff
from kept.core.policy.duration import Duration, parse
from kept.core.policy.model import Policy
from kept.core.register.check import findings
from kept.core.register.findings import Finding, Level

NOTICE = "widening"
"""The clock of the policy folder that says how long before a widening people are told."""
FALLBACK = parse("P30D")


class CannotPublish(Exception):
    """The version stays a draft. The message says what to change."""


def changes_since_publication(draft: Policy) -> list[Change]:
    """What the edited folder would change, compared with the version published last; empty for the very first."""
    last = _newest()
    return diff(versions.version(last.number), draft) if last else []


def _newest() -> versions.Version | None:
    return next(iter(versions.all_versions()), None)


def earliest(draft: Policy, *, today: date) -> date:
    """The first day a draft may rule: at once where it only narrows or rewords, after the notice where it widens."""
    widens = any(change.material and change.kind == "widened" for change in changes_since_publication(draft))
    return notice_before(draft).after(today) if widens else today


def notice_before(policy: Policy) -> Duration:
    """How long a widening waits, by the policy's own clock."""
    return policy.clocks[NOTICE].within if NOTICE in policy.clocks else FALLBACK


def would_stop(draft: Policy) -> list[Finding]:
    """On what the program disagrees with the draft, so that the portal would not start again once the draft rules."""
    return [finding for finding in findings(draft) if finding.level is Level.STRUCTURAL]


def publish(*, draft: Policy, effective: date | None, by: str) -> versions.Version:
    """Sign a version, record it in the ledger and let it rule from ``effective`` (by default the earliest day there is).

    Raises CannotPublish when nothing changed, when the day is too soon for a widening, or lies before the last version's.
    """
    today = timezone.localdate()
    with transaction.atomic():
        last = _newest()
        if last is not None and last.identity == draft.identity:
            raise CannotPublish("Nothing changed: the folder says what the published version says.")
        first = earliest(draft, today=today)
        effective = effective or first
        if last is not None and effective < first:
            notice = (first - today).days
            raise CannotPublish(
                f"Notice is {notice} days. The earliest date is {first.day} {first:%B %Y}."
                if notice
                else "A version cannot take effect in the past. Leave the date out to publish it as of today."
            )
        return versions.publish(draft, effective=effective, by=by)
