"""The gate: ``with purpose("support", reader=staff, about=case) as act:``.

Outside it nothing personal reads or writes.

Whoever opens it is bound: oneself to one's own data, staff to an open matter, a job to itself. Each outermost
act leaves one ledger entry, written when the block ends, also when it ended in an error: what was read was
read.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable
from contextvars import Token
from types import FrameType, TracebackType
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connection

from kept.core.consent import acknowledgements
from kept.core.policy.decide import decide
from kept.core.policy.model import Policy
from kept.core.policy.verdict import Reader, Refused, Standing
from kept.core.vault.acts import CURRENT, Act, current
from kept.core.vault.errors import (
    GeneratorRefused,
    GuidelineRequired,
    MatterRequired,
    NestedInTransaction,
    NotAllowed,
    PurposeRequired,
)
from kept.core.vault.readers import Job, SelfReader, StaffReader, SystemReader
from kept.sentences import sentence

__all__ = ["Act", "Job", "current", "purpose"]

_GENERATOR = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


class purpose:
    """Open a purpose for a block, sync or async; ``as`` gives the Act.

    ``about``: for oneself the Person or subject id; for staff the matter (``matter_ref``, ``matter_open``);
    for a job a ``Job``. ``reason``: why, in the words of the member of staff; sealed into the ledger under
    the key of each person touched. ``source``: where values sealed in this act come from, in a few plain
    words ("registration", "phone call"); in the clear.

    Raises on entry PurposeRequired (nobody known reads), NotAllowed (no such purpose), MatterRequired,
    GuidelineRequired, NestedInTransaction, GeneratorRefused.
    """

    def __init__(
        self, name: str, *, reader: Reader | None, about: Any, reason: str = "", source: str = ""
    ) -> None:
        self._asked = (name, reader, about, reason.strip(), source)
        self._act: Act | None = None
        self._token: Token[Act | None] | None = None

    def __enter__(self) -> Act:
        _refuse_generator(sys._getframe(1))
        return self._open(_begin(*self._asked))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        act = self._close()
        if _leaves_entry(act):
            act.write()

    def __aenter__(self) -> Awaitable[Act]:
        _refuse_generator(sys._getframe(1))
        return self._aenter()

    async def _aenter(self) -> Act:
        act = await sync_to_async(_begin)(*self._asked)
        act.eager = True
        return self._open(act)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        act = self._close()
        if await sync_to_async(_leaves_entry)(act):
            await sync_to_async(act.write)()

    def _open(self, act: Act) -> Act:
        if self._act is not None:
            raise PurposeRequired("A purpose is opened once. Write with purpose(…) for each block.")
        self._act, self._token = act, CURRENT.set(act)
        return act

    def _close(self) -> Act:
        act, token = self._act, self._token
        assert act is not None and token is not None
        # Contexts copied while the block was open still hold the act; from here on it opens nothing.
        act.closed = True
        CURRENT.reset(token)
        return act


def _begin(name: str, reader: Reader | None, about: Any, reason: str, source: str) -> Act:
    outer = CURRENT.get()
    if outer is not None and outer.closed:
        outer = None
    if isinstance(reader, SelfReader):
        _own_only(reader, about, outer)
        return _known(Act(name, reader, "", reason, source, outer))
    if isinstance(reader, StaffReader):
        reference = _matter(about)
    elif isinstance(reader, SystemReader) and reader.job:
        reference = _job(reader, about)
    else:
        raise PurposeRequired("Nobody known is reading. Sign in first, or say which job this is.")
    _outermost(outer)
    return _known(Act(name, reader, reference, reason, source))


def _own_only(reader: SelfReader, about: Any, outer: Act | None) -> None:
    subject = about if isinstance(about, UUID) else getattr(about, "pk", None)
    if subject != reader.subject:
        raise PurposeRequired(
            "A person opens a purpose about themselves alone. Pass the person whose session this is."
        )
    if outer is not None and outer.reader != reader:
        raise NestedInTransaction("Another purpose is open already, for another reader. Close it first.")


def _matter(about: Any) -> str:
    reference = getattr(about, "matter_ref", "")
    if not isinstance(reference, str) or not reference:
        raise MatterRequired(
            sentence("Staff read for a matter: a case, a request, an item of a queue. Open one first.")
        )
    # `is True`: a method somebody forgot to call would be true for ever.
    if getattr(about, "matter_open", False) is not True:
        raise MatterRequired(sentence("This matter is closed. Open a new one to go on."))
    return reference


def _job(reader: SystemReader, about: Any) -> str:
    reference = getattr(about, "matter_ref", "")
    if not isinstance(reference, str) or not reference:
        raise MatterRequired(
            f"The job {reader.job} must say what it works on. Pass about=Job(“{reader.job}: …”)."
        )
    return reference


def _outermost(outer: Act | None) -> None:
    """Its entry is committed when the block ends.

    Inside a transaction it could be rolled back, though the reading happened.
    """
    if outer is not None:
        raise NestedInTransaction(
            "A purpose over other people's data opens outermost, and another purpose is open."
        )
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise NestedInTransaction(
            "A purpose over other people's data opens outside atomic: open the transaction inside it."
        )


def _known(act: Act) -> Act:
    for policy in act.ruling.policies:
        if act.purpose not in policy.rules:
            answer = decide(policy, act.purpose, "", act.reader, Standing(), None, act.today)
            assert isinstance(answer, Refused)
            raise NotAllowed(answer)
    if isinstance(act.reader, StaffReader):
        # Which guidelines whoever reads had acknowledged stands in the entry of whatever they read.
        act.payload |= acknowledged(act.reader, act.ruling.policy)
    return act


def acknowledged(reader: StaffReader, policy: Policy) -> dict[str, dict[str, int]]:
    """The guidelines that bind this reader, each with its version: {"guidelines": {"support": 2}}; {} for
    none.

    Raises GuidelineRequired before they have acknowledged every one of them, as it reads today.
    """
    bound = policy.guidelines_for(reader.role)
    if unread := acknowledgements.unread(reader.actor, bound):
        raise GuidelineRequired([one.text().title for one in unread])
    return {"guidelines": {one.id: one.version for one in bound}} if bound else {}


def _leaves_entry(act: Act) -> bool:
    """The outermost one does.

    A transaction of one's own that broke takes its entry with it: nothing of it happened.
    """
    return act.root is act and not (connection.in_atomic_block and connection.needs_rollback)


def _refuse_generator(frame: FrameType | None) -> None:
    while frame is not None and frame.f_globals.get("__name__") == "contextlib":
        frame = frame.f_back
    if frame is not None and frame.f_code.co_flags & _GENERATOR:
        raise GeneratorRefused(
            "A generator would hand its purpose to whoever called it. Collect inside the purpose, and return"
            " what was collected."
        )
