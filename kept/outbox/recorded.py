"""What left, as the ledger tells it, laid beside the rows: nothing went without an entry, and no entry is
without its row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.acts import Acts, Said, acts_of
from kept.core.policy import law
from kept.core.policy.model import SERVICES
from kept.core.policy.render import recipient_state
from kept.core.vault.subject_keys import keys
from kept.outbox.models import Disclosure, Message, Notice
from kept.sentences import sentence

NEWEST = 10_000
LONG_AGO = timedelta(days=365)
"""Rows have a term of their own. An entry that is older may have outlived its row."""
HANDED, TOLD, BY_HAND = "transfer ", "notice ", "recipient "


class Left(NamedTuple):
    """One entry about one person: to whom, what (a transfer, a notice, a mail), and the person's alias."""

    act: Said
    recipient: str
    about: str
    alias: bytes
    detail: Mapping[str, Any]


def left() -> tuple[list[Left], Acts]:
    """Everything the ledger says has left this machine, and the acts that say it.

    Mail that stayed here has no recipient.
    """
    acts = acts_of(["disclosed", "sent"])
    return [
        Left(act, str(detail.get("recipient", "")), act.about, alias, detail)
        for act in acts
        for alias, detail in act.parts
        if "recipient" in detail
    ], acts


def outside_the_policy(entries: list[Left]) -> list[str]:
    """Recipients that had something, and were not to have it by the version it went by."""
    wrong = set()
    for entry in entries:
        if entry.recipient and not entry.detail.get("notice"):
            policy = versions.version(entry.act.policy)
            known = policy.recipients.get(entry.recipient)
            reached = policy.recipients_of(entry.act.purpose) if entry.act.purpose in policy.purposes else ()
            if known not in reached or (known and not set(known.services) <= SERVICES.keys()):
                wrong.add(
                    sentence(
                        "{recipient} for {purpose}", recipient=entry.recipient, purpose=entry.act.purpose
                    )
                )
    return sorted(wrong)


def without_a_framework(entries: list[Left]) -> list[str]:
    """What was handed over though nothing carried it on that day, by the version it went by and the law of
    the day.
    """
    wrong = set()
    for entry in entries:
        whom = versions.version(entry.act.policy).recipients.get(entry.recipient)
        if whom and not entry.detail.get("notice") and not law.within_eea(whom.country):
            day = timezone.localdate(entry.act.at)
            if recipient_state(whom, day):
                wrong.add(sentence("to {recipient} on {day}", recipient=whom.title, day=day))
    return sorted(wrong)


def differences(entries: list[Left], acts: Acts) -> list[str]:
    """Rows without their entry, and entries without their row. One sentence each."""
    said = {entry.about: entry for entry in entries}
    return [*_rows(said, acts.since), *_mails(said, acts.since), *_entries(entries)]


def _rows(said: Mapping[str, Left], since: datetime) -> Iterator[str]:
    for kind, model in ((HANDED, Disclosure), (TOLD, Notice)):
        sent = model._default_manager.filter(sent_at__gt=since, subject__isnull=False).order_by("-sent_at")
        for pk, recipient in sent.values_list("pk", "recipient")[:NEWEST]:
            entry = said.get(f"{kind}{pk}") or said.get(f"{BY_HAND}{str(pk)[:8]}")
            if entry is None:
                yield sentence(
                    "something went to {recipient} without an entry in the ledger", recipient=recipient
                )
            elif entry.recipient != recipient:
                yield sentence(
                    "the row says {recipient}, and it went to {other}",
                    recipient=recipient,
                    other=entry.recipient,
                )


def _mails(said: Mapping[str, Left], since: datetime) -> Iterator[str]:
    gone = Message.objects.filter(delivered_at__gt=since).order_by("-delivered_at")
    for pk, recipient in gone.values_list("pk", "recipient")[:NEWEST]:
        entry = said.get(f"message {pk}")
        if entry is None:
            yield "a mail is said to have gone without an entry in the ledger"
        elif entry.recipient != recipient:
            yield sentence(
                "a mail is said to have gone by “{recipient}”, and went by “{other}”",
                recipient=recipient,
                other=entry.recipient,
            )


