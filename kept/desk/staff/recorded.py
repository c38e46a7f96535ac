"""Who was employed and let go as the ledger tells it, laid beside the posts, which the door of the desk goes
by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kept.accounts.models import StaffMember, User
from kept.core.ledger.acts import Acts, acts_of
from kept.core.vault.subject_keys.keys import aliases_of, subjects_of
from kept.desk.staff.flows import PURPOSE, post_in_words
from kept.sentences import sentence

KINDS = ("collected", "changed")
EARLIER = ("Staff record made", "You took up your post", "Your post changed")
"""What acts said of a post before they named its role: that there is one."""
EARLIER_END = "Your post ended"
Post = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """``posts`` of today; each difference is a sentence that names a post and nobody."""

    posts: int
    differences: tuple[str, ...]


def compare() -> Compared:
    """Every post of today, against the acts that gave and ended posts, both ways."""
    acts = acts_of(KINDS, purpose=PURPOSE)
    told = _told(acts)
    today = list(StaffMember.objects.working().select_related("user"))
    wrong = [*_unemployed(today, told, acts.since), *_vanished(today, told)]
    return Compared(len(today), tuple(wrong))


def _told(acts: Acts) -> dict[bytes, Post | None]:
    """By alias the post somebody holds, ("", "") where it ended; None: they hold one, and the act does not
    say which.
    """
    told: dict[bytes, Post | None] = {}
    for act in acts:
        for alias, detail in act.parts:
            post, what = detail.get("post"), str(detail.get("what", ""))
            if post is not None:
                told[alias] = (str(post[0]), str(post[1])) if post else ("", "")
            elif what.startswith(EARLIER_END):
                told[alias] = ("", "")
            elif what.startswith(EARLIER):
                told[alias] = None
    return told


def _unemployed(today: list[StaffMember], told: dict[bytes, Post | None], since: datetime) -> Iterator[str]:
    aliases = aliases_of([post.user.subject for post in today])
    held: dict[object, int] = {}
    for post in today:
        alias, words = aliases.get(post.user.subject), post_in_words(post.role, post.entity)
        held[post.user_id] = held.get(post.user_id, 0) + 1
        if held[post.user_id] > 1:
            yield sentence("somebody holds two posts, one as {post}", post=words)
        elif alias is None:
            yield sentence("somebody nobody knows works as {post}", post=words)
        elif alias not in told:
            if post.since > since:
                yield sentence("somebody works as {post}, and no act ever employed them", post=words)
        elif told[alias] not in (None, (post.role, post.entity)):
            was = told[alias]
            assert was is not None
            if was[0]:
                yield sentence(
                    "somebody works as {post}, and was employed as {other}",
                    post=words,
                    other=post_in_words(*was),
                )
            else:
                yield sentence("somebody works as {post}, and was let go", post=words)


def _vanished(today: list[StaffMember], told: dict[bytes, Post | None]) -> Iterator[str]:
    here = subjects_of([alias for alias, post in told.items() if post is not None and post[0]])
    # Whoever closed their ID holds no post any more: that is told by other acts.
    open_ids = set(
        User.objects.filter(person_id__in=here.values(), closed_at=None).values_list("person_id", flat=True)
    )
    working = {post.user.subject for post in today}
    for alias, subject in here.items():
        post = told[alias]
        if subject in open_ids - working and post is not None:
            yield sentence(
                "somebody was employed as {post}, and their post is gone without an act",
                post=post_in_words(*post),
            )
