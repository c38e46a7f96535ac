"""The room that unread bodies share: who holds it and sends next to nothing makes way."""

from __future__ import annotations

import pytest

from kept.operations.serving import bodies
from kept.operations.serving.bodies import RESERVED, SMALL, Body, Room
from kept.operations.serving.refusals import Refused

MOST = 10 * SMALL


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(bodies.time, "monotonic", lambda: now[0])
    return now


def fill(room: Room, began: float, *sizes: int) -> Body:
    body = Body(began)
    room.enter(body)
    for size in sizes:
        room.add(body, b"x" * size)
    return body


def test_the_slowest_file_makes_way_for_a_quicker_one(clock: list[float]) -> None:
    room = Room(MOST)
    slow, slower = fill(room, 50.0, 5 * SMALL), fill(room, 40.0, 4 * SMALL)
    fill(room, 100.0, 4 * SMALL)
    assert (slow.gone, slower.gone) == (False, True)
    assert room.used == 9 * SMALL


def test_a_slower_file_does_not_get_in(clock: list[float]) -> None:
    room = Room(MOST)
    fill(room, 99.0, 10 * SMALL)
    with pytest.raises(Refused) as refused:
        fill(room, 50.0, 2 * SMALL)
    assert refused.value.status == 503


def test_forms_get_in_while_files_hold_all_the_room(clock: list[float]) -> None:
    room = Room(MOST)
    files = fill(room, 99.0, MOST)
    assert not fill(room, 100.0, 500).gone and not files.gone


def test_of_forms_the_oldest_makes_way(clock: list[float]) -> None:
    room = Room(SMALL)
    held = [fill(room, 90.0 + index / 1000, SMALL) for index in range((RESERVED + SMALL) // SMALL)]
    assert not any(body.gone for body in held)
    fill(room, 100.0, 500)
    assert [body.gone for body in held[:2]] == [True, False]
    clock[0] = 91.5
    with pytest.raises(Refused):
        fill(room, 91.5, SMALL)


def test_whoever_leaves_leaves_room(clock: list[float]) -> None:
    room = Room(MOST)
    one, other = fill(room, 99.0, 6 * SMALL), fill(room, 40.0, 3 * SMALL)
    fill(room, 100.0, 2 * SMALL)
    room.leave(one)
    room.leave(other)
    assert other.gone and room.used == 2 * SMALL
