"""The demo company's people say yes and no."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kept.accounts.models import User
from kept.rights.choices import flows, options

if TYPE_CHECKING:
    from kept.operations.demo.demo_world import World


def make(world: World) -> None:
    world.on(days_ago=300, do=_says(world, world.alice, "news", options.YES))
    world.on(days_ago=60, do=_says(world, world.charlie, "news", options.NO))
    world.on(days_ago=30, do=_says(world, world.charlie, "registration", options.RESTRICT))
    world.on(days_ago=21, do=_says(world, world.charlie, "registration", options.LIFT))


def _says(world: World, user: User, purpose: str, verb: str) -> Callable[[], object]:
    def say() -> None:
        controller = user.person.controller if user.person else ""
        flows.say(reader=world.reader(user), purpose=purpose, verb=verb, controller=controller, language="en")

    return say
