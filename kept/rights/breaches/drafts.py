"""First drafts of the two letters a breach asks for, made from the breach and the data map.

People finish them.
"""

from __future__ import annotations

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.render import sentence
from kept.rights.breaches import affected
from kept.rights.breaches.models import Breach

OPEN = "[to be written]"


def to_authority(breach: Breach) -> str:
    """What GDPR Art. 33(3) asks for, letter by letter."""
    policy, region = versions.current().policy, breach.where
    entity = policy.company.entities[region.entity]
    titles = (
        "; ".join(policy.categories[id].title for id in breach.categories if id in policy.categories) or OPEN
    )
    held = "; ".join(table.holds.title for table in affected.places(breach.categories) if table.holds) or OPEN
    return "\n".join(
        (
            f"To: {region.controller.authority}",
            f"From: {entity.name}, {', '.join(entity.address)}",
            f"Our reference: {breach.reference}",
            f"Noticed: {timezone.localtime(breach.noticed_at):%-d %B %Y, %H:%M (%Z)}",
            "",
            "1. What happened (Art. 33(3)(a))",
            breach.happened,
            f"Kinds of data: {titles}. Kept as: {held}.",
            f"About {breach.people_about} people, and at most {affected.records(breach.categories)} records.",
            "",
            "2. Whom to ask (Art. 33(3)(b))",
            f"{region.controller.title}, {region.controller.email}",
            "",
            "3. Likely consequences (Art. 33(3)(c))",
            breach.likely or OPEN,
            f"Our assessment: {breach.get_risk_display().lower()}.",
            "",
            "4. Measures (Art. 33(3)(d))",
            breach.measures or OPEN,
            (
                "Every personal value is sealed under its own person's key; whoever has the database without"
                " the master key reads none."
            ),
        )
    )


def to_people(breach: Breach) -> str:
    """What Art. 34(2) asks for, in plain words. It names nobody: the same letter goes to everybody."""
    policy, region = versions.current().policy, breach.where
    titles = (
        ", ".join(policy.categories[id].title.lower() for id in breach.categories if id in policy.categories)
        or OPEN
    )
    return "\n\n".join(
        (
            (
                f"On {timezone.localtime(breach.noticed_at):%-d %B %Y} we noticed that data about you may"
                " have been seen or changed by somebody who may not."
            ),
            f"What happened: {breach.happened}",
            f"What it is about: {titles}.",
            f"What it may mean for you: {breach.likely or OPEN}",
            f"What we have done, and what you can do: {breach.measures or OPEN}",
            (
                f"Questions: {sentence(region.controller.title)}, {region.controller.email}. Please name"
                f" {breach.reference}."
            ),
        )
    )
