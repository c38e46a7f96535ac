"""Mail to the published addresses is a question or a request; and so is whatever no other room claims."""

from __future__ import annotations

from kept.core.ledger import versions
from kept.mailroom.own_addresses import own_addresses
from kept.mailroom.takers import Claim, Mail, Settle, Strength, mail_taker
from kept.rights.asking.mail.intake import REFERENCE, Arriving, open_request, take
from kept.rights.asking.models import ARRIVALS
from kept.rights.requests.desk import ANSWERING
from kept.sentences import sentence


def claims(mail: Mail) -> Claim:
    """What names an open request is for us, and what was sent to one of our addresses; and anything may be.

    Who sent it need not be proven: where it would join a request, it waits in a queue of our own.
    """
    request = next(open_request(_arriving(mail)), None)
    if request is not None:
        return Claim(Strength.MATTER, matter=request.reference)
    here = mail.recipients & own_addresses(versions.current().policy.company)
    return Claim(Strength.ADDRESS if here else Strength.ANYTHING)


@mail_taker("requests", title=sentence("Privacy questions"), roles=ANSWERING, claims=claims)
def take_in(mail: Mail, settle: Settle) -> None:
    take(_arriving(mail, settle))


def _arriving(mail: Mail, settle: Settle = lambda: None) -> Arriving:
    named = tuple(one for one in mail.answers if REFERENCE.fullmatch(one))
    return Arriving(mail.letter, ARRIVALS.mark(f"mail {mail.id}"), mail.proven, named, settle)
