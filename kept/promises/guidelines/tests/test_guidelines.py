"""Guidelines: read, asked about, acknowledged in their words; without it nobody's data opens."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from kept.core.consent import acknowledgements
from kept.core.ledger import versions
from kept.core.policy.loader import from_files
from kept.core.policy.model import Policy
from kept.core.vault import gate
from kept.core.vault.errors import GuidelineRequired
from kept.core.vault.readers import StaffReader
from kept.desk.staff import flows as staff_flows
from kept.operations.setting_up import ids
from kept.outbox.delivery import deliver
from kept.promises.guidelines import flows, reminders
from kept.testing import default_policy, reader_of

pytestmark = pytest.mark.django_db
LIST, SUPPORT = "/desk/guidelines/", "/desk/guidelines/support/"
ACKNOWLEDGE = f"{SUPPORT}acknowledgement/"
MATTER = {"channel": "phone", "purpose": "support", "text": "The fan hums."}


@pytest.fixture
def newcomer(policy: Any) -> Any:
    """Bob on his first day."""
    return ids.hire(email="bob@example.com", name="Bob Martin", role="support", entity="cet-power")


@pytest.fixture
def first_day(newcomer: Any, client_of: Any) -> Client:
    browser: Client = client_of(newcomer)
    return browser


def right() -> dict[str, str]:
    questions = versions.current().policy.guidelines["support"].text().questions
    return {f"question-{n}": str(one.right) for n, one in enumerate(questions)}


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def edited(file: str, old: str, new: str) -> Policy:
    files = dict(default_policy().files)
    assert old in files[file]
    return from_files({**files, file: files[file].replace(old, new)})


def republish(file: str, old: str, new: str) -> None:
    versions.publish(edited(file, old, new), effective=timezone.localdate(), by="Dana")


@pytest.mark.parametrize("address", ["/desk/", "/desk/matters/", "/desk/staff/", "/desk/safeguards/"])
def test_the_desk_is_closed_before(first_day: Client, address: str) -> None:
    answer = first_day.get(address)
    assert answer.status_code == 403
    assert "Read your guidelines first" in text(answer) and f'href="{LIST}"' in answer.content.decode()
    assert "Clause 9.1" in text(answer)


def test_nothing_is_sent_before(first_day: Client) -> None:
    assert first_day.post("/desk/matters/", MATTER).status_code == 403


def test_the_gate_asks_whatever_the_view(newcomer: Any, alice: Any) -> None:
    """No view stands between: a shell, a command, a page somebody forgets."""

    class Case:
        matter_ref, matter_open = "case 1", True

    reader = StaffReader(role="support", entity="cet-power", actor=newcomer.subject)
    with pytest.raises(GuidelineRequired, match="Guidelines for support staff"):
        gate.purpose("support", reader=reader, about=Case()).__enter__()
    flows.acknowledge_all(newcomer)
    with gate.purpose("support", reader=reader, about=Case()) as act:
        assert alice.person.name and act.payload == {"guidelines": {"support": 1}}


def test_it_opens_after_reading_and_answering(first_day: Client, newcomer: Any) -> None:
    page = first_day.get(SUPPORT)
    assert "Open a matter before you look" in text(page)
    assert first_day.post(ACKNOWLEDGE, right())["Location"] == "/desk/"
    assert first_day.get("/desk/").status_code == 200
    row = acknowledgements.held_by(newcomer.subject)[0]
    assert (row.guideline, row.version, row.notice.language) == ("support", 1, "en")
    assert "Open a matter before you look" in row.notice.text and "What comes first?" in row.notice.text
    assert row.notice.hash[:16] in text(first_day.get(SUPPORT))


def test_it_refuses_what_was_not_opened(first_day: Client, newcomer: Any) -> None:
    answer = first_day.post(ACKNOWLEDGE, right(), follow=True)
    assert "Open the guideline first" in text(answer)
    assert acknowledgements.held_by(newcomer.subject) == []
    assert first_day.get("/desk/").status_code == 403


def test_it_refuses_a_wrong_answer_and_keeps_the_others(first_day: Client, newcomer: Any) -> None:
    first_day.get(SUPPORT)
    answer = first_day.post(ACKNOWLEDGE, {**right(), "question-0": "0"})
    assert answer.status_code == 422 and "The guideline says otherwise" in text(answer)
    assert answer.content.decode().count("checked") == len(right())
    assert acknowledgements.held_by(newcomer.subject) == []


def test_it_refuses_words_that_changed_meanwhile(first_day: Client, newcomer: Any) -> None:
    first_day.get(SUPPORT)
    republish("guidelines/support/en.md", "Five habits keep that trust.", "Five habits keep it.")
    answer = first_day.post(ACKNOWLEDGE, right(), follow=True)
    assert "It has changed since you opened it" in text(answer)
    assert acknowledgements.held_by(newcomer.subject) == []


def test_it_is_read_in_the_readers_language(first_day: Client, newcomer: Any) -> None:
    with gate.purpose("own-data", reader=reader_of(newcomer), about=newcomer.person):
        newcomer.person.correct("language", "nl")
    assert "Open een dossier voordat u kijkt" in text(first_day.get(SUPPORT))
    first_day.post(ACKNOWLEDGE, right())
    assert acknowledgements.held_by(newcomer.subject)[0].notice.language == "nl"


def test_minor_wording_asks_nobody_again(bob: Any, client_of: Any) -> None:
    republish("guidelines/support/en.md", "Five habits keep that trust.", "Five habits keep it.")
    assert client_of(bob).get("/desk/").status_code == 200


def test_a_higher_version_asks_everybody_again(bob: Any, client_of: Any) -> None:
    republish("guidelines/support/guideline.toml", "version = 1", "version = 2")
    desk = client_of(bob)
    assert desk.get("/desk/").status_code == 403
    desk.get(SUPPORT)
    desk.post(ACKNOWLEDGE, right())
    assert desk.get("/desk/").status_code == 200
    assert [row.version for row in acknowledgements.held_by(bob.subject)] == [2, 1]


def test_another_role_has_other_guidelines(bob: Any, dana: Any, client_of: Any) -> None:
    other = ids.hire(email="dana2@example.com", name="Dana Peeters", role="controller", entity="cet-power")
    flows.acknowledge_all(other)
    staff_flows.change_post(
        by=staff_flows.Employer(StaffReader(role="controller", entity="cet-power", actor=dana.subject)),
        post=bob.post(),
        role="sales",
        entity="cet-power",
    )
    desk = client_of(bob)
    assert desk.get("/desk/").status_code == 403 and desk.get(SUPPORT).status_code == 404
    assert desk.get(f"{LIST}sales/").status_code == 200


def test_a_leaver_is_out_in_the_same_second(bob: Any, dana: Any, client_of: Any) -> None:
    desk = client_of(bob)
    assert desk.get("/desk/").status_code == 200
    by = staff_flows.Employer(StaffReader(role="controller", entity="cet-power", actor=dana.subject))
    staff_flows.end(by=by, post=bob.post())
    for address in ("/desk/", LIST, SUPPORT):
        assert desk.get(address).status_code in (302, 403)
    assert client_of(bob).get(LIST).status_code == 403


def test_it_names_who_has_not_to_employers_alone(
    newcomer: Any, first_day: Client, dana: Any, client_of: Any
) -> None:
    page = text(client_of(dana).get(LIST))
    assert "Bob Martin" in page and "Guidelines for support staff" in page
    assert "Who has not acknowledged" not in text(first_day.get(LIST))
    flows.acknowledge_all(newcomer)
    assert "Bob Martin" not in text(client_of(dana).get(LIST))


def test_it_is_for_staff_alone(charlie: Any, client_of: Any) -> None:
    assert client_of(charlie).get(LIST).status_code == 403
    assert client_of(charlie).post(ACKNOWLEDGE, {}).status_code == 403


def test_they_are_reminded_once_a_week(newcomer: Any) -> None:
    now = timezone.now()
    assert reminders.remind_due(now) == 1 and reminders.remind_due(now) == 0
    assert reminders.remind_due(now + timedelta(days=6)) == 0
    assert reminders.remind_due(now + timedelta(days=7)) == 1
    flows.acknowledge_all(newcomer)
    assert reminders.remind_due(now + timedelta(days=30)) == 0
    deliver()
    assert [one.subject for one in mail.outbox] == [
        "Guidelines wait for you",
        "Your guidelines still wait for you",
    ]
    assert "Bob" not in mail.outbox[0].body


def test_it_stands_in_their_own_data(bob: Any, client_of: Any) -> None:
    page = text(client_of(bob).get("/me/"))
    assert "You acknowledged “Guidelines for support staff”, version 1" in page


def test_a_company_without_guidelines_works(policy: Any) -> None:
    without = replace(default_policy(), guidelines=MappingProxyType({}))
    reader = StaffReader(role="support", entity="cet-power")
    assert gate.acknowledged(reader, without) == {}
