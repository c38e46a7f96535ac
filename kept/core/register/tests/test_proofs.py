"""A proof that cannot fail is a defect: each of core's own is broken here and seen to turn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from kept.accounts.models import User
from kept.core.consent.models import Limit
from kept.core.ledger.fold import fold
from kept.core.ledger.models import Act
from kept.core.ledger.record import record
from kept.core.ledger.tree.row_format import RowBroken
from kept.core.ledger.versions import VersionBroken
from kept.core.policy.model import Policy
from kept.core.register.declarations import DECLARED
from kept.core.register.proving import core_proofs, proofs
from kept.core.register.proving.proofs import (
    BROKEN,
    KEPT,
    UNMEASURED,
    UNPROVEN,
    WAITING,
    Answer,
    Proof,
    Registered,
)
from kept.core.vault.errors import MasterKeyProblem
from kept.operations.silence.log_filters import WithoutValues


def promised(folder: Policy, *names: str) -> Policy:
    promise = replace(folder.promises["guarded"], proofs=names)
    return replace(folder, promises={"guarded": promise})


def given(monkeypatch: pytest.MonkeyPatch, id: str, answer: Proof | Exception) -> None:
    def run() -> Proof:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setitem(proofs.PROOFS, id, Registered(id, ("guarded",), "A test", run))


@pytest.fixture(autouse=True)
def _no_other_proofs(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "folder" in request.fixturenames:
        monkeypatch.setattr(proofs, "PROOFS", {})


@pytest.mark.parametrize(("said", "state"), [(True, KEPT), (False, BROKEN), (None, WAITING)])
def test_a_promise_is_what_its_proof_says(
    folder: Policy, monkeypatch: pytest.MonkeyPatch, said: bool | None, state: str
) -> None:
    given(monkeypatch, "test.one", Proof(said, "1 of 1", "It was asked."))
    results = proofs.run_all(promised(folder, "test.one"))
    assert results.promises == {"guarded": state}
    assert (results.answers["test.one"].figure, results.answers["test.one"].text) == (
        "1 of 1",
        "It was asked.",
    )


def test_a_promise_without_a_proof_is_unproven(folder: Policy) -> None:
    assert proofs.run_all(promised(folder)).promises == {"guarded": UNPROVEN}


def test_a_promise_whose_proof_no_code_gives_is_unproven(
    folder: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, "test.one", Proof(True, "", ""))
    assert proofs.run_all(promised(folder, "test.one", "test.two")).promises == {"guarded": UNPROVEN}


def test_a_proof_that_raises_is_broken_and_keeps_the_value_that_broke_it_to_itself(
    folder: Policy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    given(monkeypatch, "test.one", ValueError("alice@example.com"))
    results = proofs.run_all(promised(folder, "test.one"))
    assert results.promises == {"guarded": BROKEN}
    assert (
        "fault of its own" in results.answers["test.one"].text
        and "Error" not in results.answers["test.one"].text
    )
    written = [WithoutValues().format(record) for record in caplog.records]
    assert written and "test_proofs.py" in written[0] and not any("alice" in line for line in written)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RowBroken("The row is cut short."), "kept ledger verify"),
        (VersionBroken("Version 1"), "not the one that was signed"),
        (MasterKeyProblem("no key"), "kept check"),
        (OperationalError("no such column: alice@example.com"), "kept manage migrate"),
        (PermissionError(13, "denied", "/home/alice"), "who owns it"),
        (RecursionError(), "fault of its own"),
    ],
)
def test_what_kept_a_proof_from_its_answer_is_a_sentence(
    folder: Policy, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    given(monkeypatch, "test.one", error)
    text = proofs.run("test.one").text
    assert said in text and text.endswith(".") and type(error).__name__ not in text and "alice" not in text


@pytest.mark.django_db
def test_acts_that_were_cut_are_told_in_a_sentence(alice: User) -> None:
    """Every proof that reads the ledger, with every act of it cut short."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_act SET packed = substr(packed, 1, 64)")
    said = [proofs.run(id) for id in proofs.PROOFS if proofs.PROOFS[id].every <= proofs.QUARTER]
    assert "promises.announced" in {one.id for one in said if one.state == BROKEN}
    assert [one for one in said if "RowBroken" in one.text or "Error" in one.text] == []


def test_one_broken_proof_breaks_the_promise(folder: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, "test.one", Proof(True, "", ""))
    given(monkeypatch, "test.two", Proof(False, "", ""))
    assert proofs.run_all(promised(folder, "test.one", "test.two")).promises == {"guarded": BROKEN}


