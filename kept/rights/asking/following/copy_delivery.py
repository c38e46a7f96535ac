"""The copy of somebody without an ID.

It waits sealed, and opens for a code that is mailed, each time anew, to the address we know.

The status code is not enough: whoever sent a form in somebody's name has one. Nor is a code typed in days ago
at this browser.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Any, BinaryIO

from django.utils import timezone

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.sealed_files.files import SealedFile
from kept.core.vault.sealing.sealed_box import Box
from kept.outbox.mail import mail
from kept.people.mailboxes import canonical
from kept.rights.asking.guards import limits
from kept.rights.asking.models import TRIES, new_code
from kept.rights.models import Copy
from kept.rights.requests import request_kinds
from kept.rights.requests.askers.representation import representative_of
from kept.rights.requests.course import letters
from kept.rights.requests.course.verbs import PURPOSE
from kept.rights.requests.models import Request
from kept.sentences import sentence

HANDER = SystemReader(job="asking.copy")
PLACE = "asking.copy"
CODE_LIVES = timedelta(minutes=15)
_CODES = Box("asking.copy")


def waiting(request: Request) -> Copy | None:
    """The copy that answers this request, while it lives.

    None for whoever has an ID: theirs waits behind their own sign-in.

    What somebody else may ask for them waits for whoever asked, whether they have an ID or not.
    """
    if request.kind != request_kinds.ACCESS or request.person_id is None:
        return None
    if representative_of(request) is None and User.objects.filter(person=request.person_id).exists():
        return None
    made = Copy.objects.filter(
        request=request.reference, subject=request.person_id, dies_at__gt=timezone.now()
    )
    return made.exclude(file=None).order_by("-finished_at").first()


def send_code(session: Any, request: Request) -> bool:
    """A fresh code to the address we know; the one before is worth nothing then.

    False where today's mails to it are used up.
    """
    with gate.purpose(PURPOSE, reader=HANDER, about=Job(request.matter_ref), source="copy"):
        whose, address = letters.code_goes_to(request)
        if whose is None or not address or not limits.MAILS.spend(limits.letter_box(address)):
            return False
        code = new_code()
        context = {
            "code": code,
            "reference": request.reference,
            "minutes": int(CODE_LIVES.total_seconds() // 60),
        }
        mail(
            subject=whose,
            to=address,
            template="asking/mail/copy_code.txt",
            context=context,
            purpose=PURPOSE,
            language=letters.spoken(request.language),
        )
    ends = (timezone.now() + CODE_LIVES).timestamp()
    session[PLACE] = {
        "reference": request.reference,
        "mark": _mark(request, address, code),
        "ends": ends,
        "tries": 0,
    }
    return True


def sent(session: Any, request: Request) -> bool:
    """Whether this browser waits for a code that can still be typed in."""
    waits = session.get(PLACE, {})
    return bool(
        waits.get("reference") == request.reference
        and timezone.now().timestamp() < waits["ends"]
        and waits["tries"] < TRIES
    )


def right(session: Any, request: Request, code: str) -> bool:
    """Is it the code? A right one is used up; of wrong ones there are five."""
    if not sent(session, request):
        return False
    waits = session[PLACE]
    with gate.purpose(PURPOSE, reader=HANDER, about=Job(request.matter_ref), source="copy"):
        address = letters.code_goes_to(request)[1]
    is_right = secrets.compare_digest(waits["mark"], _mark(request, address, re.sub(r"\D", "", code)))
    session[PLACE] = {**waits, "tries": TRIES if is_right else waits["tries"] + 1}
    return is_right


def hand_over(request: Request, copy: Copy, out: BinaryIO) -> None:
    """Open it. It is on her timeline before a byte leaves."""
    assert copy.file is not None
    with gate.purpose("own-data", reader=HANDER, about=Job(request.matter_ref), source="copy") as act:
        act.kind = "copied"
        another = representative_of(request) is not None
        act.touch(
            copy.subject,
            what=sentence(
                "Whoever may ask for you fetched the copy, {reference}", reference=request.reference
            )
            if another
            else sentence("You fetched the copy you asked for, {reference}", reference=request.reference),
        )
        out.writelines(SealedFile.open(copy.file))


def _mark(request: Request, address: str, code: str) -> str:
    """Bound to the address it was mailed to: a code ends when that is no longer theirs."""
    return _CODES.mark(f"{request.reference}|{canonical(address)}|{code}")
