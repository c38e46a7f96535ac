"""A column for sentences people read: each keeps its message and its values, so that it is said in the
language of whoever reads it, however long ago it was written.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from kept.sentences import packed, unpacked


class SentenceField(models.JSONField):
    """A ``str`` that is a ``Sentence`` where it was stored as one; other text lies there as it is."""

    def get_prep_value(self, value: Any) -> Any:
        return packed(value) if isinstance(value, str) else super().get_prep_value(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return unpacked(super().from_db_value(value, expression, connection))
