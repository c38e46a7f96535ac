"""The two proofs of this room, and what breaks each: a table left off the page, a kind of data kept from the
copy.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy import loader
from kept.core.register.declarations import DECLARED
from kept.core.vault import gate
from kept.people.models import Person
from kept.rights import flows
from kept.rights.copies import copy_builder
from kept.rights.proofs import copy_complete, everything_shown
from kept.testing import default_policy, reader_of


def test_everything_is_shown(alice: Any, bob: Any) -> None:
    said = everything_shown()
    assert said.kept and said.figure not in {"0 of 0 rows", ""}


def test_nobody_yet_is_no_proof(policy: Any) -> None:
    assert everything_shown().kept is None


def test_a_table_that_is_left_off_the_page_breaks_it(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DECLARED, "holds", [said for said in DECLARED.holds if said.target is not Person])
    said = everything_shown()
    assert said.kept is False and "people_person" in said.text


def test_the_copy_may_read_every_column(policy: Any) -> None:
    assert copy_complete().kept


def test_a_kind_of_data_kept_from_the_copy_breaks_it(policy: Any) -> None:
    files = dict(default_policy().files)
    before, _, own = files["purposes.toml"].partition("\n[own-data]")
    files["purposes.toml"] = before + "\n[own-data]" + own.replace('"contact.phone", ', "", 1)
    versions.publish(loader.from_files(files), effective=timezone.localdate(), by="Dana")
    said = copy_complete()
    assert said.kept is False and "contact.phone" in said.text


def test_a_copy_of_one_table_only_breaks_it(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy itself is made short, as the running portal would make it."""
    reader = reader_of(alice)
    flows.make_now(subject=alice.subject, reader=reader, categories=[])
    said = copy_complete()
    assert said.kept and "The newest 1 whole copies" in said.text
    every = copy_builder.groups
    monkeypatch.setattr(
        copy_builder,
        "groups",
        lambda *args, **more: [one for one in every(*args, **more) if one.table != "people_person"],
    )
    flows.make_now(subject=alice.subject, reader=reader, categories=["contact.email"])
    assert copy_complete().kept, "what she did not choose need not be in it"
    flows.make_now(subject=alice.subject, reader=reader, categories=[])
    said = copy_complete()
    assert said.kept is False and "person.name" in said.text


def test_what_came_after_a_copy_need_not_be_in_it(alice: Any) -> None:
    reader = reader_of(alice)
    flows.make_now(subject=alice.subject, reader=reader, categories=[])
    with gate.purpose("account", reader=reader, about=alice.person):
        alice.person.name = "Alice Martin"
        alice.person.save()
    assert copy_complete().kept
