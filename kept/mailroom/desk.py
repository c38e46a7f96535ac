"""Mail that no machine may decide about waits here for whoever it is probably for."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from kept.core.ledger import versions
from kept.core.register.hooks.desk import desk_queue
from kept.mailroom.models import ReceivedMail
from kept.mailroom.own_addresses import entity_of
from kept.mailroom.takers import TAKERS
from kept.sentences import sentence

ROLES = ("support", "sales", "controller", "officer")


def waiting_for(role: str, entity: str) -> QuerySet[ReceivedMail]:
    """What a role of a company may look at: mail for the rooms it works in, and for that company."""
    rooms = [taker.id for taker in TAKERS.values() if role in taker.roles]
    whose = Q(entity=entity)
    if entity == entity_of(versions.current().policy.company, ()):
        whose |= Q(entity="")
    return ReceivedMail.objects.held().filter(whose, taker__in=rooms)


@desk_queue("mail", title=sentence("Mail to be looked at"), roles=ROLES, url="desk-mail")
def waiting(reader: Any) -> int:
    return waiting_for(reader.role, reader.entity).count()
