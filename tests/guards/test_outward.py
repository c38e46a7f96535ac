"""No template draws a link that leads off the site, or may, without the mark that says whose site it is."""

from __future__ import annotations

import pytest

from kept.portal.marks.unmarked_links import bare, in_templates


def test_every_link_that_may_leave_goes_through_outward() -> None:
    assert in_templates() == {}, (
        "Write {% outward url words %}, or name the variable in kept/portal/marks/unmarked_links.py"
        " if it stays on this site."
    )


@pytest.mark.parametrize(
    "source",
    [
        '<a href="https://elsewhere.example/">x</a>',
        "<a class=button href='//elsewhere.example'>x</a>",
        '<A HREF = "HTTP://elsewhere.example">x</A>',
        '<a\n  href="{{ region.controller.authority_url }}" rel="external">x</a>',
        '<a href="{{ agent.web_url|default:back }}">x</a>',
        '<a href="\\\\elsewhere.example">x</a>',
    ],
)
def test_a_bare_link_is_seen(source: str) -> None:
    assert len(bare(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '<a href="/privacy/">x</a>',
        '<a href="#main">x</a>',
        '<a href="{% url "me" %}">x</a>',
        '<a href="{{ product.get_absolute_url }}">x</a>',
        '{% url "privacy-ask" as question %}<a href="{{ question }}">x</a>',
        '<a href="mailto:{{ region.controller.email }}">x</a>',
        "{% outward region.controller.authority_url region.controller.authority %}",
    ],
)
def test_a_link_that_stays_is_let_through(source: str) -> None:
    assert bare(source) == []
