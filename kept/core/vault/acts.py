"""An act: one purpose, one reader, one ledger entry.

``gate.purpose`` opens and closes it; sealed values ask it before they open.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextvars import ContextVar
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.record import Part, record
from kept.core.policy.decide import decide
from kept.core.policy.model import Policy
from kept.core.policy.verdict import Reader, Refused, Standing
from kept.core.vault.errors import KeyErased, NotAllowed, PurposeRequired, ReasonRequired
from kept.core.vault.readers import SelfReader, StaffReader
from kept.core.vault.sealing import seal
from kept.core.vault.sealing.header import Header
from kept.core.vault.subject_keys.keys import Key, load_keys
from kept.sentences import Sentence, english, sentence

CURRENT: ContextVar[Act | None] = ContextVar("kept_act", default=None)
CATEGORIES: dict[str, str] = {}
"""field id → category, of every sealed field there is."""
NOTE = "ledger.note"
LAW = "law:"
"""Before the id of a purpose, in the place of a controller: a key that this one purpose alone may use,
because a law keeps what it seals.
"""


def current(wanted: str = "personal data") -> Act:
    """The open act. Raises PurposeRequired: nothing personal is read or written without one."""
    act = CURRENT.get()
    if act is None or act.closed:
        raise PurposeRequired(f"{wanted} was asked for outside a purpose. Open one first: with purpose(…).")
    return act


class Touched:
    """What one act did with one person's data. Names of fields and counts; never values."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.opened: dict[str, int] = {}
        self.sealed: dict[str, int] = {}
        self.refused: dict[str, str] = {}
        self.what = ""
        self.more: dict[str, Any] = {}
        self.wanted = False

    def __bool__(self) -> bool:
        return self.wanted or bool(self.opened or self.sealed or self.refused)


