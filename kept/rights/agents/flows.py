"""What an agent does: it gets a token, exercises a right in somebody's name, and takes it back.

The rest follows by itself (``progress``).

Nothing here looks anybody up, so that an answer takes as long, and looks the same, whether the person is
known or not.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from kept.accounts.limits.rate_limits import Limit
from kept.rights.agents import progress
from kept.rights.agents.claims import Asked, asked
from kept.rights.agents.directory import Agent, business_id
from kept.rights.agents.message import Envelope, Refused, envelope, read, verified
from kept.rights.agents.models import Exercise, Seen, Token
from kept.rights.agents.outbound_url import problem
from kept.rights.requests.flows import NotYet
from kept.sentences import sentence

MOST_AN_HOUR = 600
"""Exercises one agent may send within an hour: a flood would bury the board of whoever answers them."""
ENDED = "This request has ended already: {}."


def connect(*, agent: Agent, body: bytes) -> str:
    """A new token for the agent that signed this; the old one ends. Raises Refused."""
    now = timezone.now()
    signed = verified(body, agent)
    known = envelope(read(signed), signed, agent=agent, business=business_id(), now=now)
    with transaction.atomic():
        _once(known)
        return Token.renew(agent=agent.id, key=agent.fingerprint, version=known.version)


def exercise(*, agent: Agent, body: bytes) -> Exercise:
    """Take it in: one transaction, and it is due at once.

    Raises Refused, 409 for a replay and for a second use of agent-request-id.
    """
    now = timezone.now()
    signed = verified(body, agent)
    said = read(signed)
    known = envelope(said, signed, agent=agent, business=business_id(), now=now)
    wanted = asked(said)
    wrong = problem(wanted.status_callback) if wanted.status_callback else ""
    if wrong:
        raise Refused(400, wrong)
    if not Limit("agents", MOST_AN_HOUR, timedelta(hours=1)).spend(agent.id):
        raise Refused(
            429,
            f"More than {MOST_AN_HOUR} requests within an hour. Send this message again later, newly signed.",
            fatal=False,
        )
    with transaction.atomic():
        _once(known)
        return _taken(agent, wanted, now)


def revoke(*, agent: Agent, exercise: Exercise, body: bytes) -> None:
    """The person changed her mind, the agent says: what is not done stops.

    Raises Refused, 409 where there is nothing left to stop.

    The protocol signs a reason alone here, which is the same for many requests: the token and the address say
    which one is meant. Where the agent signed an address and a time as well, they are checked.
    """
    signed = verified(body, agent)
    said = read(signed)
    if {"agent-id", "business-id", "issued-at", "expires-at"} & said.keys():
        envelope(
            {"drp.version": "1.0", **said}, signed, agent=agent, business=business_id(), now=timezone.now()
        )
    reason = said.get("reason") or ""
    if not isinstance(reason, str) or len(reason) > 2000 or "\x00" in reason:
        raise Refused(400, "reason is a text of at most 2000 signs.")
    if exercise.status == Exercise.Status.REVOKED:
        return
    details = sentence("Taken back by the agent in the person's name. What was not done yet was stopped.")
    try:
        ended = progress.end(exercise, Exercise.Status.REVOKED, details=details, why=reason.strip())
    except NotYet as no:
        raise Refused(409, str(no)) from None
    if not ended:
        raise Refused(409, ENDED.format(Exercise.objects.get(pk=exercise.pk).status))


def _taken(agent: Agent, wanted: Asked, now: datetime) -> Exercise:
    fresh: dict[str, Any] = {
        "agent": agent.id,
        "exercise": wanted.exercise,
        "regime": wanted.regime,
        "received_at": now,
        "changed_at": now,
    }
    row = Exercise(**fresh, due_at=now)
    row.keep(wanted)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(409, "agent-request-id was used before. Each request has one of its own.") from None
    return row


def _once(known: Envelope) -> None:
    try:
        with transaction.atomic():
            Seen.objects.create(digest=known.digest, until=known.expires_at)
    except IntegrityError:
        raise Refused(409, "This very message was taken before. Sign a new one.") from None
