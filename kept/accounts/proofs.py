"""What sign-in can prove of the promises."""

from __future__ import annotations

from django.db.models import Count

from kept.accounts.models import User
from kept.core.register.proofs import Proof, proof
from kept.people.mailboxes import canonical


@proof(
    "accounts.one_id",
    promise="one-id",
    title="Each ID belongs to one person, and each person has at most one",
    unseen="One person who makes two IDs with two addresses.",
)
def one_id() -> Proof:
    """Broken by a confirmed ID without a person, a person with two IDs, or an address stored in two ways."""
    confirmed = User.objects.filter(confirmed_at__isnull=False)
    addresses = set(confirmed.values_list("email", flat=True))
    if not addresses:
        return Proof(None, "no IDs yet", "Nobody has made an ID yet.")
    doubled = User.objects.filter(person__isnull=False).values("person_id").annotate(ids=Count("pk")).filter(ids__gt=1).count()
    homeless = confirmed.filter(person__isnull=True).count()
    mistyped = sum(1 for email in addresses if email != canonical(email))
    wrong = doubled + homeless + mistyped
    figure = f"{len(addresses) - wrong} of {len(addresses)}"
    if wrong:
        return Proof(False, figure, f"{doubled} persons have two IDs, {homeless} IDs have no person, {mistyped} addresses are not in their one form.")
    return Proof(True, figure, "Every ID belongs to exactly one person, and every address is stored in one form.")
