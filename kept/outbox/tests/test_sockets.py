"""Nothing leaves but through a declared way: whatever else connects, looks up or starts a program is refused
and counted.
"""

from __future__ import annotations

import os
import smtplib
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from kept.outbox import sockets
from kept.outbox.delivery import deliver
from kept.outbox.handing_over import refusals
from kept.outbox.mail import mail
from kept.outbox.models import RefusedWay
from kept.outbox.proofs import only_way_out
from kept.outbox.sockets import WayRefused
from kept.portal.views import login_not_required
from kept.urls import urlpatterns as real

NOWHERE = ("127.0.0.1", 9)
TAKEN = "alice.lambert.secret.example.com"


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process is watched as the web is. Afterwards other tests may connect again."""
    sockets.install()
    monkeypatch.setattr(sockets._State, "process", "web")
    monkeypatch.setattr(sockets._State, "tell", None)
    sockets._counted.clear()
    yield
    sockets._counted.clear()


def in_thread() -> None:
    met: list[BaseException] = []

    def attempt() -> None:
        try:
            socket.create_connection(NOWHERE, 0.1)
        except BaseException as error:
            met.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    raise met[0]


def by_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.sendmsg([b"alice@example.com"], [], 0, NOWHERE)


def by_unix_socket() -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.connect("/run/some-proxy.sock")


def by_listening() -> None:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))


def quietly(made: socket.socket) -> int:
    with made:
        return made.connect_ex(NOWHERE)


PAST_THE_OUTBOX: dict[str, Callable[[], object]] = {
    "urllib": lambda: urllib.request.urlopen("http://127.0.0.1:9/?name=Alice"),
    "a raw socket": lambda: socket.create_connection(NOWHERE, 0.1),
    "a socket that reports by number": lambda: quietly(socket.socket()),
    "smtplib": lambda: smtplib.SMTP("127.0.0.1", 25, timeout=0.1),
    "a name that carries her": lambda: socket.getaddrinfo(TAKEN, 53),
    "an old look-up": lambda: socket.gethostbyname(TAKEN),
    "a datagram": by_datagram,
    "a socket file": by_unix_socket,
    "a thread": in_thread,
    "a listener": by_listening,
    "another program": lambda: subprocess.run(["true"], check=True),
    "a shell": lambda: os.system("true"),
    "a spawned program": lambda: os.posix_spawn("/bin/true", ["true"], {}),
}


@pytest.mark.parametrize("kind", PAST_THE_OUTBOX)
def test_it_is_refused_and_counted(watched: None, kind: str) -> None:
    with pytest.raises((WayRefused, urllib.request.URLError)) as refusal:
        PAST_THE_OUTBOX[kind]()
    assert "alice" not in str(refusal.value).casefold()
    ((one, count),) = sockets.refused().items()
    assert count == 1 and one.process == "web" and one.place.startswith("kept.outbox.tests.test_sockets.")


def test_nothing_of_it_reaches_the_log(watched: None, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(WayRefused):
        socket.getaddrinfo(TAKEN, 53)
    assert "socket.getaddrinfo" in caplog.text and "alice" not in caplog.text.casefold()


def test_a_way_leads_to_its_own_machine_alone(watched: None, monkeypatch: pytest.MonkeyPatch) -> None:
    way = sockets.Way("test", "A way", __name__)
    with way.open("127.0.0.1", 9), pytest.raises(ConnectionRefusedError):
        socket.create_connection(NOWHERE, 0.1)
    with way.open("127.0.0.1", 9):
        for host, port in (("127.0.0.1", 25), ("127.0.0.2", 9), (TAKEN, 9)):
            with pytest.raises(WayRefused):
                socket.create_connection((host, port), 0.1)
    with pytest.raises(WayRefused):
        socket.create_connection(NOWHERE, 0.1)


def test_a_way_belongs_to_the_module_that_declared_it(watched: None) -> None:
    with (
        pytest.raises(WayRefused, match=r"kept\.outbox\.delivery"),
        sockets.WAYS["mail"].open("127.0.0.1", 9),
    ):
        pass


def test_a_thread_does_not_inherit_a_way(watched: None) -> None:
    with sockets.Way("test", "A way", __name__).open("127.0.0.1", 9), pytest.raises(WayRefused):
        in_thread()


def test_the_database_s_host_may_be_looked_up(watched: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets._State, "database", "localhost")
    assert socket.getaddrinfo("localhost", 5432)
    with pytest.raises(WayRefused):
        socket.create_connection(("localhost", 5432), 0.1)


def test_mail_leaves_by_the_outbox_and_not_beside_it(watched: None, alice: Any, settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    letter = EmailMessage("x", "y", "a@example.com", ["b@example.com"], connection=EmailBackend())
    with pytest.raises(WayRefused):
        letter.send()
    assert "socket.connect" in {one.event for one in sockets.refused()}


@pytest.mark.django_db(transaction=True)
def test_the_outbox_s_own_mail_is_let_through(watched: None, alice: Any, settings: Any) -> None:
    """Nobody listens there, and that is what it meets: no guard."""
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    context = {"address": "http://localhost/x", "until": timezone.now()}
    row = mail(
        subject=alice.subject,
        to=alice.email,
        template="rights/mail/copy_ready.txt",
        context=context,
        purpose="own-data",
    )
    assert deliver() == 0
    row.refresh_from_db()
    assert row.trouble == "ConnectionRefusedError" and not sockets.refused()


@login_not_required
def telling(request: HttpRequest) -> HttpResponse:
    """What nobody should write: a view that tells somebody."""
    try:
        urllib.request.urlopen("http://127.0.0.1:9/?name=Alice")
    except OSError:
        return HttpResponse("told nobody")
    return HttpResponse("told")


urlpatterns = [path("telling/", telling), *real]


@pytest.mark.urls(__name__)
def test_a_view_that_tells_somebody_breaks_the_promise(watched: None, policy: Any) -> None:
    assert only_way_out().kept
    assert Client().get("/telling/").content == b"told nobody"
    refusals.count(sockets.refused())
    answer = only_way_out()
    assert (
        answer.kept is False
        and answer.figure == "1 refused"
        and "kept.outbox.tests.test_sockets.telling" in answer.text
    )


@pytest.mark.django_db
def test_counts_add_up_and_grow_old(watched: None) -> None:
    one = sockets.Refusal("worker", "socket.connect", "kept.somewhere.job")
    refusals.count({one: 2})
    refusals.count({one: 3})
    row = RefusedWay.objects.get()
    assert row.count == 5 and only_way_out().kept is False
    RefusedWay.objects.update(day=timezone.localdate() - refusals.REMEMBERED)
    assert only_way_out().kept


@pytest.mark.django_db
def test_a_hook_that_lets_through_breaks_the_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "WATCHED", sockets.WATCHED - {"socket.getaddrinfo"})
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **given: [])
    answer = only_way_out()
    assert answer.kept is False and "a name looked up" in answer.text


def test_a_count_that_could_not_be_written_is_written_later(
    watched: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, down = [], [True]

    def tell(refused: Any) -> None:
        if down.pop() if down else False:
            raise OSError
        written.append(dict(refused))

    monkeypatch.setattr(sockets, "AGAIN", 0.01)
    monkeypatch.setattr(sockets._State, "tell", tell)
    with pytest.raises(WayRefused):
        socket.create_connection(NOWHERE, 0.1)
    teller = sockets._State.teller
    if teller is not None:
        teller.join(5)
    assert [sum(one.values()) for one in written] == [1] and not sockets.refused()
