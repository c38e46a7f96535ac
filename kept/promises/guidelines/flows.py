"""Acknowledging a guideline, and who has not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kept.accounts.models import StaffMember, User
from kept.core.consent import acknowledgements
from kept.core.ledger import versions
from kept.core.policy.wording import Guideline
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.sentences import sentence

PURPOSE = "staff"
CLERK = SystemReader(job="guidelines")


class NotOpened(Exception):
    """They never saw the words they say they have read. The message says what comes first."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One guideline as it binds somebody: ``row`` is their acknowledgement of the version of today."""

    guideline: Guideline
    row: Any = None

    @property
    def done(self) -> bool:
        return self.row is not None


def bound(subject: UUID, role: str) -> list[Bound]:
    """Every guideline of a role, with this person's acknowledgement of the version in force."""
    rows = {(row.guideline, row.version): row for row in acknowledgements.held_by(subject)}
    return [
        Bound(one, rows.get((one.id, one.version))) for one in versions.current().policy.guidelines_for(role)
    ]


def shown_hash(guideline: Guideline, language: str) -> str:
    """The hash of the very words somebody is shown."""
    said = acknowledgements.notice(guideline, language, versions.current().number)
    return said.hash(guideline.text(language).language)


def acknowledge(*, user: User, guideline: Guideline, language: str, opened: str) -> None:
    """They read it, passed its check and take it as theirs: from now on it opens what their role may see.

    ``opened``: the hash of the words they were shown. Raises NotOpened.
    """
    if not opened:
        raise NotOpened(_("Open the guideline first"))
    if opened != shown_hash(guideline, language):
        raise NotOpened(_("It has changed since you opened it. Read it again, then acknowledge it."))
    with (
        gate.purpose(
            PURPOSE, reader=CLERK, about=Job(f"guideline {guideline.id}"), source="guideline"
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "acknowledged"
        row = acknowledgements.acknowledge(
            user.subject, guideline, language=language, policy=act.ruling.number, act=act.id
        )
        act.touch(
            user.subject,
            what=sentence(
                "You acknowledged “{title}”, version {version}",
                title=guideline.text(language).title,
                version=guideline.version,
            ),
            guideline=[guideline.id, guideline.version, row.notice_id],
        )


def acknowledge_all(user: User, *, language: str = "en") -> None:
    """Everything that binds the post somebody holds, as if they had opened each: for a demo and for tests."""
    post = user.post()
    for one in bound(user.subject, post.role) if post else ():
        if not one.done:
            opened = shown_hash(one.guideline, language)
            acknowledge(user=user, guideline=one.guideline, language=language, opened=opened)


def waiting(posts: Iterable[StaffMember]) -> dict[int, list[Guideline]]:
    """What each of these posts has not acknowledged, by the number of the post; those who have are left
    out.
    """
    policy, held = versions.current().policy, _held()
    found = {}
    for post in posts:
        unread = [
            one
            for one in policy.guidelines_for(post.role)
            if (one.id, one.version) not in held.get(post.user.subject, ())
        ]
        if unread:
            found[post.pk] = unread
    return found


def _held() -> Mapping[UUID, set[tuple[str, int]]]:
    held: dict[UUID, set[tuple[str, int]]] = {}
    for row in acknowledgements.everybody():
        held.setdefault(row.subject, set()).add((row.guideline, row.version))
    return held
