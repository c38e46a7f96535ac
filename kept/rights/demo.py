"""The demo company's people use their rights: a copy is taken, a few things are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kept.rights import flows

if TYPE_CHECKING:
    from kept.operations.demo.demo_world import World


def make(world: World) -> None:
    def copy() -> None:
        reader = world.reader(world.alice)
        flows.make_now(subject=reader.subject, reader=reader, categories=[])

    world.on(days_ago=40, do=copy)
