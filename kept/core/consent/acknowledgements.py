"""Who has acknowledged which guideline, in which words: asked by the gate before staff read anything."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from kept.core.consent.choices import Notice, keep_notice
from kept.core.consent.models import Acknowledgement
from kept.core.policy.wording import Guideline
from kept.core.prepared import Prepared

_HELD = Prepared(
    lambda subject: Acknowledgement.objects.filter(subject=subject).values_list("guideline", "version")
)


def unread(subject: UUID, bound: Iterable[Guideline]) -> list[Guideline]:
    """Those this member of staff has not acknowledged in the version that is asked for. One query."""
    wanted = list(bound)
    held = {(guideline, version) for guideline, version in _HELD.rows(subject)} if wanted else set()
    return [one for one in wanted if (one.id, one.version) not in held]


def notice(guideline: Guideline, language: str, policy: int) -> Notice:
    """The exact text whoever acknowledges is shown: words, questions, version and language make its hash."""
    said = guideline.text(language)
    return Notice(said.words, f"guideline {guideline.id}, version {guideline.version}", policy)


def acknowledge(
    subject: UUID, guideline: Guideline, *, language: str, policy: int, act: UUID | None = None
) -> Acknowledgement:
    """Keep that somebody acknowledged a guideline in the words of a language; the row that stands already
    where they did before.

    ``policy``: the number of the version it stands in. ``act``: the entry of the ledger.
    """
    shown = keep_notice(notice(guideline, language, policy), guideline.text(language).language)
    row, _ = Acknowledgement.objects.get_or_create(
        subject=subject,
        guideline=guideline.id,
        version=guideline.version,
        defaults={"notice_id": shown, "act": act, "at": timezone.now()},
    )
    return row


def held_by(subject: UUID) -> list[Acknowledgement]:
    """All they ever acknowledged, with its words, newest first."""
    return list(Acknowledgement.objects.filter(subject=subject).select_related("notice").order_by("-id"))


def everybody() -> list[Acknowledgement]:
    """Every acknowledgement, oldest first: for proofs and for who has not."""
    return list(Acknowledgement.objects.order_by("id"))
