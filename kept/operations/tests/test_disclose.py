"""``kept disclose --dry-run FILE``: columns, clauses, rows; it sends and keeps nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kept.__main__ import main
from kept.disclosures.models import Refused
from kept.outbox.models import Disclosure

pytestmark = pytest.mark.django_db(transaction=True)


def run(file: Path, *more: str, to: str = "carrier-europe", purpose: str = "orders") -> int:
    return main(["disclose", "--dry-run", str(file), "--to", to, "--purpose", purpose, *more])


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    file = tmp_path / "feed.csv"
    rows = "".join(f"Name {n},+322{n},n{n}@example.com\n" for n in range(1204))
    file.write_text("\ufeffperson.name,Telefoonnummer,person.email\n" + rows, encoding="utf-8")
    return file


def test_what_may_not_go_is_named_with_its_clause(feed: Path, policy: Any, capsys: Any) -> None:
    assert run(feed) == 1
    said = capsys.readouterr().out
    assert "not allowed for “Your purchase” to Carrier, Europe (demo) (clause 4.6)." in said
    assert "1204 rows would be prepared without it." in said and "Goes: Telefoonnummer" in said
    assert not Disclosure.objects.exists()


def test_all_of_it_may_go(tmp_path: Path, policy: Any, capsys: Any) -> None:
    file = tmp_path / "feed.csv"
    file.write_text("contact.address\tidentity.name\nx\ty\n")
    assert run(file, "--json") == 0
    assert json.loads(capsys.readouterr().out)["goes"].keys() == {"contact.address", "identity.name"}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"purpose": "list-rental"}, "The policy never allows this."),
        ({"to": "data-broker"}, "Register the recipient first."),
    ],
)
def test_what_never_goes_is_refused_and_counted(
    feed: Path, policy: Any, capsys: Any, more: dict[str, str], says: str
) -> None:
    assert run(feed, **more) == 1 and says in capsys.readouterr().out
    assert Refused.objects.get().count == 1


def test_nothing_leaves_from_a_file(feed: Path, policy: Any, capsys: Any, tmp_path: Path) -> None:
    assert main(["disclose", "--to", "carrier-europe", "--purpose", "orders"]) == 2
    assert "Nothing is handed over from a file" in capsys.readouterr().err
    (tmp_path / "latin").write_bytes(b"\xff\xfe\x00n")
    assert run(tmp_path / "latin") == 2 and run(tmp_path / "missing") == 2
    (tmp_path / "empty").write_text("")
    assert run(tmp_path / "empty") == 2
    assert "Its first line names the columns" in capsys.readouterr().err
