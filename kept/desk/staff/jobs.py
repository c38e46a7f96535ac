"""What whoever held the ID of a member of staff did meanwhile ends with the way back of her address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ends_with_recovery
from kept.desk.staff import recovery
from kept.desk.staff.flows import end_invitations
from kept.sentences import counted


@ends_with_recovery("staff")
def undo_what_was_done_meanwhile(user: User, since: datetime) -> Iterator[str]:
    """Posts and matters, and links to the desk."""
    yield from recovery.posts_back(user, since)
    yield from recovery.matters_closed(user, since)
    post = user.post()
    ended = end_invitations(post, since=since) if post is not None else 0
    if ended:
        yield counted("{n} invitation to work at the desk", "{n} invitations to work at the desk", ended)
    recovery.tell_employers(user, since)
