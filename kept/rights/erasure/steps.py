"""From the day it falls due to the last trace: each step is committed before the next begins, and finds its
own work done when it is taken again.

begun (nobody can undo it now) → ended (what is under way with them) → held back (what a law keeps leaves her
name) → letter (sealed under a key of its own) → record (in the second place, then here) → destroyed (one
transaction) → contents of files → copies of mail → letter gone → last look → residue → receipt, part 2.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.core.ledger.notes.sign import SigningKeyError
from kept.core.ledger.record import Part, record
from kept.core.register.destroying import erasing, erasure_hooks, erasure_plans
from kept.core.vault import gate
from kept.core.vault.errors import VaultError
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.sealed_files.files import SealedFile
from kept.core.vault.subject_keys import keys, residue
from kept.outbox import silence
from kept.outbox.handing_over import transfers
from kept.outbox.mail import mail
from kept.outbox.models import Message
from kept.people.mailboxes import canonical
from kept.people.models import Person
from kept.rights.erasure import legal_holds, records
from kept.rights.erasure.models import LETTER_STAYS, LINGER, Erasure
from kept.rights.receipts import flows as receipts
from kept.rights.receipts.models import Receipt, new_number
from kept.sentences import Sentence, sentence

RIGHT = "own-data"
ERASER = SystemReader(job="erasure")
log = logging.getLogger("kept.erasure")


def advance(erasure: Erasure) -> bool:
    """Every step that can be taken now. True when nothing is left to do; else it is due again by itself."""
    for step in STEPS:
        try:
            if not step(erasure):
                return False
        except (records.RecordUnreachable, VaultError, OSError, DatabaseError, SigningKeyError) as trouble:
            # The type alone: a message may name a path or a value.
            log.error(
                "erasure %s could not go on at %s: %s",
                erasure.pk,
                step.__name__.strip("_"),
                type(trouble).__name__,
            )
            erasure.put_off(type(trouble).__name__)
            return False
    return True


def _begin(erasure: Erasure) -> bool:
    """From here on it is not undone any more; so the second place must answer first."""
    if erasure.begun_at is None:
        records.reachable()
        now = timezone.now()
        if not Erasure.objects.filter(pk=erasure.pk, undone_at=None, begun_at=None, falls_at__lte=now).update(
            begun_at=now, trouble=""
        ):
            return False
        erasure.begun_at = now
    return True


def _end(erasure: Erasure) -> bool:
    """What is under way with her ends first, in each room's way, while there is somebody it is about."""
    if erasure.destroyed_at is None and erasure.subject:
        erasure_hooks.begin(erasure.subject, name_of(erasure))
    return True


def _hold(erasure: Erasure) -> bool:
    if erasure.destroyed_at is None and erasure.subject:
        legal_holds.hold_back(erasure.subject, about=name_of(erasure))
    return True


def _letter(erasure: Erasure) -> bool:
    """What confirms it is written while there is an address, and outlives her key under one of its own, which
    dies when it is delivered.
    """
    if erasure.receipt or erasure.destroyed_at or erasure.subject is None:
        return True
    erasure.receipt = new_number()
    with gate.purpose(RIGHT, reader=ERASER, about=Job(name_of(erasure)), source="erasure"):
        addresses = addresses_of(erasure.subject)
        erasure.addresses = [silence.mark_of(address) for address in addresses]
        with transaction.atomic():
            if addresses:
                _enveloped(erasure, addresses[0])
            erasure.save(update_fields=["receipt", "addresses", "letter", "letter_key"])
    return True


def _enveloped(erasure: Erasure, address: str) -> None:
    erasure.letter_key = uuid4()
    keys.enrol(erasure.letter_key, erasure.controller)
    letter = mail(
        subject=erasure.letter_key,
        to=address,
        template="erasure/mail/erased.txt",
        context=_told(erasure, address),
        purpose=RIGHT,
    )
    Message.objects.filter(pk=letter.pk).update(due_at=None)
    erasure.letter = letter.pk


def addresses_of(subject: UUID) -> list[str]:
    """Where somebody signs in, then where they are written to. Inside an act."""
    found = list(User.objects.filter(person=subject).values_list("email", flat=True))
    person = Person.objects.filter(pk=subject).first() if not keys.erased(subject) else None
    if person is not None and person.email:
        found.append(person.email)
    return list(dict.fromkeys(map(canonical, found)))


