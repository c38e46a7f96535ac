"""Mail that no machine may decide about waits here for whoever it is probably for."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kept.core.register.hooks.desk import desk_queue
from kept.mailroom.models import ReceivedMail
from kept.mailroom.takers import TAKERS
from kept.sentences import sentence

ROLES = ("support", "sales", "controller", "officer")


def waiting_for(role: str) -> QuerySet[ReceivedMail]:
    """What a role may look at: mail for the rooms it works in."""
    rooms = [taker.id for taker in TAKERS.values() if role in taker.roles]
    return ReceivedMail.objects.held().filter(taker__in=rooms)


@desk_queue("mail", title=sentence("Mail to be looked at"), roles=ROLES, url="desk-mail")
def waiting(reader: Any) -> int:
    return waiting_for(reader.role).count()
