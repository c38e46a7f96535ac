"""Hand values to a recipient of the policy, and tell whoever had them when they are corrected, erased or
restricted.

Nothing leaves here: both verbs write rows, in the caller's transaction, and the carrier takes them out by the
one door.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.prepared import Prepared
from kept.core.register.inventory import field_categories
from kept.core.vault import gate
from kept.core.vault.acts import CURRENT
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.sealing.envelope import amend, enclose
from kept.core.vault.sealing.sealed_box import Box
from kept.outbox import send_rules
from kept.outbox.models import Disclosure, Handle, Notice

_CONTENT = Box("outbox.content")
WRITER = SystemReader(job="outbox.transfers")
_HANDLES = Prepared(lambda subject: Handle.objects.filter(subject=subject).values_list("pk")[:1])
RIGHT = "own-data"
"""Whatever she has said about the purposes, that she corrects or restricts is told under her right."""


def disclose(
    *,
    subject: UUID,
    recipient: str,
    purpose: str,
    values: Mapping[str, Any],
    collected: int = 0,
    **noted: Any,
) -> Disclosure:
    """Queue ``{field id: value}`` for a recipient.

    ``collected``: the lowest policy version any of them was collected under, if known. ``noted``: what else
    the row says of itself (``kept.disclosures.flows`` knows).

    Joins the open act, or opens one of its own. Raises DoorClosed for what the policy can never let out: an
    unknown recipient or purpose, a purpose that may not reach them, a kind of data it may not use. What
    changes from day to day (contract, consent, restriction) decides when it leaves.
    """
    categories = categories_of(values)
    send_rules.check_kinds(versions.current(), recipient, purpose=purpose, categories=categories.values())
    now = timezone.now()
    with _act(purpose, recipient), transaction.atomic():
        row = Disclosure(
            subject=subject,
            recipient=recipient,
            handle=Handle.of(subject, recipient),
            purpose=purpose,
            collected=collected,
            fields=sorted(values),
            categories=sorted(set(categories.values())),
            mark=mark_of(subject, recipient, purpose, values),
            queued_at=now,
            due_at=now,
            **noted,
        )
        row.values = enclose(
            subject, row.pk, {name: (categories[name], value) for name, value in values.items()}
        )
    row.save(force_insert=True)
    return row


def follow(
    *,
    subject: UUID,
    kind: str,
    categories: Collection[str] = (),
    values: Mapping[str, Any] | None = None,
    purposes: Collection[str] = (),
    about: UUID | None = None,
) -> int:
    """Queue a notice to every recipient that had something of hers; returns how many.

    Safe inside the caller's transaction.

    ``correction`` wants ``values``, the new ones by field id, and reaches those who had one of these fields.
    ``restriction`` and ``lifting`` name ``purposes``, and reach those who had something for one of them.
    ``erasure`` needs no key and no act: it carries the handle alone, and takes back what has not left yet.
    ``categories`` narrows any of them; ``about`` is the id of what it follows from. Raises KeyErased for a
    correction of an erased person.
    """
    if kind not in Notice.Kind.values:
        raise ValueError(f"Nobody is told of a “{kind}”. The kinds are: {', '.join(Notice.Kind.values)}.")
    with _act(RIGHT, kind) if kind == Notice.Kind.CORRECTION else nullcontext(), transaction.atomic():
        reached = _reached(subject, kind, categories, values or {}, purposes)
        if kind == Notice.Kind.ERASURE:
            _take_back(subject)
        elif kind == Notice.Kind.CORRECTION:
            _correct_waiting(subject, values or {})
        return len([_notice(subject, kind, rows, values or {}, purposes, about) for rows in reached.values()])


def mark_of(subject: UUID, recipient: str, purpose: str, values: Mapping[str, Any]) -> str:
    """By what the same content for the same recipient is known again: a keyed hash, for nothing else."""
    content = [str(subject), recipient, purpose, sorted((name, str(value)) for name, value in values.items())]
    return _CONTENT.mark(json.dumps(content, ensure_ascii=False))


def known_to_anybody(subject: UUID) -> bool:
    """Whether anything of hers was ever to leave: of most people nothing was, and asking costs one look."""
    return _HANDLES.first(subject) is not None


def _reached(
    subject: UUID,
    kind: str,
    categories: Collection[str],
    values: Mapping[str, Any],
    purposes: Collection[str],
) -> dict[str, list[Disclosure]]:
    """By recipient, what they had of hers that this is about.

    All of hers is locked first, so that nothing leaves unseen beside it.
    """
    had: dict[str, list[Disclosure]] = {}
    for row in Disclosure.objects.select_for_update().filter(subject=subject).order_by("queued_at"):
        if not row.may_have_left:
            continue
        fits = not categories or bool(set(categories) & set(row.categories))
        if kind == Notice.Kind.CORRECTION:
            fits = fits and bool(set(values) & set(row.fields))
        elif kind != Notice.Kind.ERASURE and purposes:
            fits = fits and row.purpose in purposes
        if fits:
            had.setdefault(row.recipient, []).append(row)
    return had


def _notice(
    subject: UUID,
    kind: str,
    rows: list[Disclosure],
    values: Mapping[str, Any],
    purposes: Collection[str],
    about: UUID | None,
) -> Notice:
    last, now = rows[-1], timezone.now()
    told = (
        sorted({row.purpose for row in rows} & set(purposes))
        if purposes
        else sorted({row.purpose for row in rows})
    )
    # A carrier may hold a lease on something of hers this moment: what undoes it must not arrive first.
    due = max(
        [now, *(row.due_at for row in rows if row.due_at and row.sent_at is None and row.stopped_at is None)]
    )
    notice = Notice(
        kind=kind,
        recipient=last.recipient,
        handle=last.handle,
        purpose=last.purpose,
        purposes=told,
        about=about,
        queued_at=now,
        due_at=due,
    )
    if kind != Notice.Kind.ERASURE:
        notice.subject = subject
    if kind == Notice.Kind.CORRECTION:
        theirs = {name: value for name, value in values.items() if any(name in row.fields for row in rows)}
        kinds = categories_of(theirs)
        notice.fields = sorted(theirs)
        notice.values = enclose(
            subject, notice.pk, {name: (kinds[name], value) for name, value in theirs.items()}
        )
    notice.save(force_insert=True)
    return notice


def _take_back(subject: UUID) -> None:
    """What of hers waits to leave never does: neither a disclosure nor a correction may come after the
    erasure.
    """
    for model in (Disclosure, Notice):
        waiting = model.objects.filter(
            Q(due_at__isnull=False) | Q(by_hand=True), subject=subject, sent_at=None, stopped_at=None
        )
        waiting.update(stopped_at=timezone.now(), due_at=None, values=None, trouble="Erased")


def _correct_waiting(subject: UUID, values: Mapping[str, Any]) -> None:
    """What has not left yet leaves with the new values."""
    for row in (
        Disclosure.objects.select_for_update()
        .filter(subject=subject, sent_at=None, stopped_at=None)
        .exclude(values=None)
    ):
        changed = {name: value for name, value in values.items() if name in row.fields}
        if changed and row.values is not None:
            row.values = amend(subject, row.pk, bytes(row.values), changed)
            row.save(update_fields=["values"])


def categories_of(values: Collection[str]) -> dict[str, str]:
    """The category of each field. Raises ValueError for a field nobody declared."""
    known = field_categories()
    for name in values:
        if name not in known:
            raise ValueError(
                f"“{name}” is no field of anybody’s. Name it by its field id, like person.phone."
            )
    return {name: known[name] for name in values}


def _act(purpose: str, what: str) -> AbstractContextManager[Any]:
    """The open act, or one of the outbox's own. It must open outermost, before any transaction."""
    act = CURRENT.get()
    if act is not None and not act.closed:
        return nullcontext(act)
    return gate.purpose(purpose, reader=WRITER, about=Job(f"outbox.transfers {what}"), source="outbox")
