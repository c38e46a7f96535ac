"""Forms as a browser sends them: opened first, and not in the same moment."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kept.core.vault import gate
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.equipment.models import Unit
from kept.outbox.models import Message
from kept.products import demo
from kept.products.models import Product
from kept.rights.asking.guards import bot_guard
from kept.rights.requests.models import Request
from kept.testing import reader_of

ASK, RIGHT = "/privacy/ask/", "/privacy/request/"
SERIAL = "1204882"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, policy: Any) -> None:
    """Nobody waits in a test; what waits is tested by itself."""
    monkeypatch.setattr(bot_guard, "QUICKEST", -1)
    cache.clear()


@pytest.fixture
def visitor() -> Client:
    return Client()


@pytest.fixture
def machine(alice: Any) -> Unit:
    """A machine that Alice registered."""
    demo.load()
    product = Product.objects.first()
    assert product is not None
    unit: Unit = Unit.objects.produce(serial=SERIAL, product=product)
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        unit.register_to(holder=alice.person)
    return unit


def work(send: Any) -> list[str]:
    """What an answer asks of the database, statement by statement, without any value: equal answers come from
    equal work.
    """
    with CaptureQueriesContext(connection) as asked:
        send()
    return [
        re.sub(r"'[^']*'|X'[0-9A-Fa-f]*'|\\x[0-9a-f]+|\d+|s\d+_x\d+", "", query["sql"])
        for query in asked.captured_queries
    ]


def token_of(page: Any) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert found, page.content.decode()[:500]
    return found[1]


def question(client: Client, **more: Any) -> dict[str, Any]:
    given = {
        "token": token_of(client.get(ASK)),
        "shown": "europe",
        "country": "BE",
        "topic": "recipients",
        "question": "Who has my address?",
        "answer_by": "email",
        "email": "eve@example.com",
        "name": "Eve",
        "language": "en",
    }
    return {**given, **more}


def right(client: Client, **more: Any) -> dict[str, Any]:
    given = {
        "token": token_of(client.get(RIGHT)),
        "shown": "europe",
        "country": "BE",
        "kind": "access",
        "details": "",
        "email": "alice@example.com",
        "proof": "1204-88-2",
        "language": "en",
    }
    return {**given, **more}


def words(request: Request, name: str = "text") -> Any:
    with gate.purpose("requests", reader=SystemReader(job="a test"), about=Job(request.matter_ref)):
        return getattr(Request.objects.get(pk=request.pk), name)


def letters(template: str = "") -> list[tuple[str, str]]:
    """(to, body) of every mail that waits, of one template or all."""
    found = Message.objects.filter(template__contains=template, delivered_at=None).order_by("queued_at")
    read = []
    for message in found:
        with gate.purpose(message.purpose, reader=SystemReader(job="a test"), about=Job("a test")):
            one = Message.objects.get(pk=message.pk)
            read.append((one.to, one.body))
    return read


def mailed_code() -> str:
    """The newest code that was sent."""
    found = re.search(r"Code: (\d{8})", letters("identity")[-1][1])
    assert found
    return found[1]


@pytest.fixture
def desk(dana: Any) -> StaffReader:
    """Dana at the controllers' desk."""
    return StaffReader(role="controller", entity="cet-power", actor=dana.subject)
