"""Which policy rules: versions are published whole and signed, stay executable for ever, and act at once in
every process.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import get_language

from kept.core.ledger import timeline
from kept.core.ledger.models import Version, Withdrawal
from kept.core.ledger.notes import sign, signed_note
from kept.core.ledger.record import record
from kept.core.policy.loader import PolicyError, from_files
from kept.core.policy.model import Policy
from kept.core.prepared import Prepared

_parsed: dict[tuple[int, str], Policy] = {}
# As ``current`` last saw them: number → identity.
_identities: dict[int, str] = {}
_TIMES = ("effective", "published_at", "withdrawal__at", "withdrawal__binds")
_DATED = Prepared(lambda: Version.objects.order_by("number").values_list("number", "identity", *_TIMES))
# The version in force, as ``current`` last saw it in this process: 0 before it was asked.
_last_seen = [0]
# Withdrawals whose signature was seen to hold: number, moment, last day.
_seen: set[tuple[int, datetime, date | None]] = set()


class PublishError(Exception):
    """This version cannot be published. The message says why."""


class NothingPublished(Exception):
    """No policy rules yet, so nothing may be read or collected."""


class VersionBroken(Exception):
    """A stored version is not what was published."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """``number`` is in force.

    ``policies``: that version, then those published whose day has not come; all of them must allow.

    So a narrowing rules from the moment it is published, and a widening waits for its day. A version that was
    withdrawn before its day keeps its say for as long as its withdrawal names: what it narrowed is not
    widened again without notice.
    """

    number: int
    policies: tuple[Policy, ...]
    slots: tuple[timeline.Slot, ...] = ()
    """Every version's place in time, as it was when this was asked."""
    identities: tuple[str, ...] = ()
    """What each of them says, in the same order."""

    @property
    def policy(self) -> Policy:
        return self.policies[0]

    @property
    def spoken(self) -> Policy:
        """The version in force, in the reader's language."""
        return spoken(self.policy)


def publish(policy: Policy, *, effective: date, by: str, at: datetime | None = None) -> Version:
    """Store, sign and record the next version.

    ``effective``: the day a widening begins, at the earliest the day of publishing (the first version may
    name an earlier one, as it widens nothing).

    Raises PublishError for an earlier day or a policy equal to the last one, SigningKeyError without a key.
    """
    at = at or timezone.now()
    with transaction.atomic():
        last = take_turns()
        if last and last.identity == policy.identity and not withdrawn(last):
            raise PublishError(
                f"Version {last.number} says exactly this already. There is nothing to publish."
            )
        if last and effective < timezone.localdate(at):
            raise PublishError(
                f"A version cannot take effect before it is published. Choose {timezone.localdate(at)} or a"
                " later day."
            )
        if last and at < last.published_at:
            raise PublishError(
                f"By this machine's clock version {last.number} is yet to be published. Set the clock right"
                " first."
            )
        row = Version(
            number=last.number + 1 if last else 1,
            identity=policy.identity,
            files=dict(policy.files),
            effective=effective,
            published_at=at,
            published_by=" ".join(by.split()),
        )
        row.signature = sign.sign_note(statement(row))
        _keep(row)
        said = {"number": row.number, "identity": row.identity, "effective": row.effective.isoformat()}
        record(
            "published",
            purpose="",
            role="officer",
            entity="",
            policy=row.number,
            parts=[],
            payload=said,
            at=at,
        )
    return row


def withdraw(number: int, *, binds: date, by: str, at: datetime | None = None) -> Withdrawal:
    """Take a version back before its day, signed and recorded.

    What it narrowed goes on holding until ``binds``.

    Raises Version.DoesNotExist, and PublishError for a version whose day has come or that was withdrawn
    already.
    """
    at = at or timezone.now()
    with transaction.atomic():
        take_turns()
        row = Version.objects.get(number=number)
        if row.effective <= timezone.localdate(at):
            raise PublishError(
                f"Version {number} has been in force since {row.effective}. Publish the version that is to"
                " follow it."
            )
        if withdrawn(row):
            raise PublishError(f"Version {number} is withdrawn already.")
        taken = Withdrawal(version=row, at=at, binds=binds, by=" ".join(by.split()))
        taken.signature = sign.sign_note(statement_of_withdrawal(taken))
        _keep(taken)
        said = {"number": number, "binds": binds.isoformat()}
        record(
            "withdrawn", purpose="", role="officer", entity="", policy=number, parts=[], payload=said, at=at
        )
    return taken


