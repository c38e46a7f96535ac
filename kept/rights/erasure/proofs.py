"""What can be proven of erasures: they are whole, written down, on time, and none is said to be done before
it is.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from kept.core.register.destroying import erasing
from kept.core.register.proving.proofs import Proof, proof
from kept.rights.erasure import recorded, records
from kept.rights.erasure.models import LETTER_STAYS, Erasure, Record
from kept.rights.receipts.models import Receipt
from kept.sentences import Sentence, counted, joined, sentence

WITHIN = timedelta(hours=24)
"""From the day it was promised for to the destruction."""


@proof(
    "erasure.whole",
    promise="system-rights",
    title=sentence("Whoever was erased is gone: no row, no key, no file, no sign-in"),
    unseen=sentence(
        "Copies that people made by hand, and backups in a place that this machine cannot reach."
    ),
)
def whole() -> Proof:
    """Every row about somebody without a key, every key that the record says is destroyed, every record
    against its second place and its receipt.
    """
    done = Erasure.objects.exclude(destroyed_at=None).count()
    wrong = [*_leftovers(), *_keys(), *_unrecorded(), *_said_too_early(), *recorded.brought_back()]
    if wrong:
        return Proof(
            False,
            sentence("{n} halves left", n=len(wrong)),
            sentence("Not whole: {wrong}.", wrong=joined(wrong[:5], "; ")),
        )
    if not done and not Record.objects.exists():
        return Proof(
            None,
            sentence("0 erasures"),
            sentence("Nobody has been erased in the last weeks. The tables were searched all the same."),
        )
    kept = Record.objects.count()
    searched = (
        sentence(
            "Searched just now: every table that holds anything of people, every key, the ledger, the record"
            " here and in the second place."
        )
        if settings.KEPT_ERASURES
        else sentence(
            "Searched just now: every table that holds anything of people, every key, the ledger, the record"
            " here."
        )
    )
    return Proof(True, sentence("{n} of {n} whole", n=kept), searched)


def _leftovers() -> list[Sentence]:
    """Rows whose person has no key any more, by table: an erasure that stopped half-way, or something written
    after it.
    """
    return [
        counted(
            "{n} row in {table} about somebody without a key",
            "{n} rows in {table} about somebody without a key",
            count,
            table=table,
        )
        for table, count in erasing.orphans().items()
    ]


def _keys() -> list[Sentence]:
    marks = set(Record.objects.values_list("mark", flat=True))
    under_way = set(
        Erasure.objects.filter(destroyed_at=None).exclude(recorded_at=None).values_list("subject", flat=True)
    )
    kept = (
        sum(
            records.mark_of(subject) in marks and subject not in under_way
            for subject in erasing.subjects_with_keys()
        )
        if marks
        else 0
    )
    return [sentence("{n} keys that the record says are destroyed", n=kept)] if kept else []


def _unrecorded() -> list[Sentence]:
    """Destroyed, and not in the record; or in the record here, and not in the second place."""
    known = {record.id for record in records.in_database()}
    done = Erasure.objects.exclude(destroyed_at=None).values_list("pk", flat=True)
    unwritten = sum(str(pk) not in known for pk in done)
    found = [sentence("{n} erasures without a record", n=unwritten)] if unwritten else []
    try:
        lacking = len(records.missing())
    except records.RecordUnreachable:
        return [*found, sentence("the second place of the record does not answer")]
    if lacking:
        found.append(sentence("{n} records missing in the second place", n=lacking))
    return found


def _said_too_early() -> list[Sentence]:
    """Receipts that say it is done, or that the last trace is gone, of erasures that are not there yet."""
    early = list(
        Erasure.objects.filter(destroyed_at=None).exclude(receipt="").values_list("receipt", flat=True)
    )
    unfinished = list(
        Erasure.objects.filter(finished_at=None).exclude(destroyed_at=None).values_list("receipt", flat=True)
    )
    said = Receipt.objects.filter(Q(number__in=early) | Q(number__in=unfinished, part__gt=1)).count()
    done = (
        Erasure.objects.exclude(finished_at=None)
        .filter(Q(remainder__isnull=False) | Q(letter_key__isnull=False) | ~Q(files=[]))
        .count()
    )
    unsigned = _without_receipt()
    found = [sentence("{n} receipts say more than is done", n=said)] if said else []
    found += [sentence("{n} erasures reported done with something left", n=done)] if done else []
    if unsigned:
        found.append(sentence("{n} erasures without their receipt", n=unsigned))
    return found


def _without_receipt() -> int:
    numbers = set(Erasure.objects.exclude(destroyed_at=None).values_list("receipt", flat=True))
    return len(
        numbers - set(Receipt.objects.filter(number__in=numbers, part=1).values_list("number", flat=True))
    )


@proof(
    "erasure.in_time",
    promise="system-rights",
    title=sentence("Every erasure is done on its day"),
    unseen=sentence("Erasures that were finished so long ago that their own record has gone."),
)
def in_time() -> Proof:
    """None waits longer than a day after the one it was promised for, by its row and by the ledger; and none
    for its last cleaning.
    """
    now = timezone.now()
    open_ = Erasure.objects.filter(undone_at=None)
    late = open_.filter(destroyed_at=None, falls_at__lt=now - WITHIN)
    unclean = open_.filter(finished_at=None, letter_key=None, destroyed_at__lt=now - WITHIN - LETTER_STAYS)
    count, waiting = late.count() + unclean.count(), open_.filter(destroyed_at=None).count()
    if count:
        return Proof(
            False,
            sentence("{n} late", n=count),
            sentence(
                "{late} should have been destroyed by now, {unclean} cleaned up after.",
                late=late.count(),
                unclean=unclean.count(),
            ),
        )
    if wrong := recorded.out_of_time(now):
        return Proof(
            False,
            sentence("{n} not as promised", n=len(wrong)),
            sentence("By what each person was told: {wrong}.", wrong=joined(wrong[:5], "; ")),
        )
    done = open_.exclude(destroyed_at=None).count()
    if not done and not waiting:
        return Proof(None, sentence("0 erasures"), sentence("Nobody has asked for one in the last weeks."))
    return Proof(
        True,
        sentence("0 of {n} late", n=done + waiting),
        sentence(
            "{done} were done within a day of the day they were promised for; {waiting} wait for theirs.",
            done=done,
            waiting=waiting,
        ),
    )
