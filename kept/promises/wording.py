"""The wording as HTML.

The policy folder holds Markdown without HTML; what comes out is what went in, marked up.
"""

from __future__ import annotations

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kept.core.policy.model import Policy
from kept.portal.marks import external_links

_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "typographer": False})
    .enable(["strikethrough"])
    .disable(["image", "html_inline", "html_block"])
)


def html(text: str, policy: Policy) -> SafeString:
    """Markdown to HTML.

    Links that lead off the site say whose site it is, and nothing of ours travels with the visitor.
    """
    return _html(text, external_links.sites(policy))


@lru_cache(maxsize=2048)
def _html(text: str, sites: external_links.Sites) -> SafeString:
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.children:
            token.children = _marked(token.children, sites)
    # Markdown-it escapes everything but the tags it makes itself, and HTML in the source is switched off: the
    # one there is, is our mark.
    return mark_safe(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _marked(children: list[Token], sites: external_links.Sites) -> list[Token]:
    """The same words, with a mark before the end of each link that leads off the site. Links do not nest."""
    found: list[Token] = []
    whose = external_links.OWN
    for token in children:
        if token.type == "link_open":
            whose = sites.whose(str(token.attrGet("href") or ""))
            if whose != external_links.OWN:
                token.attrSet("rel", external_links.REL)
                token.attrSet("data-outward", whose)
        elif token.type == "link_close" and whose != external_links.OWN:
            found.append(Token("html_inline", "", 0, content=external_links.mark(whose)))
        found.append(token)
    return found
