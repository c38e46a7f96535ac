"""What Zammad and FreeScout give out, read as cases; and the command that takes it in."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kept.__main__ import main
from kept.core.vault import gate
from kept.core.vault.columns.values import provenance
from kept.core.vault.readers import Job
from kept.people.models import Person
from kept.touchpoints.support.case_imports import freescout_export, zammad_export
from kept.touchpoints.support.case_imports.foreign_cases import ForeignCase, LeftOut, NotAnExport
from kept.touchpoints.support.cases import flows
from kept.touchpoints.support.cases.mail_intake import Mail, take_in_mail
from kept.touchpoints.support.models import Case, CaseImport, Message

NOW = datetime.now(UTC).replace(microsecond=0)
STAMP = {n: (NOW - timedelta(days=30 - n)).strftime("%Y-%m-%dT%H:%M:%S.000Z") for n in range(10)}
ROW = {n: (NOW - timedelta(days=30 - n)).strftime("%Y-%m-%d %H:%M:%S") for n in range(10)}

TICKETS = [
    {"id": 1, "number": "22001", "title": "Fan", "customer_id": 6, "state_id": 2, "created_at": STAMP[1]},
    {
        "id": 2,
        "number": "22002",
        "title": "Old",
        "customer_id": 7,
        "state": "closed",
        "created_at": STAMP[2],
        "close_at": STAMP[4],
    },
    {"id": 3, "number": "22003", "title": "Twice", "state": "merged", "created_at": STAMP[2]},
    {"id": 4, "number": "22004", "title": "Who", "state": "open", "created_at": STAMP[2]},
]
USERS = [
    {
        "id": 6,
        "login": "frank@example.org",
        "email": "frank@example.org",
        "firstname": "Frank",
        "lastname": "Peeters",
        "phone": "+32 2 123 45 67",
        "preferences": {"locale": "nl-nl"},
    },
    {"id": 7, "login": "g", "email": "grace@example.org", "firstname": "Grace", "lastname": ""},
]
ARTICLES = [
    {
        "id": 11,
        "ticket_id": 1,
        "sender": "Customer",
        "type": "email",
        "internal": False,
        "content_type": "text/html",
        "body": "<p>It <b>hums</b>.</p>",
        "message_id": "<a@example.org>",
        "created_at": STAMP[1],
        "attachments": [
            {"id": 5, "filename": "log.txt", "size": "4", "preferences": {"Content-Type": "text/plain"}},
            {"id": 6, "filename": "in.txt", "data": base64.b64encode(b"inline").decode()},
            {"id": 7, "filename": "lost.pdf"},
        ],
    },
    {"id": 12, "ticket_id": 1, "sender_id": 1, "type_id": 5, "body": "He rang.", "created_at": STAMP[2]},
    {"id": 13, "ticket_id": 1, "sender": "Agent", "internal": True, "body": "VIP", "created_at": STAMP[3]},
    {"id": 14, "ticket_id": 1, "sender": "System", "body": "We got it.", "created_at": STAMP[1]},
    {"id": 21, "ticket_id": 2, "sender": "Customer", "body": "Old.", "created_at": STAMP[2]},
]


@pytest.fixture
def zammad(tmp_path: Path) -> Path:
    """As it answers: a page of tickets, an article list of each ticket, users among the assets."""
    root = tmp_path / "zammad"
    (root / "ticket_attachment/1/11").mkdir(parents=True)
    (root / "ticket_attachment/1/11/5").write_text("logs")
    (root / "tickets.json").write_text(json.dumps(TICKETS))
    for id in (1, 2):
        of = [one for one in ARTICLES if one["ticket_id"] == id]
        (root / f"articles-{id}.json").write_text(json.dumps(of))
    full = {"users": [6, 7], "assets": {"User": {str(one["id"]): one for one in USERS}}}
    (root / "users.json").write_text(json.dumps(full))
    return root


CREATE = """-- MySQL dump 10.19
/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE `{table}` (
{columns}
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
"""
TABLES: dict[str, list[dict[str, Any]]] = {
    "conversations": [
        {
            "id": 1,
            "number": 7,
            "type": 1,
            "status": 3,
            "state": 2,
            "subject": "It's 'loud'",
            "customer_id": 4,
            "closed_at": ROW[5],
            "created_at": ROW[1],
        },
        {
            "id": 2,
            "number": 8,
            "type": 1,
            "status": 4,
            "state": 2,
            "subject": "Win; money",
            "customer_id": 4,
            "closed_at": None,
            "created_at": ROW[1],
        },
    ],
    "threads": [
        {
            "id": 1,
            "conversation_id": 1,
            "type": 1,
            "state": 2,
            "body": "<div>Hum;\nloud</div>",
            "created_at": ROW[1],
        },
        {"id": 2, "conversation_id": 1, "type": 2, "state": 2, "body": "Try \\ 4.2", "created_at": ROW[2]},
        {"id": 3, "conversation_id": 1, "type": 3, "state": 2, "body": "Tired.", "created_at": ROW[3]},
        {"id": 4, "conversation_id": 1, "type": 4, "state": 2, "body": "", "created_at": ROW[3]},
        {"id": 5, "conversation_id": 1, "type": 2, "state": 1, "body": "Half a", "created_at": ROW[4]},
    ],
    "customers": [
        {
            "id": 4,
            "first_name": "Grace",
            "last_name": "D'Hondt",
            "phones": '[{"value":"+3221234567"}]',
        }
    ],
    "emails": [{"id": 9, "customer_id": 4, "email": "grace@example.org"}],
    "attachments": [
        {"id": 3, "thread_id": 1, "file_dir": "1/2", "file_name": "log.txt", "mime_type": "text/plain"},
        {"id": 4, "thread_id": 1, "file_dir": "..", "file_name": "dump.sql", "mime_type": "text/plain"},
    ],
    "users": [{"id": 1, "email": "bob@example.com", "password": "never looked at"}],
}


def quoted(value: Any) -> str:
    if value is None or isinstance(value, int):
        return "NULL" if value is None else str(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


@pytest.fixture
def freescout(tmp_path: Path) -> Path:
    """As mysqldump writes it: no column names in the inserts."""
    root = tmp_path / "freescout"
    (root / "attachment/1/2").mkdir(parents=True)
    (root / "attachment/1/2/log.txt").write_text("logs")
    said = []
    for table, found in TABLES.items():
        said.append(CREATE.format(table=table, columns="".join(f"  `{name}` text,\n" for name in found[0])))
        values = ",".join(f"({','.join(map(quoted, row.values()))})" for row in found)
        said.append(f"INSERT INTO `{table}` VALUES {values};\n")
    (root / "dump.sql").write_text("".join(said))
    return root


def parted(found: Any) -> tuple[dict[str, ForeignCase], dict[str, str]]:
    rows = list(found)
    cases = {one.number: one for one in rows if isinstance(one, ForeignCase)}
    return cases, {one.where: one.reason for one in rows if isinstance(one, LeftOut)}


def test_zammad(zammad: Path) -> None:
    cases, left_out = parted(zammad_export.read(zammad))
    fan = cases["22001"]
    assert [(one.author, one.channel, one.text) for one in fan.messages] == [
        ("customer", "mail", "It hums."),
        ("staff", "phone", "He rang."),
        ("note", "web", "VIP"),
    ]
    assert fan.person is not None and fan.person.name == "Frank Peeters" and fan.person.language == "nl"
    assert [file.open().read() for file in fan.messages[0].files] == [b"logs", b"inline"]
    assert fan.messages[0].message_id == "<a@example.org>" and fan.closed_at is None
    assert cases["22002"].closed_at is not None and cases["22004"].person is None
    assert set(left_out) == {"ticket 22001, article 11, file 7", "ticket 22001, article 14", "ticket 22003"}
    assert "ticket_attachment/1/11/7" in left_out["ticket 22001, article 11, file 7"]


def test_freescout_as_a_dump(freescout: Path) -> None:
    cases, left_out = parted(freescout_export.read(freescout / "dump.sql"))
    (one,) = cases.values()
    assert one.title == "It's 'loud'" and one.person is not None and one.person.name == "Grace D'Hondt"
    assert (one.person.email, one.person.phone) == ("grace@example.org", "+3221234567")
    assert [(said.author, said.text) for said in one.messages] == [
        ("customer", "Hum;\nloud"),
        ("staff", "Try \\ 4.2"),
        ("note", "Tired."),
    ]
    assert [file.name for file in one.messages[0].files] == ["log.txt"], "and nothing beside its folder"
    assert one.closed_at == datetime.fromisoformat(ROW[5]).replace(tzinfo=UTC)
    told = {"conversation 8", "conversation 7, thread 5", "conversation 7, thread 1, file 4"}
    assert set(left_out) == told


def test_freescout_as_its_interface_answers_and_as_phpmyadmin_writes_it(tmp_path: Path) -> None:
    answered = {
        "_embedded": {
            "conversations": [
                {
                    "id": 1,
                    "number": 7,
                    "type": "email",
                    "status": "active",
                    "state": "published",
                    "subject": "Hum",
                    "createdAt": STAMP[1],
                    "customer": {"id": 4, "firstName": "Grace", "lastName": "", "email": "grace@example.org"},
                    "_embedded": {
                        "threads": [
                            {
                                "id": 1,
                                "type": "customer",
                                "state": "published",
                                "body": "Loud",
                                "createdAt": STAMP[1],
                            }
                        ]
                    },
                }
            ]
        },
        "page": {"size": 50},
    }
    file = tmp_path / "page.json"
    file.write_text(json.dumps(answered))
    cases, left_out = parted(freescout_export.read(file))
    assert cases["7"].messages[0].text == "Loud" and cases["7"].person is not None and not left_out
    admin = [{"type": "header"}, *({"type": "table", "name": n, "data": rows} for n, rows in TABLES.items())]
    file.write_text(json.dumps(admin, default=str))
    cases, _left_out = parted(freescout_export.read(file))
    assert len(cases["7"].messages) == 3


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", "[]", "holds no ticket of Zammad"),
        ("a.json", '[{"id": 1', "is no whole JSON: line 1 cannot be read"),
        ("a.json", b"\xff\xfe\x00", "is not UTF-8"),
        ("a.json", "[" * 100_000, "is no whole JSON"),
    ],
)
def test_what_is_no_export_is_said(tmp_path: Path, name: str, content: Any, told: str) -> None:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(NotAnExport, match=told):
        list(zammad_export.read(file))


def test_a_dump_that_was_cut_off_is_refused(freescout: Path) -> None:
    dump = freescout / "dump.sql"
    dump.write_text(dump.read_text()[:-3])
    with pytest.raises(NotAnExport, match="ends in the middle of a statement"):
        list(freescout_export.read(dump))


@pytest.mark.django_db
def test_the_command_says_first_saves_when_told_lists_and_takes_back(
    policy: Any, zammad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["import", "cases", str(zammad), "--from", "zammad"]
    assert main(asked) == 0 and not Case.objects.exists()
    told = capsys.readouterr().out
    assert "ticket 22003: It was merged: what was said in it stands elsewhere." in told
    assert "ticket 22004: Its customer has no e-mail address." in told
    assert "Cases: 2 new, 0 with more messages, 0 as before." in told and "Nothing is saved yet." in told
    assert main([*asked, "--apply", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["saved"] is True and (said["new"], said["persons"], said["files"]) == (2, 2, 2)
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        (frank,) = Person.objects.find(email="frank@example.org")
        case = Case.objects.get(person=frank)
        assert case.words == "Fan (Zammad 22001)" and case.language == "nl" and frank.phone == "+3221234567"
        assert provenance(case, "title").source == "import from Zammad"
        assert provenance(frank, "email").source == "import from Zammad"
    assert main(["import", "cases"]) == 0
    assert "zammad, 2 cases, here" in capsys.readouterr().out
    number = str(CaseImport.objects.get().pk)
    assert main(["import", "cases", "--take-back", number]) == 0 and Case.objects.count() == 2
    assert main(["import", "cases", "--take-back", number, "--apply"]) == 0
    assert not Case.objects.exists() and not Message.objects.exists() and not Person.objects.exists()
    assert main(["import", "cases", str(zammad / "none")]) == 2


@pytest.mark.django_db
def test_a_mail_that_is_here_already_does_not_come_a_second_time(policy: Any, zammad: Path) -> None:
    """Both desks had it in the days of the move."""
    here = take_in_mail(Mail(sender="frank@example.org", text="It hums.", message_id="<a@example.org>"))
    assert main(["import", "cases", str(zammad), "--from", "zammad", "--apply"]) == 0
    assert here.case.conversation.count() == 1 and Message.objects.count() == 3


@pytest.mark.parametrize(
    "odd", ["half \ud800", "\x00", 10**30, True, "x" * 300, "../../../etc/passwd"], ids=ascii
)
@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("tickets", "id"),
        ("users", "preferences"),
        ("articles", "id"),
        ("articles", "message_id"),
        ("articles", "attachments"),
    ],
)
@pytest.mark.usefixtures("catalogue")
def test_whatever_stands_in_a_cell_the_command_says_what_it_did(
    tmp_path: Path, table: str, name: str, odd: Any
) -> None:
    exported = {"tickets": TICKETS, "users": USERS, "articles": ARTICLES}
    exported[table] = [{**row, name: odd} for row in exported[table]]
    for file, rows in exported.items():
        (tmp_path / f"{file}.json").write_text(json.dumps(rows))
    assert main(["import", "cases", str(tmp_path), "--from", "zammad", "--apply"]) in (0, 1)


@pytest.mark.usefixtures("catalogue")
def test_a_number_no_program_writes_is_no_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tickets.json").write_text('{"a": ' + "9" * 5000 + "}")
    assert main(["import", "cases", str(tmp_path), "--from", "zammad"]) > 0
    assert "is no whole JSON" in "".join(capsys.readouterr())
