"""What changes in who the company is: its entities, its regions with their controllers, its roles."""

from __future__ import annotations

from kept.core.policy.comparing.compare import Change, Field, always, appeared, entries, members
from kept.core.policy.model import Policy
from kept.core.policy.places import Controller, Region
from kept.sentences import Sentence, sentence


def entities(a: Policy, b: Policy) -> list[Change]:
    old, new = a.company.entities, b.company.entities
    changes = members(
        "entity",
        "entities",
        old,
        new,
        sentence("{one} now belongs to the group that answers here."),
        sentence("{one} no longer belongs to it."),
        titles={name: entity.name for name, entity in {**old, **new}.items()},
    )
    return changes + entries("entity", old, new, _ENTITY)


_ENTITY = (
    Field("country", sentence("{name} now sits in {country}."), always),
    Field("name", sentence("{old_name} is now called {new_name}.")),
    Field(
        "address", sentence("The address of {name} has changed."), shown=lambda one: ", ".join(one.address)
    ),
)


def regions(a: Policy, b: Policy) -> list[Change]:
    old, new = a.company.regions, b.company.regions
    changes = appeared(
        "region",
        old,
        new,
        widens=True,
        sentences=(sentence("A new region: {one}."), sentence("No longer a region of its own: {one}.")),
    )

    def answers(_old: Region, region: Region) -> Sentence:
        name = b.company.entities[region.entity].name
        return sentence("In {title} {name} now answers for your data.", title=region.title, name=name)

    return changes + entries("region", old, new, (*_REGION, Field("entity", answers, always)))


def _asking(_old: Region, new: Region) -> Sentence:
    if new.cookies == "notice":
        return sentence(
            "In {region} optional cookies are now set without being asked first: a notice tells of them.",
            region=new.title,
        )
    return sentence("In {region} optional cookies are now set only after a yes.", region=new.title)


_REGION = (
    Field("title", sentence("The region “{old_title}” is now called “{title}”.")),
    Field(
        "countries",
        sentence("The countries of the region {title} have changed."),
        always,
        lambda region: ", ".join(sorted(region.countries)),
    ),
    Field("site", sentence("The site of the region {title} has changed."), quiet=True),
    Field("cookies", _asking, lambda _old, new: new.cookies == "notice"),
    Field(
        "controller",
        lambda _old, new: sentence(
            "The data controller of {title} is reached at {address}.",
            title=new.title,
            address=new.controller.email,
        ),
        shown=lambda region: _desk(region.controller),
        quiet=True,
    ),
)


def _desk(controller: Controller) -> str:
    """All that is said of a controller's desk, so that no change of it is missed."""
    return ", ".join(
        [
            controller.title,
            controller.email,
            *controller.languages,
            controller.authority,
            controller.authority_url,
            controller.time_zone,
        ]
    )


def roles(a: Policy, b: Policy) -> list[Change]:
    """Who reads is said by the role's words: they are as much of the promise as its name."""
    return entries("role", a.company.roles, b.company.roles, _ROLE)


_ROLE = (
    Field(
        "title",
        lambda old, new: sentence("“{old_title}” is now called “{new_title}”.", old_title=old, new_title=new),
        shown=str,
    ),
)


def company(a: Policy, b: Policy) -> list[Change]:
    return [
        change for field in _COMPANY for change in field.change("company", field.name, a.company, b.company)
    ]


def _now(what: Sentence) -> Sentence:
    return sentence("{key} is now {after}.", key=what, after="{after}")


_COMPANY = (
    Field("name", _now(sentence("name"))),
    Field("id_name", _now(sentence("id name"))),
    Field("published_email", _now(sentence("published email"))),
    Field("purpose_clause", sentence("What we collect for stands in clause {after} now."), quiet=True),
    Field("logo", sentence("The company has another logo."), quiet=True),
    Field(
        "markets",
        sentence("Our markets are now: {after}."),
        shown=lambda company: ", ".join(f"{one.title} ({one.id})" for one in company.markets),
        quiet=True,
    ),
    Field(
        "sister_sites",
        sentence("The sister sites, or what is said of them, have changed."),
        shown=lambda company: ", ".join(map(str, company.sister_sites)),
        quiet=True,
    ),
    Field(
        "prevails",
        sentence("Where two languages of this policy differ, {after} counts now, and no longer {before}."),
        always,
    ),
)
