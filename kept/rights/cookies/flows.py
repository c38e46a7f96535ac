"""She chooses: the answer goes into her own cookie, and a signed receipt with what was shown goes to her.

Nobody is named in either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kept.accounts.limits.rate_limits import Limit
from kept.core.consent import choices
from kept.core.consent.choices import Notice
from kept.core.ledger.versions import Ruling
from kept.core.prepared import together
from kept.core.vault.readers import SelfReader
from kept.portal.visitors.device_consent import NAME, SIGNALLED, Chosen
from kept.rights.access.language_shown import language_shown
from kept.rights.cookies import account_sync, set_cookies
from kept.rights.cookies.cookie_words import purposes_of
from kept.rights.receipts import flows as receipts
from kept.sentences import Sentence, sentence

RECEIPTS = Limit("cookie receipts", 20, timedelta(hours=1))
"""Receipts to one machine: nobody who keeps pressing a button fills the ledger."""


COOKIES_OF: Mapping[str, Sentence] = {
    "preference": sentence("Preference cookies"),
    "measurement": sentence("Measurement cookies"),
    "advertising": sentence("Advertising cookies"),
}


def choose(
    ruling: Ruling,
    *,
    answers: Mapping[str, bool],
    before: Chosen,
    notice: Notice,
    controller: str,
    machine: str,
    exact: bool = False,
    reader: SelfReader | None = None,
) -> Chosen:
    """Her answer from now on. ``answers`` to the kinds she was asked about; what she said of others stands.

    ``exact``: she was shown her browser's signal beside the question. ``machine``: where the request comes
    from, for the limit alone. ``reader``: she is signed in, and wants the answer to follow her ID. All that
    is written is written in one transaction; over the limit the choice holds without a receipt.
    """
    said = {**before.kinds, **answers}
    exact = (exact or before.exact) and any(said.get(kind) for kind in SIGNALLED)
    if reader is None and before.receipt and (said, exact) == (dict(before.kinds), before.exact):
        return replace(before, fresh=True)
    day, language = timezone.localdate(), language_shown()
    answer = Chosen(
        kinds=MappingProxyType(said),
        exact=exact,
        policy=ruling.number,
        notice=notice.hash(language),
        language=language,
        day=day,
        until=set_cookies.lasts_until(ruling.policy, NAME, day),
        fresh=True,
        signal=before.signal,
    )
    may_write = RECEIPTS.spend(machine)
    with transaction.atomic():
        if reader is not None:
            account_sync.keep(reader, said, ruling.policy, controller=controller)
        return _with_receipt(ruling, answer, notice, controller) if may_write else answer


def _with_receipt(ruling: Ruling, answer: Chosen, notice: Notice, controller: str) -> Chosen:
    yes = {kind for kind, said in answer.kinds.items() if said}
    with together():
        choices.keep_notice(notice, answer.language)
        receipt = receipts.give(
            "consent" if yes else "withdrawal",
            controller=controller,
            purposes=purposes_of(ruling.policy, yes or set(answer.kinds)),
            notice={"hash": answer.notice, "language": answer.language, "clause": notice.clause},
            control=reverse("cookies"),
            ruling=ruling,
            more=_in_words(answer),
        )
    return replace(answer, receipt=receipt.number)


def told(ruling: Ruling, *, kinds: tuple[str, ...], before: Chosen, notice: Notice) -> Chosen:
    """A notice was shown where that suffices.

    It is recorded with her, as a notice: no receipt, no consent.
    """
    day, language = timezone.localdate(), language_shown()
    return replace(
        before,
        noticed=tuple(dict.fromkeys((*before.noticed, *kinds))),
        policy=ruling.number,
        notice=notice.hash(language),
        language=language,
        day=day,
        until=set_cookies.lasts_until(ruling.policy, NAME, day),
    )


def _in_words(answer: Chosen) -> dict[str, str]:
    more: dict[str, str] = {
        COOKIES_OF.get(kind, f"{kind} cookies"): sentence("Yes") if yes else sentence("No")
        for kind, yes in answer.kinds.items()
    }
    return more | (
        {
            sentence("Your browser’s signal"): sentence(
                "Shown beside the question; the yes to measurement came after it"
            )
        }
        if answer.exact
        else {}
    )


def confirmed(said: Chosen) -> Chosen:
    """She was told what she chose."""
    return replace(said, fresh=False)
