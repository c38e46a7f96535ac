"""The two statements compared: what the company promises, and what the code and the live database hold and
do.

``findings`` is the whole of it. ``checks`` hands it to Django's system checks, ``kept check`` prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.models import Version
from kept.core.policy.loader import PolicyError, load
from kept.core.policy.model import Policy
from kept.core.register import live_schema
from kept.core.register.checking import check_holdings, check_lifetimes, check_promises
from kept.core.register.checking.findings import IDS, Finding, Level
from kept.core.register.inventory import Table, tables
from kept.core.vault.sealed_files import files
from kept.registry import Registry

__all__ = ["IDS", "Finding", "Level", "findings", "stopped_recipients"]


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The policy the code is measured with, if any can be read, and what was found on the way to it.

    ``waiting``: versions that are published and wait for their day.
    """

    policy: Policy | None
    found: tuple[Finding, ...]
    waiting: tuple[Policy, ...] = ()


ALSO: Registry[Callable[[], Iterator[Finding]]] = Registry(
    "findings", "what rooms above find of their own code"
)


def also(find: Callable[[], Iterator[Finding]]) -> Callable[[], Iterator[Finding]]:
    """Register what a room above can find of its own code: forms, say, of which core knows nothing."""
    return ALSO.by_name(find)


def findings(policy: Policy | None = None, *, at: date | None = None) -> list[Finding]:
    """Everything on which the two statements differ, structural findings first.

    Measured with ``policy``, else with the version in force, else (nothing is published yet) with the edited
    folder. Raises DatabaseError when the database does not answer.
    """
    at = at or timezone.localdate()
    stored = live_schema.columns_by_table()
    yardstick = Yardstick(policy, ()) if policy else _yardstick(stored)
    inventory = tables()
    found = [
        *yardstick.found,
        *_code_alone(inventory, stored),
        *_lost_files(stored),
        *(one for find in ALSO.values() for one in find()),
    ]
    if yardstick.policy:
        found += _against(yardstick.policy, inventory, at)
        found += _to_come(yardstick.waiting, inventory, at, known={finding.message for finding in found})
    order = list(Level)
    return sorted(found, key=lambda finding: (order.index(finding.level), finding.id))


def _lost_files(stored: Mapping[str, object]) -> list[Finding]:
    """Damage stops nobody's rights: it is told, and nothing else."""
    lost = files.lost() if {"vault_sealedfilerow"} <= set(stored) else None
    if not lost:
        return []
    said = (
        f"The database names {lost.total():,} sealed files that are not in {settings.KEPT_HOME / 'files'}:"
        f" {files.named(lost)}."
    )
    return [
        Finding(
            "kept.D003",
            said,
            "Bring them back from a backup, or from the machine that took them in. All machines of a portal"
            " need one folder of files.",
        )
    ]


def stopped_recipients(policy: Policy, at: date | None = None) -> frozenset[str]:
    """Ids of the recipients that a date has stopped. The one door out asks before anything leaves."""
    return frozenset(
        finding.recipient for finding in check_promises.dated(policy, at or timezone.localdate())
    )


def _code_alone(inventory: list[Table], stored: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    yield from check_holdings.undeclared(inventory)
    yield from check_holdings.misdeclared()
    yield from check_lifetimes.misdeclared()
    yield from check_holdings.in_the_clear(inventory)
    yield from check_promises.sightless()
    surplus = list(check_holdings.surplus(inventory, stored))
    # A migration that still waits may be the very one that drops the column.
    if surplus and not live_schema.migrations_wait():
        yield from surplus


def _against(policy: Policy, inventory: list[Table], at: date) -> Iterator[Finding]:
    yield from check_holdings.uncovered(policy, inventory)
    yield from check_lifetimes.without_end(policy, inventory)
    yield from check_lifetimes.without_place_to_go(policy, inventory)
    yield from check_promises.purposes(policy)
    yield from check_promises.recipients(policy)
    yield from check_promises.cookies(policy)
    yield from check_promises.proofs(policy)
    yield from check_promises.roles(policy)
    yield from check_promises.clocks(policy, at)
    yield from check_promises.languages(policy)
    yield from check_promises.dated(policy, at)


def _to_come(
    waiting: tuple[Policy, ...], inventory: list[Table], at: date, *, known: set[str]
) -> Iterator[Finding]:
    """What would stop the portal on the day a waiting version begins to rule: said while there is time to
    mend it.
    """
    for policy in waiting:
        for finding in _against(policy, inventory, at):
            if finding.level is Level.STRUCTURAL and finding.message not in known:
                yield Finding(
                    "kept.N005",
                    f"The version that waits for its day will stop the portal: {finding.message}",
                    finding.hint,
                )


def _yardstick(stored: Mapping[str, frozenset[str]]) -> Yardstick:
    """The version in force, with a word on how the edited folder differs; the folder itself before anything
    is published.
    """
    folder, broken = _folder()
    if Version._meta.db_table not in stored:
        return _unpublished(folder, broken)
    try:
        in_force, *waiting = versions.current().policies
    except versions.NothingPublished:
        return _unpublished(folder, broken)
    except versions.VersionBroken as wrong:
        return Yardstick(
            None,
            (
                Finding(
                    "kept.E016", str(wrong), "Restore the ledger from a backup, and run kept ledger verify."
                ),
            ),
        )
    newest = versions.newest()
    if broken:
        return Yardstick(
            in_force,
            tuple(Finding("kept.N004", problem, "Mend it before you publish.") for problem in broken),
            tuple(waiting),
        )
    if folder and newest and folder.identity != newest.identity:
        changed = Finding(
            "kept.N001",
            f"{settings.KEPT_POLICY} differs from the version last published.",
            "See kept policy diff; kept policy publish makes it rule.",
        )
        return Yardstick(in_force, (changed,), tuple(waiting))
    return Yardstick(in_force, (), tuple(waiting))


def _unpublished(folder: Policy | None, broken: list[str]) -> Yardstick:
    notice = Finding(
        "kept.N002",
        "No version of the policy is published yet, so the edited folder was checked.",
        "Publish it with kept policy publish.",
    )
    return Yardstick(folder, (notice, *map(_unreadable, broken)))


def _unreadable(problem: str) -> Finding:
    """One fault of a policy folder; a paragraph missing in one language has an id of its own."""
    if problem.startswith("text/") and "is missing. Translate it" in problem:
        return Finding("kept.E017", problem, "")
    return Finding("kept.E016", problem, "")


def _folder() -> tuple[Policy | None, list[str]]:
    try:
        return load(settings.KEPT_POLICY), []
    except PolicyError as wrong:
        return None, wrong.problems
