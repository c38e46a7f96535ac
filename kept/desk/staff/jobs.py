"""What whoever held an employer's ID sent meanwhile ends with the way back of her address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ends_with_recovery
from kept.desk.staff.flows import end_invitations


@ends_with_recovery("staff")
def end_invitations_sent_meanwhile(user: User, since: datetime) -> Iterator[str]:
    """Links to the desk."""
    post = user.post()
    ended = end_invitations(post, since=since) if post is not None else 0
    if ended:
        yield f"{ended} invitation{'' if ended == 1 else 's'} to work at the desk"
