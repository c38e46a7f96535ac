"""What leaves the scrubber names nobody, whatever went in."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kept.visits_log import scrub

LENGTHS = {
    scrub.path: scrub.LONGEST_PATH,
    scrub.words: scrub.LONGEST_WORDS,
    scrub.tag: scrub.LONGEST_TAG,
    scrub.host: scrub.LONGEST_HOST,
}
SCRUBBERS = [*LENGTHS, scrub.language]
NAUGHTY = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.emails(),
        st.integers(0, 10**15).map(str),
        st.uuids().map(str),
        st.sampled_from(
            [
                "%40",
                "%2540",
                "/",
                " ",
                "-",
                "\u200b",
                "\uff11\uff12\uff13\uff14\uff15",
                "\ud800",
                "<b>",
                "&#64;",
                "+32 478 ",
                "m60-110-480",
            ]
        ),
    ),
    max_size=8,
).map("".join)


@pytest.mark.parametrize("scrubbed", SCRUBBERS)
@given(text=NAUGHTY)
def test_no_address_no_number_no_control_character_survives(
    scrubbed: Callable[[str], str], text: str
) -> None:
    out = scrubbed(text)
    assert "@" not in out and not re.search(r"\d{5}", out)
    assert not [one for one in out if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}]
    assert not set(out) & set("<>\"'`\\{}")
    assert len(out) <= LENGTHS.get(scrubbed, 3)


@pytest.mark.parametrize("scrubbed", [scrub.path, scrub.words, scrub.tag])
@given(text=NAUGHTY)
@example(text="0471 2A34")
@example(text="a 0471/2A34 x")
@example(text="0.¡㤌")
def test_a_second_time_changes_nothing(scrubbed: Callable[[str], str], text: str) -> None:
    once = scrubbed(text)
    assert scrubbed(once) == once


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/products/m60-110-480/", "/products/m60-110-480/"),
        ("/products/m20-c-100k/?q=secret#there", "/products/m20-c-100k/"),
        ("/privacy/versions/12/", "/privacy/versions/12/"),
        ("/%ff%fe/", "/…/"),
        ("/caf%C3%A9/", "/café/"),
        ("/me/alice.lambert@example.com/", "/me/…/"),
        ("/me/alice%2540example.com/", "/me/…/"),
        ("/serial/1204-88-2/", "/serial/…/"),
        ("/p/0478/31.41.59/", "/p/…/"),
        ("/r/550e8400-e29b-41d4-a716-446655440000/", "/r/…/"),
        ("/k/AbCdEfGhIjKlMnOpQrSt/", "/k/…/"),
        ("", "/"),
        ("https", "/https"),
    ],
)
def test_an_address(address: str, kept: str) -> None:
    assert scrub.path(address) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("48 V  230 V", "48 v 230 v"),
        ("M60-110-480 spare", "m60-110-480 spare"),
        ("Zürich <b>UPS</b>", "zürich …ups…"),
        ("write to alice@example.com now", "write to … now"),
        ("1204-88-2", "…"),
        ("S040C12345", "…"),
        ("ring +32 478 31 41 59", "ring +…"),
    ],
)
def test_a_search(typed: str, kept: str) -> None:
    assert scrub.words(typed) == kept


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://www.Search.example/find?q=alice", "search.example"),
        ("https://alice:secret@news.example:8443/x", "news.example"),
        ("news.example", "news.example"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://10.0.0.1/", ""),
        ("http://[::1]/", ""),
        ("http://[broken", ""),
        ("https://u123456789.mail.example/", "….mail.example"),
        ("about:blank", ""),
    ],
)
def test_a_host(address: str, kept: str) -> None:
    assert scrub.host(address) == kept


@pytest.mark.parametrize(
    ("header", "kept"),
    [("nl-BE,nl;q=0.9", "nl"), (" EN", "en"), ("gsw", "gsw"), ("*", ""), ("english", ""), ("", "")],
)
def test_a_language(header: str, kept: str) -> None:
    assert scrub.language(header) == kept


def test_a_campaign_s_tag() -> None:
    assert scrub.tag("Spring Offer_2026") == "spring-offer_2026"
    assert scrub.tag("to=alice@example.com") == "…"


@pytest.mark.parametrize("piece", ["1", "a1", "a.-", "<", "&", "@", "aB", "\u0301", "%", "m1-"])
@pytest.mark.parametrize("scrubbed", SCRUBBERS)
def test_sixty_four_kilobytes_take_no_longer_than_two(scrubbed: Callable[[str], str], piece: str) -> None:
    began = time.process_time()
    scrubbed(piece * (65_536 // len(piece)))
    assert time.process_time() - began < 0.25


def test_two_halves_joined_are_no_number_that_was_let_through() -> None:
    assert scrub.tag("0471 2A34") == scrub.GONE
