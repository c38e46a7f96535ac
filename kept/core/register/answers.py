"""Ask every proof and keep what it said; read it back as the state of each promise.

An answer is worth an hour. Older, the worker that should have asked is not running, and the promise is *not proven*.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from kept.core.policy.model import Policy
from kept.core.register import proofs
from kept.core.register.models import ProofAnswer

WORTH = timedelta(hours=1)
STALE = "The worker has not asked this proof for an hour, so nothing is proven."


def prove() -> int:
    """Ask every proof, then store the answers in one transaction. Returns how many were asked."""
    answers = [proofs.run(id) for id in sorted(proofs.PROOFS)]
    with transaction.atomic():
        before = {row.proof: row for row in ProofAnswer.objects.select_for_update()}
        ProofAnswer.objects.exclude(proof__in=proofs.PROOFS).delete()
        for answer in answers:
            last = before.get(answer.id)
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


def latest(policy: Policy) -> proofs.Results:
    """What every proof said last, and from it the state of each promise of ``policy``. One query."""
    now = timezone.now()
    answers = {}
    for row in ProofAnswer.objects.all():
        if row.proof not in proofs.PROOFS:
            continue
        fresh = now - row.at <= WORTH
        answers[row.proof] = proofs.Answer(
            row.proof,
            proofs.PROOFS[row.proof].title,
            row.state if fresh else proofs.UNPROVEN,
            row.figure,
            row.text if fresh else STALE,
            row.at,
            row.seconds,
        )
    at = min((answer.at for answer in answers.values()), default=now)
    states = {id: proofs.state_of(promise.proofs, answers) for id, promise in policy.promises.items()}
    return proofs.Results(at, answers, states)
