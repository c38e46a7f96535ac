"""First drafts of the two letters a breach asks for, made from the breach and the data map.

People finish them.
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kept.core.ledger import versions
from kept.core.policy import render
from kept.rights.breaches import affected
from kept.rights.breaches.models import Breach
from kept.rights.requests.course.in_text import in_text, lowered
from kept.sentences import day, moment

OPEN = gettext_lazy("[to be written]")


def to_authority(breach: Breach) -> str:
    """What GDPR Art. 33(3) asks for, letter by letter."""
    policy, region = versions.spoken(), breach.where
    entity = policy.company.entities[region.entity]
    titles = "; ".join(
        policy.categories[id].title for id in breach.categories if id in policy.categories
    ) or str(OPEN)
    held = "; ".join(
        str(table.holds.title) for table in affected.places(breach.categories) if table.holds
    ) or str(OPEN)
    noticed = timezone.localtime(breach.noticed_at)
    return "\n".join(
        (
            _("To: {authority}").format(authority=region.controller.authority),
            _("From: {company}, {address}").format(company=entity.name, address=", ".join(entity.address)),
            _("Our reference: {reference}").format(reference=breach.reference),
            _("Noticed: {moment} ({zone})").format(moment=moment(noticed), zone=f"{noticed:%Z}"),
            "",
            _("1. What happened (Art. 33(3)(a))"),
            breach.happened,
            _("Kinds of data: {kinds}. Kept as: {places}.").format(kinds=titles, places=held),
            _("About {people} people, and at most {records} records.").format(
                people=breach.people_about, records=affected.records(breach.categories)
            ),
            "",
            _("2. Whom to ask (Art. 33(3)(b))"),
            f"{region.controller.title}, {region.controller.email}",
            "",
            _("3. Likely consequences (Art. 33(3)(c))"),
            breach.likely or str(OPEN),
            _("Our assessment: {risk}.").format(risk=in_text(breach.get_risk_display())),
            "",
            _("4. Measures (Art. 33(3)(d))"),
            breach.measures or str(OPEN),
            _(
                "Every personal value is sealed under its own person's key; whoever has the database without"
                " the master key reads none."
            ),
        )
    )


def to_people(breach: Breach) -> str:
    """What Art. 34(2) asks for, in plain words. It names nobody: the same letter goes to everybody."""
    policy, region = versions.spoken(), breach.where
    titles = ", ".join(
        lowered(policy.categories[id].title) for id in breach.categories if id in policy.categories
    ) or str(OPEN)
    return "\n\n".join(
        (
            _(
                "On {day} we noticed that data about you may have been seen or changed by somebody who may"
                " not."
            ).format(day=day(breach.noticed_at)),
            _("What happened: {happened}").format(happened=breach.happened),
            _("What it is about: {kinds}.").format(kinds=titles),
            _("What it may mean for you: {likely}").format(likely=breach.likely or OPEN),
            _("What we have done, and what you can do: {measures}").format(measures=breach.measures or OPEN),
            _("Questions: {controller}, {email}. Please name {reference}.").format(
                controller=render.sentence(region.controller.title),
                email=region.controller.email,
                reference=breach.reference,
            ),
        )
    )
