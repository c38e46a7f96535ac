"""One call hands something over: no more than the policy allows, once for each key, and on record before it
leaves.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from kept.core.policy.model import sells
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import StaffReader
from kept.disclosures.flows import Disclosed, disclose, like, minimal
from kept.disclosures.models import WHAT, Refused
from kept.outbox.handing_over.carrier import carry
from kept.outbox.models import Disclosure
from kept.outbox.proofs import on_record
from kept.outbox.send_rules import DoorClosed
from kept.outbox.tests.process import another
from kept.outbox.tests.recipient import Recipient
from kept.sentences import sentence
from kept.testing import reader_of

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESSED = {"person.name": "Alice Lambert", "person.phone": "+3221234567"}
ASKED = {**ADDRESSED, "person.email": "alice@example.com"}


def hand(user: Any, key: str = "order-4711/carrier/1", **more: Any) -> Disclosed:
    said = {
        "subject": user.subject,
        "recipient": "carrier-europe",
        "purpose": "orders",
        "values": ASKED,
        "reason": sentence("Order {number} was dispatched", number="4711"),
        "key": key,
        **more,
    }
    return disclose(**said)


def happened(user: Any) -> list[Any]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return timeline(user.subject)


def test_what_the_task_does_not_need_is_left_out_and_named(alice: Any, carrier: Recipient) -> None:
    done = hand(alice)
    assert done.left_out == {
        "person.email": "E-mail address is not allowed for “Your purchase” to Carrier, Europe (demo)"
        " (clause 4.6)."
    }
    assert carry() == 1 and carrier.messages[0]["values"] == ADDRESSED
    row = Disclosure.objects.get()
    assert row.left_out == ["person.email"] and row.reason == "Order 4711 was dispatched"


def test_the_ledger_names_the_very_bytes_that_arrived(alice: Any, carrier: Recipient, dana: Any) -> None:
    post = StaffReader(role="controller", entity="cet-power", actor=dana.subject)
    hand(alice, approver=post)
    carry()
    (entry,) = [one for one in happened(alice) if one.kind == "disclosed"]
    assert entry.detail["sha256"] == sha256(carrier.bodies[0]).hexdigest() == Disclosure.objects.get().sha256
    assert entry.detail["approver"] == "controller" and entry.detail["recipient"] == "carrier-europe"
    assert Disclosure.objects.get().approved_by == dana.subject and on_record().kept is True


def test_the_same_key_prepares_nothing_new(alice: Any, charlie: Any, carrier: Recipient) -> None:
    first, second = hand(alice), hand(alice)
    assert second.again and second.row.pk == first.row.pk and not first.again
    carry()
    assert hand(alice).again and carry() == 0 and len(carrier.calls) == 1
    with pytest.raises(ValueError, match="used for another disclosure"):
        hand(charlie)
    with pytest.raises(ValueError, match="small letters"):
        hand(alice, key="Order 4711")


def test_two_at_once_prepare_one(alice: Any, carrier: Recipient, monkeypatch: Any) -> None:
    """The other one commits between the look and the writing."""
    asked = Disclosure.objects.filter
    hand(alice)
    monkeypatch.setattr("kept.disclosures.flows._known", _blind_once())
    assert hand(alice).again and asked().count() == 1


def _blind_once() -> Any:
    seen: list[int] = []

    def known(key: str, *named: Any) -> Disclosure | None:
        seen.append(1)
        return Disclosure.objects.get(key=key) if len(seen) > 1 else None

    return known


def test_the_same_content_under_another_key_is_said(alice: Any, carrier: Recipient) -> None:
    first = hand(alice)
    second = hand(alice, key="order-4711/carrier/2")
    assert second.same_as == first.row and not second.again
    assert hand(alice, key="order-4711/carrier/3", values=ADDRESSED | {"person.name": "A"}).same_as is None
    assert like(subject=uuid4(), recipient="carrier-europe", purpose="orders", values=ADDRESSED) is None


@pytest.mark.parametrize(
    ("what", "changed", "says"),
    [
        ("sale", {"purpose": "list rental"}, "The policy never allows this"),
        ("recipient", {"recipient": "data-broker"}, "Register the recipient first"),
        ("purpose", {"purpose": "curiosity"}, "no purpose"),
        ("reach", {"purpose": "support"}, "may not reach"),
        ("field", {"values": {"person.email": "a@example.com"}}, "not allowed for"),
    ],
)
def test_what_may_never_leave_is_refused_and_counted(
    alice: Any, policy: Any, what: str, changed: Any, says: str
) -> None:
    for _ in range(2):
        with pytest.raises(DoorClosed, match=says):
            hand(alice, **changed)
    (row,) = Refused.objects.all()
    assert (row.what, row.count, row.month) == (what, 2, timezone.localdate().replace(day=1))
    assert what in WHAT and not Disclosure.objects.exists()


def test_nobody_is_named_who_is_no_field(alice: Any, policy: Any) -> None:
    with pytest.raises(ValueError, match="no field of anybody"):
        minimal(recipient="carrier-europe", purpose="orders", values={"person.shoe-size": 43})
    assert sells("list-rental") and sells("Rent_a_list") and not sells("current")


def test_what_is_rolled_back_was_never_prepared(alice: Any, carrier: Recipient) -> None:
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        with pytest.raises(RuntimeError), transaction.atomic():
            hand(alice)
            raise RuntimeError("the order was not paid")
        assert carry() == 0 and not Disclosure.objects.exists()
        with transaction.atomic():
            hand(alice)
    assert carry() == 1


KILLED = """
from uuid import UUID
from kept.disclosures.flows import disclose; from kept.outbox.handing_over import carrier
from kept.outbox import transport; from kept.outbox.handing_over.disclosures import Disclosure, Delivery
stop = lambda *args, **more: os.kill(os.getpid(), signal.SIGKILL)
where = sys.argv[3]
if where == "before the row": Disclosure.save = stop
if where == "before the hash": Delivery.leaves_as = stop
if where == "before the bytes": transport.post = stop
if where == "after the bytes": Delivery.arrived = stop
said = dict(recipient="carrier-europe", purpose="orders", reason="Dispatched", key="order-4711/carrier/1")
disclose(subject=UUID(sys.argv[2]), values={"person.name": "Alice Lambert"}, **said)
carrier.carry()
"""


@pytest.mark.parametrize(
    "where", ["before the row", "before the hash", "before the bytes", "after the bytes"]
)
def test_killed_anywhere_it_arrives_under_one_name_and_was_on_record(
    alice: Any, carrier: Recipient, where: str
) -> None:
    assert another(KILLED, str(alice.subject), where).returncode == -9
    done = hand(alice, values={"person.name": "Alice Lambert"})
    assert done.again is (where != "before the row")
    Disclosure.objects.update(due_at=timezone.now())
    assert carry() == 1 and carry() == 0
    names = {headers["Idempotency-Key"] for headers, *_ in carrier.calls}
    assert names == {f'"{done.row.pk}"'} and len(carrier.calls) == 1 + (where == "after the bytes")
    assert carrier.known == {done.row.handle: {"person.name": "Alice Lambert"}}
    recorded = {one.detail.get("sha256") for one in happened(alice)}
    assert {sha256(body).hexdigest() for body in carrier.bodies} <= recorded
