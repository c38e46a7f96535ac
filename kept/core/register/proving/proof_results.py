"""Ask the proofs that are due and keep what they said; read it back as the state of each promise.

Each proof has its own rhythm, so that pages stay quick whatever a proof costs: they read what was measured,
with its time. An answer is worth an hour. Older, the worker that should have asked is not running, and the
promise is *not proven*. What was never asked, or could not be asked, is *not measured yet*.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from kept.core.policy.model import Policy
from kept.core.prepared import Prepared
from kept.core.register.models import ProofAnswer
from kept.core.register.proving import proofs
from kept.sentences import sentence

WORTH = timedelta(hours=1)
STALE = sentence("The worker has not asked this proof for an hour, so nothing is proven.")
AGAIN = timedelta(minutes=1)
"""How often what was found is looked at in its first quarter of an hour, so that what has passed is soon not
told any more; and how often a proof is tried that could not be asked.
"""


def prove(ids: Collection[str] | None = None) -> int:
    """Ask every proof, or some; store the answers in one transaction. Returns how many were asked."""
    answers = proofs.ask(proofs.PROOFS if ids is None else ids)
    with transaction.atomic():
        before = {row.proof: row for row in ProofAnswer.objects.select_for_update()}
        ProofAnswer.objects.exclude(proof__in=proofs.PROOFS).delete()
        for answer in answers.values():
            last = before.get(answer.id)
            if last is not None and answer.at < last.at <= timezone.now():
                # Somebody else asked meanwhile, and later. What bears a time to come was asked while a clock
                # was wrong.
                continue
            ProofAnswer(
                proof=answer.id,
                state=answer.state,
                figure=answer.figure,
                text=answer.text,
                at=answer.at,
                since=last.since if last and last.state == answer.state else answer.at,
                seconds=answer.seconds,
            ).save(force_insert=last is None, force_update=last is not None)
    return len(answers)


def due(now: datetime, *, or_quick: bool = False) -> list[str]:
    """Ids of the proofs whose time has come: never asked, or asked as long ago as their rhythm; sooner after
    a fresh finding.

    ``or_quick``: instead, those that are asked every quarter of an hour, whenever it was. The slow ones are
    the worker's.
    """
    asked = {row.proof: row for row in ProofAnswer.objects.all()}

    def is_due(registered: proofs.Registered) -> bool:
        last = asked.get(registered.id)
        if or_quick:
            return registered.every <= proofs.QUARTER
        if last is None:
            return True
        fresh = last.state == proofs.BROKEN and now - last.since < proofs.QUARTER
        soon = fresh or last.state == proofs.UNMEASURED
        return last.at > now or now - last.at >= (AGAIN if soon else registered.every)

    return [id for id, registered in proofs.PROOFS.items() if is_due(registered)]


def is_quick(id: str) -> bool:
    """Whether a proof is asked every quarter of an hour, as all are that do not take long."""
    return proofs.PROOFS[id].every <= proofs.QUARTER


_ALL = Prepared(lambda: ProofAnswer.objects.order_by("proof"))
_ASKED_AT = Prepared(lambda: ProofAnswer.objects.order_by("proof").values_list("proof", "at"))


def edition() -> str:
    """What changes whenever ``latest`` says something else, also as an answer grows too old. One query."""
    now = timezone.now()
    return repr([(proof, at.timestamp(), _is_fresh(at, now)) for proof, at in _ASKED_AT.rows()])


def _is_fresh(at: datetime, now: datetime) -> bool:
    return -AGAIN <= now - at <= WORTH


def latest(policy: Policy) -> proofs.Results:
    """What every proof said last, and from it the state of each promise of ``policy``. One query."""
    now = timezone.now()
    answers = {}
    for row in _ALL.rows():
        registered = proofs.PROOFS.get(row.proof)
        if registered is None:
            continue
        fresh = _is_fresh(row.at, now)
        answers[row.proof] = proofs.Answer(
            row.proof,
            registered.title,
            row.state if fresh else proofs.UNPROVEN,
            row.figure,
            row.text if fresh else STALE,
            row.at,
            row.seconds,
            registered.unseen,
        )
    at = min((answer.at for answer in answers.values()), default=now)
    return proofs.Results(at, answers, proofs.states(policy, answers))
