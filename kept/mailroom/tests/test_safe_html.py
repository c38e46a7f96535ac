"""HTML of a stranger shows text and links, and fetches, runs and imitates nothing."""

from __future__ import annotations

import pytest

from kept.mailroom.reading.safe_html import DEEPEST, safe_html


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>Hello <b>Bob</b></p>", "<p>Hello <b>Bob</b></p>"),
        ("<img src='https://evil.example/seen.gif'>x", "x"),
        ("<script>alert(1)</script>x<style>p{background:url(//evil.example)}</style>", "x"),
        ("<p style='background:url(//evil.example)' onclick='x()' class='button'>x</p>", "<p>x</p>"),
        ("<a href='javascript:x()'>x</a>", '<a rel="noopener noreferrer nofollow">x</a>'),
        ("<form action='//evil.example'><input name='password'>x</form>", "x"),
        ("<!-- [if mso]><p>y</p><![endif] -->x", "x"),
        ("", ""),
    ],
)
def test_what_is_shown(page: str, shown: str) -> None:
    assert safe_html(page) == shown


def test_what_is_nested_to_keep_a_reader_busy_is_not_read() -> None:
    assert safe_html("<div>" * (DEEPEST + 1) + "x") == ""
    assert "x" in safe_html("<div>x</div><br>" * DEEPEST)
