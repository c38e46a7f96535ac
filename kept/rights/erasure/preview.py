"""Before anything is asked: what goes, what must stay under which law and until when, what an organisation
keeps, who is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.utils import timezone

from kept.core.policy.model import Policy
from kept.core.register.destroying import erasing, erasure_hooks
from kept.core.register.destroying.erasing import Lawful
from kept.core.register.holdings import known
from kept.core.register.inventory import field_categories
from kept.core.vault.columns import values
from kept.outbox.models import Disclosure
from kept.people.models import Membership
from kept.rights.access.records import nearness
from kept.sentences import Sentence, sentence

ON_ITS_OWN = "nobody"
_THE: Mapping[str, Sentence] = {
    Membership.Role.OWNER: sentence("owner"),
    Membership.Role.BUYER: sentence("buyer"),
    Membership.Role.ENGINEER: sentence("engineer"),
    Membership.Role.VIEWER: sentence("viewer"),
}
"""A role in the middle of a sentence."""


@dataclass(frozen=True, slots=True)
class Stays:
    """Fields a law keeps of some rows.

    ``fields`` in the policy's words, ``purpose`` what alone may use them, ``until`` inclusive.
    """

    title: str
    fields: tuple[str, ...]
    rows: int
    duty: str
    article: str
    purpose: str
    until: date


@dataclass(frozen=True, slots=True)
class Left:
    """An organisation she belongs to.

    ``heir`` is the role of the member who owns it next, ON_ITS_OWN, or "" where that is no question.
    """

    name: str
    heir: str


@dataclass(frozen=True, slots=True)
class Preview:
    """``goes`` and ``shared`` count rows by title; ``shared`` begins with the table's name.

    ``ends``: sentences about what is under way, and ends first.
    """

    goes: tuple[tuple[str, int], ...]
    stays: tuple[Stays, ...]
    organisations: tuple[Left, ...]
    shared: tuple[tuple[str, str, int], ...]
    recipients: tuple[str, ...]
    ends: tuple[str, ...]

    @property
    def records(self) -> int:
        return sum(count for _, count in self.goes)


def preview(subject: UUID, policy: Policy) -> Preview:
    """Inside an act of her own, which opens the names of her organisations."""
    shared = tuple(erasing.shared_objects(subject))
    chosen = {title for _, title, _ in shared}
    counted = [(one.title, one.known or 0) for one in sorted(known(subject), key=nearness)]
    told = Disclosure.had(subject).values_list("recipient", flat=True).distinct()
    return Preview(
        goes=tuple((title, count) for title, count in counted if title not in chosen),
        stays=tuple(_stays(erasing.holds_by_law(subject, today=timezone.localdate()), policy)),
        organisations=tuple(_left(subject)),
        shared=shared,
        ends=tuple(erasure_hooks.foretold(subject)),
        recipients=tuple(
            sorted(
                str(policy.recipients[one].title) if one in policy.recipients else one for one in set(told)
            )
        ),
    )


def _stays(found: list[Lawful], policy: Policy) -> Iterator[Stays]:
    def alike(one: Lawful) -> tuple[str, str, date]:
        return one.row._meta.db_table, one.duty.article, one.until

    kinds = field_categories()
    for _, rows in groupby(sorted(found, key=alike), key=alike):
        each = list(rows)
        one = each[0]
        fields = dict.fromkeys(
            policy.categories[kinds[id]].title if kinds.get(id) in policy.categories else id
            for id in one.fields
        )
        purpose = policy.purposes[one.said.purpose].title
        title = str(one.row._meta.verbose_name_plural).capitalize()
        yield Stays(title, tuple(fields), len(each), one.duty.what, one.duty.article, purpose, one.until)


def _left(subject: UUID) -> Iterator[Left]:
    mine = Membership.objects.current().filter(person=subject).select_related("organisation")
    for membership in mine:
        others = (
            Membership.objects.current()
            .filter(organisation=membership.organisation_id)
            .exclude(person=subject)
        )
        owned = membership.role != Membership.Role.OWNER or others.filter(role=Membership.Role.OWNER).exists()
        heir = None if owned else others.order_by("since", "pk").first()
        name = str(values.show(membership.organisation, "name"))
        yield Left(name, "" if owned else _THE[heir.role] if heir else ON_ITS_OWN)
