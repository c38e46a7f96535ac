"""Finding what is sealed: exactly by a keyed hash, and by the beginnings of words through coarse buckets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from kept.core.consent.choices import restrict
from kept.core.vault.columns.case_folding import fold, words
from kept.core.vault.columns.fields import BlindIndex, PrefixIndex, casefold
from kept.core.vault.columns.plain_rows import Token
from kept.core.vault.errors import NotAllowed, PurposeRequired, SealRefused
from kept.core.vault.gate import purpose
from kept.core.vault.readers import StaffReader
from kept.core.vault.subject_keys import keys
from kept.core.vault.tests.conftest import Matter, themselves
from kept.core.vault.tests.guided import acknowledged
from kept.core.vault.tests.models import Person, Purchase
from kept.core.vault.tests.test_gate import last_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def search(bob: Any, matter: Matter) -> Callable[..., list[Person]]:
    def look(**wanted: Any) -> list[Person]:
        with purpose("support", reader=bob, about=matter):
            return Person.objects.search(**wanted)

    return look


def test_find_is_exact_and_folds_case(alice: Person, charlie: Person, bob: Any, matter: Matter) -> None:
    with purpose("support", reader=bob, about=matter):
        for typed in ("alice@example.com", " ALICE@Example.COM ", "ａlice@example.com"):
            assert list(Person.objects.find(email=typed)) == [alice]
        assert not Person.objects.find(email="alice@example.co").exists()
        assert not Person.objects.find(email="").exists()


def test_find_and_search_need_a_purpose_that_uses_the_category(
    alice: Person, bob: Any, matter: Matter
) -> None:
    for look in (lambda: Person.objects.find(email="a@example.com"), lambda: Person.objects.search(name="a")):
        with pytest.raises(PurposeRequired):
            look()
    with (
        purpose(
            "auditing", reader=acknowledged(StaffReader(role="officer", entity="cet-power")), about=matter
        ),
        pytest.raises(NotAllowed),
    ):
        Person.objects.find(email="alice@example.com")


def test_what_has_no_index_is_not_looked_up(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("support", reader=bob, about=matter):
        with pytest.raises(SealRefused):
            Person.objects.find(phone="1")
        with pytest.raises(SealRefused):
            Purchase.objects.search(bought="1")


def test_one_finds_oneself_alone(alice: Person, charlie: Person) -> None:
    with purpose("own-data", reader=themselves(charlie.pk), about=charlie):
        assert not Person.objects.find(email="alice@example.com").exists()
        assert Person.objects.search(name="alice") == []
        assert Person.objects.search(name="charlie") == [charlie]


@pytest.mark.parametrize(
    "typed", ["ali", "ALICE", "mart", "martin ali", "alice martin", "a m", "  Alíce,MARTIN "]
)
def test_search_by_the_beginnings_of_words(typed: str, alice: Person, charlie: Person, search: Any) -> None:
    assert search(name=typed) == [alice]


@pytest.mark.parametrize("typed", ["", " ", "-", "lice", "alicemartin", "alice noor", "martins", "%", "_"])
def test_search_finds_nothing_else(typed: str, alice: Person, charlie: Person, search: Any) -> None:
    assert search(name=typed) == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Łukasz Wójcik", "lukasz woj"),
        ("Jürgen Strauß", "STRAUSS jur"),
        ("Søren Ægir", "soren aegir"),
        ("Ольга Иванова", "ольг"),
        ("Νίκος Παπαδόπουλος", "νικ παπ"),
        ("王小明", "王小"),
        ("ジャン", "ジャ"),
        ("محمد علي", "محم"),
        ("Nguyễn Thị Hà", "nguyen ha"),
        ("Anne-Marie O’Neill", "marie neill"),
        ("İpek Şahin", "ipek sahin"),
        ("Ａｌｉｃｅ", "alice"),
        ("Maximiliana-Konstantinopolitanska Long", "maximiliana konstantinopolitanska"),
    ],
)
def test_names_of_the_world(name: str, typed: str, enrolled: Any, charlie: Person, search: Any) -> None:
    person = enrolled(name=name, email="x@example.com")
    assert search(name=typed) == [person]


def test_buckets_are_coarse_and_of_every_length(alice: Person) -> None:
    tokens = Token.objects.filter(row=alice.pk)
    # Two beginnings of one length may share a bucket: of 1,024 there are, one time in two hundred.
    own = {bucket for word in ("alice", "martin") for bucket in Person.name_ix.of_word(word)}  # type: ignore[attr-defined]
    assert {token.token for token in tokens} == own
    assert len(Person.name_ix.of_word("alice")) + len(Person.name_ix.of_word("martin")) == len("alice") + len(
        "martin"
    )  # type: ignore[attr-defined]
    assert {token.token >> 10 for token in tokens} == {1, 2, 3, 4, 5, 6}
    assert {token.subject for token in tokens} == {alice.pk}


def test_a_collision_is_not_shown_and_leaves_no_trace(
    alice: Person, charlie: Person, search: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody in one bucket, as the coarsest index would have it."""
    before = last_entry(charlie)
    Token.objects.filter(row=charlie.pk).delete()
    for token in Token.objects.filter(row=alice.pk):
        Token.objects.create(index=token.index, token=token.token, row=charlie.pk, subject=charlie.pk)
    assert search(name="alice") == [alice]
    assert last_entry(charlie) == before
    assert last_entry(alice).role == "support"


