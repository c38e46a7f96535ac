"""From a reading to an event: derive what may be kept, scrub what was said, and let the rest go."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from kept.visits_log import agents, scrub
from kept.visits_log.collecting.numbering import Place
from kept.visits_log.datagrams import Reading
from kept.visits_log.events import Event
from kept.visits_log.origins import Origins

# What the visitor did not write is ours, and the same texts come again and again. Nothing personal stays in
# these.
_path = lru_cache(maxsize=512)(scrub.path)
_language = lru_cache(maxsize=128)(scrub.language)

TARGETS: dict[str, Callable[[str], str]] = {"search": scrub.words, "download": scrub.path, "exit": scrub.host}


def is_program(reading: Reading) -> bool:
    """Nobody sits there: a crawler, a monitor, a tool."""
    return agents.read(reading.agent).bot


def event(reading: Reading, *, day: str, minute: int, place: Place, origins: Origins) -> Event:
    """All that is kept of it.

    Address and agent are not in it, nor anything worked out of them but four coarse words.
    """
    agent = agents.read(reading.agent)
    target = TARGETS.get(reading.kind)
    return Event(
        day=day,
        minute=minute,
        visitor=place.visitor,
        visit=place.visit,
        seq=place.seq,
        kind=reading.kind,
        # An address that leads nowhere is somebody's own writing, and is not remembered even here.
        path=(scrub.path if reading.kind == "not-found" else _path)(reading.path),
        target=target(reading.target) if target and reading.target else "",
        referrer=scrub.host(reading.referrer) if reading.referrer else "",
        source=scrub.tag(reading.source) if reading.source else "",
        medium=scrub.tag(reading.medium) if reading.medium else "",
        campaign=scrub.tag(reading.campaign) if reading.campaign else "",
        country=origins.country(reading.address),
        provider=origins.provider(reading.address),
        browser=agent.browser,
        system=agent.system,
        language=_language(reading.language),
        again=place.again,
    )


def forget() -> None:
    """The day is over: whatever was kept so as not to work it out twice goes too."""
    agents.forget()
    _path.cache_clear()
    _language.cache_clear()
