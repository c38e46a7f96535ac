"""What is handed to a recipient: on the record first, signed, at least once under one name, and only as long
as she and the policy allow it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kept.core.consent import choices
from kept.core.consent.choices import Notice as Shown
from kept.core.ledger import versions
from kept.core.ledger.notes import sign, signed_note
from kept.core.policy import loader
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.history import timeline
from kept.core.vault.subject_keys import keys
from kept.outbox import send_rules, transport
from kept.outbox.handing_over.carrier import carry
from kept.outbox.handing_over.disclosures import GIVE_UP, LEASE
from kept.outbox.handing_over.transfers import disclose
from kept.outbox.models import Disclosure, Handle
from kept.outbox.proofs import no_sale
from kept.outbox.tests.process import another
from kept.outbox.tests.recipient import Recipient, policy_with
from kept.testing import default_policy, reader_of

pytestmark = pytest.mark.django_db(transaction=True)
VALUES = {"person.name": "Alice Lambert", "person.phone": "+3221234567"}


def hand(user: Any, recipient: str = "service-partner", purpose: str = "support", **more: Any) -> Disclosure:
    return disclose(
        subject=user.subject, recipient=recipient, purpose=purpose, values=more.pop("values", VALUES), **more
    )


def happened(user: Any) -> list[Any]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return timeline(user.subject)


def due() -> None:
    Disclosure.objects.filter(sent_at=None, stopped_at=None).update(due_at=timezone.now())


def says_yes(user: Any, purpose: str = "surveys") -> None:
    choices.choose(
        user.subject,
        purpose,
        answer="yes",
        notice=Shown("Surveys?", "4.10", 1),
        language="en",
        source="a test",
    )


def test_it_arrives_once_and_is_destroyed_here(alice: Any, partner: Recipient) -> None:
    row = hand(alice)
    assert carry() == 1 and carry() == 0
    (message,) = partner.messages
    assert (
        message["values"] == VALUES
        and message["handle"] == row.handle
        and message["kind"] == "disclosure"
        and message["purpose"] == "support"
    )
    row.refresh_from_db()
    assert row.sent_at and row.acknowledged_at and row.due_at is None and row.values is None
    assert str(alice.subject) not in partner.bodies[0].decode()


def test_nothing_of_it_lies_in_the_clear(alice: Any, policy: Any) -> None:
    hand(alice)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Disclosure._meta.db_table}")
        assert not re.search(
            rb"Lambert|321234567",
            repr([bytes(x) if isinstance(x, memoryview) else x for x in cursor.fetchone()]).encode(),
        )


def test_it_is_signed_by_the_portal_over_method_address_body_and_name(alice: Any, partner: Recipient) -> None:
    hand(alice)
    carry()
    headers, _, path = partner.calls[0]
    assert path == "/kept?for=portal"
    body = partner.bodies[0]
    assert headers["Content-Digest"] == f"sha-256=:{base64.b64encode(sha256(body).digest()).decode()}:"
    parameters = headers["Signature-Input"].removeprefix("kept=")
    base = "\n".join(
        [
            '"@method": POST',
            f'"@target-uri": {partner.endpoint}',
            f'"content-digest": {headers["Content-Digest"]}',
            '"content-type": application/json',
            f'"idempotency-key": {headers["Idempotency-Key"]}',
            f'"@signature-params": {parameters}',
        ]
    )
    signature = base64.b64decode(headers["Signature"].removeprefix("kept=:").removesuffix(":"))
    assert f'keyid="{sign.public_key()}"' in parameters
    signed_note.verify_http(sign.public_key(), base.encode(), signature)
    with pytest.raises(signed_note.SignatureWrong):
        signed_note.verify_http(sign.public_key(), base.replace("POST", "PUT").encode(), signature)


def test_nothing_but_an_http_message_is_signed_that_way(policy: Any) -> None:
    for base in (b"localhost:8000/ledger\n5\nabc\n", b'"@method": POST\n'):
        with pytest.raises(ValueError, match="no signature base"):
            sign.sign_http(base)


def test_one_handle_for_each_person_and_recipient(alice: Any, charlie: Any, policy: Any) -> None:
    first, again, other, hers = (
        hand(alice),
        hand(alice),
        hand(alice, "survey-house", "surveys", values={"person.name": "A"}),
        hand(charlie),
    )
    assert first.handle == again.handle and len({first.handle, other.handle, hers.handle}) == 3
    assert Handle.objects.count() == 3


def test_the_ledger_has_it_before_the_bytes_leave(alice: Any, partner: Recipient, monkeypatch: Any) -> None:
    hand(alice)
    seen = []
    monkeypatch.setattr(
        transport, "post", lambda *args, **more: seen.append(happened(alice)[0]) or transport.Answer(200, b"")
    )
    carry()
    (entry,) = seen
    assert (
        entry.kind == "disclosed"
        and entry.purpose == "support"
        and entry.detail["recipient"] == "service-partner"
    )
    assert set(entry.detail["fields"]) == set(VALUES) and set(entry.detail["categories"]) == {
        "identity.name",
        "contact.phone",
    }


@pytest.mark.parametrize(
    ("recipient", "purpose", "values", "sentence"),
    [
        ("data-broker", "support", VALUES, "Register the recipient first"),
        ("carrier-europe", "support", VALUES, "may not reach Carrier, Europe"),
        ("service-partner", "curiosity", VALUES, "has no purpose"),
        ("service-partner", "list-rental", VALUES, "never allows this"),
        (
            "survey-house",
            "surveys",
            VALUES,
            r"not allowed for “Surveys that carry your name” to Survey house \(demo\) \(clause 4.10\)",
        ),
    ],
)
def test_what_can_never_leave_is_refused_at_once(
    alice: Any, policy: Any, recipient: str, purpose: str, values: Any, sentence: str
) -> None:
    with pytest.raises(send_rules.DoorClosed, match=sentence):
        disclose(subject=alice.subject, recipient=recipient, purpose=purpose, values=values)
    with pytest.raises(ValueError, match="no field of anybody"):
        hand(alice, values={"person.shoe-size": 43})
    assert not Disclosure.objects.exists()


def test_without_her_yes_nothing_leaves_and_a_no_stops_what_waits(alice: Any, partner: Recipient) -> None:
    never = hand(alice, "survey-house", "surveys", values={"person.name": "Alice"})
    assert carry() == 0
    never.refresh_from_db()
    assert (
        never.trouble == "NotAllowed" and never.stopped_at and never.values is None and never.due_at is None
    )
    says_yes(alice)
    hand(alice, "survey-house", "surveys", values={"person.name": "Alice"})
    choices.object_to(alice.subject, "surveys")
    assert carry() == 0 and partner.calls == []
    says_yes(alice)
    hand(alice, "survey-house", "surveys", values={"person.name": "Alice"})
    assert carry() == 1


def test_a_restriction_stops_it(alice: Any, partner: Recipient) -> None:
    row = hand(alice)
    choices.restrict(alice.subject, "support")
    assert carry() == 0 and partner.calls == []
    assert Disclosure.objects.get(pk=row.pk).trouble == "NotAllowed"


def test_a_contract_that_ended_stops_it(alice: Any, partner: Recipient, monkeypatch: Any) -> None:
    row = hand(alice)
    monkeypatch.setattr(send_rules, "recipient_state", lambda recipient, at: "The contract ended.")
    assert carry() == 0 and partner.calls == []
    assert Disclosure.objects.get(pk=row.pk).trouble == "DoorClosed"


def test_data_collected_under_an_older_version_keeps_its_limits(alice: Any, partner: Recipient) -> None:
    """A recipient who was let in later never gets what was collected before."""
    files = dict(policy_with(service_partner=partner.endpoint).files)
    files["purposes.toml"] = files["purposes.toml"].replace(
        '"group", "service-partner"]', '"group", "service-partner", "carrier-europe"]'
    )
    files["recipients.toml"] = files["recipients.toml"].replace(
        "[carrier-europe]\n", f'[carrier-europe]\nendpoint = "{partner.endpoint}"\n'
    )
    later = loader.from_files(files)
    published = versions.publish(later, effective=timezone.localdate(), by="Dana")
    ruling = versions.current()
    assert ruling.number == published.number
    old, new = (
        hand(alice, "carrier-europe", collected=1),
        hand(alice, "carrier-europe", collected=published.number),
    )
    carry()
    assert (
        Disclosure.objects.get(pk=old.pk).trouble == "DoorClosed"
        and Disclosure.objects.get(pk=new.pk).sent_at
    )


def test_who_was_erased_is_handed_to_nobody(alice: Any, partner: Recipient) -> None:
    row = hand(alice)
    keys.destroy(alice.subject)
    assert carry() == 0 and partner.calls == []
    assert Disclosure.objects.get(pk=row.pk).trouble == "KeyErased"
    with pytest.raises(KeyErased):
        hand(alice)


def test_a_recipient_that_fails_is_tried_again_under_the_same_name(alice: Any, partner: Recipient) -> None:
    hand(alice)
    for mood, trouble in (("fails", "HTTP 503"), ("moves", "HTTP 302")):
        partner.mood = mood
        assert carry() == 0
        row = Disclosure.objects.get()
        assert (
            row.trouble == trouble and row.due_at and row.due_at > timezone.now() and row.values is not None
        )
        assert carry() == 0, "Not before it is due"
        due()
    partner.mood = "acknowledges"
    assert carry() == 1
    assert partner.calls[0][0]["Idempotency-Key"] == f'"{row.pk}"'
    assert happened(alice)[0].detail["again"] is True


@pytest.mark.parametrize("mood", ["hangs", "drips"])
def test_one_that_hangs_is_hung_up_on_and_holds_up_nobody(
    alice: Any, charlie: Any, partner: Recipient, monkeypatch: Any, mood: str
) -> None:
    monkeypatch.setattr(transport, "QUIET", 0.3)
    partner.mood = mood
    hand(alice)
    hand(charlie)
    begun = timezone.now()
    assert carry() == 0
    assert timezone.now() - begun < timedelta(seconds=3), (
        "The second one to the same recipient was not even tried"
    )
    assert Disclosure.objects.exclude(trouble="").count() == 1


def test_one_that_is_not_there_at_all(alice: Any, policy: Any) -> None:
    versions.publish(
        policy_with(service_partner="http://127.0.0.1:9/"), effective=timezone.localdate(), by="Dana"
    )
    hand(alice)
    assert carry() == 0
    assert Disclosure.objects.get().trouble == "ConnectionRefusedError"


def test_after_two_days_it_is_given_up_and_destroyed(alice: Any, partner: Recipient) -> None:
    partner.mood = "fails"
    hand(alice)
    Disclosure.objects.update(queued_at=timezone.now() - GIVE_UP)
    carry()
    row = Disclosure.objects.get()
    assert row.stopped_at and row.values is None and row.due_at is None


def test_one_without_a_machine_is_for_people(alice: Any, policy: Any) -> None:
    row = hand(alice)
    assert carry() == 0
    row.refresh_from_db()
    assert row.by_hand and row.matter_open and row.due_at is None and row.values is not None


def test_a_carrier_who_dies_leaves_it_due_again(alice: Any, policy: Any) -> None:
    hand(alice)
    assert Disclosure.claim(timezone.now()) and Disclosure.claim(timezone.now()) is None
    assert Disclosure.claim(timezone.now() + LEASE + timedelta(seconds=1))


KILLED = """
from kept.outbox.handing_over import carrier; from kept.outbox import transport
transport.post = lambda *args, **more: os.kill(os.getpid(), signal.SIGKILL)
carrier.carry()
"""


def test_killed_between_the_ledger_and_the_bytes_it_is_sent_again_and_was_on_record(
    alice: Any, partner: Recipient
) -> None:
    row = hand(alice)
    assert another(KILLED).returncode == -9
    assert partner.calls == [] and happened(alice)[0].kind == "disclosed"
    row.refresh_from_db()
    assert row.sent_at is None and row.values is not None and row.attempts == 1
    assert row.may_have_left, "So it would be followed"
    assert carry() == 0, "The dead process holds its lease still"
    Disclosure.objects.update(due_at=timezone.now())
    assert carry() == 1 and partner.messages[0]["values"] == VALUES
    assert [entry.kind for entry in happened(alice)[:2]] == ["disclosed", "disclosed"]


def test_killed_after_the_bytes_it_arrives_twice_under_one_name(alice: Any, partner: Recipient) -> None:
    row = hand(alice)
    killed = (
        "from kept.outbox.handing_over import carrier, disclosures\n"
        "disclosures.Delivery.arrived = lambda self, **more: os.kill(os.getpid(), signal.SIGKILL)\n"
        "carrier.carry()"
    )
    assert another(killed).returncode == -9
    Disclosure.objects.update(due_at=timezone.now())
    assert carry() == 1
    assert [call[0]["Idempotency-Key"] for call in partner.calls] == [f'"{row.pk}"'] * 2
    assert partner.known == {row.handle: VALUES}


def test_no_sale_looks_at_what_was_handed_over(alice: Any, partner: Recipient) -> None:
    hand(alice)
    carry()
    assert no_sale().kept is True
    Disclosure.objects.update(recipient="data-broker")
    assert no_sale().kept is False and "data-broker for support" in no_sale().text


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://partner.example/",
        "ftp://x.example",
        "https://u:p@x.example",
        "https://x.example/#a",
        "x",
        "https:///x",
    ],
)
def test_an_address_that_is_not_safe_is_refused_in_the_policy(endpoint: str) -> None:
    with pytest.raises(loader.PolicyError, match="no safe address of a machine"):
        policy_with(service_partner=endpoint)
    assert policy_with(service_partner="https://partner.example/kept").recipients["service-partner"].endpoint


def test_a_day_travels_as_text(alice: Any, partner: Recipient) -> None:
    hand(alice, values={"holding.purchase-date": date(2026, 3, 1)})
    carry()
    assert partner.messages[0]["values"] == {"holding.purchase-date": "2026-03-01"}
    assert (
        default_policy().recipients["service-partner"].endpoint == ""
        and replace(default_policy().recipients["service-partner"]).kind == "partner"
    )
