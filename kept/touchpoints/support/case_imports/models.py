"""What came across from where: by it the same export changes nothing, and a whole import is taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from kept.core.vault.sealing.sealed_box import Box

MARKS = Box("support.imported")


class CaseImport(models.Model):
    """One export that was taken in; run again after it was cut off, it is the same one."""

    class System(models.TextChoices):
        CSV = "csv", "CSV"
        ZAMMAD = "zammad", "Zammad"
        FREESCOUT = "freescout", "FreeScout"

    system = models.CharField(max_length=20, choices=System)
    # Which one, where there are several of a kind; given by the operator.
    called = models.CharField(max_length=60, blank=True)
    # The hash of the files, so that the same export is known again.
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["system", "called", "digest"],
                condition=models.Q(taken_back_at=None),
                name="support_imported_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.at:%Y-%m-%d}"

    def mark(self, kind: str, key: str) -> str:
        """The keyed hash of one row of the other program: the same in every export of it."""
        return MARKS.mark("|".join((self.system, self.called, kind, key)))


class ImportedCase(models.Model):
    """That a case came from elsewhere. Its row outlives the case: what was erased does not come again.

    ``recorded_at``: None where the program died before the ledger had it; the next run says it.
    """

    batch = models.ForeignKey(CaseImport, on_delete=models.CASCADE, related_name="cases")
    case = models.OneToOneField("support.Case", null=True, on_delete=models.SET_NULL, related_name="came_by")
    mark = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(null=True)
    # Whether its person was made for it.
    made_person = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"imported {self.at:%Y-%m-%d}"
