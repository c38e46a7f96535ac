"""Asking for a copy: small ones at once, large ones by the worker, in the person's own name."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from kept.core.policy.model import Policy
from kept.core.prepared import Prepared
from kept.core.register.holdings import counted
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased, VaultError
from kept.core.vault.readers import Job, Reader, SelfReader, SystemReader
from kept.core.vault.sealed_files.files import SealedFile
from kept.core.vault.tickets import redeem
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.rights.access.language_shown import written_in
from kept.rights.copies.copy_builder import CopyStopped, pack
from kept.rights.models import Copy
from kept.sentences import sentence

if TYPE_CHECKING:
    from kept.core.vault.session_proofs import SessionProof

SMALL = 2000
"""Up to so many records a copy is made while the person waits: about a quarter of a second."""
AGAIN_AFTER = timedelta(hours=1)
LIVES = timedelta(days=14)
COPIER = SystemReader(job="rights.copies")
TICKET_LIVES = timedelta(days=2)
IN_MEMORY = 4_000_000
"""Bytes of a copy that are held in memory while it is packed."""
NOTED_EVERY = 0.5
"""Seconds between two notes of how far a copy is; far below its lease."""
_PERSON = Prepared(lambda subject: Person.objects.filter(pk=subject))
log = logging.getLogger("kept.rights")


class CopyStillValid(Exception):
    """There is one from less than an hour ago. ``copy`` is it."""

    def __init__(self, copy: Copy) -> None:
        super().__init__("A copy from less than an hour ago is still valid.")
        self.copy = copy

    @property
    def again_at(self) -> object:
        return self.copy.asked_at + AGAIN_AFTER


def count(subject: UUID) -> int:
    """How many records a whole copy would hold."""
    return sum(holding.known or 0 for holding in counted(subject))


def ask(*, subject: UUID, proof: SessionProof, categories: Sequence[str]) -> Copy:
    """Put a copy on the list.

    Raises CopyStillValid when one is being made or was made within the hour for the same kinds of data.
    """
    now = timezone.now()
    with transaction.atomic():
        recent = Copy.objects.select_for_update().filter(
            subject=subject, asked_at__gt=now - AGAIN_AFTER, stopped_at=None
        )
        # One made at once was handed over, and is not here to be fetched again.
        recent = recent.exclude(finished_at__isnull=False, file=None)
        for copy in recent:
            if sorted(copy.categories) == sorted(categories):
                raise CopyStillValid(copy)
        copy = Copy(subject=subject, categories=list(categories), all=count(subject), due_at=now)
        copy.ticket = proof.ticket(str(copy.pk), until=now + TICKET_LIVES)
        copy.save(force_insert=True)
    return copy


def ask_for(*, subject: UUID, request: str) -> Copy:
    """Put a copy on the list that answers a request. Asked again, it is the same copy.

    The controller has it made and does not see it; one that is posted is the exception
    (``requests.fulfilment``).
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=subject)
        made = Copy.objects.filter(subject=subject, request=request, stopped_at=None).first()
        return made or Copy.objects.create(
            subject=subject,
            request=request,
            all=count(subject),
            asked_at=timezone.now(),
            due_at=timezone.now(),
        )


def small(subject: UUID) -> bool:
    return count(subject) <= SMALL and not SealedFile.of(subject)


def make_now(*, subject: UUID, reader: SelfReader, categories: Sequence[str]) -> bytes:
    """The ZIP itself, for a small copy."""
    out = BytesIO()
    pack(subject=subject, reader=reader, about=subject, out=out, categories=categories or None)
    with transaction.atomic():
        now = timezone.now()
        Copy.objects.create(
            subject=subject, categories=list(categories), size=out.tell(), finished_at=now, dies_at=now
        )
    return out.getvalue()


