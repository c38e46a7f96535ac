"""A correction passes by the rules of what it corrects: each room names its own verb for a value that has
rules.

Where none is named, a value is free text or a choice that its field checks by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

Verb = Callable[[Any, Any], None]
"""Changes the row to the new value and saves it, with whatever follows from it.

Raises ValueError with the sentence for the person.
"""
VERBS: dict[tuple[type[models.Model], str], Verb] = {}


def corrects(model: type[models.Model], **verbs: Verb) -> None:
    """Declare by which verb a column is corrected: ``corrects(Holding,
    purchase_date=Holding.correct_purchase)``.
    """
    for column, verb in verbs.items():
        model._meta.get_field(column)
        VERBS[model, column] = verb


def correct(instance: models.Model, attribute: str, content: Any) -> None:
    """Put the value in the place of the old one.

    Joins the open act and transaction. Raises ValueError, ValidationError, IntegrityError.
    """
    verb = VERBS.get((type(instance), attribute))
    if verb is not None:
        verb(instance, content)
        return
    setattr(instance, attribute, content)
    instance.save(
        update_fields=[field.name for field in instance._meta.concrete_fields if field.attname == attribute]
    )