def take_turns() -> Version | None:
    """Hold the versions until the transaction ends, so that what is compared is what is published over; the
    newest of them.
    """
    # The first row is the lock, and the newest is looked up behind it: whoever waited sees what the other
    # published meanwhile.
    list(Version.objects.select_for_update().filter(number=1).values_list("number"))
    return Version.objects.order_by("-number").first()


def _keep(row: Version | Withdrawal) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise PublishError(
            "Somebody else published at the same moment. Look at kept policy show, then try again."
        ) from None


def withdrawn(row: Version) -> bool:
    """Whether a version was taken back before its day."""
    return Withdrawal.objects.filter(version=row.number).exists()


def newest() -> Version | None:
    """The version published last that was not taken back; None before the first."""
    return Version.objects.filter(withdrawal=None).order_by("-number").first()


def withdrawals() -> dict[int, tuple[datetime, date]]:
    """Of each version that was taken back: when, and how long what it narrowed went on holding.

    Raises VersionBroken.
    """
    rows = list(Withdrawal.objects.order_by("version"))
    for row in rows:
        examine_withdrawal(row)
    return {row.version_id: (row.at, row.binds) for row in rows}


def slots() -> list[timeline.Slot]:
    """Every version's place in time, in the order of their numbers.

    Raises VersionBroken for a withdrawal nobody signed.
    """
    rows = _DATED.rows()
    _identities.update((row[0], row[1]) for row in rows)
    return [_slot(*row) for row in rows]


def standings() -> dict[int, timeline.Standing]:
    """Where each version stands today, by its number: the one answer for pages and commands."""
    return timeline.standings(slots(), timezone.localdate())


_held: ContextVar[list[Ruling] | None] = ContextVar("held", default=None)


def current() -> Ruling:
    """What rules now.

    One small query each time, so that a publication acts at once; within ``asked_once``, one for all. Raises
    NothingPublished, VersionBroken.
    """
    held = _held.get()
    if held is None:
        return _ruling()
    if not held:
        held.append(_ruling())
    return held[0]


@contextmanager
def asked_once(found: Ruling | None = None) -> Iterator[None]:
    """Everybody who asks in here which version rules is told the same, and the database is asked once, or not
    at all where it is known what it ``found``: for many small answers to one question.
    """
    token = _held.set([found] if found else [])
    try:
        yield
    finally:
        _held.reset(token)


def _ruling() -> Ruling:
    known = slots()
    binding = timeline.binding(known, timezone.localdate())
    if not binding or binding[0].effective > timezone.localdate():
        raise NothingPublished("No policy is in force yet. Publish one with: kept policy publish")
    _last_seen[0] = binding[0].number
    return Ruling(
        binding[0].number,
        tuple(_policy(slot.number, _identities[slot.number]) for slot in binding),
        tuple(known),
        tuple(_identities[slot.number] for slot in known),
    )


def _slot(
    number: int, identity: str, effective: date, at: datetime, taken: datetime | None, binds: date | None
) -> timeline.Slot:
    if taken is not None and (number, taken, binds) not in _seen:
        examine_withdrawal(Withdrawal.objects.get(version=number))
        _seen.add((number, taken, binds))
    return timeline.Slot(number, effective, at, taken, binds)


def spoken(policy: Policy | None = None) -> Policy:
    """A policy as it is read, in the language of whoever reads this answer; without one, the version in
    force. For pages, mails and copies: whatever is decided, hashed or recorded takes ``current``.
    """
    return (policy or current().policy).in_language(get_language() or "")


def seen() -> int:
    """The version in force as this process saw it last, which was when the act or the request began; 0 before
    the first.

    Asks where it never looked.
    """
    return _last_seen[0] or timeline.in_force(slots(), timezone.localdate())


def forget_seen() -> None:
    """Look again at the next question: the database is another one, as after a restore."""
    _last_seen[0] = 0
    _identities.clear()


def version(number: int) -> Policy:
    """The policy of one version: no query after ``current()`` was asked once.

    Raises Version.DoesNotExist, VersionBroken.
    """
    identity = _identities.get(number)
    if identity is None or (number, identity) not in _parsed:
        identity = Version.objects.values_list("identity", flat=True).get(number=number)
    return _policy(number, identity)


