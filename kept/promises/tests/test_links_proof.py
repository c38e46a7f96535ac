"""The proof of P31 turns when a link stops saying that it leads off the site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kept.core.register.proving import proofs
from kept.portal.marks import external_links, unmarked_links

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy")]
ID = "promises.links_marked"


def test_it_is_kept() -> None:
    said = proofs.run(ID)
    assert (
        said.state == proofs.KEPT
        and said.figure.endswith("links, all marked")
        and int(said.figure.split()[0]) >= 4
    )


def test_a_mark_without_its_words_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external_links, "mark", lambda whose: "")
    said = proofs.run(ID)
    assert said.state == proofs.BROKEN and "https://cppa.ca.gov" in said.text


def test_a_template_with_a_bare_link_breaks_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> None:
    (tmp_path / "templates" / "planted").mkdir(parents=True)
    (tmp_path / "templates" / "planted" / "page.html").write_text(
        '<a href="https://elsewhere.example/">x</a>'
    )

    class Planted:
        name, path = "kept.planted", str(tmp_path)

    monkeypatch.setattr(unmarked_links.apps, "get_app_configs", lambda: [Planted])
    said = proofs.run(ID)
    assert said.state == proofs.BROKEN and "a link in templates/planted/page.html" in said.text
