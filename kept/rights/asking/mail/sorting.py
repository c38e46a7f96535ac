"""A person sorts what no machine took in: it becomes a request, joins one, or is closed as spam or as a
duplicate. Nobody is mailed.
"""

from __future__ import annotations

from django.db import transaction

from kept.core.ledger import versions
from kept.core.vault.readers import StaffReader
from kept.mailroom.reading.mail_parser import Letter
from kept.rights.asking import flows
from kept.rights.asking.mail import intake, unsorted
from kept.rights.asking.models import Unsorted
from kept.rights.requests import flows as requests
from kept.rights.requests.course.verbs import NotYet
from kept.rights.requests.models import Request
from kept.sentences import sentence

SORTED = sentence("It was sorted meanwhile. Look at what became of it.")


def make_request(row: Unsorted, *, by: StaffReader, kind: str, name: str = "", email: str = "") -> Request:
    """Take it in, on the clock of its real arrival.

    ``name``, ``email``: of whoever asks, who need not be who sent it.

    No acknowledgement: whoever answers such a mail by itself is answered by itself (RFC 3834, 2). Raises
    NotYet.
    """
    letter = _waiting(row)

    def along(request: Request) -> None:
        flows.keep(row.mark, request)
        _settle(row, Unsorted.Outcome.REQUEST, by=by, request=request)

    return requests.receive(
        kind=kind,
        channel="email",
        text=intake.text_of(letter, whose=True),
        received_at=letter.received_at,
        reader=by,
        region=row.region,
        name=name,
        email=email,
        language=intake.language_of(letter, versions.current().policy.company),
        files=intake.files_of(letter),
        acknowledge=False,
        along=along,
    ).request


def join(row: Unsorted, *, by: StaffReader, request: Request) -> None:
    """It says more about a request that is open. Raises NotYet."""
    letter = _waiting(row)

    def along(found: Request) -> None:
        flows.keep(row.mark, found)
        _settle(row, Unsorted.Outcome.JOINED, by=by, request=found)

    what = sentence("An e-mail was added by hand; its sender is not proven")
    requests.add(
        request=request,
        by=by,
        text=intake.text_of(letter, whose=True),
        what=what,
        files=intake.files_of(letter),
        along=along,
    )


def close(row: Unsorted, *, by: StaffReader, outcome: str, request: Request | None = None) -> None:
    """Spam, or the same as ``request``.

    Nothing of it stays but that it came, and how it ended. Raises NotYet.
    """
    _waiting(row)
    with transaction.atomic():
        _settle(row, outcome, by=by, request=request)


def _waiting(row: Unsorted) -> Letter:
    letter = unsorted.opened(row)
    if letter is None:
        raise NotYet(str(SORTED))
    return letter


def _settle(row: Unsorted, outcome: str, *, by: StaffReader, request: Request | None) -> None:
    locked = Unsorted.objects.select_for_update().get(pk=row.pk)
    if locked.sorted_at:
        raise NotYet(str(SORTED))
    locked.sort(outcome, role=by.role, request=request)
