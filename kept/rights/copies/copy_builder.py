"""Make a copy: read everything inside one act, write it in forms for people, for machines and for
spreadsheets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kept.core.ledger import versions
from kept.core.ledger.fold import fold_if_allowed
from kept.core.ledger.history import Changed
from kept.core.ledger.notes import checkpoint as checkpoints
from kept.core.ledger.notes import succession
from kept.core.ledger.tree.proof import NotProven, prove_each, prove_prunings, waits
from kept.core.policy.model import Policy
from kept.core.vault import gate
from kept.core.vault.errors import SealBroken
from kept.core.vault.gate import Act
from kept.core.vault.history import Happening, own_proof_salt, timeline
from kept.core.vault.readers import Job, Reader
from kept.core.vault.sealed_files.files import Description, SealedFile
from kept.core.vault.subject_keys import keys
from kept.portal.form_parts import uploads
from kept.rights.access import person_timeline
from kept.rights.access.records import Group, groups
from kept.rights.copies import copy_pages
from kept.rights.copies.archive import Archive, as_csv, as_json
from kept.rights.copies.copy_inventory import inventory
from kept.rights.copies.manifest import KEYS
from kept.sentences import day, sentence

Progress = Callable[[int], bool]


class CopyStopped(Exception):
    """The person stopped it while it was being packed."""


@dataclass(frozen=True, slots=True)
class Packed:
    """How many values, of how many kinds, and how many ledger entries are in the file."""

    values: int
    kinds: int
    entries: int
    unreadable: int = 0
    """Her sealed files that are lost or damaged: the copy is made without them, and names them."""


def pack(
    *,
    subject: UUID,
    reader: Reader,
    about: UUID | Job,
    out: BinaryIO,
    categories: Collection[str] | None = None,
    progress: Progress | None = None,
    said: str = "",
) -> Packed:
    """Write one person's copy to ``out``. One act, one ledger entry of the kind "copied".

    ``categories``: ids to take; None takes all. ``progress`` is told how many records are packed; it answers
    False to stop. ``said``: the sentence on the timeline, where it is another than usual. Raises CopyStopped,
    and what the gate raises.
    """
    fold_if_allowed()
    with gate.purpose("own-data", reader=reader, about=about, source="copy") as act:
        act.kind = "copied"
        usual = (
            sentence("A copy of your data was made")
            if reader.role == "self"
            else sentence("The operator made a copy of your data")
        )
        act.touch(subject, what=said or usual, whole=categories is None)
        archive = Archive(out)
        packed = _Packing(act, subject, archive, categories, progress).run()
        # As the archive has it: a proof lays it beside the tables.
        act.touch(subject, packed=archive.tables())
        if packed.unreadable:
            act.touch(subject, unreadable=packed.unreadable)
        return packed


class _Packing:
    def __init__(
        self,
        act: Act,
        subject: UUID,
        archive: Archive,
        categories: Collection[str] | None,
        progress: Progress | None,
    ) -> None:
        self.act, self.subject, self.archive = act, subject, archive
        self.policy: Policy = versions.spoken(act.ruling.policy)
        self.categories = None if categories is None else frozenset(categories)
        self.progress = progress
        self.included: Counter[str] = Counter()
        self.tables: list[tuple[str, str, int]] = []
        self.records = 0
        self.happenings: list[Happening] = []
        self.unreadable: list[str] = []
        self.changed = set[Changed]()

    def run(self) -> Packed:
        made = timezone.localtime()
        if self._wants("log.lookup"):
            self.happenings = timeline(self.subject, changed=self.changed)
        for group in groups(self.subject, self.policy, categories=self.categories):
            self._table(group)
        files = self._files()
        listed = inventory(self.policy, included=self.included, chosen=self.categories)
        listed["not_included"] += [{"title": title, "why": str(DAMAGED)} for title in self.unreadable]
        listed["not_included"] += [
            {
                "title": _("An entry of our ledger about you, {day}").format(day=day(one.at)),
                "why": str(CHANGED),
            }
            for one in person_timeline.in_order(self.changed)
        ]
        self.archive.write_json("inventory.json", listed)
        entries = self._ledger()
        days = person_timeline.days(self.happenings, self.policy)
        self.archive.write(
            "index.html",
            copy_pages.index(
                self.policy, made=made, tables=self.tables, inventory=listed, days=days, files=files
            ),
        )
        self.archive.seal(
            {
                "made": made.isoformat(timespec="seconds"),
                "policy": self.act.ruling.number,
                "subject": str(self.subject),
            }
        )
        return Packed(sum(self.included.values()), len(self.included), entries, len(self.unreadable))

    def _wants(self, category: str) -> bool:
        return self.categories is None or category in self.categories

    def _table(self, group: Group) -> None:
        if not group.records:
            return
        self.included.update(fact.category for record in group.records for fact in record.facts)
        self.archive.write(f"data/{group.table}.json", as_json(group))
        self.archive.write(f"data/{group.table}.csv", as_csv(group))
        self.archive.write(f"pages/{group.table}.html", copy_pages.table(self.policy, group))
        self.tables.append((group.title, group.table, len(group.records)))
        self.records += len(group.records)
        if self.progress and not self.progress(self.records):
            raise CopyStopped

    def _files(self) -> list[str]:
        """Sealed files, opened: under a number, since a name chosen by somebody else must not choose a path
        on her disk.
        """
        names = []
        for number, id in enumerate(SealedFile.of(self.subject), 1):
            known = self._whole(id, _("A file you sent, the {number}. of them").format(number=number))
            if known is None or not self._wants(known.category):
                continue
            ending = uploads.ending(known.media_type)
            self.archive.write_stream(f"files/{number}{ending}", SealedFile.open(id))
            self.included[known.category] += 1
            names.append(f"files/{number}{ending}")
        return names

    def _whole(self, id: UUID, title: str) -> Description | None:
        """What a file is, once all of it was opened; None for one that cannot be.

        Nothing of an archive is taken back once it is written.
        """
        try:
            known = SealedFile.describe(id)
            if self._wants(known.category):
                title = _("A file you sent: {name}, {day}").format(
                    name=known.name or known.media_type, day=day(known.day)
                )
                for _chunk in SealedFile.open(id):
                    pass
            return known
        except (SealBroken, OSError):
            self.unreadable.append(title)
            return None

    def _ledger(self) -> int:
        """Her entries, each with the path to a signed checkpoint or named as not proven.

        Nobody else's part is in them, nor can be worked out.

        What comes before an entry and is not here was past its term: the act of pruning that names it is here
        in its place.
        """
        signed = checkpoints.latest()
        proofs: list[dict[str, Any]] = []
        unproven: list[dict[str, Any]] = [
            {"leaf": one.leaf, "at": _written(one.at), "changed": True, "waits": False}
            for one in person_timeline.in_order(self.changed)
        ]
        if signed and self._wants("log.lookup"):
            told = {happening.act: happening for happening in self.happenings}
            salt_of = partial(own_proof_salt, self.subject)
            for act, found in prove_each(told, keys.alias(self.subject), salt_of, checkpoint=signed):
                if isinstance(found, NotProven):
                    one = told[act]
                    unproven.append(
                        {"act": str(act), "at": _written(one.at), "kind": one.kind, "waits": waits(act)}
                    )
                else:
                    proofs.append(found)
        pruned = list(prove_prunings(proofs, signed)) if signed else []
        self.archive.write_json(
            "ledger.json", {"checkpoint": signed, "entries": proofs, "unproven": unproven, "pruned": pruned}
        )
        if rotated := succession.document(signed):
            self.archive.write_json(KEYS, rotated)
        return len(proofs)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


CHANGED = gettext_lazy(
    "It does not read as it was written: somebody changed it on our side. The rest of this copy holds."
)
DAMAGED = gettext_lazy(
    "It is lost or damaged on our side and cannot be read. We were told of it, and look for it in our"
    " backups. If you still have it, keep it."
)
