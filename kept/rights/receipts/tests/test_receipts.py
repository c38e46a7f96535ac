"""A receipt holds without us, in every byte; it names nobody, and outlives whoever it was given to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from kept.__main__ import main
from kept.core.ledger import fold
from kept.core.ledger.notes import sign
from kept.core.register.tests.vocabulary import TERMS, out_of_range, terms, unread
from kept.core.vault.subject_keys import keys
from kept.rights.receipts import flows
from kept.rights.receipts.models import Receipt
from kept.rights.receipts.offline import ReceiptBroken, check, document_of

pytestmark = pytest.mark.django_db
NOTICE = {"hash": "ab" * 32, "language": "en", "clause": "4.11"}


def give(**more: Any) -> Receipt:
    return flows.give(
        "consent", **{"controller": "cet-power", "purposes": ["news"], "notice": NOTICE, **more}
    )


def file_of(receipt: Receipt) -> bytes:
    fold.fold()
    return json.dumps(flows.handed_out(receipt)).encode()


def test_it_says_what_the_standard_asks_for(policy: Any) -> None:
    said = document_of(give().text)
    (record,) = said["dpv:hasRecordOfActivity"]
    assert said["dct:conformsTo"] == {"@id": "https://w3id.org/dpv/schema/dpv-27560#receipt"}
    assert isinstance(record["dpv:hasProcess"], list)
    assert record["dpv:hasProcess"][0]["dpv:hasPurpose"]["dct:identifier"] == "news"
    assert NOTICE.items() <= record["dpv:hasNotice"].items()
    assert record["dpv:hasConsentStatus"][0]["@type"] == "dpv:ConsentGiven"
    assert record["dpv:hasConsentControl"]["@id"].startswith("http")


@pytest.mark.parametrize("kind", ["consent", "withdrawal", "erasure", "request"])
def test_a_processor_of_json_ld_reads_all_of_it(policy: Any, kind: str) -> None:
    said = document_of(
        flows.give(
            kind, controller="cet-power", purposes=["news"], notice=NOTICE, more={"Asked for": "yesterday"}
        ).text
    )
    assert unread(said) == []
    expanded = jsonld.expand(said)
    assert terms(expanded) <= TERMS
    assert out_of_range(expanded) == []
    assert expanded[0]["urn:kept:terms:details"][0]["@value"] == {"Asked for": "yesterday"}
    claims = "http://purl.org/dc/terms/conformsTo" in expanded[0]
    assert claims == (kind in {"consent", "withdrawal"}), (
        "A profile is claimed where it holds, and nowhere else"
    )


def test_a_key_that_a_processor_would_drop_is_seen() -> None:
    assert unread({"@context": {"dpv": "https://w3id.org/dpv#"}, "dpv:hasName": "x", "version": 3})


def test_two_receipts_of_one_person_share_nothing(alice: Any) -> None:
    one, other = give(act=uuid4()), give(act=uuid4())
    subjects = [
        document_of(each.text)["dpv:hasRecordOfActivity"][0]["dpv:hasDataSubject"]["@id"]
        for each in (one, other)
    ]
    assert subjects[0] != subjects[1]
    assert str(alice.person.pk) not in one.text + other.text


def test_it_holds_before_the_fold_and_in_the_ledger_after(policy: Any) -> None:
    receipt = give()
    assert check(json.dumps(flows.handed_out(receipt)).encode(), sign.public_key()).ledger_size == 0
    assert check(file_of(receipt), sign.public_key()).ledger_size > 0


def test_it_holds_when_the_person_is_gone(alice: Any) -> None:
    receipt = give(act=uuid4())
    keys.destroy(alice.person.pk)
    assert check(file_of(receipt), sign.public_key()).number == receipt.number


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_byte_changed_anywhere_is_found(policy: Any, data: st.DataObject) -> None:
    held = flows.handed_out(Receipt.objects.first() or _folded())
    text = held["receipt"]
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from('az09-{"').filter(lambda sign: sign != text[at]))
    with pytest.raises(ReceiptBroken):
        check(json.dumps({**held, "receipt": text[:at] + other + text[at + 1 :]}).encode(), sign.public_key())


def _folded() -> Receipt:
    receipt = give()
    fold.fold()
    return receipt


def test_the_entry_of_another_receipt_does_not_do(policy: Any) -> None:
    mine, other = give(), give()
    fold.fold()
    mixed = {**flows.handed_out(mine), "proof": flows.handed_out(other)["proof"]}
    with pytest.raises(ReceiptBroken, match="another receipt"):
        check(json.dumps(mixed).encode(), sign.public_key())


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"receipt": 3}', b'{"receipt": "x"}', b"\xff" * 40, b"[" * 200_000],
)
def test_what_is_no_receipt_gets_a_sentence(policy: Any, content: bytes) -> None:
    with pytest.raises(ReceiptBroken):
        check(content, sign.public_key())


def test_what_comes_later_is_the_next_part(policy: Any, client: Any) -> None:
    first = flows.give("erasure", controller="cet-power", more={"State": "Destroyed"})
    later = flows.go_on(first, controller="cet-power", more={"State": "The last residue is gone"})
    assert (later.number, later.part) == (first.number, 2)
    page = client.get(first.url()).content.decode()
    assert page.index("The last residue is gone") < page.index("Destroyed")
    assert (
        check(
            json.dumps(client.get(f"/privacy/receipts/{first.number}.json").json()).encode(),
            sign.public_key(),
        ).part
        == 2
    )
    assert (
        check(
            json.dumps(client.get(f"/privacy/receipts/{first.number}.json?part=1").json()).encode(),
            sign.public_key(),
        ).part
        == 1
    )


def test_anybody_with_the_number_sees_it_and_nobody_without(client: Any, policy: Any) -> None:
    receipt = give()
    assert receipt.number in client.get(receipt.url()).content.decode()
    assert client.get("/privacy/receipts/R-0000-0000-0000/").status_code == 404
    assert client.get("/privacy/receipts/R-1/").status_code == 404
    assert client.get(f"/privacy/receipts/{receipt.number}.json?part=7").status_code == 404
    assert client.post(receipt.url()).status_code == 405


def test_the_command_line_checks_it(policy: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "receipt.json"
    receipt = give()
    place.write_text(json.dumps({**json.loads(file_of(receipt)), "proof": None}), encoding="utf-8")
    assert main(["verify", str(place), "--key", sign.public_key()]) == 0
    assert (
        "This file holds no proof of its place in the ledger: only the signature was checked."
        in capsys.readouterr().out
    )
    place.write_bytes(file_of(receipt))
    assert main(["verify", str(place), "--key", sign.public_key()]) == 0
    assert "Its entry lies in the ledger" in capsys.readouterr().out
    place.write_bytes(place.read_bytes().replace(b"news", b"sale"))
    assert main(["verify", str(place), "--key", sign.public_key()]) == 1
    assert "was changed" in capsys.readouterr().out