def test_whom_the_policy_hides_is_not_found(alice: Person, enrolled: Any, search: Any) -> None:
    other = enrolled(name="Alice Other", email="o@example.com")
    restrict(alice.pk, "support", source="test")
    assert search(name="alice") == [other]


def test_search_stops_at_its_limit(enrolled: Any, bob: Any, matter: Matter) -> None:
    for n in range(4):
        enrolled(name=f"Kim Nr{n}", email=f"k{n}@example.com")
    with purpose("support", reader=bob, about=matter):
        assert len(Person.objects.search(name="kim", limit=3)) == 3
        assert len(Person.objects.filter(language="en").search(name="kim")) == 4
        assert Person.objects.filter(language="fr").search(name="kim") == []


def test_a_new_name_takes_the_place_of_the_old_one(alice: Person, search: Any) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        alice.name = "Zoe Peeters"
        alice.save(update_fields=["name"])
    assert search(name="zoe") == [alice] and search(name="alice") == []


def test_update_fields_take_the_index_along(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        alice.email = "new@example.com"
        alice.save(update_fields=["email"])
    with purpose("support", reader=bob, about=matter):
        assert (
            Person.objects.find(email="new@example.com").exists()
            and not Person.objects.find(email="alice@example.com").exists()
        )


def test_bulk_create_indexes_too(company: None, search: Any, bob: Any, matter: Matter) -> None:
    subject = uuid4()
    keys.enrol(subject, "cet-power")
    with purpose("registration", reader=themselves(subject), about=subject):
        Person.objects.bulk_create([Person(id=subject, name="Dana Bulk", email="dana@example.com")])
    assert [person.pk for person in search(name="bul")] == [subject]
    with purpose("support", reader=bob, about=matter):
        assert Person.objects.find(email="DANA@example.com").exists()


def test_both_die_with_the_person(alice: Person, charlie: Person, search: Any) -> None:
    keys.destroy(alice.pk)
    assert not Token.objects.filter(subject=alice.pk).exists()
    assert Person.objects.get(pk=alice.pk).email_ix is None
    assert Person.objects.get(pk=charlie.pk).email_ix is not None
    assert search(name="alice") == []


@pytest.mark.parametrize(
    "how", [lambda person: person.delete(), lambda person: Person.objects.filter(pk=person.pk).delete()]
)
def test_buckets_die_with_the_row(how: Any, alice: Person) -> None:
    how(alice)
    assert not Token.objects.exists()


def test_indexes_are_keyed(alice: Person, home: Any, settings: Any, tmp_path: Any) -> None:
    index = Person._meta.get_field("email_ix")
    assert isinstance(index, BlindIndex)
    before = index.mark("alice@example.com", 1)
    settings.KEPT_MASTER_KEY_FILE = tmp_path / "another.key"
    keys.make_master_key(settings.KEPT_MASTER_KEY_FILE)
    assert before is not None and len(before) == 11 and index.mark("alice@example.com", 1) != before


def test_a_rotation_finds_both_generations(
    alice: Person, charlie: Person, bob: Any, matter: Matter, settings: Any
) -> None:
    settings.KEPT_INDEX_EPOCH = 2
    with purpose("registration", reader=themselves(charlie.pk), about=charlie):
        charlie.email, charlie.name = "charlie@example.com", "Charlie Noor"
        charlie.save()
    with purpose("support", reader=bob, about=matter):
        assert Person.objects.find(email="alice@example.com").get() == alice
        assert Person.objects.find(email="charlie@example.com").get() == charlie
        assert Person.objects.search(name="alice") == [alice]
        assert Person.objects.search(name="charlie") == [charlie]
    assert bytes(Person.objects.get(pk=charlie.pk).email_ix)[0] == 2


def test_search_asks_the_tokens_first(
    alice: Person, bob: Any, matter: Matter, django_assert_num_queries: Any
) -> None:
    with purpose("support", reader=bob, about=matter), django_assert_num_queries(3) as asked:
        Person.objects.search(name="ali mar")
    assert "vault_token" in asked[0]["sql"] and "vault_person" not in asked[0]["sql"]
    assert connection.vendor == "postgresql" or "IN (" in asked[1]["sql"]


def test_a_useless_index_is_refused() -> None:
    for bits in (3, 21):
        with pytest.raises(SealRefused):
            PrefixIndex("name", bits=bits)


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert casefold(casefold(text)) == casefold(text)
    assert words(fold(text)) == words(text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_case_never_matters(one: str, other: str) -> None:
    assert words(f"{one} {other}") == words(f"{one} {other}".casefold())
