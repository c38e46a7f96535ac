"""``kept demo``: the demo company in an empty KEPT_HOME, ready by itself."""

from __future__ import annotations

import argparse
import json
import random
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from kept.core.ledger import fold, versions
from kept.environment import DEMO_MARK
from kept.operations.commands.run import demo_sign_ins
from kept.operations.demo import demo_people, demo_serials, demo_story
from kept.operations.demo.demo_world import PAST, World, tell, the_clock_at
from kept.operations.processes.static_files import gather
from kept.operations.setting_up import ids
from kept.operations.setting_up.portal_setup import founded, is_founded, refuse_unless_empty
from kept.products import demo as catalogue
from kept.promises.guidelines import flows as guidelines
from kept.retention import sweep
from kept.terminal import Stop

HELP = (
    "Make the demo company in an empty KEPT_HOME: policy, catalogue, serial numbers, five people and their"
    " past."
)

# Well known, and therefore worth nothing: the demo listens on localhost only.
THREE_WORDS = "otter lantern gravel"
PEOPLE = {
    "alice@example.com": "a customer, with products and a past",
    "bob@example.com": "support staff, at the desk",
    "charlie@example.com": "another customer, who sees nothing of Alice",
    "dana@example.com": "the data controller, at the desk",
    "sales@example.com": "sales staff, who send what is ordered",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--persons", type=_count, default=40, help="unnamed customers besides the four (40)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed tells the same story (1)")
    parser.add_argument("--if-empty", action="store_true", help="do nothing where there is a portal already")


def run(options: argparse.Namespace) -> int:
    if urlsplit(settings.KEPT_SITE).hostname != "localhost":
        raise Stop(
            "The demo company has well-known passwords and lives on localhost only. Leave KEPT_SITE out."
        )
    if options.if_empty and is_founded():
        return 0
    refuse_unless_empty()
    print(f"Making the demo company in {settings.KEPT_HOME} …", flush=True)
    world = World(random.Random(options.seed), options.persons, timezone.now())
    with founded(by="Dana", at=world.now - PAST):
        people(world)
        # Two years went by: what died in them is not there any more.
        sweep.sweep()
        fold.fold()
        gather()
        mark = {
            "password": THREE_WORDS,
            "people": PEOPLE,
            "seed": options.seed,
            "serials": demo_serials.to_try(),
        }
        (Path(settings.KEPT_HOME) / DEMO_MARK).write_text(json.dumps(mark), encoding="utf-8")
    if not options.if_empty:
        # `make run` goes on with `kept run`, which says it.
        print(demo_sign_ins(mark))
    return 0


def people(world: World) -> None:
    """Catalogue, cast, crowd and past."""
    region = versions.current().policy.company
    with the_clock_at(world.now - PAST + timedelta(hours=2)):
        catalogue.load()
        entity = next(iter(region.entities))
        world.cast["bob"] = ids.hire(
            email="bob@example.com", name="Bob Martin", role="support", entity=entity, password=THREE_WORDS
        )
        world.cast["dana"] = ids.hire(
            email="dana@example.com",
            name="Dana Peeters",
            role="controller",
            entity=entity,
            password=THREE_WORDS,
        )
        world.cast["sales"] = ids.hire(
            email="sales@example.com", name="Sales desk", role="sales", entity=entity, password=THREE_WORDS
        )
        for one in (world.bob, world.dana, world.sales):
            guidelines.acknowledge_all(one)
    with the_clock_at(world.now - timedelta(days=420)):
        world.cast["alice"] = ids.welcome(
            email="alice@example.com", name="Alice Lambert", password=THREE_WORDS
        )
    with the_clock_at(world.now - timedelta(days=90)):
        world.cast["charlie"] = ids.welcome(
            email="charlie@example.com", name="Charlie Weber", password=THREE_WORDS
        )
    demo_serials.deliver(world)
    tell(world)
    demo_story.make(world)
    if world.persons:
        demo_people.gather(world, controller=entity, told=lambda many: _say(many, world.persons))
    world.play()


def _say(many: int, of: int) -> None:
    if of >= 10_000:
        print(f"  {many:,} of {of:,} persons", flush=True)


def _count(text: str) -> int:
    if not text.isdigit() or int(text) > 10_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number of persons. Write one from 0 to 10000000.")
    return int(text)
