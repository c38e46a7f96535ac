"""HTML of a stranger, made safe to show: text, tables and links, and nothing that is fetched, runs or looks
like ours.

Pictures go, those of the mail itself as well: a picture that is fetched tells its sender that the mail was
read.
"""

from __future__ import annotations

import re

import nh3

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_ALONE = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
DEEPEST = 2_000
"""Tags open at once: a reader takes time by the square of them. What is never closed counts, too."""
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
    """The same for the same page; "" for one that says nothing, and for one nested to keep a reader busy."""
    if _depth(page[:LONGEST]) > DEEPEST:
        return ""
    return nh3.clean(
        page[:LONGEST],
        tags=set(_TAGS),
        clean_content_tags=set(_WHOLE),
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    ).strip()


def _depth(page: str) -> int:
    deepest = depth = 0
    for closes, name in _TAG.findall(page):
        if name.lower() not in _ALONE:
            depth = max(depth - 1, 0) if closes else depth + 1
            deepest = max(deepest, depth)
    return deepest
