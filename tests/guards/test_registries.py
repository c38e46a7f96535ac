"""What rooms register with each other stands on one page, and nothing takes another's place unseen."""

from __future__ import annotations

import re

import pytest

from kept.registry import Registry, TakenTwice, registries
from tests.guards.tree import ROOT

PAGE = ROOT / "docs" / "registries.md"
ROW = re.compile(r"^\| ([a-z ]+) \| `([\w.]+)` \| (.+?) \|$", re.MULTILINE)
BY_HAND = re.compile(r"^_?[A-Z_]+: (?:dict\[str, .*\] = \{\}|list\[.*Callable.*\] = \[\])$", re.MULTILINE)


def test_the_page_lists_every_registry_with_what_it_holds() -> None:
    told = {called: holds for called, _, holds in ROW.findall(PAGE.read_text("utf-8"))}
    assert told == {one.called: one.holds for one in registries() if not one.called.startswith("test ")}


def test_each_stands_where_the_page_says() -> None:
    for called, module, _ in ROW.findall(PAGE.read_text("utf-8")):
        text = ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8")
        assert re.search(rf'Registry\(\s*"{called}"', text), f"{called} is not in {module}"


def test_a_second_one_under_the_same_id_is_refused() -> None:
    asked: Registry[object] = Registry("test one", "things for a test")

    @asked.under("a")
    def first() -> None: ...

    assert asked.add("a", first) is first and list(asked) == ["a"]
    with pytest.raises(TakenTwice, match="test one: “a” is registered by .*first and .*second"):

        @asked.under("a")
        def second() -> None: ...


def test_what_has_no_id_is_known_by_its_name() -> None:
    asked: Registry[object] = Registry("test two", "things for a test")

    @asked.by_name
    def one() -> None: ...

    assert list(asked.values()) == [one] and next(iter(asked)).endswith("one")
