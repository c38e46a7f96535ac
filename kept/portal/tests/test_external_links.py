"""A link that leads off the site says whose site it leads to."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template

from kept.portal.context import Portal
from kept.portal.marks import external_links
from kept.testing import default_policy

POLICY = default_policy()


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("/privacy/", "own"),
        ("#main", "own"),
        ("mailto:privacy@example.com", "own"),
        ("http://localhost:8000/privacy/", "own"),
        ("https://northamerica.example.com/products/", "group"),
        ("HTTPS://NorthAmerica.Example.com", "group"),
        ("https://www.dataprotectionauthority.be", "authority"),
        ("https://elsewhere.example/", "other"),
        ("//elsewhere.example/", "other"),
        ("\\\\elsewhere.example/", "other"),
        ("https:elsewhere.example", "other"),
        (" https://elsewhere.example", "other"),
        ("https://northamerica.example.com.elsewhere.example/", "other"),
        ("https://northamerica.example.com@elsewhere.example/", "other"),
        ("https://[broken", "other"),
    ],
)
def test_whose_site_it_is(address: str, whose: str) -> None:
    assert external_links.sites(POLICY).whose(address) == whose


def test_a_link_elsewhere_says_so_to_everybody() -> None:
    drawn = external_links.link(POLICY, "https://elsewhere.example/?a=1&b=2", "Their <page>")
    assert drawn.startswith(
        '<a href="https://elsewhere.example/?a=1&amp;b=2" rel="noopener noreferrer external"'
        ' data-outward="other">Their &lt;page&gt; <span class="whose"><svg'
    )
    assert drawn.endswith("</svg>other company’s site</span></a>")
    assert external_links.links(POLICY, drawn) == external_links.Links(1, ())


def test_a_link_that_stays_is_plain() -> None:
    assert external_links.link(POLICY, "/privacy/", "Privacy") == '<a href="/privacy/">Privacy</a>'
    assert (
        external_links.link(POLICY, "/privacy/", "Privacy", shape="button quiet")
        == '<a class="button quiet" href="/privacy/">Privacy</a>'
    )


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "data:text/html,x", "https://[broken"])
def test_an_address_no_browser_should_follow_is_no_link(address: str) -> None:
    assert "<a" not in external_links.link(POLICY, address, "x")


def test_the_tag_says_it_in_a_template(policy: Any, rf: Any) -> None:
    context = Context({"portal": Portal(rf.get("/")), "to": "https://cppa.ca.gov", "words": "The agency"})
    assert 'data-outward="authority">The agency <span' in Template(
        "{% load kept %}{% outward to words %}"
    ).render(context)


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://elsewhere.example/">x</a>',
        '<a href="https://elsewhere.example/" rel="noopener noreferrer external" data-outward="other">x</a>',
        '<a href="https://elsewhere.example/" rel="external" data-outward="other">x other company’s site</a>',
        (
            '<a href="https://elsewhere.example/" rel="noopener noreferrer external" data-outward="group">x'
            " our group’s site</a>"
        ),
    ],
)
def test_a_link_that_does_not_say_so_is_seen(html: str) -> None:
    assert external_links.links(POLICY, html) == external_links.Links(1, ("https://elsewhere.example/",))
