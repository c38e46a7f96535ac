"""The desk's side: who works here, and invitations that are not answered yet."""

from __future__ import annotations

from typing import Any

from kept.accounts.signing_in.posts import CONTROLLER, OFFICER
from kept.core.register.hooks.desk import desk_queue
from kept.desk.staff.flows import Employer
from kept.desk.staff.models import Invitation
from kept.sentences import sentence

ROLES = (CONTROLLER, OFFICER)


@desk_queue("staff", title=sentence("Staff"), roles=ROLES, url="desk-staff")
def waiting(reader: Any) -> int:
    return int(Invitation.objects.open().filter(entity__in=Employer(reader).entities()).count())
