"""A file begun, continued, used or let go. Each piece is one act and one transaction: there is all of it, or
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.readers import SelfReader
from kept.core.vault.sealed_files.files import SealedFile
from kept.people.models import Person
from kept.sentences import sentence
from kept.touchpoints.support.cases import attachments, topics
from kept.touchpoints.support.cases.attachments import File, NotTaken
from kept.touchpoints.support.cases.flows import SOURCES
from kept.touchpoints.support.uploading.models import CaseUpload, UploadPart

PIECE = 4_000_000
"""Bytes of the largest piece."""
WAITING = 10
"""So many files of one person may wait for their forms."""
HEAD = 512


class OtherOffset(Exception):
    """The file is continued somewhere else than where it ends. ``upload`` says where that is."""

    def __init__(self, upload: CaseUpload) -> None:
        super().__init__("The file ends elsewhere.")
        self.upload = upload


def _act(reader: SelfReader, kind: str) -> gate.purpose:
    return gate.purpose(topics.PURPOSE_OF[kind], reader=reader, about=reader.subject, source=SOURCES["web"])


def begin(*, reader: SelfReader, person: Person, kind: str, name: str, size: int) -> CaseUpload:
    """Announce a file. What its name and its size tell already is judged now. Raises NotTaken."""
    called = attachments.plain_name(name)
    attachments.judge(called, size)
    if CaseUpload.objects.alive().filter(person=person).count() >= WAITING:
        raise NotTaken(
            _("{most} files wait for their forms already. Send or remove some").format(most=WAITING)
        )
    with _act(reader, kind) as act, transaction.atomic():
        act.kind = "collected"
        made = CaseUpload(person=person, kind=kind, size=size, touched_at=timezone.now())
        setattr(made, made.said_in, called)
        made.save(force_insert=True)
        act.touch(person.pk, what=sentence("You began to send a file for a case"))
    return made


def append(*, reader: SelfReader, upload: CaseUpload, offset: int, piece: bytes) -> CaseUpload:
    """Add a piece where the file ends; at the first and at the last its bytes are judged.

    Raises OtherOffset, and NotTaken, after which the file is gone; FileNotKept.
    """
    try:
        with _act(reader, upload.kind) as act, transaction.atomic():
            act.kind = "collected"
            found: CaseUpload | None = CaseUpload.objects.select_for_update().filter(pk=upload.pk).first()
            if found is None or found.taken != offset or not piece or offset + len(piece) > found.size:
                raise OtherOffset(found or upload)
            file = SealedFile.write(
                found.person_id, [piece], category=_category(found.kind), name=found.called
            )
            UploadPart.objects.create(upload=found, number=found.pieces.count(), file=file)
            found.taken += len(piece)
            found.touched_at = timezone.now()
            if offset < HEAD or found.done:
                head = piece[:HEAD] if offset == 0 else b"".join(_content(found, most=HEAD))
                if len(head) == min(HEAD, found.size):
                    found.media_type = attachments.kind_of(found.called, head)
            if found.done and found.media_type.startswith("image/"):
                _picture(found)
            found.save(update_fields=["taken", "touched_at", "media_type"])
            act.touch(found.person_id, what=sentence("You sent a piece of a file for a case"))
    except NotTaken:
        remove([upload.pk])
        raise
    return found


def _category(kind: str) -> str:
    return "sales.content" if kind == topics.SALES else "support.content"


def _content(upload: CaseUpload, *, most: int = 0) -> Iterator[bytes]:
    """Piece by piece; with ``most`` no more than so many bytes. Inside an act."""
    left = most
    for part in list(upload.pieces.all()):
        for chunk in SealedFile.open(part.file):
            yield chunk[:left] if most else chunk
            left -= len(chunk)
            if most and left <= 0:
                return


def _picture(upload: CaseUpload) -> bytes:
    """A picture without what it tells beside itself, as a whole. Inside an act. Raises NotTaken."""
    return attachments.without_metadata(upload.called, b"".join(_content(upload)), upload.media_type)


def of(person: Person, kind: str) -> Any:
    """Those that wait for a form of this kind, the oldest first."""
    return CaseUpload.objects.alive().filter(person=person, kind=kind).order_by("touched_at")


def waiting(reader: SelfReader, person: Person, kind: str) -> list[dict[str, Any]]:
    """The same for a page, with their names."""
    if not of(person, kind).exists():
        return []
    with _act(reader, kind):
        return [
            {"id": one.pk, "name": one.called, "size": one.size, "done": one.done, "percent": one.percent}
            for one in of(person, kind)
        ]


def chosen(person: Person, kind: str, ids: Sequence[str]) -> list[CaseUpload]:
    """Those that a form names, as far as they are theirs and whole; others are left aside."""
    known = []
    for id in ids[: WAITING * 2]:
        try:
            known.append(UUID(id))
        except ValueError:
            continue
    return [one for one in of(person, kind).filter(pk__in=known) if one.done]


def files(uploads: Sequence[CaseUpload], reader: SelfReader) -> list[File]:
    """As files of a message: their content is read when they are kept, inside the act that keeps them."""
    if not uploads:
        return []
    with _act(reader, uploads[0].kind):
        names = [one.called for one in uploads]
    return [File(name, one.media_type, _Joined(one)) for name, one in zip(names, uploads, strict=True)]


class _Joined:
    """The content of an upload, for whoever iterates over it. A picture loses what it tells beside itself."""

    def __init__(self, upload: CaseUpload) -> None:
        self._upload = upload

    def __iter__(self) -> Iterator[bytes]:
        if not self._upload.media_type.startswith("image/"):
            return _content(self._upload)
        return iter([_picture(self._upload)])


def remove(ids: Sequence[UUID]) -> int:
    """Let files go, with their pieces; how many. Joins a transaction that is open."""
    with transaction.atomic():
        for file in UploadPart.objects.filter(upload__in=ids).values_list("file", flat=True):
            SealedFile.drop(file)
        return int(CaseUpload.objects.filter(pk__in=ids).delete()[1].get(CaseUpload._meta.label, 0))


def forget_dead() -> int:
    """Those nobody sent, and those nobody went on with, after a week."""
    return remove(list(CaseUpload.objects.dead().values_list("pk", flat=True)[:500]))
