"""Agents are told of every change, over a real socket; and nobody is led inside by an address of their own
choosing.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from kept.core.register.hooks import stalled_jobs
from kept.rights.agents import jobs, outbound_url, status_notices
from kept.rights.agents.models import Callback, Exercise, Seen, Token
from kept.rights.agents.tests.agent import Agent
from kept.rights.requests.models import Request

Work = Callable[..., None]
ALICE = {"name": "Alice Lambert", "email": "alice@example.com", "email_verified": True}


class Receiver:
    """The agent's own server: keeps what it is told, and answers what it is set to."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.headers: list[Any] = []
        self.answer = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.headers.append(dict(self.headers))
                outer.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(outer.answer)
                self.send_header("Location", outer.url + "/elsewhere")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.AGENTS_MAY_BE_LOCAL = True
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.mark.django_db
def test_every_change_is_told_and_says_nothing_of_the_person(
    agent: Agent, alice: Any, work: Work, receiver: Receiver
) -> None:
    id = agent.ask(
        "access", **ALICE, status_callback=receiver.url + "/status?x=1", **{"agent-request-id": "n-7"}
    )["request_id"]
    assert status_notices.tell_due() == 0, "the answer itself has told it"
    work()
    status_notices.tell_due()
    work(seconds=31)
    status_notices.tell_due()
    assert [one["status"] for one in receiver.told] == ["in_progress", "fulfilled"]
    assert receiver.told[-1] == agent.status(id)
    assert {one["agent_request_id"] for one in receiver.told} == {"n-7"}
    assert all(one["Content-Type"] == "application/json" and "Cookie" not in one for one in receiver.headers)
    assert "lice" not in json.dumps(receiver.told)
    assert status_notices.tell_due() == 0


@pytest.mark.django_db
def test_it_is_tried_again_later_and_later_and_only_the_newest_is_told(
    agent: Agent, alice: Any, work: Work, receiver: Receiver, clock: Any
) -> None:
    agent.ask("access", **ALICE, status_callback=receiver.url)
    work()
    receiver.answer = 500
    waits = []
    for _ in range(4):
        status_notices.tell_due()
        row = Callback.objects.get()
        waits.append(round((row.due_at - timezone.now()).total_seconds()))
        assert row.trouble == "answered 500"
        clock.forward(seconds=waits[-1] + 1)
    assert waits == [30, 60, 120, 240]
    work(seconds=31)
    receiver.answer, receiver.told[:] = 204, []
    clock.forward(hours=1)
    assert status_notices.tell_due() == 1
    assert [one["status"] for one in receiver.told] == ["fulfilled"]


@pytest.mark.django_db
def test_after_two_days_it_is_given_up(
    agent: Agent, alice: Any, work: Work, receiver: Receiver, clock: Any
) -> None:
    agent.ask("access", email="alice@example.com", status_callback=receiver.url)
    work()
    receiver.answer = 503
    for _ in range(70):
        status_notices.tell_due()
        clock.forward(hours=1)
    row = Callback.objects.get()
    assert row.given_up_at is not None and row.due_at is None
    assert 48 <= len(receiver.told) <= 60


@pytest.mark.django_db
def test_a_redirect_is_not_followed(agent: Agent, alice: Any, work: Work, receiver: Receiver) -> None:
    receiver.answer = 307
    agent.ask("access", **ALICE, status_callback=receiver.url)
    work()
    status_notices.tell_due()
    assert len(receiver.told) == 1 and Callback.objects.get().trouble == "answered 307"


