"""The desk's side: mail that no machine took for a request waits here for a controller."""

from __future__ import annotations

from typing import Any

from kept.core.register.hooks.desk import desk_queue
from kept.rights.asking.models import Unsorted
from kept.rights.requests.desk import ANSWERING, regions_of
from kept.sentences import sentence


@desk_queue("unsorted", title=sentence("Mail to be sorted"), roles=ANSWERING, url="desk-unsorted")
def waiting(reader: Any) -> int:
    return Unsorted.objects.filter(sorted_at=None, region__in=regions_of(reader.role, reader.entity)).count()
