"""No sentence without its French, German and Dutch; none that lost a placeholder; every template compiles in
each language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.template import Engine, Template
from django.utils import translation

from kept.portal.languages import catalogs, locale_folders, pseudo
from kept.portal.languages.loaders import Loader
from tests.guards.tree import ROOT, named, sources

TEMPLATES = sorted(
    path
    for path in (ROOT / "kept").rglob("templates/**/*")
    if path.suffix in {".html", ".txt"} and "tests" not in path.parts
)
GLUED = re.compile(r"""\b(?:_|gettext|gettext_lazy|ngettext|pgettext|sentence|counted)\(\s*f["']""")


def test_every_sentence_is_said_in_every_language() -> None:
    assert list(catalogs.missing()) == []


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("{n} lignes de {all}", ""),
        ("{n} lignes", "other placeholders"),
        ("{n} lignes de {all} et {all}", "other placeholders"),
        ("{{ n }} lignes de {all}", "other placeholders"),
    ],
)
def test_a_lost_placeholder_is_seen(said: str, wrong: str) -> None:
    assert wrong in catalogs.unfit(Message("{n} rows of {all}", said))
    assert bool(catalogs.unfit(Message("{n} rows of {all}", said))) == bool(wrong)


def test_a_missing_sentence_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "room" / "templates").mkdir(parents=True)
    (tmp_path / "room" / "templates" / "page.html").write_text("<p>Nobody said this yet.</p>")
    (tmp_path / "room" / "views.py").write_text(
        'a = _("Nor " "this.")\nb = counted("{n} row", "{n} rows", 3)\n'
    )
    monkeypatch.setattr(catalogs, "ROOMS", tmp_path)
    for language in catalogs.TRANSLATED:
        for text in ("Nobody said this yet.", "Nor this.", "{n} row"):
            line = f"room/locale/{language}/LC_MESSAGES/django.po: “{text}” is not translated."
            assert line in list(catalogs.missing())


def _rendered_sources(language: str) -> Iterator[tuple[Path, str]]:
    loader = Loader(Engine.get_default())
    with translation.override(language):
        for path in TEMPLATES:
            name = str(path).partition("/templates/")[2]
            origin = next(one for one in loader.get_template_sources(name) if one.name == str(path))
            yield path, loader.get_contents(origin)


@pytest.mark.parametrize("language", catalogs.TRANSLATED)
def test_every_template_compiles_in_every_language(language: str) -> None:
    """An order of words that another language wants must still be a template."""
    different = 0
    for path, source in _rendered_sources(language):
        Template(source, name=named(path))
        different += source != path.read_text("utf-8")
    assert different > len(TEMPLATES) * 0.8


def test_no_message_is_glued_from_values_before_it_is_looked_up() -> None:
    assert [named(path) for path in sources() if GLUED.search(path.read_text("utf-8"))] == []
    assert GLUED.search('_(f"{n} rows")') and GLUED.search("sentence(\n    f'{n}')")


def test_no_template_makes_a_plural_by_a_letter() -> None:
    assert [named(path) for path in TEMPLATES if "|pluralize" in path.read_text("utf-8")] == []


def test_what_is_compiled_is_compiled_from_what_is_there() -> None:
    assert locale_folders.folders() and locale_folders.stale() == []


def test_the_long_language_is_longer_and_keeps_placeholders() -> None:
    said = pseudo.stretched("Hello {name}, <a>read it</a>")
    assert "{name}" in said and "<a>" in said and "</a>" in said
    assert len(said) > 1.3 * len("Hello {name}, <a>read it</a>") - 12
