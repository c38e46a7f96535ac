"""What the rights room can prove: nothing is kept about a person that their own page or copy would leave
out.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from django.apps import apps
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.decide import decide
from kept.core.policy.verdict import SELF, Allowed, Reader, Standing
from kept.core.register.holdings import holdings
from kept.core.register.inventory import personal_columns
from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import Proof, proof
from kept.core.vault.columns.fields import SealedModel
from kept.people.models import Person
from kept.rights.copies import copies_made
from kept.sentences import counted, sentence

SAMPLE = 10


@proof(
    "rights.everything_shown",
    promise="see-and-correct",
    title=sentence("Everything sealed for a person is on their page"),
    unseen=sentence("Persons who were not drawn by lot this time, and what staff keep outside the portal."),
)
def everything_shown() -> Proof:
    """For persons drawn by lot: the rows sealed under their key, found by the seal, against the rows their
    page shows, found by the declarations.
    """
    subjects = _some_persons()
    rows, missing = 0, set()
    for subject in subjects:
        shown = {
            (holding.table, pk)
            for holding in holdings(subject)
            for pk in holding.query().values_list("pk", flat=True)
        }
        sealed = _sealed_rows(subject)
        rows += len(sealed)
        missing |= {table for table, _ in sealed - shown}
    if missing:
        return Proof(
            False,
            counted("{n} table left out", "{n} tables left out", len(missing)),
            sentence("Not on the page: rows of {tables}.", tables=", ".join(sorted(missing))),
        )
    if not subjects:
        return Proof(None, sentence("nobody yet"), sentence("Nobody has an ID yet."))
    return Proof(
        True,
        sentence("{n} of {n} rows", n=rows),
        sentence(
            "{n} persons were drawn by lot. Every row sealed for them is on their page.", n=len(subjects)
        ),
    )


def _some_persons() -> list[UUID]:
    """By lot, without sorting the whole table: the next ones after a random id."""
    start = UUID(bytes=secrets.token_bytes(16))
    known = Person.objects.order_by("pk").values_list("pk", flat=True)
    found = list(known.filter(pk__gte=start)[:SAMPLE])
    return found + list(known.filter(pk__lt=start)[: SAMPLE - len(found)])


def _sealed_rows(subject: UUID) -> set[tuple[str, UUID]]:
    found = set()
    for model in apps.get_models():
        if issubclass(model, SealedModel):
            keys = model._base_manager.filter(model.of_subject(subject)).values_list("pk", flat=True)
            found |= {(model._meta.db_table, pk) for pk in keys}
    return found


@proof(
    "rights.copy_complete",
    promise="your-copy",
    title=sentence("A copy holds every column that holds something of you"),
    unseen=sentence(
        "Copies before the newest 20, what in them was never sealed, and what staff keep outside the portal."
    ),
)
def copy_complete() -> Proof:
    """Every declared column, asked of the policy as the person herself would ask; and the newest copies that
    were really made: what was sealed for her before and is held still, against what was opened for her copy.
    """
    ruling, today = versions.current(), timezone.localdate()
    columns = [column for _, column in personal_columns()]
    kinds = {column.category for column in columns}
    refused = {
        category
        for category in kinds
        for policy in ruling.policies
        if not isinstance(
            decide(policy, "own-data", category, Reader(SELF), Standing(), None, today), Allowed
        )
    }
    if refused:
        short = sum(column.category in refused for column in columns)
        return Proof(
            False,
            sentence("{short} of {all} columns missing", short=short, all=len(columns)),
            sentence(
                "The policy keeps these kinds from the person's own copy: {kinds}.",
                kinds=", ".join(sorted(refused)),
            ),
        )
    copies, missing = copies_made.incomplete()
    if missing:
        return Proof(
            False,
            sentence("{n} fields left out", n=len(missing)),
            sentence(
                "Held, and not in a copy that was to be whole: {fields}.", fields=", ".join(missing[:5])
            ),
        )
    text = (
        sentence(
            "{kinds} kinds of data are held, and a person's copy has all of them. The newest {copies} whole"
            " copies held all there was.",
            kinds=len(kinds),
            copies=copies,
        )
        if copies
        else sentence(
            "{kinds} kinds of data are held, and a person's copy has all of them. Nobody has taken a whole"
            " copy yet.",
            kinds=len(kinds),
        )
    )
    return Proof(True, sentence("{n} of {n} columns", n=len(columns)), text)


@proof(
    "rights.seen_and_corrected",
    promise="see-and-correct",
    title=sentence("What somebody tells stands on her page, and what she corrects there stands there after"),
    unseen=sentence(
        "Kinds of data that an invented customer does not tell, and corrections that a controller decides."
    ),
    moment=False,
    every=walk_findings.EVERY,
)
def seen_and_corrected() -> Proof:
    """The pages of an invented customer, as they left: what she told in a registration, and a number she
    corrected.
    """
    text = sentence(
        "An invented customer found all she had told on the page of her data, corrected a number, and found"
        " the right one there."
    )
    return walk_findings.judged(
        ("shown",), figure=sentence("{values seen} values"), text=text, needs=("values seen",)
    )
