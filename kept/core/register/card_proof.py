"""That a card number cannot be kept: tried on every sealed field there is, with numbers nobody was ever issued."""

from __future__ import annotations

from secrets import randbelow

from kept.core.ledger import versions
from kept.core.register.inventory import tables
from kept.core.register.proofs import Proof, proof
from kept.core.vault import gate
from kept.core.vault.cards import CardNumberRefused
from kept.core.vault.errors import VaultError
from kept.core.vault.fields import SealedField
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.sealed import seal_for

NAME = "vault.no_card_number"


@proof(
    NAME,
    promise="listed-kinds",
    title="Every sealed field refuses a card number",
    unseen="A card number that somebody writes with words between its figures.",
    moment=False,
)
def no_card_number() -> Proof:
    """Each field is offered a number with a right check digit. A field that would seal it breaks the promise."""
    fields = [(table, field) for table in tables() if table.model for field in table.model._meta.concrete_fields if isinstance(field, SealedField)]
    purpose = next(iter(versions.current().policy.purposes))
    with gate.purpose(purpose, reader=SystemReader(job=NAME), about=Job(NAME)):
        taken = [f"{table.called}.{field.name}" for table, field in fields if table.model and not _refuses(table.model(), field)]
    if taken:
        return Proof(False, f"{len(taken)} of {len(fields)} would take one", f"These fields would seal a card number: {', '.join(taken)}.")
    return Proof(
        True,
        f"{len(fields)} of {len(fields)} refuse",
        "Each sealed field was offered a card number just now, and refused it. What is not sealed holds no free text.",
    )


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
    doubled = sum(sum(divmod(int(figure) * 2, 10)) if place % 2 == 0 else int(figure) for place, figure in enumerate(figures))
    return f"{figures}{-doubled % 10}".encode()
