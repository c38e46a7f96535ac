"""Which policy rules: versions are published whole and signed, stay executable for ever, and act at once in every process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction
from django.utils import timezone

from kept.core.ledger import note, sign
from kept.core.ledger.models import Version
from kept.core.ledger.record import record
from kept.core.policy.folder import PolicyError, from_files
from kept.core.policy.model import Policy
from kept.core.prepared import Prepared

_parsed: dict[tuple[int, str], Policy] = {}
# As ``current`` last saw them: number → identity.
_identities: dict[int, str] = {}
_DATED = Prepared(lambda: Version.objects.order_by("number").values_list("number", "identity", "effective"))


class PublishError(Exception):
    """This version cannot be published. The message says why."""


class NothingPublished(Exception):
    """No policy rules yet, so nothing may be read or collected."""


class VersionBroken(Exception):
    """A stored version is not what was published."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """``number`` is in force. ``policies``: that version, then those published whose day has not come; all of them must allow.

    So a narrowing rules from the moment it is published, and a widening waits for its day.
    """

    number: int
    policies: tuple[Policy, ...]

    @property
    def policy(self) -> Policy:
        return self.policies[0]


def publish(policy: Policy, *, effective: date, by: str, at: datetime | None = None) -> Version:
    """Store, sign and record the next version. ``effective``: the day a widening begins, at the earliest the day of publishing
    (the first version may name an earlier one, as it widens nothing).

    Raises PublishError for an earlier day or a policy equal to the last one, SigningKeyError without a key.
    """
    at = at or timezone.now()
    with transaction.atomic():
        last = Version.objects.select_for_update().order_by("-number").first()
        if last and last.identity == policy.identity:
            raise PublishError(f"Version {last.number} says exactly this already. There is nothing to publish.")
        if last and effective < timezone.localdate(at):
            raise PublishError(f"A version cannot take effect before it is published. Choose {timezone.localdate(at)} or a later day.")
        row = Version(
            number=last.number + 1 if last else 1,
            identity=policy.identity,
            files=dict(policy.files),
            effective=effective,
            published_at=at,
            published_by=" ".join(by.split()),
        )
        row.signature = sign.sign_note(statement(row))
        row.save(force_insert=True)
        record(
            "published",
            purpose="",
            role="officer",
            entity="",
            policy=row.number,
            parts=[],
            payload={"number": row.number, "identity": row.identity, "effective": effective.isoformat()},
            at=at,
        )
    return row


def current() -> Ruling:
    """What rules now. One small query each time, so that a publication acts at once. Raises NothingPublished, VersionBroken."""
    today = timezone.localdate()
    rows = _DATED.rows()
    _identities.update((number, identity) for number, identity, _ in rows)
    in_force = max((number for number, _, effective in rows if effective <= today), default=0)
    if not in_force:
        raise NothingPublished("No policy is in force yet. Publish one with: kept policy publish")
    # A version with a lower number than the one in force was overtaken before its day came.
    return Ruling(in_force, tuple(_policy(number, identity) for number, identity, _ in rows if number >= in_force))


def version(number: int) -> Policy:
    """The policy of one version: no query after ``current()`` was asked once. Raises Version.DoesNotExist, VersionBroken."""
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
    """The text that is signed for a version. Its first line keeps it apart from every other note of this key."""
    at = row.published_at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"kept policy version\n{row.number}\n{row.identity}\n{row.effective.isoformat()}\n{at}\n{row.published_by}\n"


def examine(row: Version) -> Policy:
    """The row's policy, once identity and signature hold. Raises VersionBroken."""
    try:
        policy = from_files(row.files)
        signed = note.open_note(row.signature, sign.public_key())
    except note.SignatureWrong as wrong:
        raise VersionBroken(f"Version {row.number} of the policy: {wrong}") from None
    except PolicyError as wrong:
        raise VersionBroken(f"Version {row.number} of the policy cannot be read any more: {wrong.problems[0]}") from None
    if policy.identity != row.identity or dict(policy.files) != row.files:
        raise VersionBroken(f"Version {row.number} of the policy: its text is not the one that was published.")
    if signed != statement(row):
        raise VersionBroken(f"Version {row.number} of the policy: the signature is about something else.")
    return policy


def _policy(number: int, identity: str) -> Policy:
    known = _parsed.get((number, identity))
    if known is None:
        known = _parsed[number, identity] = examine(Version.objects.get(number=number))
        if known.identity != identity:
            raise VersionBroken(f"Version {number} of the policy was changed while it was read.")
    return known
