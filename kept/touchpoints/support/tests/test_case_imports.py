"""`kept import cases`: a case comes across once, at its own times, and goes with its person or as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kept.accounts.models import User
from kept.core.ledger.acts import acts_of
from kept.core.register.destroying import erasing
from kept.core.vault import gate
from kept.core.vault.columns.values import provenance
from kept.core.vault.readers import Job
from kept.core.vault.subject_keys import keys
from kept.outbox.models import Message as Mailed
from kept.people.models import Person
from kept.products.csv_files import Written
from kept.touchpoints.support import proofs, recorded
from kept.touchpoints.support.case_imports import case_writing, csv_export, import_run
from kept.touchpoints.support.case_imports.import_run import Import, Tally
from kept.touchpoints.support.case_imports.models import CaseImport, ImportedCase
from kept.touchpoints.support.case_imports.taking_back import take_back
from kept.touchpoints.support.cases import flows, mail_intake
from kept.touchpoints.support.models import Attachment, Case, Message, Note, Step
from kept.touchpoints.support.tests.conftest import said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]

NEAR = timezone.now() - timedelta(days=20)
DAY = f"{NEAR:%Y-%m-%d}"
HEAD = "case,email,name,at,author,text,title,closed,files,product,serial\n"
HERS = (
    f"17,frank@example.org,Frank,{DAY} 09:00,customer,It hums.,The shelf hums,,hum.txt,M30-30K,1204-88-2\n"
    f"17,frank@example.org,Frank,{DAY} 10:30,staff,Which firmware?,,,,,\n"
    f"17,frank@example.org,Frank,{DAY} 10:31,note,He sounded tired.,,,,,\n"
)
OTHER = (
    f"18,grace@example.org,Grace,{DAY} 11:00,customer,My card is 4111 1111 1111 1111,Card,{DAY} 15:00,,,\n"
)

Importing = Callable[..., Tally]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "hum.txt").write_text("hmmmm")
    (tmp_path / "virus.exe").write_bytes(b"MZ\x90")
    return tmp_path


@pytest.fixture
def imported(place: Path) -> Importing:
    def run(text: str, *, save: bool = True, encoding: str = "utf-8", page: str = "") -> Tally:
        file = place / "cases.csv"
        file.write_bytes(text.encode(encoding))
        batch = CaseImport(system="csv", digest="one")
        if save:
            batch, _made = CaseImport.objects.get_or_create(system="csv", digest="one", taken_back_at=None)
        return Import(batch, save=save).run(csv_export.read(file, Written(page)))

    return run


def franks() -> Case:
    found = next(case for case in Case.objects.order_by("pk") if case.conversation.count() == 2)
    assert isinstance(found, Case)
    return found


def person_of(case: Case) -> tuple[str, str]:
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        person = Person.objects.get(pk=case.person_id)
        return person.name, person.email


def test_a_dry_run_says_what_would_come_and_saves_nothing(imported: Importing) -> None:
    tally = imported(HEAD + HERS + OTHER, save=False)
    assert (tally.new, tally.persons, tally.messages, tally.notes, tally.files) == (2, 2, 3, 1, 1)
    assert not Case.objects.exists() and not Person.objects.exists() and not CaseImport.objects.exists()


def test_a_case_comes_with_its_words_its_times_its_files_and_its_origin(imported: Importing) -> None:
    assert imported(HEAD + HERS + OTHER).left_out == 0
    case = franks()
    assert person_of(case) == ("Frank", "frank@example.org") and case.person_id
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        case = Case.objects.get(pk=case.pk)
        assert case.words == "The shelf hums (CSV 17)" and case.number == "1204-88-2"
        assert provenance(case, "title").source == "import from a CSV file"
        assert [one.words for one in case.conversation.order_by("at")] == ["It hums.", "Which firmware?"]
        assert [one.words for one in case.staff_notes.all()] == ["He sounded tired."]
    local = timezone.localtime(case.opened_at)
    assert (local.hour, local.minute, local.date()) == (9, 0, NEAR.date())
    assert case.answered_at - case.opened_at == timedelta(minutes=90)
    assert case.awaits == Case.Awaits.CUSTOMER and case.closed_at is None and case.product.code == "M30-30K"
    assert [step.kind for step in case.steps.all()] == [Step.Kind.OPENED]
    (file,) = Attachment.objects.all()
    assert file.at == case.opened_at and file.keeper == case.person_id
    assert not Mailed.objects.exists(), "nobody is written to about what they know"


def test_a_closed_one_is_closed_and_a_card_number_is_covered(imported: Importing) -> None:
    imported(HEAD + OTHER)
    (message,) = Message.objects.all()
    assert message.masked == 1 and message.case.closed_at == message.case.worked_at
    assert [step.kind for step in message.case.steps.all()] == [Step.Kind.OPENED, Step.Kind.CLOSED]


def test_the_same_file_twice_changes_nothing_and_more_of_a_case_is_added(imported: Importing) -> None:
    imported(HEAD + HERS)
    again = imported(HEAD + HERS)
    assert (again.new, again.grown, again.same, again.messages) == (0, 0, 1, 0)
    more = f"17,frank@example.org,Frank,{DAY} 12:00,customer,4.2.1,,{DAY} 13:00,,,\n"
    grown = imported(HEAD + HERS + more)
    assert (grown.grown, grown.messages, grown.notes) == (1, 1, 0)
    case = Case.objects.get()
    assert case.conversation.count() == 3 and case.staff_notes.count() == 1 and case.closed_at is not None
    assert Person.objects.count() == 1


def test_what_was_worked_on_here_stays_as_it_is(imported: Importing) -> None:
    imported(HEAD + HERS)
    case = Case.objects.get()
    flows.reply(reader=flows.CLERK, case=case, by=case.person, text="Still.", channel="mail")
    more = f"17,frank@example.org,Frank,{DAY} 12:00,customer,4.2.1,,,,,\n"
    tally = imported(HEAD + HERS + more)
    assert tally.left_out == 1 and "was worked on here since" in tally.named[0].reason
    assert case.conversation.count() == 3


def test_rows_of_one_case_may_stand_apart(imported: Importing) -> None:
    first, *rest = HERS.splitlines(keepends=True)
    assert imported(HEAD + first + OTHER + "".join(rest)).new == 2
    assert franks().conversation.count() == 2 and Case.objects.count() == 2


def test_somebody_with_an_id_gets_it_under_their_own(imported: Importing, alice: User) -> None:
    imported(HEAD + HERS.replace("frank@example.org", "ALICE@example.com"))
    case = Case.objects.get()
    assert case.person == alice.person and said(alice, case) == ["It hums.", "Which firmware?"]
    assert ImportedCase.objects.get().made_person is False


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"1,,Frank,{DAY},customer,x,,,,,\n", "Its customer has no e-mail address."),
        (f"1,frank@,Frank,{DAY},customer,x,,,,,\n", "“frank@” is no address we can write to."),
        ("1,frank@example.org,Frank,31-02-2024,customer,x,,,,,\n", "This date does not exist."),
        ("1,frank@example.org,Frank,03/04/2024,customer,x,,,,,\n", "import with --dates day-first"),
        (f"1,frank@example.org,Frank,{DAY} 25:00,customer,x,,,,,\n", "There is no such time of day."),
        (f"1,frank@example.org,Frank,{DAY},boss,x,,,,,\n", "Use one of: customer, staff, note."),
        (f"1,frank@example.org,Frank,{DAY},customer,,,,,,\n", "It is empty."),
        (
            "1,frank@example.org,F,2019-01-01,customer,x,,2019-02-01,,,\n",
            "the policy keeps such a case until",
        ),
        ("1,frank@example.org,F,2999-01-01,customer,x,,,,,\n", "a day that is still to come"),
        (f"1,frank@example.org,F,{DAY},customer,x,,,virus.exe,,\n", "We cannot take program files."),
        (f"1,frank@example.org,F,{DAY},customer,x,,,gone.pdf,,\n", "It is not there."),
        (f"1,frank@example.org,F,{DAY},customer,x,,,../../etc/passwd,,\n", "It is not there."),
        (f"1,frank@example.org,F,{DAY},customer,x,,,,M99,\n", "No product is called “M99”."),
        (f"1,frank@example.org,F,{DAY},customer,x,,,,,1204-88-3\n", "This serial number has a typing error."),
    ],
)
def test_what_does_not_come_across_is_named_with_its_line_and_reason(
    imported: Importing, row: str, reason: str
) -> None:
    tally = imported(HEAD + row)
    assert reason in " ".join(one.reason for one in tally.named)
    assert {one.where.partition(",")[0] for one in tally.named} == {"line 2"}


def test_any_code_page_and_any_delimiter(imported: Importing) -> None:
    text = f"Case;E-mail;Text;At\n5;zoe@example.org;Die Lüftung läuft „zu laut“;{NEAR:%d.%m.%Y} 8:15\n"
    imported(text, encoding="cp1252")
    imported(text.replace("5;", "6;").replace(";", "\t"), encoding="utf-16")
    imported(text.replace("5;", "7;").replace("Lüftung", "Łódź"), encoding="cp1250", page="cp1250")
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        words = sorted(one.words for one in Message.objects.select_related("case"))
    assert words == ["Die Lüftung läuft „zu laut“", "Die Lüftung läuft „zu laut“", "Die Łódź läuft „zu laut“"]
    assert Case.objects.count() == 3 and Person.objects.count() == 1


def test_the_ledger_has_each_and_the_proof_of_support_still_holds(imported: Importing) -> None:
    imported(HEAD + HERS + OTHER)
    about = [act for act in acts_of(("collected",)) if act.about.startswith("support.import")]
    assert len(about) == 2
    assert recorded.rows_since(datetime(2000, 1, 1, tzinfo=UTC)) == []
    assert proofs.bound_to_cases().kept is not False
    Message.objects.filter(author="staff").update(role="support")
    assert proofs.bound_to_cases().kept is False, "an answer of somebody with a post here is on record"


def test_who_is_erased_does_not_come_again(imported: Importing) -> None:
    imported(HEAD + HERS)
    erasing.destroy_rows(Case.objects.get().person_id)
    assert not Case.objects.exists() and not Attachment.objects.exists() and not Note.objects.exists()
    tally = imported(HEAD + HERS)
    assert tally.new == 0 and "does not come again" in tally.named[0].reason and not Person.objects.exists()


def test_an_answer_to_a_mail_of_the_old_desk_finds_its_case(imported: Importing, alice: User) -> None:
    head = HEAD.replace("\n", ",message_id\n")
    imported(f"{head}9,alice@example.com,,{DAY},staff,Try 4.2.1,Hum,,,,,<old-1@desk.example>\n")
    case = Case.objects.get()
    taken = mail_intake.take_in_mail(
        mail_intake.Mail(
            sender="alice@example.com",
            text="It works.",
            message_id="<new@example.com>",
            answers=["<old-1@desk.example>"],
            authenticated=True,
        )
    )
    assert taken.case == case and not taken.opened


def test_a_whole_import_is_taken_back_with_the_persons_it_made(imported: Importing, alice: User) -> None:
    imported(HEAD + HERS + OTHER + f"19,alice@example.com,,{DAY},customer,Hello,Hi,,,,\n")
    batch = CaseImport.objects.get()
    assert (take_back(batch, save=False).cases, Case.objects.count()) == (3, 3)
    done = take_back(batch, save=True)
    assert (done.cases, done.persons, done.kept) == (3, 2, [])
    assert not Case.objects.exists() and not Attachment.objects.exists() and not ImportedCase.objects.exists()
    assert list(Person.objects.values_list("pk", flat=True)) == [alice.person.pk]
    assert imported(HEAD + HERS).new == 1, "and it can come again"


def test_what_somebody_worked_on_since_is_not_taken_back(imported: Importing) -> None:
    imported(HEAD + HERS + OTHER)
    case = franks()
    flows.reply(reader=flows.CLERK, case=case, by=case.person, text="Still.", channel="mail")
    done = take_back(CaseImport.objects.get(), save=True)
    assert done.kept == [case.reference] and done.cases == 1
    assert Case.objects.get() == case and Person.objects.get().pk == case.person_id
    assert CaseImport.objects.get().taken_back_at is None


def test_a_day_before_all_days_and_a_card_number_as_a_number_lose_nothing_else(imported: Importing) -> None:
    old = "19,ann@example.org,Ann,0001-01-01 00:00,customer,It hums.,Fan,,,,\n"
    card = f"4111 1111 1111 1111,ann@example.org,Ann,{DAY} 12:00,customer,It hums.,Fan,,,,\n"
    tally = imported(HEAD + old + card + OTHER)
    assert tally.new == 2 and tally.left_out == 1
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        assert not any("4111 1111" in one.title for one in Case.objects.all())


@pytest.mark.parametrize("dies", ["Step.objects.create", "saved", "recorded"])
def test_cut_off_anywhere_it_is_run_again(
    imported: Importing, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    """In the middle of a case; between the commit and the ledger; between the ledger and its mark."""

    class Dead(BaseException):
        pass

    def dead(*_said: Any, **_named: Any) -> None:
        raise Dead

    with monkeypatch.context() as patch:
        if dies == "Step.objects.create":
            patch.setattr(case_writing, "write_messages", dead)
        elif dies == "saved":
            patch.setattr("kept.core.vault.acts.Act.write", dead)
        else:
            real = import_run.gate.purpose.__exit__

            def ended(self: Any, *why: Any) -> None:
                real(self, *why)
                if self._act.kind == "collected":
                    raise Dead

            patch.setattr(import_run.gate.purpose, "__exit__", ended)
        with pytest.raises(Dead):
            imported(HEAD + HERS + OTHER)
    imported(HEAD + HERS + OTHER)
    assert Case.objects.count() == 2 and Person.objects.count() == 2 and Message.objects.count() == 3
    assert not ImportedCase.objects.filter(recorded_at=None).exists()
    named = [act for act in acts_of(("collected",)) if act.about.startswith("support.import")]
    told = {alias for act in named for alias, _said in act.parts}
    assert told >= set(keys.aliases_of(Person.objects.values_list("pk", flat=True)).values())