def _told(erasure: Erasure, address: str) -> dict[str, object]:
    mark = silence.mark_of(address)
    back = settings.KEPT_SITE + reverse("silence", args=[mark, silence.way_back(mark)])
    receipt = settings.KEPT_SITE + reverse("receipt", args=[erasure.receipt])
    return {"receipt": receipt, "number": erasure.receipt, "silence": erasure.silence, "back": back}


def _record(erasure: Erasure) -> bool:
    """Written down in the second place, flushed to its disk, and here, before a byte is destroyed."""
    if erasure.recorded_at is None and erasure.subject:
        now = timezone.now()
        silent = erasure.addresses[0] if erasure.silence and erasure.addresses else ""
        records.write(records.make(id=erasure.pk, subject=erasure.subject, at=now, silent=silent))
        Erasure.objects.filter(pk=erasure.pk).update(recorded_at=now)
        erasure.recorded_at = now
    return True


def _destroy(erasure: Erasure) -> bool:
    """One transaction: her rows, her key, the entry, the receipt, the silence; and the letter may leave."""
    if erasure.destroyed_at is not None:
        return True
    with transaction.atomic():
        row = Erasure.objects.select_for_update().get(pk=erasure.pk)
        if row.destroyed_at is None and row.subject is not None:
            _destroyed(row)
    erasure.refresh_from_db()
    return True


def _destroyed(erasure: Erasure) -> None:
    ruling, now, subject, act = versions.current(), timezone.now(), erasure.subject, uuid4()
    assert subject is not None
    key = keys.load_keys((subject,)).get(subject)
    files = [str(file) for file in SealedFile.of(subject)]
    if key is not None:
        part = Part(key.alias, key.salt(act), {"what": "Erased", "fields": {}, "categories": []})
        record(
            "erased",
            purpose=RIGHT,
            role=_role(erasure),
            entity=erasure.controller,
            about=name_of(erasure),
            policy=ruling.number,
            parts=[part],
            act_id=act,
            at=now,
        )
    told = transfers.follow(subject=subject, kind="erasure", about=erasure.pk)
    counts = erasing.destroy_rows(subject, choices=erasure.choices)
    if erasure.silence:
        for mark in erasure.addresses:
            silence.silence_mark(mark, at=now)
    receipts.give(
        "erasure",
        number=erasure.receipt,
        controller=erasure.controller,
        at=now,
        act=act,
        ruling=ruling,
        more=_said(erasure, counts, told),
    )
    Message.objects.filter(pk=erasure.letter).update(due_at=now, queued_at=now)
    Erasure.objects.filter(pk=erasure.pk).update(
        destroyed_at=now, counts=counts, files=files, about="", trouble="", attempts=0
    )


def _said(erasure: Erasure, counts: dict[str, int], told: int) -> dict[str, str]:
    kept = (
        sentence("A keyed hash of the address, so that nobody writes to it, for that alone.")
        if erasure.silence
        else sentence("Nothing.")
    )
    asked = timezone.localdate(erasure.asked_at)
    return {
        sentence("State"): sentence("Destroyed: the key, and with it everything it sealed"),
        sentence("Records destroyed"): sentence(
            "{count} in {tables} tables", count=sum(counts.values()), tables=len(counts)
        ),
        sentence("Asked for"): sentence("{day}, {by}", day=asked, by=_BY[erasure.source]),
        sentence("Recipients told to erase it too"): str(told) if told else sentence("None had anything"),
        sentence("Kept"): kept,
        sentence("Traces in the database’s own files"): sentence(
            "Being cleaned. The next part of this receipt says when the last was gone."
        ),
    }


_BY: Mapping[str, Sentence] = {
    Erasure.Source.SELF: sentence("by the person"),
    Erasure.Source.CONTROLLER: sentence("by the data controller"),
    Erasure.Source.AGENT: sentence("by their agent"),
    Erasure.Source.OPERATOR: sentence("by the operator"),
}
"""Whoever asked, on a receipt that names nobody."""


def _role(erasure: Erasure) -> str:
    return {"self": "self", "controller": "controller"}.get(erasure.source, "system")


