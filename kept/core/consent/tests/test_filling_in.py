"""A yes from before ``given_under`` lapses by the version it was given to: the migration reads it from the
choices.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.utils import timezone

from kept.core.consent.models import Choice, ShownNotice, StandingRow

pytestmark = pytest.mark.django_db
fill_in = import_module("kept.core.consent.migrations.0004_given_under_filled_in").fill_in


def said(subject: Any, purpose: str, answer: str, policy: int) -> None:
    notice, _ = ShownNotice.objects.get_or_create(
        hash=f"{policy:064d}", defaults={"text": "x", "clause": "1.1", "policy": policy, "language": "en"}
    )
    Choice.objects.create(
        subject=subject, purpose=purpose, answer=answer, notice=notice, source="a test", at=timezone.now()
    )


def test_each_yes_gets_the_version_of_its_latest_yes() -> None:
    old, new, empty = uuid4(), uuid4(), uuid4()
    for policy, answer in ((1, "yes"), (2, "no"), (3, "yes"), (4, "acknowledged")):
        said(old, "news", answer, policy)
    said(old, "visits", "yes", 2)
    said(new, "news", "yes", 1)
    StandingRow.objects.create(subject=old, consents=["news", "other"], given_under={})
    StandingRow.objects.create(subject=new, consents=["news"], given_under={"news": 5})
    StandingRow.objects.create(subject=empty)
    for _ in range(2):
        fill_in(apps, None)
        assert StandingRow.objects.get(subject=old).given_under == {"news": 3}, (
            "of what she consents to, and as far as a choice tells"
        )
        assert StandingRow.objects.get(subject=new).given_under == {"news": 5}, "what is known stays"
        assert StandingRow.objects.get(subject=empty).given_under == {}
