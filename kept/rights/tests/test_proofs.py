"""The two proofs of this room, and what breaks each: a table left off the page, a kind of data kept from the copy."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy import folder
from kept.core.register.declarations import DECLARED
from kept.people.models import Person
from kept.rights.proofs import copy_complete, everything_shown
from kept.testing import default_policy


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
    versions.publish(folder.from_files(files), effective=timezone.localdate(), by="Dana")
    said = copy_complete()
    assert said.kept is False and "contact.phone" in said.text
