"""What an older program stored of its proofs is read as it was."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from kept.core.register.models import ProofAnswer

SUM = ("register", "0001_squashed_0002_sentences")
BEFORE, AFTER = [("register", "0001_initial")], [("register", "0002_sentences")]


@pytest.mark.django_db(transaction=True)
def test_answers_stored_as_plain_text_stay_what_they_were() -> None:
    moved = MigrationExecutor(connection)
    MigrationRecorder(connection).record_unapplied(*SUM)
    moved.loader = MigrationLoader(connection, replace_migrations=False)
    moved.migrate(BEFORE)
    now = timezone.now()
    moved.loader.project_state(BEFORE).apps.get_model("register", "ProofAnswer").objects.create(
        proof="one", state="kept", figure='3 "of" 4', text="Plain.", at=now, since=now, seconds=1
    )
    MigrationExecutor(connection).migrate(AFTER)
    row = ProofAnswer.objects.get()
    assert (row.figure, row.text, row.since) == ('3 "of" 4', "Plain.", now)