def all_versions() -> list[Version]:
    """Newest first."""
    rows = list(Version.objects.order_by("-number"))
    _identities.update({row.number: row.identity for row in rows})
    return rows


def statement(row: Version) -> str:
    """The text that is signed for a version.

    Its first line keeps it apart from every other note of this key.
    """
    at = row.published_at.astimezone(UTC).isoformat(timespec="microseconds")
    return (
        "kept policy"
        f" version\n{row.number}\n{row.identity}\n{row.effective.isoformat()}\n{at}\n{row.published_by}\n"
    )


def examine(row: Version) -> Policy:
    """The row's policy, once identity and signature hold. Raises VersionBroken."""
    try:
        policy = _read(row.files)
        signed = sign.keys().open_note(
            row.signature, lambda text: datetime.fromisoformat(text.split("\n")[4])
        )
    except signed_note.SignatureWrong as wrong:
        raise VersionBroken(f"Version {row.number} of the policy: {wrong}") from None
    except PolicyError as wrong:
        raise VersionBroken(
            f"Version {row.number} of the policy cannot be read any more: {wrong.problems[0]}"
        ) from None
    if policy.identity != row.identity or dict(policy.files) != row.files:
        raise VersionBroken(
            f"Version {row.number} of the policy: its text is not the one that was published."
        )
    if signed != statement(row):
        raise VersionBroken(f"Version {row.number} of the policy: the signature is about something else.")
    if not signed_note.stands_alone(row.signature, sign.signer().name):
        raise VersionBroken(f"Version {row.number} of the policy: something was added to its signature.")
    return policy


def _read(files: dict[str, str]) -> Policy:
    """Raises PolicyError.

    Reading takes longer than all else of an examination, and the same text says the same each time.
    """
    whole = isinstance(files, dict) and all(isinstance(text, str) for text in files.values())
    return _same_text(tuple(files.items())) if whole else from_files(files)


@lru_cache(maxsize=32)
def _same_text(files: tuple[tuple[str, str], ...]) -> Policy:
    return from_files(dict(files))


def statement_of_withdrawal(row: Withdrawal) -> str:
    """The text that is signed for a withdrawal."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"kept policy withdrawal\n{row.version_id}\n{row.binds.isoformat()}\n{at}\n{row.by}\n"


def examine_withdrawal(row: Withdrawal) -> None:
    """Raises VersionBroken unless the withdrawal is the one that was signed."""
    try:
        signed = sign.keys().open_note(
            row.signature, lambda text: datetime.fromisoformat(text.split("\n")[3])
        )
    except signed_note.SignatureWrong as wrong:
        raise VersionBroken(f"The withdrawal of version {row.version_id} of the policy: {wrong}") from None
    if signed != statement_of_withdrawal(row):
        raise VersionBroken(
            f"The withdrawal of version {row.version_id} of the policy: the signature is about something"
            " else."
        )
    if not signed_note.stands_alone(row.signature, sign.signer().name):
        raise VersionBroken(
            f"The withdrawal of version {row.version_id} of the policy: something was added to its signature."
        )


def misspelled() -> list[int]:
    """Numbers of versions whose files are stored in another spelling than ``publish`` gives them: other
    order, other spaces.

    PostgreSQL stores values and no spelling, in an order of its own (by length first), which a move to SQLite
    takes along.
    """
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, files FROM ledger_version ORDER BY number")
        stored = cursor.fetchall()
    wrong = []
    for number, text in stored:
        files = json.loads(text)
        orderings: list[Any] = [
            sorted(files),
            sorted(files, key=lambda name: (len(name.encode()), name.encode())),
        ]
        spelled = [{name: files[name] for name in order} for order in orderings]
        if text not in [json.dumps(one, ensure_ascii=ascii) for one in spelled for ascii in (True, False)]:
            wrong.append(number)
    return wrong


def _policy(number: int, identity: str) -> Policy:
    known = _parsed.get((number, identity))
    if known is None:
        known = _parsed[number, identity] = examine(Version.objects.get(number=number))
        if known.identity != identity:
            raise VersionBroken(f"Version {number} of the policy was changed while it was read.")
    return known
