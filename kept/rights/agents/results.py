"""What an access brings: the whole copy, or the list of kinds that access:categories asks for.

Only ever made for the person who has just proved herself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from django.utils import timezone

from kept.core.policy.model import Category, Purpose, Recipient
from kept.core.register.holdings import holdings
from kept.core.vault import gate
from kept.core.vault.readers import Job, Reader
from kept.rights.agents.models import Exercise
from kept.rights.copies.copy_builder import pack
from kept.sentences import sentence


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data that is held about the person: in how many records, why, and who may receive it."""

    category: Category
    records: int
    purposes: tuple[Purpose, ...]
    recipients: tuple[Recipient, ...]


def copy(*, subject: UUID, reader: Reader, about: UUID | Job, out: BinaryIO) -> None:
    """The ZIP a person can always take herself. Raises what the gate raises."""
    pack(
        subject=subject,
        reader=reader,
        about=about,
        out=out,
        said=sentence("You fetched the copy an authorised agent asked for"),
    )


def kinds(*, subject: UUID, reader: Reader, about: UUID | Job) -> list[Kind]:
    """The kinds of data held, without a value of any: purposes and recipients are the policy's for what is
    held (Cal. Civ. Code § 1798.110).
    """
    with gate.purpose("own-data", reader=reader, about=about, source="copy") as act:
        act.kind = "copied"
        act.touch(subject, what=sentence("You fetched the list an authorised agent asked for"))
        policy, records, why = act.ruling.spoken, Counter[str](), dict[str, set[str]]()
        for holding in holdings(subject):
            for category in (
                {column.category for column in holding.columns} if (count := holding.count()) else ()
            ):
                records[category] += count
                why.setdefault(category, set()).update(
                    id for column in holding.columns if column.category == category for id in column.purposes
                )
    found = []
    for id in sorted(records.keys() & policy.categories.keys(), key=lambda id: policy.categories[id].title):
        purposes = tuple(
            policy.purposes[one]
            for one in policy.purposes
            if one in why[id] and id in policy.purposes[one].uses
        )
        recipients = {one.id: one for purpose in purposes for one in policy.recipients_of(purpose.id)}
        found.append(Kind(policy.categories[id], records[id], purposes, tuple(recipients.values())))
    return found


def taken(exercise: Exercise) -> None:
    """Once: the address leads nowhere from here on."""
    Exercise.objects.filter(pk=exercise.pk, results_taken_at=None).update(results_taken_at=timezone.now())
