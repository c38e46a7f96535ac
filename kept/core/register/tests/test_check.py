"""Each way the two statements can part is planted once, and must be seen with a line of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection, models
from django.utils import timezone

from kept.core.consent.models import Limit
from kept.core.ledger import versions
from kept.core.policy.loader import PolicyError
from kept.core.policy.model import Policy
from kept.core.register import declarations, inventory
from kept.core.register.checking import check_holdings, check_promises
from kept.core.register.checking.check import findings, stopped_recipients
from kept.core.register.checking.findings import IDS, Finding, Level
from kept.core.register.declarations import DECLARED
from kept.core.register.hooks.desk import QUEUES, Queue
from kept.core.register.proving.proofs import PROOFS, Proof, proof

TODAY = date(2026, 11, 23)


def lines(found: Iterator[Finding] | list[Finding], id: str) -> list[str]:
    return [finding.message for finding in found if finding.id == id]


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> declarations.Register:
    """The declarations as they are, to be spoilt without a trace."""
    for name in ("holds", "nobody", "cookies", "recipients", "touchpoints", "files"):
        monkeypatch.setattr(DECLARED, name, list(getattr(DECLARED, name)))
    return DECLARED


def redeclare(register: declarations.Register, model: type[models.Model], **changes: object) -> None:
    place = next(n for n, said in enumerate(register.holds) if said.target is model)
    register.holds[place] = replace(register.holds[place], **changes)


def test_the_house_itself_holds(db: None, folder: Policy) -> None:
    assert [str(finding) for finding in findings(folder, at=TODAY) if finding.level is Level.STRUCTURAL] == []


def test_a_field_nobody_declared(register: declarations.Register) -> None:
    redeclare(
        register,
        Limit,
        columns={
            "purpose": "consent.record",
            "kind": "consent.record",
            "since": "consent.record",
            "until": "consent.record",
        },
    )
    found = list(check_holdings.undeclared(inventory.tables()))
    assert [str(finding) for finding in found if "Limit" in finding.message] == [
        "kept.E001 consent.Limit.source belongs to a person, but nothing says what it is. Declare its"
        " category in core/register/core_tables.py."
    ]


def test_a_table_nobody_declared(register: declarations.Register) -> None:
    register.holds[:] = [said for said in register.holds if said.target is not Limit]
    (finding,) = [each for each in check_holdings.undeclared(inventory.tables()) if "Limit" in each.message]
    assert finding.id == "kept.E002"
    assert "core/register/core_tables.py" in finding.hint


def test_a_column_only_the_database_knows(db: None, folder: Policy) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consent_limit ADD COLUMN shoe_size integer")
    assert "The database has a column consent_limit.shoe_size that nothing declares." in lines(
        findings(folder), "kept.E001"
    )


def test_a_table_only_the_database_knows(db: None, folder: Policy) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE old_customers (name text)")
    (message,) = lines(findings(folder), "kept.E002")
    assert "old_customers" in message


def test_a_surplus_column_may_wait_for_its_migration(
    db: None, folder: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consent_limit ADD COLUMN shoe_size integer")
    monkeypatch.setattr("kept.core.register.live_schema.migrations_wait", lambda: True)
    assert not any("shoe_size" in message for message in lines(findings(folder), "kept.E001"))


def test_a_declaration_of_what_is_not_there(register: declarations.Register) -> None:
    redeclare(register, Limit, nobody={"shoe_size": "There is none."}, subject=("owner__id",))
    messages = lines(check_holdings.misdeclared(), "kept.E003")
    assert any("consent.Limit.shoe_size" in message for message in messages)
    assert any("owner__id does not lead" in message for message in messages)


def test_a_table_declared_twice(register: declarations.Register) -> None:
    declarations.nobody(Limit, because="Forgotten that it was declared.")
    assert "consent_limit is declared 2 times." in lines(check_holdings.misdeclared(), "kept.E003")


def test_a_table_no_model_owns_cannot_be_about_people(register: declarations.Register) -> None:
    declarations.holds("old_customers", subject="id", purposes=("account",), title="Old customers")
    (message,) = lines(check_holdings.misdeclared(), "kept.E003")
    assert "old_customers" in message
    assert "register/tests/test_check.py" in message


def test_a_category_the_policy_lacks(register: declarations.Register, folder: Policy) -> None:
    redeclare(register, Limit, columns={"kind": "body.shoe-size"})
    (message,) = lines(check_holdings.uncovered(folder, inventory.tables()), "kept.E004")
    assert message.startswith("consent.Limit.kind holds body.shoe-size")


def test_a_category_no_purpose_covers(register: declarations.Register, folder: Policy) -> None:
    redeclare(register, Limit, purposes=("safety",))
    messages = lines(check_holdings.uncovered(folder, inventory.tables()), "kept.E005")
    assert (
        "consent.Limit.kind holds consent.record for safety (core/register/core_tables.py), and no such"
        " purpose in purposes.toml uses it." in messages
    )


def test_a_right_is_no_reason_to_hold_anything(register: declarations.Register, folder: Policy) -> None:
    redeclare(register, Limit, purposes=("own-data",))
    assert lines(check_holdings.uncovered(folder, inventory.tables()), "kept.E005")


def test_something_held_for_sleeping_purposes_alone(register: declarations.Register, folder: Policy) -> None:
    declarations.file("letter", category="survey.answer", purposes=("surveys",), title="Letters")
    (message,) = lines(check_holdings.uncovered(folder, []), "kept.E006")
    assert "Letters" in message
    assert "until when" in message


def test_a_purpose_taken_out_of_the_policy(
    register: declarations.Register, folder: Policy, without_purpose: Callable[[str], Policy]
) -> None:
    (message,) = lines(check_promises.purposes(without_purpose("auditing")), "kept.E007")
    assert message.endswith("names the purpose auditing, and purposes.toml does not have it.")


def test_a_purpose_nobody_uses(register: declarations.Register, folder: Policy) -> None:
    for said in register.holds:
        redeclare(register, said.target, purposes=tuple(set(said.purposes) - {"auditing"}))  # type: ignore[arg-type]
    assert "auditing" in lines(check_promises.purposes(folder), "kept.E008")[0]


def test_a_purpose_of_a_touchpoint_that_is_not_installed_sleeps(folder: Policy) -> None:
    assert not [
        message for message in lines(check_promises.purposes(folder), "kept.E008") if "surveys" in message
    ]


def test_a_recipient_the_policy_does_not_name(register: declarations.Register, folder: Policy) -> None:
    declarations.recipient("data-broker", purposes=("account",))
    declarations.recipient("card-processor", purposes=("account",))
    unknown, unshared = lines(check_promises.recipients(folder), "kept.E009")
    assert (
        unknown == "core/register/tests/test_check.py hands data to data-broker, and recipients.toml does not"
        " name it."
    )
    assert "card-processor for account" in unshared


def test_a_cookie_the_policy_lacks(register: declarations.Register, folder: Policy) -> None:
    declarations.cookie("_ga_*", kind="measurement")
    assert lines(check_promises.cookies(folder), "kept.E010") == [
        "core/register/tests/test_check.py sets the cookie _ga_*, and cookies.toml lacks it."
    ]


def test_a_cookie_of_django_that_the_policy_lacks(folder: Policy, settings: object) -> None:
    settings.SESSION_COOKIE_NAME = "sessionid"  # type: ignore[attr-defined]
    assert any(
        "settings.py (SESSION_COOKIE_NAME) sets the cookie sessionid" in message
        for message in lines(check_promises.cookies(folder), "kept.E010")
    )


def test_a_cookie_nobody_sets(folder: Policy, edited: Callable[..., Policy]) -> None:
    more = edited(
        "cookies.toml",
        r"\[session\]",
        '[extra]\nname = "extra"\npurpose = "security"\nsetter = "us"\nlifetime = "P1D"\nkind ='
        ' "essential"\ntouchpoint = "accounts"\n\n[session]',
    )
    assert lines(check_promises.cookies(more), "kept.E011") == [
        "cookies.toml lists extra at accounts, and nothing in the code sets it."
    ]


def test_a_cookie_of_another_kind(edited: Callable[..., Policy]) -> None:
    called = edited(
        "cookies.toml",
        r'kind = "preference"\ntouchpoint = "cookies"',
        'kind = "essential"\ntouchpoint = "cookies"',
    )
    message = (
        "rights/cookies/personal.py sets kept_greeting as preference (cookie), and cookies.toml calls it"
        " essential (cookie)."
    )
    assert lines(check_promises.cookies(called), "kept.E021") == [message]


def test_a_proof_deleted(folder: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PROOFS, "ledger.intact")
    messages = lines(check_promises.proofs(folder), "kept.E012")
    assert "promises.toml: guarded (P17) rests on the proof ledger.intact, and no code gives it." in messages


def test_a_proof_of_a_sleeping_touchpoint_is_not_missed(edited: Callable[..., Policy]) -> None:
    sleeping = edited(
        "promises.toml", r'statement = "Seminars."', 'statement = "Seminars."\nproofs = ["seminars.seats"]'
    )
    assert not [
        message
        for message in lines(check_promises.proofs(sleeping), "kept.E012")
        if "seminars.seats" in message
    ]


def test_a_proof_no_promise_names(folder: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROOFS, "register.extra", PROOFS["ledger.intact"])
    assert lines(check_promises.proofs(folder), "kept.N003") == [
        "The code gives the proof register.extra, and no promise in promises.toml names it."
    ]


def test_a_role_the_company_does_not_have(folder: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        QUEUES, "test.queue", Queue("test.queue", "Work", ("janitor",), "nowhere", lambda reader: 0)
    )
    assert lines(check_promises.roles(folder), "kept.E013") == [
        "The desk gives test.queue to the role janitor, and company.toml does not have it."
    ]


def test_a_value_in_the_clear(register: declarations.Register) -> None:
    redeclare(register, Limit, columns={"source": "contact.phone"})
    assert "consent.Limit.source holds contact.phone in the clear." in lines(
        check_holdings.in_the_clear(inventory.tables()), "kept.E014"
    )
    redeclare(register, Limit, clear={"source": "This is why."})
    assert not any(
        "Limit" in message for message in lines(check_holdings.in_the_clear(inventory.tables()), "kept.E014")
    )


def test_a_clock_longer_than_the_law(edited: Callable[..., Policy]) -> None:
    late = edited("clocks.toml", r'(\[request\].*?within = )"P30D"', r'\1"P40D"')
    message, *_ = lines(check_promises.clocks(late, TODAY), "kept.E015")
    assert message == "clocks.toml: request runs 40 days, and the law of EU allows 1 month (GDPR Art. 12(3))."


def test_a_paragraph_missing_in_one_language(folder: Policy) -> None:
    english = folder.texts["en"]
    shorter = replace(english, language="fr", clauses=english.clauses[1:])
    half = replace(folder, texts={"en": english, "fr": shorter})
    assert lines(check_promises.languages(half), "kept.E017") == [
        f"text/fr.md lacks the paragraph {english.clauses[0].id} that text/en.md has."
    ]


def test_dead_mechanisms_and_contracts_stop_their_recipient_alone(
    db: None, folder: Policy, edited: Callable[..., Policy]
) -> None:
    dead = edited(
        "recipients.toml",
        r'transfer = \{mechanism = "scc", from = 2026-01-01\}',
        'transfer = {mechanism = "privacy-shield", from = 2018-01-01}',
    )
    found = findings(dead, at=TODAY)
    assert any(
        "EU–US Privacy Shield ended on 2020-07-16 (C-311/18)." in message
        for message in lines(found, "kept.D001")
    )
    assert "cet-energy-solutions" in stopped_recipients(dead, TODAY)
    assert "mail-provider" not in stopped_recipients(dead, TODAY)
    assert {finding.level for finding in found if finding.recipient} == {Level.DATED}
    assert "mail-provider" in stopped_recipients(folder, date(2031, 1, 1))
    assert any(
        "runs from 2026-01-01 to 2030-12-31" in finding.message
        for finding in findings(folder, at=date(2031, 1, 1))
    )


def test_the_version_in_force_is_the_yardstick_and_the_folder_a_notice(
    policy: object, edited: Callable[..., Policy], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not lines(findings(), "kept.N001")
    monkeypatch.setattr(
        "kept.core.register.checking.check.load", lambda folder: edited("cookies.toml", r"P14D", "P13D")
    )
    assert len(lines(findings(), "kept.N001")) == 1
    monkeypatch.setattr("kept.core.register.checking.check.load", broken_folder)
    assert lines(findings(), "kept.N004") == ["purposes.toml: is missing."]
    assert not lines(findings(), "kept.E016")


def broken_folder(folder: object) -> Policy:
    raise PolicyError(["purposes.toml: is missing."])


def test_before_anything_is_published_the_folder_is_the_yardstick(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(lines(findings(), "kept.N002")) == 1
    monkeypatch.setattr("kept.core.register.checking.check.load", broken_folder)
    assert lines(findings(), "kept.E016") == ["purposes.toml: is missing."]


def test_a_version_that_waits_for_its_day_is_looked_at_in_time(
    policy: object, without_purpose: Callable[[str], Policy]
) -> None:
    versions.publish(
        without_purpose("auditing"), effective=timezone.localdate() + timedelta(days=40), by="Dana"
    )
    message = next(
        message for message in lines(findings(), "kept.N005") if "names the purpose auditing" in message
    )
    assert message.startswith("The version that waits for its day will stop the portal: ")


def test_every_id_is_known() -> None:
    with pytest.raises(KeyError):
        Finding("kept.X999", "", "").level
    assert {Finding(id, "", "").level for id in IDS} == set(Level)


@pytest.mark.parametrize(("unseen", "found"), [("", 1), ("  ", 1), ("What nobody wrote down.", 0)])
def test_a_proof_that_does_not_say_what_it_does_not_see(
    monkeypatch: pytest.MonkeyPatch, unseen: str, found: int
) -> None:
    # Gone again after the test, whoever put it there.
    monkeypatch.setitem(PROOFS, "register.extra", PROOFS["vault.sealed"])
    del PROOFS["register.extra"]
    proof("register.extra", promise="guarded", title="A test", unseen=unseen)(lambda: Proof(True, "", ""))
    assert len(lines(check_promises.sightless(), "kept.E022")) == found


def test_a_promise_that_rests_on_a_proof_about_another(edited: Callable[..., Policy]) -> None:
    greened = edited(
        "promises.toml", r'statement = "Seminars."', 'statement = "Seminars."\nproofs = ["ledger.intact"]'
    )
    assert lines(check_promises.proofs(greened), "kept.E023") == [
        "promises.toml: system-seminars (S6) rests on the proof ledger.intact, which is about guarded,"
        " system-ledger."
    ]
