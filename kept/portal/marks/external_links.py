"""Links that lead off this site say so, in words and with a mark (P31): to our group, to an authority, to
another company.

What is ours and what is the group's stands in the policy: the regions' sites and the sister sites. Everything
else is somebody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kept.core.policy.model import Policy
from kept.sentences import sentence

OWN, GROUP, AUTHORITY, OTHER = "own", "group", "authority", "other"
WORDS = {
    GROUP: sentence("our group’s site"),
    AUTHORITY: sentence("an authority’s site"),
    OTHER: sentence("other company’s site"),
}
REL = "noopener noreferrer external"


@dataclass(frozen=True, slots=True)
class Sites:
    """Hosts by whose they are. What is named nowhere is another company's."""

    own: frozenset[str]
    group: frozenset[str]
    authorities: frozenset[str]

    def whose(self, address: str) -> str:
        """OWN for everything that stays here: a path, a fragment, a mail address."""
        host = _host(address)
        if host is None or host in self.own:
            return OWN
        return GROUP if host in self.group else AUTHORITY if host in self.authorities else OTHER


def sites(policy: Policy) -> Sites:
    """As a version of the policy names them.

    Worked out once for each: asking the database for it would cost a query a link.
    """
    return _sites(policy, settings.KEPT_SITE, tuple(settings.ALLOWED_HOSTS))


@lru_cache(maxsize=16)
def _sites(policy: Policy, site: str, hosts: tuple[str, ...]) -> Sites:
    company = policy.company
    named = {
        _host(address)
        for address in (
            *(region.site for region in company.regions.values()),
            *(one.url for one in company.sister_sites),
        )
    }
    authorities = {_host(region.controller.authority_url) for region in company.regions.values()}
    own = frozenset({_host(site) or "", *(host.lower() for host in hosts)})
    return Sites(
        own,
        frozenset(host for host in named if host) - own,
        frozenset(host for host in authorities if host) - own,
    )


def link(policy: Policy, address: str, text: str = "", *, shape: str = "") -> SafeString:
    """A link, marked when it leads off the site.

    No address, or one no browser should follow, becomes its text.

    ``shape`` is a class name of the button sheet ("button quiet") for a link that is an act.
    """
    text = text or address
    if not address or not followed(address):
        return format_html("{}", text)
    whose = sites(policy).whose(address)
    css = format_html(' class="{}"', shape) if shape else ""
    if whose == OWN:
        return format_html('<a{} href="{}">{}</a>', css, address, text)
    return format_html(
        '<a{} href="{}" rel="{}" data-outward="{}">{}{}</a>', css, address, REL, whose, text, mark(whose)
    )


def mark(whose: str) -> SafeString:
    """What stands at the end of such a link: an arrow for the eye, the words for everybody."""
    return _mark(str(WORDS[whose]))


@lru_cache(maxsize=8)
def _mark(words: str) -> SafeString:
    return render_to_string("portal/parts/outward.html", {"words": words})


def followed(address: str) -> bool:
    """Whether it is an address a page may lead to: http, https, mail, or a place of this site."""
    try:
        return urlsplit(address).scheme.lower() in {"", "http", "https", "mailto"}
    except ValueError:
        return False


def _host(address: str) -> str | None:
    """The host an address leads to, without "www."-like guesses; None where it stays on the site.

    Two bare slashes lead off it too.
    """
    text = address.strip().replace("\\", "/")
    if not text.lower().startswith(("http:", "https:", "//")):
        return None
    try:
        return (urlsplit(text).hostname or "").lower()
    except ValueError:
        return ""


@lru_cache(maxsize=8)
def _in_each_language(words: str) -> frozenset[str]:
    """A page is read in whatever language it was written."""
    found = set()
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            found.add(str(words))
    return frozenset(found)


class _Anchors(HTMLParser):
    """Reads the links of a page: address, attributes, and what stands inside."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str], list[str]]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(({name: value or "" for name, value in attrs}, []))
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[-1][1].append(data)


@dataclass(frozen=True, slots=True)
class Links:
    """How many links of a page lead off the site, and the addresses of those that do not say so, or say it
    wrongly.
    """

    outward: int
    unmarked: tuple[str, ...]


def links(policy: Policy, html: str) -> Links:
    """Read a page as a browser would."""
    anchors = _Anchors()
    anchors.feed(html)
    known = sites(policy)
    leading = [
        (known.whose(attrs.get("href", "")), attrs, "".join(inside)) for attrs, inside in anchors.found
    ]
    off = [(whose, attrs, inside) for whose, attrs, inside in leading if whose != OWN]
    return Links(
        len(off), tuple(attrs["href"] for whose, attrs, inside in off if not _says_so(whose, attrs, inside))
    )


def _says_so(whose: str, attrs: dict[str, str], inside: str) -> bool:
    return (
        attrs.get("data-outward") == whose
        and set(REL.split()) <= set(attrs.get("rel", "").split())
        and any(words in inside for words in _in_each_language(WORDS[whose]))
    )
