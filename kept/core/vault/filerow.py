"""What is known about a sealed file; its content stands in KEPT_HOME/files. See files.py."""

from __future__ import annotations

from uuid import uuid4

from django.db import models


class SealedFileRow(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    subject = models.UUIDField(db_index=True)
    category = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField()
    # Sealed under the subject's key: the file's own key, its name and its media type.
    header = models.BinaryField()

    def __str__(self) -> str:
        return f"sealed file {str(self.pk)[:8]}"