@pytest.mark.django_db
def test_a_worker_killed_while_telling_tells_again(
    agent: Agent, alice: Any, work: Work, receiver: Receiver, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(self: Any) -> None:
        raise Killed

    agent.ask("access", **ALICE, status_callback=receiver.url)
    work()
    with monkeypatch.context() as broken:
        broken.setattr(Callback, "delivered", die)
        with pytest.raises(Killed):
            status_notices.tell_due()
    assert status_notices.tell_due() == 0, "the lease holds"
    clock.forward(minutes=3)
    assert status_notices.tell_due() == 1 and len(receiver.told) == 2


@pytest.mark.django_db
def test_a_status_that_changes_while_it_is_told_is_told_again(
    agent: Agent, alice: Any, work: Work, receiver: Receiver
) -> None:
    id = agent.ask("access", **ALICE, status_callback=receiver.url)["request_id"]
    work()
    due = Callback.claim(timezone.now())
    assert due is not None
    assert agent.revoke(id)[0] == 200
    due.delivered()
    assert status_notices.tell_due() == 1 and receiver.told[-1]["status"] == "revoked"


# Where it may not lead --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:192.168.1.1",
        "2002:0a00:0001::",
        "64:ff9b::10.0.0.1",
        "ff02::1",
        "::",
    ],
)
def test_a_name_that_leads_inside_is_not_told(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)),
        (family, socket.SOCK_STREAM, 6, "", (address, 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("it was reached"))
    with pytest.raises(outbound_url.Unreachable, match="not a public address"):
        outbound_url.post("https://agent.example.org/", b"{}", headers={})


def test_the_address_that_was_judged_is_the_one_that_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look-up could answer otherwise; there is none.

    The certificate is still checked against the name.
    """
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]])
    reached: list[Any] = []

    def connect(address: Any, *rest: Any) -> None:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: next(answers))
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(outbound_url.Unreachable, match="ConnectionRefusedError"):
        outbound_url.post("https://agent.example.org/", b"{}", headers={})
    assert reached == [("93.184.216.34", 443)]


def test_a_receiver_that_drips_is_cut(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.AGENTS_MAY_BE_LOCAL = True
    monkeypatch.setattr(outbound_url, "ALTOGETHER", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            peer, _ = server.accept()
            with peer:
                try:
                    while True:
                        peer.send(b"H")
                        threading.Event().wait(0.05)
                except OSError:
                    return

        threading.Thread(target=drip, daemon=True).start()
        before = timezone.now()
        with pytest.raises(outbound_url.Unreachable):
            outbound_url.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", headers={})
        assert timezone.now() - before < timedelta(seconds=4)


def test_nothing_local_is_told_on_a_real_portal(settings: Any) -> None:
    assert settings.AGENTS_MAY_BE_LOCAL is False
    for address in ("http://127.0.0.1:80/", "http://localhost/", "https://localhost/", "https://127.0.0.1/"):
        assert outbound_url.problem(address)


# What stands still, and what is thrown away -----------------------------------------------------------------


@pytest.mark.django_db
def test_a_worker_that_stopped_is_seen(
    agent: Agent, alice: Any, receiver: Receiver, work: Work, clock: Any
) -> None:
    agent.ask("access", **ALICE, status_callback=receiver.url)
    clock.forward(minutes=59)
    assert not stalled_jobs.standing_still(timezone.now())
    clock.forward(minutes=2)
    assert stalled_jobs.standing_still(timezone.now()) == {"Requests through authorised agents": 1}
    work()
    clock.forward(minutes=61)
    assert "Agents waiting to be told how far their request is" in stalled_jobs.standing_still(timezone.now())


@pytest.mark.django_db
def test_what_was_needed_for_a_while_is_thrown_away(agent: Agent, alice: Any, work: Work, clock: Any) -> None:
    id = agent.ask("access", **ALICE)["request_id"]
    agent.revoke(id)
    agent.connect()
    assert (Seen.objects.count(), Token.objects.count(), Exercise.objects.count()) == (3, 2, 1)
    clock.forward(hours=25)
    jobs.tidy()
    assert (Seen.objects.count(), Token.objects.count(), Exercise.objects.count()) == (0, 2, 1)
    clock.forward(days=60)
    jobs.tidy()
    assert (Token.objects.count(), Exercise.objects.count(), Request.objects.count()) == (1, 0, 0)


# Over a socket, from end to end -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_real_agent_over_a_real_connection(
    live_server: Any, agents_file: Any, policy: Any, work: Work, receiver: Receiver
) -> None:
    host = urlsplit(live_server.url)

    def through_socket(
        method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes, Any]:
        connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=20)
        connection.request(
            method, path, body or None, {"Content-Type": "text/plain", **headers} if body else headers
        )
        answer = connection.getresponse()
        found = answer.status, answer.read(), answer.headers
        connection.close()
        return found

    agent = Agent("PERMISSION_PLEASE", send=through_socket)
    agent.connect()
    id = agent.ask("deletion", email="nobody@example.com", email_verified=True, status_callback=receiver.url)[
        "request_id"
    ]
    assert agent.exercise("deletion", email="nobody@example.com")[0] == 200
    work()
    work(seconds=31)
    while status_notices.tell_due():
        pass
    assert (receiver.told[-1]["request_id"], receiver.told[-1]["reason"]) == (id, "no_match")
    assert agent.revoke(id) == (
        409,
        {"code": "409", "message": "This request has ended already: denied.", "fatal": True},
    )
