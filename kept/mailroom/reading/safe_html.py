"""HTML of a stranger, made safe to show: text, tables and links, and nothing that is fetched, runs or looks
like ours.

Pictures go, those of the mail itself as well: a picture that is fetched tells its sender that the mail was
read.
"""

from __future__ import annotations

import nh3

LONGEST = 300_000
"""Characters of a page that are looked at."""
_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "ins",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
_WHOLE = frozenset(
    {"script", "style", "title", "template", "noscript", "iframe", "object", "textarea", "select"}
)


def safe_html(page: str) -> str:
    """The same for the same page; "" for one that says nothing."""
    return nh3.clean(
        page[:LONGEST],
        tags=set(_TAGS),
        clean_content_tags=set(_WHOLE),
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    ).strip()
