"""That a card number cannot be kept: tried on every sealed field there is, with numbers nobody was ever
issued.
"""

from __future__ import annotations

from secrets import randbelow

from kept.core.ledger import versions
from kept.core.register.inventory import Kind, tables
from kept.core.register.proving.proofs import Proof, proof
from kept.core.vault import gate
from kept.core.vault.columns.fields import SealedField
from kept.core.vault.columns.sealed import seal_for
from kept.core.vault.errors import VaultError
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.sealing.cards import CardNumberRefused, refuse_card_number
from kept.core.vault.subject_keys import sampling
from kept.sentences import sentence

NAME = "vault.no_card_number"
SAMPLE = 200
"""Rows of each table that are searched each time: sealed ones by lot, others the newest."""


@proof(
    NAME,
    promise="listed-kinds",
    title=sentence("Every sealed field refuses a card number"),
    unseen=(
        sentence(
            "A card number with words between its figures, what was not drawn by lot this time, "
            "and what is in files."
        )
    ),
    moment=False,
)
def no_card_number() -> Proof:
    """Each field is offered a number with a right check digit.

    A field that would seal it breaks the promise.
    """
    fields = [
        (table, field)
        for table in tables()
        if table.model
        for field in table.model._meta.concrete_fields
        if isinstance(field, SealedField)
    ]
    purpose = next(iter(versions.current().policy.purposes))
    with gate.purpose(purpose, reader=SystemReader(job=NAME), about=Job(NAME)):
        taken = [
            f"{table.called}.{field.name}"
            for table, field in fields
            if table.model and not _refuses(table.model(), field)
        ]
    kept = sorted({*sampling.sample(SAMPLE).cards, *_in_the_clear()})
    if kept:
        return Proof(
            False,
            sentence("a card number in {n} fields", n=len(kept)),
            sentence("Values of the shape of a card number: {kept}.", kept=", ".join(kept)),
        )
    if taken:
        return Proof(
            False,
            sentence("{n} of {all} would take one", n=len(taken), all=len(fields)),
            sentence("These fields would seal a card number: {taken}.", taken=", ".join(taken)),
        )
    return Proof(
        True,
        sentence("{n} of {n} refuse", n=len(fields)),
        sentence(
            "Each sealed field was offered a card number just now, and refused it. Of each table "
            "{rows} rows were searched for one.",
            rows=SAMPLE,
        ),
    )


def _in_the_clear() -> set[str]:
    """Columns about people that are not sealed and hold one, in the newest rows of each table."""
    found = set()
    for table in tables():
        names = [column.attribute for column in table.columns if column.kind is Kind.PLAIN]
        if table.model and names:
            for row in table.model._base_manager.order_by("-pk").values(*names)[:SAMPLE]:
                found |= {f"{table.called}.{name}" for name, value in row.items() if _is_card(value)}
    return found


def _is_card(value: object) -> bool:
    try:
        refuse_card_number(str(value).encode())
    except CardNumberRefused:
        return True
    return False


def _refuses(row: object, field: SealedField) -> bool:
    try:
        seal_for(row, field, made_up_number())  # type: ignore[arg-type]
    except CardNumberRefused:
        return True
    except VaultError:
        return False
    return False


def made_up_number() -> bytes:
    """Sixteen figures of the shape of a card number, with a right check digit (ISO/IEC 7812-1, annex B)."""
    figures = f"4{randbelow(10**14):014d}"
    doubled = sum(
        sum(divmod(int(figure) * 2, 10)) if place % 2 == 0 else int(figure)
        for place, figure in enumerate(figures)
    )
    return f"{figures}{-doubled % 10}".encode()
