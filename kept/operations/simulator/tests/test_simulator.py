"""What left, by the log of whoever received it: the portal and a recipient as two processes that trust
nothing but each other's keys.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.notes import sign
from kept.core.policy import loader
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.disclosures.flows import disclose
from kept.operations.simulator.tests.process import Simulated, simulated
from kept.outbox import transport
from kept.outbox.handing_over.carrier import carry
from kept.outbox.handing_over.corrections import correct
from kept.outbox.handing_over.transfers import follow
from kept.outbox.models import Disclosure, Notice
from kept.testing import default_policy, reader_of

pytestmark = pytest.mark.django_db(transaction=True)
VALUES = {"person.name": "Alice Lambert", "person.phone": "+3221234567"}


def policy_naming(address: str, *keys: str) -> Any:
    """The default policy, with the machine and the keys of the carrier."""
    files = dict(default_policy().files)
    said = f'[carrier-europe]\nendpoint = "{address}/carrier-europe"\nkeys = {list(keys)}\n'.replace("'", '"')
    files["recipients.toml"] = files["recipients.toml"].replace("[carrier-europe]\n", said)
    return loader.from_files(files)


@pytest.fixture
def carrier(policy: Any, tmp_path: Path) -> Iterator[Simulated]:
    with simulated(tmp_path / "recipients", portal=sign.public_key()) as machine:
        _publish(machine.address, machine.key)
        yield machine


def _publish(address: str, *keys: str) -> None:
    versions.publish(policy_naming(address, *keys), effective=timezone.localdate(), by="Dana")


def hand(user: Any, key: str = "order-1/carrier") -> Disclosure:
    done = disclose(
        subject=user.subject, recipient="carrier-europe", purpose="orders", values=VALUES, reason="x", key=key
    )
    return done.row


def hashes_on_record(user: Any) -> list[str]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return [one.detail["sha256"] for one in timeline(user.subject) if "sha256" in one.detail]


def test_what_arrived_is_what_the_ledger_says(alice: Any, carrier: Simulated) -> None:
    row = hand(alice)
    assert carry() == 1
    assert carrier.held("carrier-europe") == {row.handle: VALUES}
    assert hashes_on_record(alice) == [line["sha256"] for line in carrier.log]
    row.refresh_from_db()
    assert row.acknowledged_at and not carrier.log[0]["refused"]


def test_what_follows_reaches_the_same_machine(alice: Any, carrier: Simulated) -> None:
    row = hand(alice)
    carry()
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        correct(alice.person, {"name": "Alice Lambert-Weber"})
    carry()
    assert carrier.held("carrier-europe")[row.handle]["person.name"] == "Alice Lambert-Weber"
    follow(subject=alice.subject, kind="erasure")
    carry()
    assert carrier.held("carrier-europe") == {}
    assert [bool(one.acknowledged_at) for one in Notice.objects.order_by("queued_at")] == [True, True]


@pytest.mark.parametrize("mood", ["stores", "wrong", "unsigned", "forges", "replays"])
def test_what_does_not_acknowledge_this_message_is_no_acknowledgement(
    alice: Any, carrier: Simulated, mood: str
) -> None:
    hand(alice, "order-0/carrier")
    carry()
    carrier.behave("carrier-europe", mood)
    row = hand(alice)
    assert carry() == 1
    row.refresh_from_db()
    assert row.sent_at and row.acknowledged_at is None


@pytest.mark.parametrize(("mood", "trouble"), [("down", "HTTP 503"), ("moves", "HTTP 302")])
def test_one_that_is_down_gets_it_later_and_once(
    alice: Any, carrier: Simulated, mood: str, trouble: str
) -> None:
    carrier.behave("carrier-europe", mood)
    row = hand(alice)
    assert carry() == 0 and Disclosure.objects.get().trouble == trouble
    carrier.behave("carrier-europe", "acknowledges")
    Disclosure.objects.update(due_at=timezone.now())
    assert carry() == 1 and [line["key"] for line in carrier.log] == [str(row.pk)]


def test_one_that_hangs_is_hung_up_on_and_knows_the_second_as_the_first(
    alice: Any, carrier: Simulated, monkeypatch: Any
) -> None:
    monkeypatch.setattr(transport, "QUIET", 0.4)
    carrier.behave("carrier-europe", "hangs")
    row = hand(alice)
    assert carry() == 0
    carrier.behave("carrier-europe", "acknowledges")
    monkeypatch.setattr(transport, "QUIET", 10.0)
    Disclosure.objects.update(due_at=timezone.now())
    assert carry() == 1
    assert {line["key"] for line in carrier.log} == {str(row.pk)} and len(carrier.log) == 2
    assert carrier.held("carrier-europe") == {row.handle: VALUES}
    assert set(hashes_on_record(alice)) == {line["sha256"] for line in carrier.log}


def test_a_denial_afterwards_is_kept_beside_the_acknowledgement(
    alice: Any, carrier: Simulated, live_server: Any, settings: Any
) -> None:
    settings.KEPT_SITE = live_server.url
    carrier.behave("carrier-europe", "denies")
    hand(alice)
    carry()
    for _ in range(100):
        if (row := Disclosure.objects.get()).denied_at:
            break
        time.sleep(0.1)
    assert row.denied_at and row.acknowledged_at and row.sent_at


def test_a_key_that_was_rolled_counts_from_the_policy_on(alice: Any, carrier: Simulated, policy: Any) -> None:
    """Until the new key is published, what it signs is no acknowledgement."""
    other = sign.public_key()
    _publish(carrier.address, other)
    row = hand(alice)
    carry()
    row.refresh_from_db()
    assert row.sent_at and row.acknowledged_at is None
    _publish(carrier.address, other, carrier.key)
    again = hand(alice, "order-2/carrier")
    carry()
    again.refresh_from_db()
    assert again.acknowledged_at


def test_it_takes_nothing_that_the_portal_did_not_sign(alice: Any, carrier: Simulated) -> None:
    message = b'{"kind": "erasure", "acknowledge": {"token": "t"}, "handle": "h"}'
    sent = transport.post(f"{carrier.address}/carrier-europe", message, key="k", at=int(time.time()))
    assert sent.status == 200
    with pytest.raises(transport.NotDelivered, match="HTTP 401"):
        transport.post(f"{carrier.address}/carrier-europe", b"{}", key="k", at=int(time.time()) - 4000)
    assert [bool(line["refused"]) for line in carrier.log] == [False, True]
