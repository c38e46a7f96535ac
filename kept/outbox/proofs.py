"""What the door can prove: nobody is sold to, and nothing leaves the Union without a framework in force."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy import law
from kept.core.policy.model import SERVICES
from kept.core.policy.render import recipient_state
from kept.core.register.declarations import DECLARED
from kept.core.register.hooks.stalled_jobs import LONGEST
from kept.core.register.proving.proofs import Proof, proof
from kept.outbox import recorded, sockets
from kept.outbox.handing_over import refusals
from kept.outbox.models import Disclosure, Message, Notice
from kept.sentences import counted, joined, sentence


@proof(
    "outbox.no_sale",
    promise="no-sale",
    title=sentence("No way out to a buyer"),
    unseen=sentence("What a recipient does with what it was given, and what staff copy by hand."),
)
def no_sale() -> Proof:
    """Everyone the code can send to is a recipient of the policy, for a purpose that may reach it and a
    service of the closed list.
    """
    policy = versions.current().policy
    reachable = {(declared.id, purpose) for declared in DECLARED.recipients for purpose in declared.purposes}
    reachable |= set(Message.objects.exclude(recipient="").values_list("recipient", "purpose").distinct())
    reachable |= set(Disclosure.objects.exclude(sent_at=None).values_list("recipient", "purpose").distinct())
    entries, _ = recorded.left()
    outside = recorded.outside_the_policy(entries) + [
        sentence("{recipient} for {purpose}", recipient=recipient, purpose=purpose)
        for recipient, purpose in sorted(reachable)
        if recipient not in policy.recipients
        or purpose not in policy.purposes
        or policy.recipients[recipient] not in policy.recipients_of(purpose)
        or not set(policy.recipients[recipient].services) <= SERVICES.keys()
    ]
    if outside:
        return Proof(
            False,
            counted("{n} outside the policy", "{n} outside the policy", len(outside)),
            sentence("Ways out that the policy does not know: {outside}.", outside=joined(outside, ", ")),
        )
    return Proof(
        True,
        sentence("0 ways out to a buyer"),
        sentence(
            "{n} ways out were compared with the policy, those the code declares and those that "
            "mail and disclosures have taken; and {all} entries of the ledger, each with the "
            "version it went by. None sells, none rents.",
            n=len(reachable),
            all=len(entries),
        ),
    )


@proof(
    "outbox.on_record",
    promise=("system-disclosures", "legal-demands", "group-bound", "providers-bound"),
    title=sentence("What left is in the ledger, and what the ledger says left has its row"),
    unseen=sentence("What somebody copies by hand without the desk, and entries before the newest 10,000."),
)
def on_record() -> Proof:
    """Disclosures, notices and mail, row by row against the acts that were committed before a byte left; and
    the acts against the rows.
    """
    entries, acts = recorded.left()
    wrong = recorded.differences(entries, acts)
    if wrong:
        return Proof(
            False,
            counted("{n} not on record", "{n} not on record", len(wrong)),
            sentence("Rows and ledger differ: {wrong}.", wrong=joined(dict.fromkeys(wrong[:5]), "; ")),
        )
    if not entries:
        return Proof(None, sentence("nothing yet"), sentence("Nothing has left for anybody yet."))
    outside = sum(bool(entry.recipient) for entry in entries)
    return Proof(
        True,
        sentence("{n} of {n}", n=len(entries)),
        sentence(
            "Each has its entry and its row. {outside} went to a recipient, the rest stayed here.",
            outside=outside,
        ),
    )


@proof(
    "outbox.only_way_out",
    promise=("no-sale", "providers-bound"),
    title=sentence("Nothing opens a connection but the outbox and the database"),
    unseen=sentence(
        "A library in C that opens sockets by itself, and what the machine around the program sends."
    ),
)
def only_way_out() -> Proof:
    """Each kind of way out, tried here to nowhere; and what web and worker refused in the last seven days."""
    holes = sockets.tried()
    if holes:
        return Proof(
            False,
            counted("{n} not refused", "{n} not refused", len(holes)),
            sentence("Was tried past the outbox, and went through: {holes}.", holes=joined(holes, ", ")),
        )
    many, places = refusals.lately(timezone.localdate())
    if many:
        text = sentence(
            "Code tried to connect past the outbox in the last seven days, and was refused: {places}.",
            places=joined(places[:5], "; "),
        )
        return Proof(False, counted("{n} refused", "{n} refused", many), text)
    ways = joined(sorted(one.title for one in sockets.WAYS.values()), "; ")
    return Proof(
        True,
        sentence("0 past the outbox"),
        sentence(
            "Each kind of connection was tried past it, and refused. The {n} declared ways: {ways}.",
            n=len(sockets.WAYS),
            ways=ways,
        ),
    )


@proof(
    "outbox.transfers",
    promise="transfers",
    title=sentence("Every transfer has a framework in force"),
    unseen=sentence("What a recipient does with what it was given."),
)
def transfers() -> Proof:
    """Every recipient outside the EEA stands under a mechanism that is good law today; and whatever went
    there, on the day it went.
    """
    policy, today = versions.current().policy, timezone.localdate()
    abroad = [
        one
        for one in policy.recipients.values()
        if one.kind != "authority" and not law.within_eea(one.country)
    ]
    dead = [joined((one.title, state), ": ") for one in abroad if (state := recipient_state(one, today))]
    if dead:
        return Proof(
            False,
            sentence("{n} of {all} without one", n=len(dead), all=len(abroad)),
            sentence("Sending to them has stopped. {dead}", dead=joined(dead)),
        )
    entries, _ = recorded.left()
    if went := recorded.without_a_framework(entries):
        return Proof(
            False,
            counted("{n} without one", "{n} without one", len(went)),
            sentence("Went without a framework in force: {went}.", went=joined(went[:5], ", ")),
        )
    return Proof(
        True,
        sentence("{n} of {n} in force", n=len(abroad)),
        sentence(
            "Every recipient outside the European Economic Area has a contract and a transfer "
            "mechanism in force today."
        ),
    )


OVERDUE = timedelta(days=30)
"""So long people may take to tell a recipient by hand."""


@proof(
    "outbox.followed",
    promise="accurate",
    title=sentence("Every correction and erasure was passed on"),
    unseen=(
        sentence(
            "Whether a recipient who acknowledged a change really made it, an acknowledgement "
            "written into the table by hand, and what was handed over more than a year before an "
            "erasure."
        )
    ),
)
def followed() -> Proof:
    """By the ledger, each recipient who had something of somebody who was corrected or erased since was told
    of it, or is to be. By the rows, everyone who was told has said so, is reminded, or is on the list of
    those whom people tell, and not for too long.
    """
    entries, acts = recorded.left()
    erased, forgotten = recorded.forgotten_untold(entries, acts)
    corrected, untold = recorded.untold(entries)
    if made_up := recorded.notices_made_up(acts):
        return Proof(
            False,
            counted("{n} not told", "{n} not told", made_up),
            sentence(
                "Recipients are said to have been told of an erasure, and the ledger knows nothing of it."
            ),
        )
    if forgotten or untold:
        text = sentence(
            "By the ledger {untold} recipients had what was corrected since and {forgotten} what "
            "was erased, and nothing tells them.",
            untold=untold,
            forgotten=forgotten,
        )
        return Proof(
            False, sentence("{n} of {all} not told", n=forgotten + untold, all=erased + corrected), text
        )
    now = timezone.now()
    every, waits = Notice.objects.all(), Q(acknowledged_at=None, stopped_at=None)
    count, open_ = every.count(), every.filter(waits)
    lost = open_.filter(due_at=None, by_hand=False).count()
    stuck = open_.filter(due_at__lt=now - LONGEST).count()
    late = open_.filter(by_hand=True, queued_at__lt=now - OVERDUE).count()
    if lost or stuck or late:
        text = sentence(
            "{lost} that nobody is working on, {stuck} that should have left an hour ago, {late} "
            "that people have not told within 30 days.",
            lost=lost,
            stuck=stuck,
            late=late,
        )
        return Proof(False, sentence("{n} of {all} not passed on", n=lost + stuck + late, all=count), text)
    if not count:
        return Proof(
            None,
            sentence("nothing to pass on yet"),
            sentence("Nobody who was handed anything had to be told of a change yet."),
        )
    waiting = open_.count()
    return Proof(
        True,
        sentence("{n} of {all} acknowledged", n=count - waiting, all=count),
        sentence(
            "{waiting} are being told or reminded. Whoever does not answer is told by people.",
            waiting=waiting,
        ),
    )
