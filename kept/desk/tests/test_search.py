"""Finding whom a matter is about: whoever is shown reads of it; what was typed stands in no address."""

from __future__ import annotations

from typing import Any

import pytest

from kept.core.consent.choices import restrict
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.desk.tests.conftest import said, tell
from kept.people import phones
from kept.testing import customer, reader_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "text",
    [
        "Lambert",
        "lam ali",
        "alice@example.com",
        " ALICE@Example.com ",
        "+3242531864",
        "0032 (0)4 253.18.64",
        "04 253 18 64",
    ],
)
def test_it_finds_her(desk: Any, matter: Any, alice: Any, charlie: Any, text: str) -> None:
    tell(alice, phone=phones.parse("04 253 18 64", "BE"))
    page = said(desk.post(f"/desk/matters/{matter.pk}/search/", {"text": text}))
    assert "1 found" in page and "Alice Lambert" in page and "Charlie" not in page


@pytest.mark.parametrize(
    "text",
    [
        "Nobody",
        "nobody@example.com",
        "+32 470 99 99 99",
        "9999-99-9",
        "'; DROP TABLE people_person; --",
        "%%%",
        "___",
    ],
)
def test_nobody_is_found(desk: Any, matter: Any, alice: Any, text: str) -> None:
    assert "Nobody found" in said(desk.post(f"/desk/matters/{matter.pk}/search/", {"text": text}))


def test_the_name_as_long_as_it_may_be(desk: Any, matter: Any, alice: Any) -> None:
    answer = desk.post(f"/desk/matters/{matter.pk}/search/", {"text": "x" * 201})
    assert answer.status_code == 422 and "Type less than 200 characters" in said(answer)


@pytest.mark.parametrize("text", ["", "  ", "al"])
def test_too_little_is_asked_again(desk: Any, matter: Any, text: str) -> None:
    assert desk.post(f"/desk/matters/{matter.pk}/search/", {"text": text}).status_code == 422


def test_whoever_is_shown_reads_of_it_without_a_name(
    desk: Any, matter: Any, alice: Any, charlie: Any
) -> None:
    desk.post(f"/desk/matters/{matter.pk}/search/", {"text": "Lambert"})
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        newest = timeline(alice.subject)[0]
    assert (newest.kind, newest.role, newest.purpose, newest.about) == (
        "read",
        "support",
        "support",
        matter.matter_ref,
    )
    assert "Bob" not in repr(newest.entry)
    with gate.purpose("own-data", reader=reader_of(charlie), about=charlie.person):
        assert not [one for one in timeline(charlie.subject) if one.role == "support"]


def test_the_box_asks_for_a_matter_before_it_looks(desk: Any, matter: Any, alice: Any) -> None:
    found = said(desk.post("/desk/finding/", {"text": "Lambert"}))
    assert "Alice" not in found and "A person is looked for in a matter" in found
    assert f"Matter {matter.number}" in found
    opened = {"channel": "phone", "purpose": "support", "text": "Her fan hums.", "find-text": "Lambert"}
    assert "1 found" in said(desk.post("/desk/matters/", opened))
    refused = desk.post("/desk/matters/", {**opened, "text": ""})
    assert refused.status_code == 422 and b'value="Lambert"' in refused.content


@pytest.mark.parametrize("text", ["", "al", "x" * 201])
def test_the_box_asks_again_for_too_little_and_too_much(desk: Any, text: str) -> None:
    assert desk.post("/desk/finding/", {"text": text}).status_code == 422
    assert desk.get("/desk/finding/").status_code == 200


def test_the_box_is_for_those_who_open_matters(desk: Any, dana: Any, client_of: Any) -> None:
    assert b'role="search"' in desk.get("/desk/").content
    there = client_of(dana)
    assert b'role="search"' not in there.get("/desk/").content
    assert there.post("/desk/finding/", {"text": "Lambert"}).status_code == 403


def test_no_more_than_ten_are_shown(desk: Any, matter: Any) -> None:
    for number in range(12):
        customer(f"Zoe Zander {number}", f"zoe{number}@example.com")
    assert "10 found" in said(desk.post(f"/desk/matters/{matter.pk}/search/", {"text": "Zander"}))


def test_whoever_may_not_be_read_is_left_out_and_hides_nobody(
    desk: Any, matter: Any, alice: Any, charlie: Any
) -> None:
    """She had the use of her data for support restricted; he happens to have her phone number."""
    for user in (alice, charlie):
        tell(user, phone=phones.parse("+32 2 555 01 23", "BE"))
    restrict(alice.person_id, "support")
    for text in ("+32 2 555 01 23", "alice@example.com", "Alice"):
        answer = desk.post(f"/desk/matters/{matter.pk}/search/", {"text": text})
        assert answer.status_code == 200
        assert str(alice.person_id) not in answer.content.decode()
        assert (str(charlie.person_id) in answer.content.decode()) == text.startswith("+")
