"""What is known about a sealed file; its content stands in KEPT_HOME/files. See files.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import models
from django.utils import timezone


class SealedFileRow(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    subject = models.UUIDField(db_index=True)
    category = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField()
    # Sealed under the subject's key: the file's own key, its name and its media type.
    header = models.BinaryField()

    def __str__(self) -> str:
        return f"sealed file {str(self.pk)[:8]}"


class RemovedFile(models.Model):
    """The record of a sealed file that went on purpose: written with the deletion of its row, in the same
    transaction.

    Whoever reads an older moment of the database, a backup, tells by it what was forgotten from what was
    lost. Random numbers and times alone: the number leads to nobody once the row is gone.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"removed file {str(self.pk)[:8]}"

    @staticmethod
    def note(files: Iterable[UUID]) -> None:
        """Write down that these go now. Once more changes nothing."""
        RemovedFile.objects.bulk_create([RemovedFile(id=file) for file in files], ignore_conflicts=True)

    @staticmethod
    def since(moment: datetime) -> set[UUID]:
        """Those that went after a moment."""
        return set(RemovedFile.objects.filter(at__gte=moment).values_list("pk", flat=True))