def _entries(entries: list[Left]) -> Iterator[str]:
    """What was handed over and whose row is gone, though the person is here still."""
    new = [
        entry
        for entry in entries
        if entry.about.startswith((HANDED, BY_HAND)) and entry.act.at > timezone.now() - LONG_AGO
    ]
    here = keys.subjects_of({entry.alias for entry in new})
    handed = {str(pk) for pk in Disclosure.objects.values_list("pk", flat=True)}
    told = {str(pk)[:8] for pk in Notice.objects.values_list("pk", flat=True)}
    short = {pk[:8] for pk in handed} | told
    for entry in new:
        pk = entry.about.partition(" ")[2]
        if entry.alias in here and (pk not in handed if entry.about.startswith(HANDED) else pk not in short):
            yield sentence(
                "something was handed to {recipient}, and its row is gone", recipient=entry.recipient
            )


def untold(entries: list[Left]) -> tuple[int, int]:
    """Of values that were handed over and corrected afterwards: (recipients who had them, those nobody told
    or is telling).
    """
    had: dict[bytes, list[Left]] = {}
    for entry in entries:
        if not entry.detail.get("notice") and entry.about.startswith((HANDED, BY_HAND)) and entry.recipient:
            had.setdefault(entry.alias, []).append(entry)
    if not had:
        return 0, 0
    told = {
        (entry.alias, entry.recipient, entry.act.seq)
        for entry in entries
        if entry.detail.get("notice") == "correction"
    }
    here, many, missing = keys.subjects_of(had.keys()), 0, 0
    for act in acts_of(["changed", "collected"]):
        for alias, detail in act.parts:
            changed = set(detail.get("changed", ()))
            for recipient in {
                one.recipient
                for one in had.get(alias, ())
                if one.act.seq < act.seq and changed & set(one.detail.get("fields", ()))
            }:
                many += 1
                since = any(who == alias and where == recipient and seq > act.seq for who, where, seq in told)
                missing += alias in here and not since and not _waits(here[alias], recipient, act.at)
    return many, missing


def _waits(subject: UUID, recipient: str, at: datetime) -> bool:
    return Notice.objects.filter(
        subject=subject, recipient=recipient, kind="correction", queued_at__gte=at - timedelta(minutes=1)
    ).exists()


def forgotten_untold(entries: list[Left], acts: Acts) -> tuple[int, int]:
    """Of erasures within a year: (notices that recipients were to have of them, those neither told by an act
    nor waiting to be).

    An erasure leaves nobody to ask about, so it is counted: each recipient who had something of so many
    people that were erased since is told as often, each time in a notice of its own.
    """
    wanted, told = Counter[str](), dict[str, set[str]]()
    for act in acts_of(["erased"]):
        if act.at > max(acts.since, timezone.now() - LONG_AGO):
            whose = {alias for alias, _ in act.parts}
            wanted.update(
                {entry.recipient for entry in entries if entry.alias in whose and _had_within(entry, act)}
            )
    for act in acts:
        if act.payload.get("notice") == Notice.Kind.ERASURE:
            told.setdefault(str(act.payload.get("recipient")), set()).add(act.about)
    waiting = Notice.objects.filter(
        kind=Notice.Kind.ERASURE, acknowledged_at=None, sent_at=None, stopped_at=None
    )
    for pk, recipient in waiting.values_list("pk", "recipient"):
        told.setdefault(recipient, set()).add(f"{TOLD}{pk}")
    missing = sum(max(many - len(told.get(recipient, ())), 0) for recipient, many in wanted.items())
    return wanted.total(), missing


def _had_within(entry: Left, erased: Said) -> bool:
    """Whether it was handed over before the erasure, and lately enough for its row to have been there
    still.
    """
    handed = entry.about.startswith((HANDED, BY_HAND)) and not entry.detail.get("notice")
    return handed and bool(entry.recipient) and erased.at - LONG_AGO < entry.act.at < erased.at


def notices_made_up(acts: Acts) -> int:
    """Notices of an erasure that are said to have been told, without an act that tells of it."""
    told = {act.about for act in acts if act.payload.get("notice") == Notice.Kind.ERASURE}
    sent = Notice.objects.filter(kind=Notice.Kind.ERASURE, sent_at__gt=acts.since).order_by("-sent_at")
    return sum(f"{TOLD}{pk}" not in told for pk in sent.values_list("pk", flat=True)[:NEWEST])