def test_what_was_not_asked_yet_is_unmeasured(folder: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, "test.one", Proof(True, "", ""))
    given(monkeypatch, "test.two", Proof(True, "", ""))
    policy = promised(folder, "test.one", "test.two")
    assert proofs.states(policy, {}) == {"guarded": UNMEASURED}
    assert proofs.states(policy, proofs.ask(["test.one"])) == {"guarded": UNMEASURED}
    assert proofs.states(policy, proofs.ask(["test.one", "test.two"])) == {"guarded": KEPT}


def test_a_proof_turns_no_promise_green_but_those_it_is_about(
    folder: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, "test.one", Proof(True, "1 of 1", "It holds."))
    policy = promised(folder, "test.one")
    another = replace(policy.promises["guarded"], id="no-sale", row="P13")
    policy = replace(policy, promises={**policy.promises, "no-sale": another})
    assert proofs.run_all(policy).promises == {"guarded": KEPT, "no-sale": UNPROVEN}


def test_a_promise_whose_purposes_all_sleep_is_not_kept(
    folder: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, "test.one", Proof(True, "1 of 1", "It holds."))
    policy = promised(folder, "test.one")
    clause = policy.promises["guarded"].clause
    told = replace(policy.purposes["news"], clause=clause)
    assert proofs.run_all(replace(policy, purposes={"news": told})).promises == {"guarded": UNPROVEN}
    awake = replace(policy.purposes["account"], clause=clause)
    assert proofs.run_all(replace(policy, purposes={"news": told, "account": awake})).promises == {
        "guarded": KEPT
    }


def test_a_finding_is_looked_at_twice_before_it_is_told(
    folder: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bool] = []

    def passing() -> Proof:
        looks.append(True)
        return Proof(len(looks) > 1, "", "")

    monkeypatch.setitem(proofs.PROOFS, "test.one", Registered("test.one", ("guarded",), "A test", passing))
    assert proofs.run_all(promised(folder, "test.one")).promises == {"guarded": KEPT} and len(looks) == 2
    given(monkeypatch, "test.one", Proof(False, "", ""))
    assert proofs.run_all(promised(folder, "test.one")).promises == {"guarded": BROKEN}


def answer(id: str) -> Answer:
    return proofs.run(id)


def test_fields_declared_turns_when_a_field_loses_its_declaration(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_proofs, "findings", list)
    assert answer("register.fields_declared").state == KEPT
    monkeypatch.undo()
    monkeypatch.setattr(DECLARED, "holds", [said for said in DECLARED.holds if said.target is not Limit])
    assert answer("register.fields_declared").state == BROKEN


def test_no_undeclared_column_turns_when_the_database_grows_one(db: None) -> None:
    before = answer("register.no_undeclared_column")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consent_limit ADD COLUMN shoe_size integer")
    after = answer("register.no_undeclared_column")
    assert after.state == BROKEN
    assert before.figure != after.figure


def test_sealed_turns_when_a_value_lies_in_the_clear(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    table = next(
        table
        for table in core_proofs.tables()
        if any(column.kind is core_proofs.Kind.SEALED for column in table.columns)
    )
    column, *_ = [column for column in table.columns if column.kind is core_proofs.Kind.SEALED]
    monkeypatch.setattr(
        core_proofs,
        "tables",
        lambda: [replace(table, name="probe", columns=(replace(column, name="value"),))],
    )
    blob = "bytea" if connection.vendor == "postgresql" else "blob"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE probe (value {blob})")
        assert answer("vault.sealed").state == WAITING
        cursor.execute("INSERT INTO probe VALUES (%s)", [bytes([1]) + bytes(80)])
        assert (answer("vault.sealed").state, answer("vault.sealed").figure) == (KEPT, "1 of 1 values")
        cursor.execute(
            "INSERT INTO probe VALUES (%s)",
            [b"Alice Example, 1 Example Street, 4020 Liege, Belgium, +32 2 555 01 23, alice@example.com"],
        )
        assert (answer("vault.sealed").state, answer("vault.sealed").figure) == (
            BROKEN,
            "1 of 2 in the clear",
        )


def test_the_ledger_turns_when_one_byte_of_one_row_changes(home: Path, db: None) -> None:
    for _ in range(3):
        record("read", purpose="support", role="support", entity="cet-power", policy=1, parts=[])
    fold()
    assert answer("ledger.intact").state == KEPT
    row = Act.objects.all()[1]
    packed = bytes(row.packed)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_act SET packed = %s WHERE seq = %s",
            [packed[:-1] + bytes([packed[-1] ^ 1]), row.seq],
        )
    assert answer("ledger.intact").state == BROKEN
