"""Where a question or a request stands, for whoever asked it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.rights.asking import controller_for
from kept.rights.asking.models import Check
from kept.rights.requests.at_the_desk import board, request_page
from kept.rights.requests.course.verbs import PURPOSE
from kept.rights.requests.models import Request, Step
from kept.sentences import sentence

USHER = SystemReader(job="asking.status")
# The mark beside the word: waiting for us, waiting for them, done.
STATES = {
    "open": ("waiting", sentence("Being worked on")),
    "extended": ("waiting", sentence("Being worked on, with more time")),
    "identity": ("unproven", sentence("Waits for your code")),
    "to-post": ("waiting", sentence("Answered; the letter goes into the post")),
    "closed": ("kept", sentence("Closed")),
}


@dataclass(frozen=True, slots=True)
class Line:
    at: Any
    what: str
    until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """``check``: a code can be typed in.

    ``withheld``: words went to the address alone, as it is not sure who opened this page.

    ``messages``: what was written, as far as this browser may see it; ``unread``: how many more there are.
    """

    request: Request
    answerer: controller_for.Answerer
    mark: str
    word: str
    due: date
    days: int
    late: bool
    check: Check | None
    lines: list[Line]
    answer: str
    withheld: bool
    messages: list[request_page.Said]
    unread: int

    @property
    def left(self) -> str:
        """How long we have, while a code is waited for as if it came today; "" where it is late."""
        if self.days < 0:
            return ""
        left = board.days_left(self.days)
        return _("{left}, if it is confirmed today").format(left=left) if self.request.waiting_since else left


def of(request: Request, *, reader: SelfReader | None, sure: bool) -> Standing:
    """Opens the answer and the reasons for the owner, for whoever typed in the mailed code, and for a request
    that is nobody's known.

    Whoever merely sent a form in somebody's name has its status code: that must not open what is said to her.
    """
    may = reader is not None or sure or not request.known
    steps = list(request.steps.all())
    lines = [Line(step.at, step.said if may else step.get_kind_display(), step.until, "") for step in steps]
    answer, withheld = "", False
    messages: list[request_page.Said] = []
    worded = bool(request.answered_at) or any(step.kind == Step.Kind.EXTENDED for step in steps)
    # Whoever sent a form in somebody's name has its code; what she then wrote herself, by mail, is not theirs
    # to read.
    whole = reader is not None or sure
    if request.keeper is not None:
        withheld = worded and not may
        if whole or (worded and may):
            answer, lines, messages = _opened(request, reader, whole=whole)
    unread = 0 if whole else 1 + sum(step.kind == Step.Kind.ADDED for step in steps)
    word = request.get_outcome_display() if request.closed_at else STATES[request.state][1]
    check = next((one for one in Check.objects.open().filter(request=request) if one.alive), None)
    return Standing(
        request,
        controller_for.of(request.where),
        STATES[request.state][0],
        word,
        request.due_now(),
        request.days_left(),
        request.late(),
        check,
        lines,
        answer,
        withheld,
        messages,
        unread,
    )


def _opened(
    request: Request, reader: SelfReader | None, *, whole: bool
) -> tuple[str, list[Line], list[request_page.Said]]:
    about: Any = reader.subject if reader is not None else Job(request.matter_ref)
    with gate.purpose(PURPOSE, reader=reader or USHER, about=about, source="status page"):
        row = Request.objects.get(pk=request.pk)
        lines = [
            Line(
                step.at,
                step.said,
                step.until,
                str(show(step, "reason") or "") if step.kind == Step.Kind.EXTENDED else "",
            )
            for step in row.steps.select_related("request")
        ]
        return (
            str(show(row, "answer") or "") if row.answered_at else "",
            lines,
            request_page.messages(row) if whole else [],
        )
