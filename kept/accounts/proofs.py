"""What sign-in can prove of the promises."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count

from kept.accounts.models import User
from kept.core.ledger.acts import acts_of
from kept.core.register.proving.proofs import Proof, proof
from kept.core.vault.subject_keys.keys import aliases_of
from kept.people.mailboxes import canonical
from kept.sentences import sentence

INVITED = timedelta(days=60)
"""So long before somebody confirms an ID they may have been written down: invited to the desk, for one."""


@proof(
    "accounts.one_id",
    promise="one-id",
    title=sentence("Each ID belongs to one person, and each person has at most one"),
    unseen=sentence("One person who makes two IDs with two addresses."),
)
def one_id() -> Proof:
    """Broken by a confirmed ID without a person, a person with two IDs, or an address stored in two ways."""
    confirmed = User.objects.filter(confirmed_at__isnull=False)
    addresses = set(confirmed.values_list("email", flat=True))
    if not addresses:
        return Proof(None, sentence("no IDs yet"), sentence("Nobody has made an ID yet."))
    doubled = (
        User.objects.filter(person__isnull=False)
        .values("person_id")
        .annotate(ids=Count("pk"))
        .filter(ids__gt=1)
        .count()
    )
    homeless = confirmed.filter(person__isnull=True).count()
    mistyped = sum(1 for email in addresses if email != canonical(email))
    unmade = _never_made()
    wrong = doubled + homeless + mistyped + unmade
    figure = sentence("{n} of {all}", n=len(addresses) - wrong, all=len(addresses))
    if wrong:
        return Proof(
            False,
            figure,
            sentence(
                "{doubled} persons have two IDs, {homeless} IDs have no person, {mistyped} addresses"
                " are not in"
                " their one form, {unmade} IDs were never made, by the ledger.",
                doubled=doubled,
                homeless=homeless,
                mistyped=mistyped,
                unmade=unmade,
            ),
        )
    return Proof(
        True,
        figure,
        sentence("Every ID belongs to exactly one person, and every address is stored in one form."),
    )


def _never_made() -> int:
    """Confirmed IDs of people of whom no act tells that anything was ever collected."""
    acts = acts_of(["collected"])
    told = {alias for act in acts for alias, _ in act.parts}
    made = User.objects.filter(confirmed_at__gt=acts.since + INVITED, person__isnull=False).values_list(
        "person_id", flat=True
    )
    known = aliases_of([subject for subject in made if subject])
    return sum(alias not in told for alias in known.values()) + len(set(made)) - len(known)
