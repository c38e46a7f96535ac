"""A phone that rings: who may say so, who sees it, and what becomes of the number."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.testing import reader_of, staff
from kept.touchpoints.support.calls.models import Call
from kept.touchpoints.support.jobs import forget_ringing
from kept.touchpoints.support.phone_system import flows, signatures, systems
from kept.touchpoints.support.phone_system.models import Heard, Ring
from kept.touchpoints.support.phone_system.systems import PhoneSystem

pytestmark = pytest.mark.django_db
ADDRESS = "/v1/calls"
LIEGE = PhoneSystem("liege", "cet-power", "service", "s" * 64)
SALES = PhoneSystem("sales", "cet-power", "sales", "t" * 64)
HERS = "04/345.00.17"


@pytest.fixture(autouse=True)
def phone_systems(settings: Any, policy: Any) -> None:
    settings.KEPT_PHONE_SYSTEMS = {one.name: one for one in (LIEGE, SALES)}


@pytest.fixture
def with_phone(alice: Any) -> Any:
    with gate.purpose("account", reader=reader_of(alice), about=alice.person):
        alice.person.correct("phone", "+32 4 345 00 17")
    return alice


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


def report(system: PhoneSystem = LIEGE, *, moment: int | None = None, **said: Any) -> Any:
    body = json.dumps({"call": "4711", "event": "ringing", "number": HERS, **said}).encode()
    stamp = int(time.time()) if moment is None else moment
    return send(body, system.name, str(stamp), signatures.sign(system, body, stamp))


def send(body: bytes, name: str, stamp: str, signature: str) -> Any:
    return Client(enforce_csrf_checks=True).post(
        ADDRESS,
        body,
        content_type="application/json",
        REMOTE_ADDR="203.0.113.7",
        headers={"kept-phone-system": name, "kept-timestamp": stamp, "kept-signature": signature},
    )


def test_a_known_number_in_any_notation_rings_for_its_queue_and_names_nobody(
    desk: Client, with_phone: Any
) -> None:
    answer = report()
    assert (answer.status_code, answer.json()) == (202, {})
    shown = page(desk.get("/desk/calls/"))
    assert "Somebody we know" in shown and "Take the call" in shown
    assert not any(one in shown for one in ("Alice", "3450017", "345.00.17", "alice@example.com"))
    assert "<b>Calls</b> <span>1</span>" in page(desk.get("/desk/"))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+32 2 555 99 99", "Nobody we know"),
        ("", "The number is hidden"),
        ("Anonymous", "The number is hidden"),
    ],
)
def test_an_unknown_and_a_hidden_one(desk: Client, with_phone: Any, number: str, words: str) -> None:
    assert report(number=number).status_code == 202
    assert words in page(desk.get("/desk/calls/"))


def test_one_of_several(desk: Client, with_phone: Any, charlie: Any) -> None:
    with gate.purpose("account", reader=reader_of(charlie), about=charlie.person):
        charlie.person.correct("phone", "+32 4 345 00 17")
    report()
    assert "One of several, maybe" in page(desk.get("/desk/calls/"))


def test_another_queue_does_not_see_it_and_cannot_take_it(
    client_of: Any, with_phone: Any, dana: Any, charlie: Any, catalogue: None
) -> None:
    report()
    ring = Ring.objects.get()
    others = [staff("Eve Sales", "eve@example.com", "sales")]
    others.append(staff("Eve Far", "far@example.com", "support", entity="cet-energy-solutions"))
    for user in others:
        browser = client_of(user)
        assert "No phone rings." in page(browser.get("/desk/calls/"))
        assert browser.post(f"/desk/calls/ringing/{ring.pk}/").status_code == 404
    for user in (dana, charlie):
        assert client_of(user).post(f"/desk/calls/ringing/{ring.pk}/").status_code == 403
    assert Ring.objects.get().call is None and not Call.objects.exists()


def test_whoever_takes_it_sees_who_has_the_number_and_she_reads_that(
    desk: Client, with_phone: Any, bob: Any
) -> None:
    report()
    ring = Ring.objects.get()
    shown = page(desk.post(f"/desk/calls/ringing/{ring.pk}/"))
    assert "A match" in shown and "Alice Lambert" in shown and "What was said?" in shown
    ring.refresh_from_db()
    assert ring.number is None and ring.call is not None and ring.call.opener == bob.subject
    with gate.purpose("own-data", reader=reader_of(with_phone), about=with_phone.person):
        seen = [f"{one.detail} {one.note}" for one in timeline(with_phone.subject, limit=5)]
    assert any("Looked for at the desk" in one for one in seen), seen
    assert "No phone rings." in page(desk.get("/desk/calls/"))


def test_two_take_it_and_one_has_it(desk: Client, client_of: Any, with_phone: Any, catalogue: None) -> None:
    report()
    ring = Ring.objects.get()
    second = client_of(staff("Eve Second", "second@example.com", "support"))
    desk.post(f"/desk/calls/ringing/{ring.pk}/")
    answer = second.post(f"/desk/calls/ringing/{ring.pk}/", follow=True)
    assert "A colleague has taken this call." in page(answer) and Call.objects.count() == 1
    assert desk.post(f"/desk/calls/ringing/{ring.pk}/").status_code == 302 and Call.objects.count() == 1


@pytest.mark.parametrize("taken_first", [True, False])
def test_an_ended_call_has_its_length(desk: Client, with_phone: Any, taken_first: bool) -> None:
    report()
    ring = Ring.objects.get()
    if taken_first:
        desk.post(f"/desk/calls/ringing/{ring.pk}/")
    assert report(event="ended", seconds=184).status_code == 202
    if not taken_first:
        assert "No phone rings." in page(desk.get("/desk/calls/"))
        desk.post(f"/desk/calls/ringing/{ring.pk}/")
    assert Call.objects.get().minutes == 4


def test_what_was_said_is_noted_once_and_goes_into_a_case(desk: Client, with_phone: Any) -> None:
    report()
    desk.post(f"/desk/calls/ringing/{Ring.objects.get().pk}/")
    call, noting = Call.objects.get(), f"/desk/calls/{Call.objects.get().pk}/note/"
    desk.post(f"/desk/calls/{call.pk}/person/", {"person": with_phone.person.pk})
    empty = desk.post(f"/desk/calls/{call.pk}/case/", {"case": "new"}, follow=True)
    assert "Write down what was said first" in page(empty)
    assert "Write what was said, in a sentence" in page(desk.post(noting, {"text": ""}))
    typed = {"text": "The shelf hums.", "outcome": "spoken", "next_step": "none", "name": ""}
    assert desk.post(noting, typed).status_code == 302
    again = desk.post(noting, {**typed, "text": "Something else."}, follow=True)
    assert "This call was noted already." in page(again) and "The shelf hums." in page(again)
    assert desk.post(f"/desk/calls/{call.pk}/case/", {"case": "new"}).status_code == 302


def test_a_message_counts_once(policy: Any) -> None:
    stamp = int(time.time())
    assert report(moment=stamp).status_code == 202
    assert report(moment=stamp).status_code == 409
    assert report(moment=stamp - 1).status_code == 202 and Ring.objects.count() == 1


def test_what_is_refused_may_be_sent_again_once_it_is_mended(policy: Any) -> None:
    assert report(event="ended", seconds="long").status_code == 422 and not Heard.objects.exists()
    assert report(event="ended", seconds=3).status_code == 404 and not Heard.objects.exists()


def test_who_did_not_sign_is_refused_and_an_unknown_system_in_the_same_words(policy: Any) -> None:
    body, stamp = b'{"call": "1", "event": "ringing", "number": ""}', str(int(time.time()))
    right = signatures.sign(LIEGE, body, int(stamp))
    wrong = [
        send(body, "liege", stamp, "sha256=" + "0" * 64),
        send(body, "liege", stamp, ""),
        send(body, "liege", stamp, "é"),
        send(body, "sales", stamp, right),
        send(body, "nobody", stamp, right),
        send(body + b" ", "liege", stamp, right),
        send(body, "liege", str(int(stamp) + 1), right),
        send(body, "liege", "soon", right),
    ]
    assert {one.status_code for one in wrong} == {401} and len({one.content for one in wrong}) == 1
    assert not Ring.objects.exists()


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_old_or_an_early_one_is_refused(policy: Any, seconds: int) -> None:
    answer = report(moment=int(time.time()) + seconds)
    assert answer.status_code == 401 and "five minutes off" in answer.json()["error"]


def test_guessing_ends_after_thirty_tries_and_shuts_out_nobody_who_signs(policy: Any) -> None:
    tries = [send(b"{}", "liege", "1", "sha256=0").status_code for _time in range(31)]
    assert tries == [401] * 30 + [429] and report().status_code == 202


def test_six_hundred_a_minute_are_enough(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    few = signatures.Limit("phone-events-few", 2, timedelta(minutes=1))
    monkeypatch.setattr(signatures, "EVENTS", few)
    assert [report(call=str(number), number="").status_code for number in range(3)] == [202, 202, 429]


@pytest.mark.parametrize(
    ("said", "status", "sentence"),
    [
        ({"event": "singing"}, 422, 'Write "event"'),
        ({"call": ""}, 422, 'Write in "call"'),
        ({"call": "x" * 101}, 422, 'Write in "call"'),
        ({"call": "half \ud800"}, 422, 'Write in "call"'),
        ({"number": "call me"}, 422, 'Write in "number"'),
        ({"number": 17}, 422, "Write the number as a text"),
        ({"direction": "up"}, 422, 'Write "direction"'),
        ({"padding": "x" * 5000}, 413, "Send at most 4096 bytes."),
    ],
)
def test_bad_input_says_how_to_mend_it(policy: Any, said: dict[str, Any], status: int, sentence: str) -> None:
    answer = report(**said)
    assert answer.status_code == status and sentence in answer.json()["error"]
    assert not Ring.objects.exists()


def test_it_is_no_page_and_takes_no_get(client: Client, policy: Any) -> None:
    assert client.get(ADDRESS).status_code == 405


def test_the_number_lies_in_no_log_no_address_and_sealed_in_the_table(
    desk: Client, with_phone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        report()
        ring = Ring.objects.get()
        answer = desk.post(f"/desk/calls/ringing/{ring.pk}/")
    assert "3450017" not in caplog.text and "3450017" not in answer.request["PATH_INFO"]
    assert b"3450017" not in bytes(ring.number or b"") and ring.opened() == "+3243450017"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM support_ring")
        assert "3450017" not in str(cursor.fetchall())


def test_after_an_hour_nothing_of_it_is_left(policy: Any) -> None:
    report()
    Ring.objects.update(at=timezone.now() - timedelta(minutes=61))
    Heard.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert forget_ringing() == 1 and not Ring.objects.exists() and not Heard.objects.exists()


def test_the_demo_rings_through_the_same_door(desk: Client, settings: Any, with_phone: Any) -> None:
    assert desk.post("/desk/calls/demo/").status_code == 404
    settings.KEPT_DEMO = True
    assert "Let the phone ring" in page(desk.get("/desk/calls/"))
    assert desk.post("/desk/calls/demo/").status_code == 302
    assert Ring.objects.count() == Heard.objects.count() == 1


@contextmanager
def file_of(folder: Path, text: str, mode: int = 0o600) -> Iterator[str]:
    path = folder / "phones.toml"
    path.write_text(text)
    path.chmod(mode)
    yield str(path)


def test_the_file_of_phone_systems_is_read_or_refused_with_a_sentence(tmp_path: Path) -> None:
    right = '[liege]\nentity = "cet-power"\nkind = "service"\nsecret = "' + "s" * 64 + '"\n'
    with file_of(tmp_path, right) as path:
        assert systems.read(path) == {"liege": LIEGE} and "ssss" not in repr(systems.read(path))
    for text, mode, sentence in (
        (right, 0o644, "can be read by others"),
        (right.replace("s" * 64, "short"), 0o600, "too short"),
        (right.replace("service", "all"), 0o600, 'kind = "service" or "sales"'),
        (right.replace("kind", "kinds"), 0o600, "with entity, kind and secret"),
        ("[", 0o600, "is not TOML"),
    ):
        with file_of(tmp_path, text, mode) as path, pytest.raises(ValueError, match=sentence.split("=")[0]):
            systems.read(path)
    assert systems.read("") == {} and flows.EVENTS == ("ringing", "ended")
