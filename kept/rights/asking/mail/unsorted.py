"""Mail that was not taken for a request, as it lies in its box: whole, until a person has sorted it."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from kept.core.vault.sealing.sealed_box import renew_column, reseals
from kept.mailroom.reading.mail_parser import Enclosed, Letter
from kept.rights.asking.models import LETTERS, Unsorted


def hold(letter: Letter, *, why: str, mark: str, region: str) -> Unsorted:
    """Keep it for a person to look at. The same mail again is the same."""
    row = Unsorted(mark=mark, why=why, region=region, received_at=letter.received_at)
    row.letter = LETTERS.seal(_packed(letter), bound_to=str(row.pk))
    kept: Unsorted = Unsorted.objects.get_or_create(
        mark=mark,
        defaults={name: getattr(row, name) for name in ("id", "why", "region", "received_at", "letter")},
    )[0]
    return kept


def opened(row: Unsorted) -> Letter | None:
    """The mail; None once it is sorted."""
    if row.letter is None:
        return None
    said: dict[str, Any] = json.loads(LETTERS.open(bytes(row.letter), bound_to=str(row.pk)))
    enclosed = tuple(
        Enclosed(name, kind, base64.b64decode(content)) for name, kind, content in said.pop("enclosed")
    )
    shaped: dict[str, Any] = {name: tuple(said.pop(name)) for name in ("languages", "left_out")}
    received, to = datetime.fromisoformat(said.pop("received_at")), frozenset(said.pop("to"))
    return Letter(received_at=received, to=to, enclosed=enclosed, **shaped, **said)


def _packed(letter: Letter) -> bytes:
    said = asdict(letter) | {"to": sorted(letter.to), "received_at": letter.received_at.isoformat()}
    said["enclosed"] = [
        (one.name, one.media_type, base64.b64encode(one.content).decode()) for one in letter.enclosed
    ]
    return json.dumps(said).encode()


@reseals(LETTERS, table="asking_unsorted")
def reseal_letters() -> int:
    return renew_column(LETTERS, Unsorted, "letter")
