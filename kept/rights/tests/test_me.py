"""Your data, and what happened to it: everything, in her own name alone."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kept.core.ledger import fold
from kept.core.ledger.models import Act, Touch
from kept.core.ledger.tree.row_format import RowBroken, mark, unpack
from kept.core.register.holdings import holdings
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.subject_keys import keys
from kept.operations.demo.demo_world import World
from kept.people import phones
from kept.rights.access import person_timeline
from kept.rights.tests.conftest import everything, help_her, in_words, said
from kept.testing import default_policy, reader_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return World(Random(1), 0, timezone.now())


@pytest.fixture
def helped(world: World, bob: Any, alice: Any) -> Any:
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person, source="your profile"):
        alice.person.correct("phone", phones.parse("04 253 18 64", "BE"))
    help_her(world, bob, alice, reason="To call her back")
    return alice


def test_it_shows_what_is_known_with_its_origin(hers: Any, helped: Any) -> None:
    page = in_words(everything(hers))
    for value in (
        "Alice Lambert",
        "alice@example.com",
        "04 253 18 64",
        "=Alarm contact, she writes.",
        "From sign-up",
        "why · who · until when",
    ):
        assert value in page, value


def test_it_leaves_no_declared_row_out(hers: Any, helped: Any) -> None:
    page = said(hers.get("/me/"))
    with gate.purpose("own-data", reader=reader_of(helped), about=helped.person):
        for holding in holdings(helped.subject):
            if any(value not in (None, "", [], {}) for row in holding.rows() for value in row.values):
                assert holding.title in page, holding.title


def test_nobody_elses(client_of: Any, helped: Any, charlie: Any) -> None:
    for address in ("/me/", "/me/timeline/"):
        page = in_words(everything(client_of(charlie), address))
        assert "Alice" not in page and "Alarm contact" not in page and "call her back" not in page


@pytest.mark.parametrize("address", ["/me/", "/me/data/desk_matter/", "/me/timeline/", "/me/copy/"])
def test_it_requires_an_id_and_is_never_kept_by_a_browser(client: Any, hers: Any, address: str) -> None:
    assert client.get(address).url == f"/account/login/?next={address}"
    assert "no-store" in hers.get(address)["Cache-Control"]


@pytest.mark.parametrize("address", ["/me/", "/me/data/desk_matter/", "/me/timeline/"])
def test_it_rejects_post(hers: Any, address: str) -> None:
    assert hers.post(address).status_code == 405


def test_the_timeline_says_role_purpose_and_reason_and_no_name(hers: Any, helped: Any) -> None:
    page = said(hers.get("/me/timeline/"))
    assert (
        "Support staff looked at your data for" in page
        and "“To call her back”" in page
        and "Help with a product" in page
    )
    assert "Bob" not in page and "Martin" not in page


@pytest.mark.parametrize("only", sorted(person_timeline.FILTERS))
def test_every_filter_answers(hers: Any, helped: Any, only: str) -> None:
    page = hers.get(f"/me/timeline/?show={only}")
    assert page.status_code == 200
    assert ("To call her back" in said(page)) == (only in {"all", "read"})


@pytest.mark.parametrize("most", ["²", "-1", "1e9", "9" * 5000, "", "100000000", "٣", "<script>"])
@pytest.mark.parametrize("show", ["all", "nonsense", "'\"><script>"])
def test_hostile_addresses_are_answered(hers: Any, most: str, show: str) -> None:
    answer = hers.get("/me/timeline/", {"most": most, "show": show})
    assert answer.status_code == 200 and b"<script>" not in answer.content


def test_her_own_looking_does_not_drown_the_rest(hers: Any, helped: Any) -> None:
    for _ in range(3):
        hers.get("/me/")
    assert "You looked at" not in said(hers.get("/me/timeline/"))
    assert "You looked at" in said(hers.get("/me/timeline/?show=own"))


def test_a_sentence_for_every_kind() -> None:
    assert set(person_timeline._OF_FILTER) | {"all", "own"} == set(person_timeline.FILTERS)
    assert default_policy().purposes["own-data"].right


@pytest.mark.parametrize("folded", [True, False])
def test_an_entry_that_was_changed_is_named_and_the_others_are_shown(
    helped: Any, alice: Any, client_of: Any, folded: bool
) -> None:
    whose = keys.alias(alice.person_id)
    seq = [row.seq for row in Act.objects.order_by("seq") if whose in unpack(bytes(row.packed)).aliases][1]
    if folded:
        fold.fold()
    leaf = Touch.objects.filter(mark=mark(whose), seq=seq).values_list("leaf", flat=True).first()
    named = (
        f"Entry {leaf} of our ledger, which is about you,"
        if folded
        else "An entry about you that is not in the tree of our ledger yet"
    )
    packed = bytearray(Act.objects.get(seq=seq).packed)
    packed[-40] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_act SET packed = %s WHERE seq = %s", [bytes(packed), seq])
    for address in ("/me/timeline/", "/me/"):
        page = client_of(alice).get(address)
        text = said(page)
        assert page.status_code == 200 and f"{named} does not read as it was written" in text, text
    assert (
        "read" in said(client_of(alice).get("/me/timeline/?show=read"))
        and b'<ol class="timeline">' in client_of(alice).get("/me/timeline/").content
    )
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person), pytest.raises(RowBroken):
        timeline(alice.person_id)