class Act:
    def __init__(
        self, name: str, reader: Reader, about: str, reason: str, source: str, outer: Act | None = None
    ) -> None:
        root: Act = outer.root if outer else self
        self.id: UUID = root.id if outer else uuid4()
        self.purpose = name
        self.reader = reader
        self.about = about
        self.reason = reason
        self.source = source or name
        self.masking = isinstance(reader, StaffReader) and not reason
        self.closed = False
        # In an event loop keys are loaded with their rows, because no attribute can wait for a query.
        self.eager = False
        self.root: Act = root
        self.ruling: versions.Ruling = root.ruling if outer else versions.current()
        self.today: date = timezone.localdate()
        self._usable: set[str] = set()
        self._heads: dict[str, bytes] = {}
        self._answers: dict[Standing, dict[tuple[str, bytes], bool]] = {}
        if outer is None:
            # Until somebody says: "read", or "collected" when something was sealed.
            self._kind = ""
            self.refusals: list[Refused] = []
            self.payload: dict[str, Any] = {}
            self._touched: dict[UUID, Touched] = {}
            self._older: dict[int, Policy] = {self.ruling.number: self.ruling.policy}
            self._keys: dict[UUID, Key] = {}
        else:
            self.refusals, self.payload = root.refusals, root.payload
            self._touched, self._keys = root._touched, {}
            if name != root.purpose:
                self.payload.setdefault("also", []).append(name)

    @property
    def kind(self) -> str:
        return self.root._kind or "read"

    @kind.setter
    def kind(self, kind: str) -> None:
        self.root._kind = kind

    # Keys ---------------------------------------------------------------------------------------------------

    def load(self, subjects: Collection[UUID]) -> dict[UUID, Key]:
        """Fresh keys from the database, one query: an erasure or a withdrawal in any process holds from here
        on.
        """
        found = load_keys(subjects)
        standing: Standing | None = None
        answers: dict[tuple[str, bytes], bool] = {}
        for subject, key in found.items():
            key.opened = self._part(key).opened
            if isinstance(self.reader, SelfReader) and not self.reader.covers(subject):
                continue
            if key.controller.startswith(LAW) and key.controller != LAW + self.purpose:
                continue
            # Those who said the same have the very same standing: its hash is asked for once in a row.
            if key.standing is not standing:
                standing, answers = key.standing, self._answers.setdefault(key.standing, {})
            key.answers = answers
        return found

    def key(self, subject: UUID) -> Key:
        """A key to seal with, loaded once in the act.

        Raises KeyErased, and NotAllowed for somebody else's under one's own purpose.
        """
        key = self._keys.get(subject)
        if key is None:
            self._keys.update(self.load((subject,)))
            key = self._keys.get(subject)
        if key is None:
            raise KeyErased("This person's key was destroyed. Nothing can be kept about them.")
        self._own(key, "")
        return key

    def prepare(self, subjects: Collection[UUID]) -> None:
        """Load the keys of many subjects for sealing, in one query."""
        wanted = set(subjects) - self._keys.keys()
        if wanted:
            self._keys.update(self.load(wanted))

    # Decisions ----------------------------------------------------------------------------------------------

    def permit(self, key: Key, category: str, version: bytes) -> None:
        """May this act open a value of the category, collected under that version?

        Remembers a yes. Raises NotAllowed, ReasonRequired.
        """
        self._own(key, category)
        collected = self._version(int.from_bytes(version, "big"))
        for policy in self.ruling.policies:
            answer = decide(policy, self.purpose, category, self.reader, key.standing, collected, self.today)
            if isinstance(answer, Refused):
                self._refuse(key, category, answer)
            known = policy.categories.get(category)
            if known and known.sensitive and self.masking:
                raise ReasonRequired(f"“{known.title}” is shown for a reason only. Say why you need it.")
        key.answers[category, version] = True

    def _version(self, number: int) -> Policy:
        """The policy a value was collected under; each looked up once in the act."""
        older = self.root._older
        if number not in older:
            older[number] = versions.version(number)
        return older[number]

    def may_use(self, category: str, key: Key | None = None) -> None:
        """May this purpose hold data of the category at all, under every policy that binds today?

        Raises NotAllowed.

        What she restricted takes nothing new from her own hand: she would type for a use that does not read
        it (GDPR Art. 18).
        """
        if key is not None and key.standing.restrictions and isinstance(self.reader, SelfReader):
            self._refuse_restricted(key, category)
        if category in self._usable:
            return
        for policy in self.ruling.policies:
            rule = policy.rules.get(self.purpose)
            if rule is None or category not in rule.uses or not rule.since <= self.today <= rule.until:
                answer = decide(policy, self.purpose, category, self.reader, Standing(), None, self.today)
                assert isinstance(answer, Refused)
                self._refuse(key, category, answer)
        self._usable.add(category)

    def _refuse_restricted(self, key: Key, category: str) -> None:
        for policy in self.ruling.policies:
            rule = policy.rules.get(self.purpose)
            if rule is not None and rule.restrictable and self.purpose in key.standing.restrictions:
                answer = decide(policy, self.purpose, category, self.reader, key.standing, None, self.today)
                if isinstance(answer, Refused):
                    self._refuse(key, category, answer)

    def _own(self, key: Key, category: str) -> None:
        if isinstance(self.reader, SelfReader) and not self.reader.covers(key.subject):
            company = self.ruling.policy.company
            desk = company.controller_of(key.controller)
            reason: str = sentence("This is somebody else's data. A person reads their own alone.")
            self._refuse(
                key, category, Refused(company.purpose_clause, reason, f"{desk.title}, {desk.email}")
            )
        if key.controller.startswith(LAW) and key.controller != LAW + self.purpose:
            company = self.ruling.policy.company
            desk = company.controller_of(self.reader.entity)
            reason = sentence(
                "A law keeps this of somebody who was erased, for a purpose of its own, and nothing else may"
                " use it."
            )
            self._refuse(
                key, category, Refused(company.purpose_clause, reason, f"{desk.title}, {desk.email}")
            )

    def _refuse(self, key: Key | None, category: str, refused: Refused) -> None:
        self.refusals.append(refused)
        if key is not None:
            self._part(key).refused[category] = refused.clause
        raise NotAllowed(refused)

    # What happened ------------------------------------------------------------------------------------------

    def touch(self, subject: UUID, what: str = "", **detail: Any) -> None:
        """Add to this person's part of the ledger entry. ``what`` is a sentence (``kept.sentences``).

        ``detail`` is JSON and names things; it never holds values. Raises KeyErased.
        """
        part = self._part(self.key(subject))
        part.wanted = True
        part.what = what or part.what
        part.more.update(detail)

    def categories_of(self, subject: UUID) -> Collection[str]:
        """Categories named so far in this person's part by ``touch``."""
        part = self._touched.get(subject)
        return part.more.get("categories", ()) if part else ()

    def head(self, field_id: str) -> bytes:
        """The header of what is sealed in this act: the same for every row."""
        head = self._heads.get(field_id)
        if head is None:
            head = Header(field_id, self.ruling.number, self.today, self.source).pack()
            self._heads[field_id] = head
        return head

    def sealed_of(self, key: Key) -> dict[str, int]:
        """How many values of each field were sealed in this act for a person; whoever seals counts here."""
        return self._part(key).sealed

    def write(self) -> UUID | None:
        """The one ledger entry of this act, when it touched anybody."""
        touched = [part for part in self._touched.values() if part]
        if not touched and not self.refusals:
            return None
        if not self.root._kind and any(part.sealed for part in touched):
            self.kind = "collected"
        if not any(part.wanted or part.opened or part.sealed for part in touched):
            self.kind = "refused"
        return record(
            self.kind,
            purpose=self.purpose,
            role=self.reader.role,
            entity=self.reader.entity,
            about=self.about,
            policy=self.ruling.number,
            parts=[
                Part(part.key.alias, part.key.salt(self.id), detail)
                for part, detail in self._details(touched)
            ],
            payload=self.payload,
            act_id=self.id,
        )

    def _details(self, touched: Iterable[Touched]) -> Iterator[tuple[Touched, Mapping[str, Any]]]:
        """The same detail for all of whom the same was read and written: on a list page, everybody."""
        known: dict[object, Mapping[str, Any]] = {}
        for part in touched:
            alike: object = (
                part
                if self.reason or part.more or part.refused
                else (part.what, *part.opened.items(), None, *part.sealed.items())
            )
            if alike not in known:
                known[alike] = self._detail(part)
            yield part, known[alike]

    def _detail(self, part: Touched) -> Mapping[str, Any]:
        fields = {**part.opened}
        for name, count in part.sealed.items():
            fields[name] = fields.get(name, 0) + count
        categories = sorted(
            {CATEGORIES[name] for name in fields if name in CATEGORIES} | set(part.more.get("categories", ()))
        )
        what = english(part.what) or self.kind
        detail = {**part.more, "what": what, "fields": fields, "categories": categories}
        if isinstance(part.what, Sentence):
            # With its values beside it, whoever reads it later has it in their own language.
            detail["said"] = part.what.packed()
        if self.reason:
            detail["note"] = self._note(part.key)
        if part.sealed:
            detail["sealed"] = part.sealed
        if part.refused:
            detail["refused"] = part.refused
        return detail

    def _note(self, key: Key) -> str:
        """The reason may speak of the person: it is sealed under their key, and dies with it."""
        head = Header(NOTE, self.ruling.number, self.today, "act").pack()
        return base64.b64encode(
            seal.seal_value(key.cipher, head, key.subject.bytes + self.id.bytes, self.reason.encode())
        ).decode()

    def _part(self, key: Key) -> Touched:
        part = self._touched.get(key.subject)
        if part is None:
            part = self._touched[key.subject] = Touched(key)
        return part
