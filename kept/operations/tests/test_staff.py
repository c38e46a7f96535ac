"""kept staff list|add|roles|end, as whoever operates the machine types it."""

from __future__ import annotations

import argparse
import json
import re
from typing import Any

import pytest

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.operations.commands import staff as command
from kept.terminal import Stop
from kept.testing import reader_of, staff

pytestmark = pytest.mark.django_db(transaction=True)


def typed(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return command.run(parser.parse_args(words))


def test_add_list_roles_end(policy: Any, dana: User, capsys: Any) -> None:
    assert typed("add", "noor@example.org", "--name", "Noor Vale", "--role", "support") == 0
    assert re.search(r"http\S+/account/invitation/\S+/", capsys.readouterr().out)
    typed("list", "--json")
    found = {one["email"]: one for one in json.loads(capsys.readouterr().out)["staff"]}
    assert (
        found["noor@example.org"]["state"] == "invited, until"
        and found["dana@example.com"]["role"] == "controller"
    )
    bob = staff("Bob Martin", "bob@example.com", "support")
    assert typed("roles", "Bob@example.com", "--role", "sales") == 0 and bob.post().role == "sales"  # type: ignore[union-attr]
    assert typed("end", "bob@example.com") == 0 and bob.post() is None
    with gate.purpose("own-data", reader=reader_of(bob), about=bob.subject):
        said = [(one.about, one.detail.get("what")) for one in timeline(bob.subject)]
    assert any(
        "by the operator" in about and what == "Your post ended: Sales staff, CE+T Power"
        for about, what in said
    )


def test_roles_says_which_there_are(policy: Any, capsys: Any) -> None:
    typed("roles")
    said = capsys.readouterr().out
    assert "officer: the privacy officer" in said and "self" not in said


@pytest.mark.parametrize(
    ("words", "sentence", "code"),
    [
        (("end", "dana@example.com"), "Take in a successor first", 1),
        (("roles", "dana@example.com", "--role", "sales"), "Take in a successor first", 1),
        (("end", "nobody@example.com"), "Nobody with this address works at the desk", 1),
        (("roles", "dana@example.com", "--role", "emperor"), "knows no role “emperor”", 1),
        (("add", "noor", "--name", "N", "--role", "support"), "is not an e-mail address", 2),
        (("add", "n@example.org", "--name", "N", "--role", "system"), "knows no role “system”", 1),
        (
            ("add", "n@example.org", "--name", "N", "--role", "support", "--entity", "x"),
            "knows no company “x”",
            1,
        ),
    ],
)
def test_what_is_refused_says_why(dana: User, words: tuple[str, ...], sentence: str, code: int) -> None:
    with pytest.raises(Stop, match=sentence) as stopped:
        typed(*words)
    assert stopped.value.code == code and dana.post() is not None
