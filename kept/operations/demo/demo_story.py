"""What happened between the cast of the demo company, told through the same flows that people use."""

from __future__ import annotations

from kept.desk import flows as desk
from kept.operations.demo.demo_world import World
from kept.people.models import Person


def make(world: World) -> None:
    """Alice wrote and called; Bob helped. Each look of his stands in her timeline, by role and purpose."""
    world.on(
        days_ago=212,
        do=lambda: _help(
            world, channel="mail", text="Asks which firmware her inverter shelf runs.", reason=""
        ),
    )
    world.on(
        days_ago=34.9,
        do=lambda: _help(
            world,
            channel="phone",
            text="The alarm contact chatters at low load. Call back.",
            reason="To call her back",
        ),
    )


def _help(world: World, *, channel: str, text: str, reason: str) -> None:
    reader = world.staff(world.bob)
    matter = desk.open_matter(reader=reader, purpose="support", channel=channel, text=text)
    found = desk.find(reader=reader, matter=matter, text=world.alice.email)
    alice = next(one for one in found if one.pk == world.alice.person_id)
    desk.concern(reader=reader, matter=matter, person=Person.objects.get(pk=alice.pk))
    if reason:
        desk.reveal(reader=reader, matter=matter, field="phone_typed", reason=reason)
    matter.close()
