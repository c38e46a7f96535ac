"""The answer follows her ID, if she wants that: kept with her choices, and read back where she signs in
next.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from django.utils import timezone

from kept.core.consent import choices
from kept.core.consent.consent_state import standing
from kept.core.ledger.versions import Ruling
from kept.core.policy.model import Policy
from kept.core.vault.readers import SelfReader
from kept.portal.visitors.device_consent import NAME, Chosen
from kept.rights.access.language_shown import language_shown
from kept.rights.choices import flows, options
from kept.rights.cookies import set_cookies
from kept.rights.cookies.cookie_words import kinds

SOURCE = "your choice of cookies"


def keep(reader: SelfReader, said: Mapping[str, bool], policy: Policy, *, controller: str) -> None:
    """Record each answer for the purposes its cookies serve. What stands so already is not written twice."""
    for kind in kinds(policy):
        for purpose in kind.purposes if kind.id in said and kind.purposes else ():
            if purpose.choice != "none":
                verb = options.YES if said[kind.id] else options.NO
                flows.say(
                    reader=reader,
                    purpose=purpose.id,
                    verb=verb,
                    controller=controller,
                    language=language_shown(),
                    source=SOURCE,
                )


def read_back(subject: UUID, ruling: Ruling, before: Chosen, *, over: bool = False) -> Chosen | None:
    """What her ID says of the kinds this device has no answer to (``over``: of all), or None where it says
    nothing new.

    A kind is a yes when each of its purposes has one, and a no when any was refused. No receipt: she has
    those of the answers themselves.
    """
    stands = standing(subject)
    found = {}
    for kind in kinds(ruling.policy):
        ids = {purpose.id for purpose in kind.purposes}
        if ids and (ids <= stands.consents or ids & stands.objections):
            found[kind.id] = not ids & stands.objections
    said = {**before.kinds, **found} if over else {**found, **before.kinds}
    if said == dict(before.kinds):
        return None
    day = timezone.localdate()
    shown = next((one.notice for one in choices.history(subject) if one.answer in {"yes", "no"}), None)
    return Chosen(
        kinds=MappingProxyType(said),
        policy=ruling.number,
        notice=shown.hash if shown else "",
        language=shown.language if shown else "",
        day=day,
        until=set_cookies.lasts_until(ruling.policy, NAME, day),
        signal=before.signal,
    )