def _remove_files(erasure: Erasure) -> bool:
    if erasure.files:
        erasing.remove_contents(UUID(file) for file in erasure.files)
        Erasure.objects.filter(pk=erasure.pk).update(files=[])
        erasure.files = []
    return True


def _sweep(erasure: Erasure) -> bool:
    """Copies of mail and of half-made sign-ins, wherever a room keeps some: found by the keyed hash of the
    address.
    """
    if erasure.addresses:
        spared = erasure.letter if _letter_can_be_read(erasure) else None
        erasure_hooks.sweep(lambda address: silence.mark_of(address) in erasure.addresses, spared)
    return True


def _letter_can_be_read(erasure: Erasure) -> bool:
    assert erasure.destroyed_at is not None
    return silence.stays_here() and timezone.now() < erasure.destroyed_at + LETTER_STAYS


def _letter_gone(erasure: Erasure) -> bool:
    """Delivered, or given up: what it was sealed under dies."""
    if erasure.letter_key is None:
        return True
    if Message.objects.filter(pk=erasure.letter, delivered_at=None, given_up_at=None).exists():
        erasure.later(timedelta(seconds=2))
        return False
    if _letter_can_be_read(erasure):
        assert erasure.destroyed_at is not None
        erasure.later(erasure.destroyed_at + LETTER_STAYS - timezone.now())
        return False
    with transaction.atomic():
        erasing.destroy_rows(erasure.letter_key)
        Erasure.objects.filter(pk=erasure.pk).update(letter=None, letter_key=None, addresses=[])
    erasure.letter = erasure.letter_key = None
    return True


def _last_look(erasure: Erasure) -> bool:
    """A request that was under way may have written something of hers after the destruction. It goes too."""
    if erasure.remainder is None:
        return True
    assert erasure.destroyed_at is not None
    wait = erasure.destroyed_at + LINGER - timezone.now()
    if wait > timedelta(0):
        erasure.later(wait)
        return False
    with transaction.atomic():
        erasing.destroy_rows(erasure.remainder)
        Erasure.objects.filter(pk=erasure.pk).update(remainder=None, addresses=[])
    erasure.remainder = None
    return True


def _clean(erasure: Erasure) -> bool:
    if erasure.finished_at is None and not residue.clean(_tables(erasure)):
        erasure.later(timedelta(seconds=5))
        return False
    return True


def _tables(erasure: Erasure) -> set[str]:
    """Those that something of hers was deleted from or emptied in, at the erasure or after it."""
    return {*erasure.counts, *erasure_plans.WITH_THE_KEY, Erasure._meta.db_table, Message._meta.db_table}


def _finish(erasure: Erasure) -> bool:
    if erasure.finished_at is not None:
        return True
    with transaction.atomic():
        row = Erasure.objects.select_for_update().get(pk=erasure.pk)
        if row.finished_at is None:
            now = timezone.now()
            first = Receipt.objects.filter(number=row.receipt).order_by("-part").first()
            if first is not None:
                more: dict[str, str] = {
                    sentence("State"): sentence("Whole: nothing is left"),
                    sentence("Traces in the database’s own files"): _gone(now),
                }
                receipts.go_on(first, controller=row.controller, more=more, at=now)
            Erasure.objects.filter(pk=row.pk).update(
                finished_at=now, due_at=None, trouble="", attempts=0, addresses=[]
            )
    erasure.refresh_from_db()
    return True


def _gone(now: datetime) -> Sentence:
    """What cleaning has done, for a receipt that says no more than is so."""
    when = {"day": timezone.localdate(now), "clock": f"{timezone.localtime(now):%H:%M}"}
    if connection.vendor == "postgresql":
        return sentence(
            "Vacuumed on {day} at {clock}: no query reaches them, and their space is overwritten as it is"
            " used again",
            **when,
        )
    return sentence("Gone on {day} at {clock}", **when)


def name_of(erasure: Erasure) -> str:
    return erasure.about or f"erasure {str(erasure.pk)[:8]}"


STEPS: tuple[Callable[[Erasure], bool], ...] = (
    _begin,
    _end,
    _hold,
    _letter,
    _record,
    _destroy,
    _remove_files,
    _sweep,
    _letter_gone,
    _last_look,
    _clean,
    _finish,
)
