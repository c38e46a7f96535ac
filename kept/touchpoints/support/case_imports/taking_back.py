"""A whole import taken back: its cases, and the persons it made whom nothing else is known of."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register import holdings
from kept.core.register.destroying import expiring
from kept.core.vault import gate
from kept.core.vault.readers import Job
from kept.core.vault.sealed_files.files import SealedFile
from kept.people.models import Person
from kept.sentences import sentence
from kept.touchpoints.support import recorded
from kept.touchpoints.support.case_imports.import_run import IMPORTER, lives_here
from kept.touchpoints.support.case_imports.models import CaseImport, ImportedCase
from kept.touchpoints.support.models import Attachment, Case

ALONE = {Person._meta.db_table, "consent_standingrow"}
"""Tables that hold a row of everybody, as soon as they are known."""


@dataclass(slots=True)
class TakenBack:
    """``kept``: references of cases that live on, because somebody worked on them here."""

    cases: int = 0
    persons: int = 0
    kept: list[str] = field(default_factory=list)


def take_back(batch: CaseImport, *, save: bool) -> TakenBack:
    """Undo an import, one case and one transaction at a time; stopped on the way, it is run again.

    ``save`` False says what would go. What somebody worked on since stays, with the person it is about.
    """
    done = TakenBack()
    at_the_desk, _acts = recorded.of_staff()
    # The newest first: the case a person was made for goes last of theirs, and the person with it.
    for one in batch.cases.select_related("case__person").order_by("-pk").iterator(chunk_size=200):
        if one.case is None:
            # Its person was erased, or its time was over: that stays known.
            continue
        if lives_here(one) or one.case.reference in at_the_desk:
            done.kept.append(one.case.reference)
            continue
        person = one.case.person_id
        done.cases += 1
        if save:
            _remove(one, one.case)
            done.persons += one.made_person and _forget_if_alone(person)
        else:
            done.persons += one.made_person
    if save and not done.kept:
        CaseImport.objects.filter(pk=batch.pk).update(taken_back_at=timezone.now())
    return done


def _remove(one: ImportedCase, case: Case) -> None:
    with (
        gate.purpose(case.purpose, reader=IMPORTER, about=Job(f"support.import: {one.batch_id}")) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        for file in Attachment.objects.filter(message__case=case).values_list("file", flat=True):
            SealedFile.drop(file)
        what = sentence(
            "Case {reference} had come over by mistake, and was taken away", reference=case.reference
        )
        act.touch(case.person_id, what=what)
        one.delete()
        case.delete()


def _forget_if_alone(person: UUID) -> bool:
    """Whoever was made for a case, and of whom nothing else is here. Killed before it, the sweep of what has
    outlived its time finds them.
    """
    here = {table.table for table in holdings.known(person)}
    if here - ALONE:
        return False
    return expiring.forget(person, policy=versions.current().number)
