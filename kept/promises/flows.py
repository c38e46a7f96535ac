"""Publishing a version and taking one back: the acts by which the edited folder comes to rule, or does
not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import OperationalError, transaction
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.comparing.diff import Change, diff
from kept.core.policy.model import Policy
from kept.core.register.checking.check import findings
from kept.core.register.checking.findings import Finding, Level
from kept.promises import notice_period
from kept.promises.notice_period import Bound


class CannotPublish(Exception):
    """The version stays a draft, or stays announced. The message says what to change."""


def changes_since_publication(draft: Policy) -> list[Change]:
    """What the edited folder would change, compared with the version published last and not withdrawn; empty
    for the very first.
    """
    last = versions.newest()
    return diff(versions.version(last.number), draft) if last else []


def published() -> Policy | None:
    """The version published last and not withdrawn; None before the first, and where no portal has been set
    up yet.
    """
    try:
        last = versions.newest()
    except OperationalError:
        return None
    return versions.version(last.number) if last else None


def earliest(draft: Policy, *, today: date) -> date:
    """The first day a draft may rule: at once where it only narrows and nothing is announced, else on the day
    its notice has run.
    """
    return notice_period.first_day(draft, notice_period.bound(today), today)


def would_stop(draft: Policy) -> list[Finding]:
    """On what the program disagrees with the draft, so that the portal would not start again once the draft
    rules.
    """
    return [finding for finding in findings(draft) if finding.level is Level.STRUCTURAL]


def publish(*, draft: Policy, effective: date | None, by: str, corrects: int = 0) -> versions.Version:
    """Sign a version, record it in the ledger and let it rule from ``effective`` (by default the earliest day
    there is).

    ``corrects``: an announced version it takes the place of; that one is withdrawn in the same act. Raises
    CannotPublish when nothing changed, when the day is too soon, or when it would undo in silence what is
    announced.
    """
    with transaction.atomic():
        # Before anything is compared: two officers who publish at once take turns.
        versions.take_turns()
        today = timezone.localdate()
        held = notice_period.bound(today)
        if corrects:
            _announced(corrects, held)
        newest = versions.newest()
        if newest and newest.identity == draft.identity and newest.number != corrects:
            raise CannotPublish("Nothing changed: the folder says what the published version says.")
        _refuse_undoing(draft, held, corrects)
        first = notice_period.first_day(draft, held, today, corrects=corrects)
        if held and effective and effective < first:
            raise CannotPublish(_too_soon(held, first, today, corrects))
        at = timezone.now()
        if corrects:
            # At the very same moment, by which everybody can see that one took the place of the other.
            withdraw(number=corrects, by=by, at=at)
        return versions.publish(draft, effective=effective or first, by=by, at=at)


def withdraw(*, number: int, by: str, at: datetime | None = None) -> versions.Withdrawal:
    """Take an announced version back before its day.

    What it narrowed goes on holding for the length of a notice.

    Raises CannotPublish for a version whose day has come, that was overtaken, or that nobody published.
    """
    with transaction.atomic():
        versions.take_turns()
        today = timezone.localdate()
        held = notice_period.bound(today)
        taken = _announced(number, held)
        return versions.withdraw(number, binds=notice_period.binds_until(taken, held, today), by=by, at=at)


def _announced(number: int, held: Sequence[Bound]) -> Bound:
    found = next((one for one in held if one.number == number and one.announced), None)
    if found:
        return found
    standing = versions.standings().get(number)
    state = f"Version {number} is {standing.words}" if standing else f"There is no version {number}"
    raise CannotPublish(f"{state}. Only a version whose day is still to come can be withdrawn or corrected.")


def _refuse_undoing(draft: Policy, held: Sequence[Bound], corrects: int) -> None:
    for one, missing in notice_period.left_out(draft, held, corrects=corrects):
        said = " ".join(change.sentence for change in missing[:3])
        raise CannotPublish(
            f"Version {one.number} is announced for {_written(one.effective)}, and the folder leaves out what"
            f" it announces: {said} Put that back into the folder, or {_ways(one.number)}"
        )


def _ways(number: int) -> str:
    return (
        f"take the announcement back: kept policy withdraw {number}, or kept policy publish --corrects"
        f" {number}."
    )


def _too_soon(held: Sequence[Bound], first: date, today: date, corrects: int) -> str:
    announced = [one for one in held if one.announced and one.number != corrects]
    if first == today:
        return "A version cannot take effect in the past. Leave the date out to publish it as of today."
    if any(one.effective == first for one in announced):
        last = max(announced, key=lambda one: (one.effective, one.number))
        return (
            f"Version {last.number} is announced for {_written(last.effective)}, and what is announced keeps"
            f" its day. Leave the date out, and this version takes effect on {_written(first)}; or"
            f" {_ways(last.number)}"
        )
    return f"Notice is {(first - today).days} days. The earliest date is {_written(first)}."


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
