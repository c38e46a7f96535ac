"""The demo company, made once for the whole run by ``kept demo`` itself, and copied for whoever walks in it.

Made anew it takes longer than most that is done with it afterwards: two years go by in it. A copy is the same
home with the same keys in another place, as after a move to another machine.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kept.operations.tests.houses import House, copy_of, house

PERSONS = 12


def demo_house(folder: Path, engine: str = "sqlite", *, second: Path | None = None) -> House:
    """A house of its own, in which the demo company lives, with some unnamed customers besides the four."""
    return copy_of(_original(engine), folder, second=second)


def _original(engine: str) -> House:
    """Nobody works in this one. Workers that come for it at the same time wait for the first."""
    shared = Path(os.environ["KEPT_TEST_SHARED"])
    # A worker has a server of its own, and a database cannot be copied to another.
    whose = os.environ.get("PYTEST_XDIST_WORKER", "") if engine == "postgresql" else ""
    place = shared / f"demo-{engine}{whose}"
    with _alone(place):
        url = place / "database"
        if not place.exists():
            making = place.with_name(f"{place.name}.making")
            shutil.rmtree(making, ignore_errors=True)
            made = house(making, engine)
            said = made.kept("demo", "--persons", PERSONS)
            assert said.returncode == 0, said.stderr
            (making / "database").write_text(made.env.get("KEPT_DATABASE_URL", ""))
            making.rename(place)
        env = {"KEPT_DATABASE_URL": found} if (found := url.read_text()) else {}
    return House(place / "home", env)


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    with place.with_name(f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
