"""kept simulate: recipients to try the door with, in a process of their own."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kept.operations.simulator.mood import MOODS
from kept.operations.simulator.server import Simulator
from kept.terminal import Stop

HELP = "Play the recipients of the policy: take what the portal sends, keep it, answer well or badly."
DJANGO = False


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--home", type=Path, default=Path("~/.kept-recipients"), metavar="FOLDER")
    parser.add_argument("--name", default="recipients.localhost", help="whose key it signs with")
    parser.add_argument("--port", type=int, default=8030, help="(default: 8030; 0: any that is free)")
    parser.add_argument(
        "--portal", default="", metavar="KEY", help="take what this key signed, from /privacy/key"
    )
    parser.add_argument(
        "--mood", action="append", default=[], metavar="RECIPIENT=MOOD", help=f"one of {', '.join(MOODS)}"
    )


def run(options: Namespace) -> int:
    moods = dict(one.partition("=")[::2] for one in options.mood)
    if wrong := next((mood for mood in moods.values() if mood not in MOODS), None):
        raise Stop(f"“{wrong}” is no way to behave. Write one of: {', '.join(MOODS)}.")
    server = Simulator(options.home.expanduser(), name=options.name, port=options.port, portal=options.portal)
    server.moods.update(moods)
    print(f"Listening at {server.address}/<recipient>; signs with {server.public_key}", flush=True)
    server.serve_forever(0.05)
    return 0
