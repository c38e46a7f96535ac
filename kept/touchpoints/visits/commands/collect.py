"""``kept collect``: hears of readings and writes the log of visits.

``kept run`` starts one by itself, without database, mail or keys.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from kept import environment
from kept.outbox import sockets
from kept.portal.regions.mmdb_tables import TableError
from kept.portal.regions.origins import Origins
from kept.touchpoints.visits.socket_server import Occupied, opened
from kept.visits_log.collecting.clock import Days
from kept.visits_log.collecting.collector import Collector
from kept.visits_log.collecting.salt import leave_no_core
from kept.visits_log.places import Places

HELP = "Collect visits: hear of readings from the web, and log what names nobody. `kept run` starts one."
DJANGO = False
BESIDE_THE_WEB = "collector"
# All that its environment holds of the portal's settings.
NEEDS = "KEPT_HOME KEPT_VISITS KEPT_MACHINE KEPT_COUNTRIES KEPT_PROVIDERS"


# A second portal in one home, as while one is replaced by another, has the first one's collector until that
# ends.
BESIDE_THE_WEB_WITH = "--stand-by"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where it writes is a setting, as the web must find it there."""
    parser.add_argument(
        "--stand-by", action="store_true", help="where another collector listens, wait until it ends"
    )


def run(options: argparse.Namespace) -> int:
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    # Without a database there is nowhere to count: what is refused here stands in the log.
    sockets.guard("collector")
    values = environment.read({name: value for name, value in os.environ.items() if name in NEEDS.split()})
    leave_no_core()
    _after_the_web()
    places = Places(values["KEPT_VISITS"])
    try:
        with opened(places, stands_by=_says_so(places) if options.stand_by else None) as door:
            collector = _collector(places, values)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, collector.stop)
            collector.run(door)
    except Occupied:
        return _cannot(
            f"Another collector already listens in {places.root}. Stop it first, or name another folder in"
            " KEPT_VISITS."
        )
    except TableError as wrong:
        return _cannot(str(wrong))
    except OSError as wrong:
        return _cannot(
            f"The folder of visits {places.root} cannot be used ({wrong.strerror}). The collector needs one"
            " it may write to."
        )
    return 0


def _after_the_web() -> None:
    """Woken by a datagram, this process waits its turn: whoever sent it has a page to serve first
    (SCHED_BATCH, on Linux).
    """
    with suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _says_so(places: Places) -> Callable[[], None]:
    return lambda: print(
        f"Another collector listens in {places.root}. This one takes over when it ends.",
        file=sys.stderr,
        flush=True,
    )


def _cannot(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def _collector(places: Places, values: dict[str, Any]) -> Collector:
    origins = Origins.open(values["KEPT_COUNTRIES"], values["KEPT_PROVIDERS"])
    return Collector(places, values["KEPT_MACHINE"], days=Days(environment.TIME_ZONE), origins=origins)
