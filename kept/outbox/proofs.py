"""What the door can prove: nobody is sold to, and nothing leaves the Union without a framework in force."""

from __future__ import annotations

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy import law
from kept.core.policy.model import SERVICES
from kept.core.policy.render import recipient_state
from kept.core.register.declarations import DECLARED
from kept.core.register.proofs import Proof, proof
from kept.outbox.models import Message


@proof("outbox.no_sale", promise="no-sale", title="No way out to a buyer")
def no_sale() -> Proof:
    """Everyone the code can send to is a recipient of the policy, for a purpose that may reach it and a service of the closed list."""
    policy = versions.current().policy
    reachable = {(declared.id, purpose) for declared in DECLARED.recipients for purpose in declared.purposes}
    reachable |= set(Message.objects.exclude(recipient="").values_list("recipient", "purpose").distinct())
    outside = [
        f"{recipient} for {purpose}"
        for recipient, purpose in sorted(reachable)
        if recipient not in policy.recipients
        or purpose not in policy.purposes
        or policy.recipients[recipient] not in policy.recipients_of(purpose)
        or not set(policy.recipients[recipient].services) <= SERVICES.keys()
    ]
    if outside:
        return Proof(
            False,
            f"{len(outside)} outside the policy",
            f"Ways out that the policy does not know: {', '.join(outside)}.",
        )
    return Proof(
        True,
        "0 ways out to a buyer",
        f"{len(reachable)} ways out were compared with the policy, those the code declares and those mail has taken. None sells, none rents.",
    )


@proof(
    "outbox.transfers",
    promise="transfers",
    title="Every transfer has a framework in force",
)
def transfers() -> Proof:
    """Every recipient outside the EEA stands under a mechanism that is good law today."""
    policy, today = versions.current().policy, timezone.localdate()
    abroad = [one for one in policy.recipients.values() if one.kind != "authority" and not law.within_eea(one.country)]
    dead = [f"{one.title}: {state}" for one in abroad if (state := recipient_state(one, today))]
    if dead:
        return Proof(
            False,
            f"{len(dead)} of {len(abroad)} without one",
            f"Sending to them has stopped. {' '.join(dead)}",
        )
    return Proof(
        True,
        f"{len(abroad)} of {len(abroad)} in force",
        "Every recipient outside the European Economic Area has a contract and a transfer mechanism in force today.",
    )
