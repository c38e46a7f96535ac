"""The demo company's questions and requests: a year of answers, and a board that is alive. None is late."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.rights.requests import flows, request_kinds
from kept.rights.requests.at_the_desk import request_page
from kept.rights.requests.course import reminders
from kept.rights.requests.models import Request

if TYPE_CHECKING:
    from kept.operations.demo.demo_world import World

ASKED = (
    ("question", "en", "Which of the companies you work with have my address?"),
    ("question", "fr", "Combien de temps gardez-vous les données d’un produit que j’ai vendu ?"),
    ("access", "nl", "Ik wil graag alle gegevens die u over mij bewaart."),
    ("question", "de", "Wer hat meine Telefonnummer gesehen?"),
)
COUNTRIES = ("BE", "FR", "NL", "DE", "LU", "BR", "JP")
ANSWERED = 24
"""So many answers in the year before, for the public meter."""


def make(world: World) -> None:
    for number in range(ANSWERED):
        _past(world, number)
    _own(
        world,
        world.alice,
        212,
        "question",
        "Which other companies receive something about me from you?",
        answered_after=6,
    )
    _own(
        world,
        world.charlie,
        95,
        "access",
        "Please let me have everything you hold about me.",
        answered_after=11,
    )
    _own(world, world.alice, 2, "question", "Does the hosting provider read my registrations?")
    _own(
        world,
        world.charlie,
        0.2,
        "objection",
        "Please do not use my purchases to count which products are liked.",
    )
    _stranger(
        world,
        26,
        "question",
        "site",
        "I bought a rectifier second-hand. Do you know who had it before, and does that person know of me?",
    )
    _stranger(
        world,
        38,
        "access",
        "letter",
        "Under Article 15 I ask for a copy of my data, in all your archives.",
        then=((24, _extended(world)),),
    )
    _stranger(
        world,
        12,
        "erasure",
        "email",
        "Please erase everything you have about me.",
        then=((11, _identity(world)),),
    )
    _stranger(
        world, 7, "correction", "phone", "Called: the street in our file is misspelt. It is Rue du Laveu."
    )
    for days_ago in (22, 16, 3, 0):
        world.on(days_ago=days_ago, do=reminders.remind_due)


def _past(world: World, number: int) -> None:
    kind, language, text = ASKED[number % len(ASKED)]
    country = COUNTRIES[number % len(COUNTRIES)]
    days_ago = 340 - number * 12
    _stranger(
        world,
        days_ago,
        kind,
        "site",
        text,
        country=country,
        language=language,
        then=((days_ago - world.random.randint(2, 21), _answered(world)),),
    )


def _stranger(
    world: World,
    days_ago: float,
    kind: str,
    channel: str,
    text: str,
    *,
    then: tuple[Any, ...] = (),
    **more: Any,
) -> None:
    """Somebody nobody knows yet. ``then``: (days ago, what happens to the request)."""
    given = {"name": "Dominique Example", "email": f"asked-{days_ago:g}@example.com", "country": "BE", **more}

    def ask() -> None:
        made = flows.receive(kind=kind, channel=channel, text=text, **given).request
        for later, do in then:
            world.on(days_ago=later, do=_later(made, do))

    world.on(days_ago=days_ago, do=ask)


def _own(world: World, user: User, days_ago: float, kind: str, text: str, *, answered_after: int = 0) -> None:
    def ask() -> None:
        made = flows.receive(
            kind=kind, channel="site", text=text, reader=world.reader(user), language="en"
        ).request
        if answered_after:
            world.on(days_ago=days_ago - answered_after, do=_later(made, _answered(world)))

    world.on(days_ago=days_ago, do=ask)


def _later(made: Request, do: Callable[[Request], None]) -> Callable[[], None]:
    return lambda: do(Request.objects.get(pk=made.pk))


def _answered(world: World) -> Callable[[Request], None]:
    """With the template the desk offers first."""

    def do(request: Request) -> None:
        policy = versions.current().policy
        text = request_page.filled(policy, request, request_page.templates(policy, request)[0].id)
        outcome = (
            Request.Outcome.FULFILLED if request.kind == request_kinds.ACCESS else Request.Outcome.ANSWERED
        )
        flows.answer(request=request, by=world.staff(world.dana), text=text, outcome=outcome)

    return do


def _extended(world: World) -> Callable[[Request], None]:
    reason = "Two archives on paper from before 2015 must be searched by hand."
    return lambda request: flows.extend(request=request, by=world.staff(world.dana), reason=reason)


def _identity(world: World) -> Callable[[Request], None]:
    return lambda request: flows.ask_identity(request=request, by=world.staff(world.dana))
