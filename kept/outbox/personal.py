"""What the outbox keeps: mail until it is delivered, and afterwards only that it was."""

from __future__ import annotations

from django.db.models import DateTimeField, Q
from django.db.models.functions import Coalesce

from kept.core.register import declarations as register
from kept.core.register.terms.event_dates import Latest
from kept.equipment.models import Holding
from kept.outbox.delivery import PROVIDER
from kept.outbox.models import Disclosure, DkimKey, Errand, Handle, Message, Notice, RefusedWay, Silence
from kept.people import contact_copies
from kept.sentences import day, joined, sentence

CLERICAL = "How the delivery went, in our own words."

register.holds(
    Message,
    subject="subject",
    purposes=("account", "security", "registration", "safety", "own-data", "support", "requests", "staff"),
    title=sentence("Mail we sent you"),
    columns={
        "queued_at": "message.content",
        "delivered_at": "message.content",
        "template": "message.content",
        "purpose": "message.content",
        "recipient": "message.content",
        "about": "message.content",
        "came_back_at": "message.content",
        "came_back": "message.content",
    },
    nobody={
        "by_hand": "Whether a person or the program wrote it.",
        "due_at": CLERICAL,
        "attempts": CLERICAL,
        "trouble": CLERICAL,
        "given_up_at": CLERICAL,
    },
    label=lambda message: (
        f"{message.queued_at:%-d %B %Y},"
        f" {message.template.rpartition('/')[2].removesuffix('.txt').replace('_', ' ')}"
    ),
)
register.recipient(
    PROVIDER,
    purposes=("account", "security", "registration", "safety", "own-data", "support", "requests", "staff"),
    categories=("contact.email", "message.content"),
)


WHERE_TO = ("auditing",)
TO_SOMEBODY = {
    "queued_at": "log.lookup",
    "sent_at": "log.lookup",
    "acknowledged_at": "log.lookup",
    "stopped_at": "log.lookup",
    "denied_at": "log.lookup",
    "recipient": "log.lookup",
    "purpose": "log.lookup",
    "fields": "log.lookup",
    "handle": "log.lookup",
    "trouble": "log.lookup",
    "sha256": "log.lookup",
}
ON_THE_WAY = {
    "values": (
        "An envelope under your own key while it is on its way, empty afterwards. What is in it stands in its"
        " own place."
    ),
    "token": "A random word that only this recipient is told, to acknowledge with.",
    "due_at": CLERICAL,
    "attempts": CLERICAL,
    "by_hand": CLERICAL,
    "done_by": "The role of whoever did it by hand.",
}
register.holds(
    Handle,
    subject="subject",
    purposes=WHERE_TO,
    title=sentence("What recipients call you"),
    columns={"handle": "log.lookup", "recipient": "log.lookup"},
    label=lambda row: row.recipient,
)
register.holds(
    Disclosure,
    subject="subject",
    purposes=WHERE_TO,
    title=sentence("Where your data went"),
    columns={
        **TO_SOMEBODY,
        "categories": "log.lookup",
        "reason": "log.lookup",
        "left_out": "log.lookup",
        "approver": "log.lookup",
    },
    clear={"reason": "A sentence of the program’s own, with numbers and days and no words of anybody."},
    nobody={
        **ON_THE_WAY,
        "collected": "The number of a version of the policy.",
        "key": "Our own name for it, by which nothing is handed over twice.",
        "mark": "A keyed hash by which the same content for the same recipient is known again.",
        "approved_by": "Who of our staff approved it; who they are is theirs, and stands in their record.",
    },
    label=lambda row: joined((day(row.queued_at), row.recipient), ", "),
)
register.holds(
    Notice,
    subject="subject",
    purposes=WHERE_TO,
    title=sentence("What recipients were told of changes"),
    columns={**TO_SOMEBODY, "kind": "log.lookup", "purposes": "log.lookup", "withheld": "log.lookup"},
    nobody={**ON_THE_WAY, "about": "Which correction it follows from.", "reminders": CLERICAL},
    label=lambda row: joined((day(row.queued_at), row.recipient), ", "),
)


def ended() -> Coalesce:
    return Coalesce("delivered_at", "given_up_at", output_field=DateTimeField())


register.unlinks(Disclosure, "approved_by")
register.spares(Message, Q(due_at__isnull=False))
register.ends(Message, "event.happened", at=ended, where=Q(purpose="security"))
register.ends(Message, "copy.finished", at=ended, where=Q(purpose="own-data"))
register.ends(
    Message,
    "holding.ended",
    at=Latest(Holding, link="person", at="until", outer="subject"),
    where=Q(purpose="registration"),
)
register.ends(Message, "unit.shipped", at=ended, where=Q(purpose="safety"))


def arrived() -> Coalesce:
    return Coalesce("acknowledged_at", "stopped_at", "sent_at", output_field=DateTimeField())


for delivery in (Disclosure, Notice):
    register.spares(
        delivery, Q(due_at__isnull=False) | Q(by_hand=True, acknowledged_at=None, stopped_at=None)
    )
    register.ends(delivery, "event.happened", at=arrived)
    register.born(delivery, at="queued_at")
    # What a recipient calls somebody is needed for as long as anything we gave them may have to be followed.
    register.ends(Handle, "event.happened", at=Latest(delivery, link="handle", at=arrived, outer="handle"))
register.nobody(
    Silence,
    because=(
        "Keyed hashes of addresses whose owners asked never to be written to again. They lead to nobody, and"
        " serve that alone."
    ),
)
register.nobody(
    RefusedWay,
    because="How often a place in the program tried to connect past the outbox: module names and counts.",
)

register.nobody(DkimKey, because="Keys of the company that its mail is signed with.")
register.nobody(
    Errand,
    because=(
        "What somebody typed, sealed by the program, for the second until the worker has looked whom it"
        " is of."
    ),
)
# What waits goes where they are. What protects the ID does not follow: a thief who changed the address would
# get the warning.
contact_copies.follows(
    Message,
    "to",
    of="email",
    rows=lambda person: Message.objects.filter(subject=person.pk, due_at__isnull=False).exclude(
        purpose="security"
    ),
)
