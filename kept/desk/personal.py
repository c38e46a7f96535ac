"""What work at the desk keeps: matters, and what was opened in them."""

from __future__ import annotations

from django.db.models import DateTimeField, F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.register import declarations as register
from kept.core.register.terms.event_dates import Latest
from kept.desk.models import OPEN_FOR, Excess, Matter, Reveal
from kept.equipment.models import Holding
from kept.outbox.models import Message
from kept.people.models import Organisation, Person
from kept.sentences import day, moment, sentence

WORDS = "One of our own words, from a short list."
STAFF = "Role and company of the member of staff; who they are is theirs, and stands in their own record."

COUNTS = "How much work was done under it, as a number."

register.touchpoint("desk", purposes=("support", "sales"))
register.holds(
    Matter,
    subject=("keeper", "person_id"),
    purposes=("support", "sales"),
    title=sentence("Matters: when you got in touch"),
    columns={
        "number": "support.content",
        "purpose": "support.content",
        "channel": "support.content",
        "opened_at": "support.content",
        "closed_at": "support.content",
    },
    purposes_of={"text": ("support",), "enquiry": ("sales",)},
    clear={"purpose": WORDS, "channel": WORDS},
    nobody={
        "opener": STAFF,
        "role": STAFF,
        "entity": STAFF,
        "worked_at": "Keeps the matter open for an hour.",
        **dict.fromkeys(("searches", "shown", "opened", "reasons"), COUNTS),
    },
    label=lambda matter: _("Matter {number}, {day}").format(
        number=matter.number, day=day(timezone.localtime(matter.opened_at))
    ),
)
register.holds(
    Reveal,
    subject="person",
    purposes=("support", "sales"),
    title=sentence("What was opened for a reason"),
    columns={"field": "support.content", "at": "support.content", "until": "support.content"},
    clear={"field": "One of our own words for a kind of data, never the data."},
    nobody={"matter_id": "Which matter it was opened in."},
    label=lambda reveal: moment(timezone.localtime(reveal.at)),
)
register.unlinks(Matter, "opener")
register.nobody(
    Excess,
    because=(
        "That a matter went beyond its bound: its number, counts and one of our own words, for the"
        " controller."
    ),
)


def closed(matter: str = "") -> Coalesce:
    """When a matter was closed, by hand or by itself."""
    return Coalesce(f"{matter}closed_at", F(f"{matter}worked_at") + OPEN_FOR, output_field=DateTimeField())


for purpose, event in (("support", "case.closed"), ("sales", "enquiry.closed")):
    register.ends(Matter, event, at=closed, where=Q(purpose=purpose))
    register.ends(Reveal, event, at=lambda: closed("matter__"), where=Q(matter__purpose=purpose))
    register.ends(Person, event, at=Latest(Matter, link="person", at=closed, where=Q(purpose=purpose)))
of_support = Q(purpose="support")
register.ends(
    Holding, "case.closed", at=Latest(Matter, link="person", at=closed, outer="person_id", where=of_support)
)
register.ends(
    Organisation,
    "case.closed",
    at=Latest(Matter, link="person__memberships__organisation", at=closed, where=of_support),
)
register.ends(
    Message,
    "case.closed",
    at=Latest(Matter, link="person", at=closed, outer="subject", where=of_support),
    where=of_support,
)
register.born(Reveal, at="at")

register.asks(
    "desk-matter-reveal", {"reason": "Why staff open a value: the person reads it in her timeline."}
)
