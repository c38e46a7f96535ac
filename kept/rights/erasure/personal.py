"""What an erasure leaves: while it waits, that it was asked for; afterwards a record that leads to nobody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from kept.core.register import declarations as register
from kept.rights.erasure.models import Erasure, LawHold, Record
from kept.sentences import sentence

CLERICAL = sentence("How far the work has come, in our own words.")
OURS = sentence("A random number of ours.")


def _outlive(subject: UUID, rows: QuerySet[Any]) -> int:
    """One that has begun goes on without her.

    What was undone before, or waits while somebody else destroys her, is part of what goes.
    """
    rows.filter(begun_at=None)._raw_delete(rows.db)
    return rows.update(subject=None, remainder=subject)


register.nobody(
    Record,
    because=sentence(
        "Keyed marks of who was erased, so that no restore brings them back. They lead to nobody without the"
        " master key."
    ),
)
register.nobody(
    LawHold,
    because=sentence("Which law holds rows nobody is named in any more, for what purpose and until when."),
)
register.holds(
    Erasure,
    subject="subject",
    purposes=("requests",),
    title=sentence("Erasures you asked for"),
    columns=dict.fromkeys(
        (
            "source",
            "silence",
            "choices",
            "asked_at",
            "falls_at",
            "undone_at",
            "begun_at",
            "recorded_at",
            "destroyed_at",
            "finished_at",
        ),
        "rights.request",
    ),
    nobody={
        **dict.fromkeys(("reminded", "due_at", "attempts", "trouble", "counts"), CLERICAL),
        **dict.fromkeys(("receipt", "request_receipt", "letter", "letter_key", "files", "remainder"), OURS),
        "controller": sentence("Which company of the group answers."),
        "about": sentence("Which request or whose order it was: a reference, or the operator's own name."),
        "addresses": sentence("Keyed hashes, by which copies of mail are found while it lasts."),
    },
    label=lambda erasure: sentence("Erasure asked for on {day}", day=timezone.localdate(erasure.asked_at)),
)
register.erases(Erasure, _outlive)
register.ends(
    Erasure, "request.closed", at=lambda: Coalesce("finished_at", "undone_at", output_field=DateTimeField())
)
register.spares(Erasure, Q(due_at__isnull=False))
register.born(Erasure, at="asked_at")
