"""The rules every template of the house keeps, because the browser is told to refuse what breaks them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kept
from kept.portal.visitors import headers

ROOT = Path(kept.__file__).parent
TEMPLATES = sorted(path for path in ROOT.rglob("templates/**/*.html") if "mail" not in path.parts)
STYLES = sorted(path for path in ROOT.rglob("static/**/*.css") if "vendor" not in path.parts)


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
class TestTemplate:
    def test_it_holds_no_style_and_no_script_of_its_own(self, path: Path) -> None:
        text = path.read_text()
        assert not re.search(r"<style|\sstyle\s*=|javascript:|\son[a-z]+\s*=\s*[\"']", text, re.IGNORECASE)
        assert all(
            "src=" in tag
            for tag in re.findall(r"<script[^>]*>", text, re.IGNORECASE)
            if "application/json" not in tag
        )

    def test_it_asks_nobody_else_for_anything(self, path: Path) -> None:
        assert not re.search(
            r"(?:src|action|data|poster)\s*=\s*[\"'](?:https?:)?//", path.read_text(), re.IGNORECASE
        )
        assert not re.search(r"<link[^>]+href\s*=\s*[\"'](?:https?:)?//", path.read_text(), re.IGNORECASE)

    def test_it_is_short_enough_to_read(self, path: Path) -> None:
        assert len(path.read_text().splitlines()) <= 120


@pytest.mark.parametrize("path", STYLES, ids=names(STYLES))
class TestStylesheet:
    def test_it_asks_nobody_else_for_anything(self, path: Path) -> None:
        assert not re.search(r"@import|url\(\s*[\"']?(?:https?:)?//", path.read_text())

    def test_colours_are_named_in_the_brand_alone(self, path: Path) -> None:
        """So that replacing brand.css replaces them all. Paper for the printer is the one exception."""
        if path.name == "brand.css":
            return
        screen = path.read_text().partition("@layer print {")[0]
        assert not re.search(r"#[0-9a-f]{3,8}\b(?![^{]*\{)|\b(?:rgb|hsl|oklch)a?\(", screen, re.IGNORECASE)


def test_vendored_files_point_nowhere() -> None:
    for path in ROOT.rglob("static/vendor/**/*.js"):
        assert "sourceMappingURL" not in path.read_text()


def test_nothing_is_allowed_by_default() -> None:
    directives = headers.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert {source for sources in directives.values() for source in sources} == {"'none'", "'self'"}
