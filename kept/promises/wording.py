"""The wording as HTML. The policy folder holds Markdown without HTML; what comes out is what went in, marked up."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["strikethrough"]).disable(["image", "html_inline", "html_block"])


@lru_cache(maxsize=2048)
def html(text: str) -> SafeString:
    """Markdown to HTML. Links to other companies' sites carry ``rel`` so that nothing of ours travels with the visitor."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        for child in token.children or ():
            _mark_link(child)
    # Markdown-it escapes everything but the tags it makes itself, and HTML in the source is switched off.
    return mark_safe(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _mark_link(token: Token) -> None:
    if token.type != "link_open":
        return
    address = str(token.attrGet("href") or "")
    if address.startswith(("http://", "https://")) and urlsplit(address).netloc != urlsplit(settings.KEPT_SITE).netloc:
        token.attrSet("rel", "noopener noreferrer external")
