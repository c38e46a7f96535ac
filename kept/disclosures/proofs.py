"""What the one call can prove: nothing went that a task does not need, and nothing was sold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Sum

from kept.core.ledger import versions
from kept.core.ledger.acts import acts_of
from kept.core.policy.model import sells
from kept.core.register.proving.proofs import Proof, proof
from kept.disclosures.authorities.models import LEGAL, PUBLIC
from kept.disclosures.models import Refused
from kept.outbox import recorded
from kept.outbox.models import Disclosure
from kept.outbox.send_rules import left_out
from kept.sentences import Sentence, counted, joined, sentence

DECIDING = ("asked", "answered", "disclosed")


@proof(
    "disclosures.minimal",
    promise=("providers-bound", "group-bound", "system-disclosures"),
    title=sentence("Nobody got a kind of data that their task does not need"),
    unseen=sentence("What a recipient does with what it was given, and what staff copy by hand."),
)
def minimal() -> Proof:
    """Each entry of the ledger that says something was handed over, with the kinds of data it names, by the
    version of the policy it went by; and each row with the bytes the entry names.
    """
    entries = [one for one in recorded.left()[0] if one.recipient and one.act.kind == "disclosed"]
    wrong = [said for entry in entries if not entry.detail.get("notice") for said in _too_much(entry)]
    wrong += _other_bytes({entry.about: entry.detail for entry in entries})
    if wrong:
        return Proof(
            False,
            counted("{n} beyond the policy", "{n} beyond the policy", len(wrong)),
            joined(list(dict.fromkeys(wrong))[:5], " "),
        )
    if not entries:
        return Proof(None, sentence("nothing yet"), sentence("Nothing has been handed to anybody yet."))
    return Proof(
        True,
        sentence("{n} of {n}", n=len(entries)),
        sentence(
            "Each held only kinds of data that its recipient may have for its purpose, by the policy of"
            " that day."
        ),
    )


def _too_much(entry: recorded.Left) -> list[str]:
    policy = versions.version(entry.act.policy)
    whom = policy.recipients.get(entry.recipient)
    if whom is None or entry.act.purpose not in policy.purposes:
        return [sentence("{recipient} is no recipient of that version.", recipient=entry.recipient)]
    said = (left_out(policy, whom, entry.act.purpose, kind) for kind in entry.detail.get("categories", ()))
    return [one for one in said if one]


def _other_bytes(details: Mapping[str, Mapping[str, Any]]) -> list[Sentence]:
    """Rows that say other bytes went than the ledger does."""
    wrong = []
    sent = Disclosure.objects.exclude(sent_at=None).exclude(sha256="").order_by("-sent_at")
    for pk, sha256, recipient in sent.values_list("pk", "sha256", "recipient")[: recorded.NEWEST]:
        detail = details.get(f"{recorded.HANDED}{pk}")
        if detail is not None and detail.get("sha256") not in ("", None, sha256):
            wrong.append(
                sentence("The row says other bytes went to {recipient} than the ledger.", recipient=recipient)
            )
    return wrong


@proof(
    "disclosures.two_people",
    promise="legal-demands",
    title=sentence("Two people decided on whatever an authority was given, in writing, before it left"),
    unseen=sentence("What somebody tells an authority without the portal, and whether two people are one."),
)
def two_people() -> Proof:
    """Each entry that says an authority was given something lies after one that wrote the demand down and one
    that granted it, of the same person and by two members of staff.
    """
    acts = [act for purpose in (LEGAL, PUBLIC) for act in acts_of(DECIDING, purpose=purpose)]
    wrong = given = 0
    for act in acts:
        for alias, _detail in act.parts if act.kind == "disclosed" else ():
            given += 1
            before = [one for one in acts if one.seq < act.seq and any(who == alias for who, _ in one.parts)]
            asked = {one.about: one.payload.get("by") for one in before if one.kind == "asked"}
            wrong += not any(
                one.kind == "answered" and asked.get(one.about) not in (None, one.payload.get("by"))
                for one in before
            )
    if wrong:
        return Proof(
            False,
            counted("{n} without two people", "{n} without two people", wrong),
            sentence("An authority was given something that two people had not decided on before."),
        )
    if not given:
        return Proof(None, sentence("nothing yet"), sentence("No authority was ever given anything."))
    return Proof(
        True,
        sentence("{n} of {n}", n=given),
        sentence("Each was written down by one and granted by another before it left."),
    )


@proof(
    "disclosures.never_sold",
    promise="no-sale",
    title=sentence("Every attempt to sell or to rent was refused"),
    unseen=sentence("An attempt that was never typed here."),
)
def never_sold() -> Proof:
    """Whatever the ledger says left, and whatever waits to leave: none of it for a purpose that sells."""
    gone = [act.purpose for act in acts_of(["disclosed", "sent"]) if sells(act.purpose)]
    gone += [one for one in Disclosure.objects.values_list("purpose", flat=True).distinct() if sells(one)]
    if gone:
        return Proof(
            False,
            counted("{n} sold", "{n} sold", len(gone)),
            sentence(
                "Something left, or is to leave, for {purposes}.", purposes=joined(dict.fromkeys(gone), ", ")
            ),
        )
    count = {row["what"]: row["many"] for row in Refused.objects.values("what").annotate(many=Sum("count"))}
    every = sum(count.values())
    return Proof(
        True,
        sentence("0 sold"),
        counted(
            "{sold} of {n} refused disclosure would have sold or rented.",
            "{sold} of {n} refused disclosures would have sold or rented.",
            every,
            sold=count.get("sale", 0),
        ),
    )
