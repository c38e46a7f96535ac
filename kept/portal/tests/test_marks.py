"""The marks every page is made of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone, translation

from kept.core.ledger import versions
from kept.core.register.explanations import NothingToExplain
from kept.portal.marks import durations


def drawn(source: str, **context: Any) -> str:
    return Template("{% load kept %}" + source).render(Context(context))


@pytest.mark.django_db
class TestWhy:
    def test_it_answers_from_the_policy_in_force(self, policy: Any) -> None:
        mark = drawn('{% why "contact.phone" purpose="support" label="phone" %}')
        ruled = versions.current().policy.purposes["support"]
        assert ruled.kept_until() in mark
        assert f">Clause {ruled.clause}</a>" in mark
        assert '<summary>why · who · until when<span class="unseen">: phone</span></summary>' in mark
        assert "open" not in mark.split(">")[0]

    def test_the_line_starts_with_the_event_where_the_day_is_not_known(self, policy: Any) -> None:
        ruled = versions.current().policy.purposes["support"]
        mark = drawn('{% why "contact.phone" purpose="support" %}')
        assert f"<b>{ruled.duration.in_words()}</b> <span>Deleted</span>" in mark

    def test_the_line_ends_on_the_day_of_deletion_where_it_is(self, policy: Any) -> None:
        ruled = versions.current().policy.purposes["support"]
        mark = drawn('{% why "contact.phone" purpose="support" since=day %}', day=date(2026, 5, 12))
        assert f"<span>{durations.written(ruled.duration.after(date(2026, 5, 12)))}</span></p>" in mark

    def test_what_the_policy_does_not_name_is_an_error_not_a_blank(self, policy: Any) -> None:
        with pytest.raises(NothingToExplain):
            drawn('{% why "contact.shoe-size" purpose="support" %}')


WORDS = [
    ("kept", "Kept"),
    ("broken", "Broken"),
    ("waiting", "Waiting"),
    ("unproven", "Not proven"),
    ("unmeasured", "Not measured yet"),
]


@pytest.mark.parametrize(("name", "word"), WORDS)
def test_a_state_is_said_in_words_too(name: str, word: str) -> None:
    assert (
        drawn("{% state name %}", name=name) == f'<strong class="state" data-state="{name}">{word}</strong>'
    )


def test_a_state_nobody_drew_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="not a state"):
        drawn('{% state "fine" %}')


def test_a_duration_is_a_dimension_line() -> None:
    line = drawn('{% duration start "P1Y6M" "Deleted" %}', start=date(2026, 5, 12))
    assert (
        line
        == '<p class="duration"><span>12 May 2026</span> <b>1 year and 6 months</b> <span>Deleted</span></p>'
    )


def test_a_duration_in_words_stays_in_words() -> None:
    assert "<b>as long as you like</b>" in drawn('{% duration "Now" "as long as you like" "Then" %}')


def test_a_moment_is_written_for_people_and_machines_in_the_portals_time() -> None:
    at = datetime(2026, 5, 12, 7, 40, tzinfo=UTC)
    assert (
        drawn('{% moment at "both" %}', at=at)
        == '<time datetime="2026-05-12T09:40:00+02:00">12 May 2026, 09:40</time>'
    )
    assert drawn("{% moment at %}", at=at.date()) == '<time datetime="2026-05-12">12 May 2026</time>'
    assert (
        drawn('{% moment at "clock" %}', at=at) == '<time datetime="2026-05-12T09:40:00+02:00">09:40</time>'
    )


def test_an_icon_is_drawn_into_the_page_and_silent() -> None:
    icon = drawn('{% icon "download" %}')
    assert icon.startswith('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">')
    assert icon.endswith("</svg>") and "<path" in icon and "style" not in icon


def test_an_icon_we_do_not_have_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="no icon"):
        drawn('{% icon "../../etc/passwd" %}')


@pytest.mark.django_db
def test_the_heading_repeats_the_title_once_written(policy: Any) -> None:
    page = Template('{% extends "portal/bare.html" %}{% block title %}One {{ name }}{% endblock %}').render(
        Context({"name": "<two>"})
    )
    assert "<title>One &lt;two&gt; – " in page and "<h1>One &lt;two&gt;</h1>" in page


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", ""),
        ("  \n", ""),
        ("Words.", '<p class="lead">Words.</p>'),
        ('<p class="lead">Ours.</p>', '<p class="lead">Ours.</p>'),
    ],
)
def test_a_lead_is_wrapped_once(said: str, shown: str) -> None:
    assert drawn("{% filter lead %}" + said + "{% endfilter %}").strip() == shown


def test_a_day_is_written_in_the_language_of_the_page_whoever_asked_first() -> None:
    day, moment = date(2026, 5, 3), datetime(2026, 5, 3, 22, 30, tzinfo=UTC)
    with timezone.override("Europe/Brussels"), translation.override("en"):
        assert [durations.written(day), durations.written(moment, "both")] == [
            "3 May 2026",
            "4 May 2026, 00:30",
        ]
    with translation.override("fr"):
        assert durations.written(day) == "3 mai 2026"
    with timezone.override("UTC"), translation.override("en"):
        assert [durations.written(moment), durations.written(moment, "clock")] == ["3 May 2026", "22:30"]
        assert durations.written(day, "both") == "3 May 2026"
    with pytest.raises(KeyError):
        durations.written(day, "an unknown form")
