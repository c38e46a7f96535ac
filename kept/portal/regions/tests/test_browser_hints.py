"""What a browser tells: languages by preference, and a computer in a few words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.portal.regions import agents, browser_hints

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        ("nl-BE, fr;q=0.8, en;q=0.9", ("nl", "en", "fr")),
        ("EN-us,en", ("en",)),
        ("de;q=0, fr", ("fr",)),
        ("*, nl ; q=0.5", ("nl",)),
        ("", ()),
        ("nl;q=2, fr;q=abc, <b>, deutsch, nl-BE-" + "x" * 40, ()),
        ("x" * 65_536, ()),
    ],
)
def test_languages_by_preference(header: str, languages: tuple[str, ...]) -> None:
    assert browser_hints.liked(header) == languages


@pytest.mark.parametrize(
    ("agent", "computer"),
    [
        (FIREFOX, "Firefox on Linux"),
        (SAFARI, "Mobile Safari on iOS"),
        ("Mozilla/5.0", ""),
        ("", ""),
        ("\ud800", ""),
    ],
)
def test_a_computer_in_a_few_words(agent: str, computer: str) -> None:
    assert agents.computer(agent) == computer


@given(st.text(max_size=2_000))
def test_any_text_is_read(text: str) -> None:
    assert len(agents.computer(text)) <= agents.LONGEST_WORDS
    assert isinstance(agents.is_program(text), bool) and isinstance(browser_hints.liked(text), tuple)


@pytest.mark.parametrize(
    "agent",
    [
        "Googlebot/2.1",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0)",
        "facebookexternalhit/1.1",
        "Twitterbot/1.0",
        "python-requests/2",
        "",
    ],
)
def test_a_program_is_known(agent: str) -> None:
    assert agents.is_program(agent)


@pytest.mark.parametrize(
    "agent",
    [
        FIREFOX,
        SAFARI,
        "Mozilla/5.0 (Linux; Android 12; CUBOT X50) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
        "Lynx/2.9",
    ],
)
def test_a_browser_is_none(agent: str) -> None:
    assert not agents.is_program(agent)
