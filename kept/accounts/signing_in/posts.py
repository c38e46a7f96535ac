"""Posts at the desk: which companies answer for which regions, and why their last data controller cannot
leave.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from kept.accounts.models import StaffMember
from kept.core.ledger import versions
from kept.core.policy.places import Company
from kept.core.policy.verdict import UNEMPLOYED
from kept.sentences import listed

CONTROLLER, OFFICER = "controller", "officer"


class StillNeeded(Exception):
    """The last data controller of a region wants to leave. The message says what comes first."""


def roles_of_staff(company: Company) -> dict[str, str]:
    """The roles somebody can be employed in, with their words: not the person's own, and not the
    program's.
    """
    return {role: words for role, words in company.roles.items() if role not in UNEMPLOYED}


def regions_answered(company: Company, entity: str) -> list[str]:
    """Titles of the regions whose data controller works for this company of the group."""
    return [region.title for region in company.regions.values() if region.entity == entity]


def controllers_of(entity: str) -> list[StaffMember]:
    """Who holds the post of a data controller there today. Locks the posts: call it inside a transaction."""
    today = (
        StaffMember.objects.select_for_update(of=("self",)).select_related("user").filter(StaffMember.today())
    )
    return [post for post in today.filter(role=CONTROLLER, entity=entity) if post.user.is_active]


def check_leaving(post: StaffMember, *, leaving: Collection[UUID] = ()) -> None:
    """May this post end?

    ``leaving``: subjects who are on their way out already, and succeed nobody. Raises StillNeeded.

    Inside a transaction: of two last ones who leave at the same time, the second is refused.
    """
    if post.role != CONTROLLER:
        return
    regions = regions_answered(versions.current().policy.company, post.entity)
    others = [one for one in controllers_of(post.entity) if one.user_id != post.user_id]
    if regions and not [one for one in others if one.user.subject not in leaving]:
        raise StillNeeded(
            _(
                "Nobody else is data controller for {regions}. Take in a successor first; when they have"
                " accepted, this post can end."
            ).format(regions=listed(regions))
        )
