"""kept forget: the operator's way, on the record by name, in fourteen days or now."""

from __future__ import annotations

import json
from datetime import timedelta
from getpass import getuser
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from kept.__main__ import main
from kept.core.ledger.models import Act
from kept.core.ledger.notes import sign
from kept.core.ledger.tree.row_format import unpack
from kept.core.register.destroying import erasing
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.subject_keys import keys
from kept.outbox.models import Message
from kept.people.models import Person
from kept.rights.erasure.models import Erasure
from kept.rights.receipts.models import Receipt
from kept.rights.receipts.offline import check

pytestmark = pytest.mark.django_db
HERS = "alice@example.com"


def forget(*more: str, email: str = HERS) -> int:
    return main(["forget", email, "--reason", "letter of 3 May", *more])


def test_it_is_put_down_for_fourteen_days(alice: Any, capsys: Any, tmp_path: Path) -> None:
    assert forget("--receipt", str(tmp_path / "receipt.json")) == 0
    erasure = Erasure.objects.get()
    assert erasure.source == "operator" and erasure.falls_at - erasure.asked_at == timedelta(days=14)
    assert f"{timezone.localtime(erasure.falls_at):%-d %B %Y}" in capsys.readouterr().out
    assert check((tmp_path / "receipt.json").read_bytes(), sign.public_key()).kind == "request"
    (told,) = [message for message in Message.objects.all() if message.template.endswith("asked.txt")]
    assert told.subject == alice.subject, "told at once, and how to undo it"


def test_now_says_on_the_receipt_who_wanted_no_days_to_undo(alice: Any) -> None:
    assert forget("--now") == 0
    asked = Receipt.objects.get(number=Erasure.objects.get().request_receipt)
    assert "asked for it at once" in asked.text


def test_now_is_now_and_its_receipt_verifies(alice: Any, charlie: Any, capsys: Any, tmp_path: Path) -> None:
    subject = alice.person.pk
    assert forget("--now", "--receipt", str(tmp_path / "receipt.json")) == 0
    assert "Erased: " in capsys.readouterr().out
    assert (
        erasing.left_of(subject) == {}
        and keys.erased(subject)
        and Person.objects.filter(pk=charlie.person.pk).exists()
    )
    found = check((tmp_path / "receipt.json").read_bytes(), sign.public_key())
    assert found.kind == "erasure" and found.ledger_size, (
        "folded first, so that its place in the ledger is proven"
    )
    headers = [unpack(bytes(act.packed)).header for act in Act.objects.all()]
    assert f"erasure by the operator {getuser()}" in {
        header["about"] for header in headers if header["kind"] == "erased"
    }
    assert not any(b"letter of 3 May" in bytes(act.packed) for act in Act.objects.all()), (
        "the reason is sealed"
    )


def test_what_was_put_down_is_done_now(alice: Any) -> None:
    assert forget() == 0
    assert forget() == 1, "a second one says so"
    assert forget("--now") == 0
    assert Erasure.objects.get().destroyed_at


def test_somebody_without_an_id_is_found_by_their_address(policy: Any) -> None:
    with gate.purpose("registration", reader=SystemReader(job="import"), about=Job("import")):
        known = Person.objects.enrol(
            id=uuid4(), name="Erin", email="erin@example.com", controller="cet-power"
        )
    assert forget("--now", email="Erin@example.com") == 0
    assert erasing.left_of(known.pk) == {}


def test_nobody_and_several_are_said(policy: Any, capsys: Any) -> None:
    assert forget(email="nobody@example.com") == 1
    assert "Nobody is known by this address" in capsys.readouterr().err
    for name in ("Erin", "Ewan"):
        with gate.purpose("registration", reader=SystemReader(job="import"), about=Job("import")):
            Person.objects.enrol(id=uuid4(), name=name, email="family@example.com", controller="cet-power")
    assert forget(email="family@example.com") == 1
    assert "2 people are known by this address" in capsys.readouterr().err


def test_the_second_place_out_of_reach_is_said(
    alice: Any, settings: Any, tmp_path: Path, capsys: Any
) -> None:
    settings.KEPT_ERASURES = tmp_path / "not mounted"
    assert forget("--now", "--receipt", str(tmp_path / "receipt.json")) == 1
    said = capsys.readouterr().out
    assert "Nothing was destroyed yet" in said and "not mounted" in said and "The worker tries again" in said
    assert not (tmp_path / "receipt.json").exists() and Person.objects.filter(pk=alice.person.pk).exists()


def test_it_speaks_json(alice: Any, capsys: Any) -> None:
    assert forget("--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["holds"] and said["state"] == "waiting" and said["receipt"].startswith("R-")


@pytest.mark.parametrize("wrong", [["forget", HERS], ["forget", "--reason", "x"]])
def test_misuse_is_two(alice: Any, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(wrong)
    assert stopped.value.code == 2


def test_an_empty_reason_and_a_file_that_is_there_are_refused(
    alice: Any, tmp_path: Path, capsys: Any
) -> None:
    assert main(["forget", HERS, "--reason", " "]) == 2
    (tmp_path / "there").write_text("x")
    assert forget("--receipt", str(tmp_path / "there")) == 2
    assert not Erasure.objects.exists()
