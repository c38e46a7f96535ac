"""What a member of staff leaves open at the desk: the matters they opened.

A colleague goes on with them, or they are closed.
"""

from __future__ import annotations

from collections.abc import Iterable

from kept.accounts.models import StaffMember
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.desk.models import Matter
from kept.sentences import sentence

CLERK = SystemReader(job="desk.handover")


def open_matters(post: StaffMember) -> list[Matter]:
    """Those they opened and nobody has closed, by number.

    A matter closes itself after an hour without work on it.
    """
    rows = Matter.objects.filter(opener=post.user.subject, closed_at=None).order_by("number")
    return [matter for matter in rows if matter.matter_open]


def colleagues(post: StaffMember) -> list[StaffMember]:
    """Who may go on with them: whoever holds the same role in the same company today."""
    same = StaffMember.objects.working().filter(role=post.role, entity=post.entity)
    return list(same.exclude(user=post.user_id).select_related("user__person").order_by("since", "pk"))


def hand_over(matters: Iterable[Matter], *, to: StaffMember | None) -> None:
    """Each goes to ``to``; without anybody it is closed.

    What is handed over is sealed anew where the leaver's key sealed it.
    """
    for matter in matters:
        if to is None:
            matter.close()
            continue
        with gate.purpose(
            matter.purpose, reader=CLERK, about=Job(matter.matter_ref), source=matter.matter_ref
        ) as act:
            act.kind = "changed"
            matter.hand_over(to.user.subject)
            act.touch(
                to.user.subject, what=sentence("Matter {number} was handed over to you", number=matter.number)
            )