def make_due() -> int:
    """Make the copy that is longest due. Returns 1 when one was worked on."""
    copy = Copy.claim(timezone.now())
    if copy is None:
        return 0
    try:
        _make(copy)
    except CopyStopped:
        log.info("copy %s was stopped by its owner", copy.pk)
    except (VaultError, OSError) as trouble:
        log.warning("copy %s failed: %s", copy.pk, type(trouble).__name__)
        if copy.fail(type(trouble).__name__):
            log.error(
                "copy %s was given up: %s. Whoever asked for it is told on the page of copies.",
                copy.pk,
                type(trouble).__name__,
            )
    return 1


def _make(copy: Copy) -> None:
    reader, about, said = _who_reads(copy)
    folder = settings.KEPT_HOME / "files"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Unlinked as soon as it is open: whatever kills the worker, nothing readable is left on the disk.
    # A small one is never on the disk at all before it is sealed.
    with tempfile.SpooledTemporaryFile(IN_MEMORY, dir=folder) as spooled:
        out = cast(BinaryIO, spooled)
        taken = copy.categories or None
        with override(_language_of(copy.subject)):
            packed = pack(
                subject=copy.subject,
                reader=reader,
                about=about,
                out=out,
                categories=taken,
                progress=_Noting(copy),
                said=said,
            )
        copy.left_out = packed.unreadable
        if packed.unreadable:
            log.error(
                "copy %s lacks %d sealed files that cannot be read. Look for them in the backups.",
                copy.pk,
                packed.unreadable,
            )
        size = out.tell()
        out.seek(0)
        opened = gate.purpose("own-data", reader=reader, about=about, source="copy")
        if copy.request:
            with opened as act, transaction.atomic():
                _keep(copy, out, size, act)
        else:
            # One's own purpose opens inside the transaction, so that a copy that was stopped leaves no entry
            # either.
            with transaction.atomic(), opened as act:
                _keep(copy, out, size, act)


def _keep(copy: Copy, out: BinaryIO, size: int, act: gate.Act) -> None:
    file = SealedFile.write(
        copy.subject, out, category="rights.request", name="copy.zip", media_type="application/zip"
    )
    if not copy.finish(file=file, size=size, lives=_lives(act.ruling.policy)):
        raise CopyStopped  # and the file goes with the transaction
    _tell(copy)


def _who_reads(copy: Copy) -> tuple[Reader, UUID | Job, str]:
    """The person, by the ticket she left; or the program, for the request a controller answers with it.

    Raises PurposeRequired for neither.
    """
    if not copy.request:
        return redeem(copy.ticket, subject=copy.subject, request=str(copy.pk)), copy.subject, ""
    told = sentence("A copy of your data was made, to answer {reference}", reference=copy.request)
    return COPIER, Job(f"request {copy.request}"), told


def _language_of(subject: UUID) -> str:
    """The one she chose: what a worker makes for her, it makes in that."""
    person = _PERSON.first(subject)
    return written_in(person.language if person is not None else "")


class _Noting:
    """Notes how far a copy is, now and then: each note is a transaction, and costs what a table costs."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self.last = time.monotonic()

    def __call__(self, done: int) -> bool:
        if time.monotonic() - self.last < NOTED_EVERY:
            return True
        self.last = time.monotonic()
        return self.copy.progress(done)


def _lives(policy: Policy) -> timedelta:
    """How long a finished copy waits, by the policy's own clock."""
    clock = policy.clocks.get("copy")
    return clock.within.length() if clock else LIVES


def _tell(copy: Copy) -> None:
    person = _PERSON.first(copy.subject)
    if person is None:
        raise KeyErased("This person was erased while their copy was made.")
    context = {
        "address": settings.KEPT_SITE + reverse("copy"),
        "until": copy.dies_at,
        "left_out": copy.left_out,
    }
    mail(
        subject=copy.subject,
        to=person.email,
        template="rights/mail/copy_ready.txt",
        context=context,
        purpose="own-data",
    )


def throw_away_dead() -> int:
    """Finished copies past their day are destroyed: the file's row first, so that what a crash leaves cannot
    be opened.
    """
    gone = 0
    for copy in Copy.objects.filter(dies_at__lte=timezone.now()).exclude(file=None):
        if copy.file is not None:
            SealedFile.remove(copy.file)
        copy.file = None
        copy.save(update_fields=["file"])
        gone += 1
    return gone
