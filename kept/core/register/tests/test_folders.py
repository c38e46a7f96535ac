"""A room's folder beside the database: one name, and only what was named of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kept.core.register.hooks import folders


@pytest.fixture(autouse=True)
def _none_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "FOLDERS", {})


@pytest.mark.parametrize(
    "name", ["files", "policy", "home", "backup", "database", "", "..", "a/b", "/", "twice"]
)
def test_a_name_that_is_taken_or_leads_elsewhere_is_refused(name: str) -> None:
    folders.folder("twice", setting="KEPT_TWICE", packed=())
    with pytest.raises(ValueError, match="cannot be the name of a folder in backups"):
        folders.folder(name, setting="KEPT_OTHER", packed=("*",))
    assert list(folders.FOLDERS) == ["twice"]


def test_only_what_was_named_is_taken(tmp_path: Path, settings: Any) -> None:
    settings.KEPT_LISTS = tmp_path / "lists"
    lists = folders.folder("lists", setting="KEPT_LISTS", packed=("b*.txt", "*/a.txt"))
    assert lists.is_empty and lists.files() == []
    for name in ("b1.txt", "b2.bin", "below/a.txt", "below/c.txt", "b3.txt/inside"):
        (tmp_path / "lists" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "lists" / name).write_text(name)
    assert not lists.is_empty
    assert [path.relative_to(lists.root).as_posix() for path in lists.files()] == ["b1.txt", "below/a.txt"]
