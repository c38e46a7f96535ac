"""What a stolen ID of a member of staff did to posts is undone, its matters close, and whoever sees to the
staff is told what it looked at.

Accomplices are followed: whoever was made an employer by the thief did what they did since in the thief's
name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kept.accounts.models import StaffMember, User
from kept.accounts.recovery.granted_roles import not_trusted, stood_before
from kept.accounts.signing_in.posts import StillNeeded, check_leaving
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job
from kept.desk.models import Matter
from kept.desk.staff import flows
from kept.sentences import sentence

SOURCE = "taking an address back"


def posts_back(user: User, since: datetime) -> list[str]:
    """Each post that the thief, or an accomplice, gave or ended is again what it was.

    One act. Says each in a few words.
    """
    mine = list(StaffMember.objects.filter(user=user).values_list("pk", flat=True))
    if not mine:
        return []
    with (
        gate.purpose(flows.PURPOSE, reader=flows.CLERK, about=Job("posts at the desk"), source=SOURCE) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        rows = list(StaffMember.objects.select_for_update().order_by("user_id", "-since", "-pk"))
        return list(_undone(act, rows, mine, since))


def _undone(act: gate.Act, rows: list[StaffMember], mine: list[int], since: datetime) -> Iterator[str]:
    before = {
        row.user_id
        for row in rows
        if row.role in flows.EMPLOYERS and row.since < since and (row.until is None or row.until >= since)
    }
    by = not_trusted(
        rows,
        hers=mine,
        since=since,
        gives=lambda row: row.role in flows.EMPLOYERS and row.user_id not in before,
    )
    changed = []
    for _, theirs in groupby(rows, key=lambda row: row.user_id):
        held = list(theirs)
        was, now = stood_before(held, since=since, by=by), (held[0] if held[0].until is None else None)
        if (was.role, was.entity) != (now.role, now.entity) if was and now else was is not now:
            changed.append((was, now))
    # First whoever comes back, then who goes: there is always a data controller.
    for was, now in sorted(changed, key=lambda pair: pair[0] is None):
        yield _put_back(act, was, now)


def _put_back(act: gate.Act, was: StaffMember | None, now: StaffMember | None) -> str:
    one = was or now
    assert one is not None
    user, day = User.objects.select_related("person").get(pk=one.user_id), timezone.localdate()
    if was is not None and not user.is_active:
        return sentence(
            "A post that was ended meanwhile, {post}: their ID was closed since, so it stays ended, {day}",
            post=flows.post_in_words(was.role, was.entity),
            day=day,
        )
    if was is not None:
        user.employ(role=was.role, entity=was.entity)
    else:
        assert now is not None
        try:
            check_leaving(now)
        except StillNeeded:
            return sentence(
                "A post given meanwhile, {post}, stands: nobody else could follow. Look at it at the"
                " desk, {day}",
                post=flows.post_in_words(now.role, now.entity),
                day=day,
            )
        now.leave()
    user.sessions.all().delete()
    said = flows.post_in_words(was.role, was.entity) if was else ""
    with suppress(KeyErased):
        held = [was.role, was.entity] if was else []
        act.touch(
            user.subject,
            what=sentence(
                "Your post is again what it was, as a stolen ID had changed it: {post}",
                post=said or sentence("none"),
            ),
            post=held,
        )
        flows.tell(user, "post_back", {"post": said})
    if said:
        return sentence("A post is again what it was before: {post}, {day}", post=said, day=day)
    return sentence("Somebody was given a post; they hold none any more, {day}", day=day)


def matters_closed(user: User, since: datetime) -> list[str]:
    """Matters opened under her post meanwhile are closed, and named with what they led to: what was seen
    cannot be unseen.
    """
    opened = list(
        Matter.objects.filter(
            Q(opened_at__gte=since) | Q(worked_at__gte=since), opener=user.subject
        ).order_by("number")
    )
    for matter in opened:
        matter.close()
    if not opened:
        return []
    numbers, found = ", ".join(str(one.number) for one in opened), sum(one.shown for one in opened)
    return [
        sentence(
            "Matters worked on meanwhile, closed now: {numbers}. {n} people were found under them: what was"
            " seen cannot be taken back. Tell your privacy officer, as it may have to be reported as a breach"
            " within 72 hours",
            numbers=numbers,
            n=found,
        )
    ]


def tell_employers(user: User, since: datetime) -> None:
    """Whoever sees to the staff of that company hears of it, and nothing of whose ID it is: the desk shows
    who works there.
    """
    post = user.posts.order_by("-since").first()
    if post is None or not (post.until is None or post.until >= since):
        return
    today = StaffMember.objects.working().exclude(user=user).select_related("user__person")
    about = Job("posts at the desk")
    with (
        gate.purpose(flows.PURPOSE, reader=flows.CLERK, about=about, source=SOURCE) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        for one in today.filter(Q(role=flows.OFFICER) | Q(role=flows.CONTROLLER, entity=post.entity)):
            with suppress(KeyErased):
                flows.tell(
                    one.user,
                    "id_taken_back",
                    {"post": flows.post_in_words(post.role, post.entity), "since": since},
                )
                act.touch(
                    one.user.subject,
                    what=sentence("You were told that a colleague's ID had been in somebody else's hands"),
                )
