"""Compiling the translations where the program may not write."""

from __future__ import annotations

from pathlib import Path

import pytest

from kept.portal.languages import catalogs


def test_a_folder_that_cannot_be_written_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    there = catalogs.ROOMS / "portal" / "locale" / "fr" / "LC_MESSAGES" / "django.po"

    def refused(file: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(catalogs, "stale", lambda: [there])
    monkeypatch.setattr(catalogs, "_compile", refused)
    with pytest.raises(catalogs.Unwritable) as told:
        catalogs.compile_stale()
    assert str(told.value) == (
        "The translation kept/portal/locale/fr/LC_MESSAGES/django.po is not compiled, and its folder cannot"
        " be written (Permission denied). Run bin/setup run once as somebody who may."
    )
