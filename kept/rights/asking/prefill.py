"""What we know of somebody who is signed in is filled in, and says where it comes from and since when
(P10).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.columns.values import Erased, Hidden, provenance, show
from kept.people.models import Person
from kept.portal.marks.durations import written
from kept.rights.access.value_names import source_in_words
from kept.rights.requests.course.verbs import PURPOSE

NAMES = ("name", "email", "country")


def of(request: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """(values, origins by field). ({}, {}) for a visitor."""
    person: Person | None = request.person
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    if person is None or request.reader is None:
        return values, origins
    with gate.purpose(PURPOSE, reader=request.reader, about=person):
        for name in NAMES:
            value, came = show(person, name), provenance(person, name)
            if value and not isinstance(value, Erased | Hidden):
                values[name] = value
                origins[name] = _("From your profile")
                if came and came.source:
                    source = source_in_words(came.source)
                    origins[name] = _("From {source}, {day}").format(source=source, day=written(came.day))
    return {**values, "language": person.language}, origins
