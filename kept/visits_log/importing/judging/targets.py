"""What a request was: a page, a download, a search, or nothing to be counted, and why.

The log may be of another site, older than this one, whose addresses nobody here knows: kinds of addresses are
told by their words and endings. What looks like sign-in or somebody's own data is left out wherever it
stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, unquote_plus

from kept.visits_log import scrub

BROKEN, METHOD, ASSET, CLOSED, NO_PAGE = (
    "broken request",
    "not GET",
    "asset",
    "sign-in, own data, desk or API",
    "not a page",
)

_ASSETS = """css js mjs cjs map json xml txt rss atom ico png jpg jpeg gif svg webp avif bmp tif tiff cur woff
    woff2 ttf otf eot mp3 mp4 m4v webm ogg ogv wav mov webmanifest wasm swf vtt"""
ASSETS = frozenset(_ASSETS.split())
_DOWNLOADS = """pdf zip gz tgz bz2 xz 7z rar tar exe msi dmg pkg deb rpm apk bin hex img iso fw upd doc docx
    xls xlsx ppt pptx odt ods odp rtf csv dwg dxf step stp mib jar epub"""
DOWNLOADS = frozenset(_DOWNLOADS.split())
_PAGES = "html htm xhtml shtml php php5 phtml asp aspx jsp jspx cfm cgi pl do"
PAGES = frozenset(_PAGES.split())
_FOLDERS = "static assets css js fonts _next wp-includes .well-known"
FOLDERS = frozenset(_FOLDERS.split())
_OWN = """account accounts admin administrator api auth authorize basket cart cas cgi-bin checkout cp cpanel
    customer customers dashboard desk forgot graphql invoice invoices jmx join login logins logon log-in
    logoff logout log-out manage manager me member members my my-account myaccount oauth oauth2 oidc order
    orders password passwords payment payments phpmyadmin preferences private profile profiles register
    registration rest reset rpc saml session sessions settings shibboleth sign-in signin sign-out signout
    sign-up signup sso subscribe ticket tickets token tokens unsubscribe user users userinfo v1 v2 verify
    webhook webhooks wp-admin wp-json wp-login xmlrpc anmelden abmelden anmeldung konto benutzer passwort
    warenkorb bestellung bestellungen compte connexion deconnexion inscription mon-compte panier commande
    commandes utilisateur utilisateurs aanmelden afmelden inloggen uitloggen mijn wachtwoord winkelwagen
    bestelling bestellingen"""
OWN = frozenset(_OWN.split())
_SEARCHES = "products search zoeken recherche suche"
SEARCHES = frozenset(_SEARCHES.split())
_TAGS = ("utm_source", "utm_medium", "utm_campaign")
_KEPT = frozenset((*_TAGS, "q"))
_MOST_QUERY = 2048
_MOST_REMEMBERED = 256
"""Characters of a path, or a tag, that is worth remembering what came of it."""

_REQUEST = re.compile(r"([A-Za-z_-]{1,32}) (\S(?:.*\S)?) HTTP/\d(?:\.\d)?")
_HOST_BEFORE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_ENDING = re.compile(r"\.([a-z][a-z0-9]{0,11})$")


@dataclass(frozen=True, slots=True)
class Target:
    """``refused`` is "" or the reason.

    ``kind``, ``path``, ``target`` hold for an answer of 200; on a 404 it is the path that was not found.
    """

    refused: str = ""
    kind: str = ""
    path: str = ""
    target: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""


def read(request: str) -> Target:
    """The first line of a request as the log has it. Total over any text."""
    found = _REQUEST.fullmatch(request)
    if not found:
        return Target(BROKEN)
    if found[1] != "GET":
        return Target(METHOD)
    address = _HOST_BEFORE.sub("", found[2], count=1) if found[2][:1] != "/" else found[2]
    path, _, query = address.partition("#")[0].partition("?")
    if not path.startswith("/"):
        return Target(BROKEN)
    if len(path) > scrub.MOST_READ:
        return Target(NO_PAGE)
    refused, kind, clean = _sorted(path) if len(path) <= _MOST_REMEMBERED else _sorted.__wrapped__(path)
    if refused:
        return Target(refused)
    asked = _asked(query)
    tags = [_tag(asked[name][:_MOST_REMEMBERED]) if name in asked else "" for name in _TAGS]
    words = (
        scrub.words(asked.get("q", ""))
        if kind == "page" and clean.rstrip("/").rpartition("/")[2] in SEARCHES
        else ""
    )
    if words:
        return Target("", "search", clean, words, *tags)
    return Target("", kind, clean, clean if kind == "download" else "", *tags)


_tag = lru_cache(maxsize=16_384)(scrub.tag)


@lru_cache(maxsize=65_536)
def _sorted(path: str) -> tuple[str, str, str]:
    """Why it is refused, or its kind; and the path as it is kept."""
    plain = path
    for _ in range(3):
        plain = unquote(plain, errors="replace")
    segments = [segment for segment in plain.casefold().split("/") if segment]
    last = segments[-1] if segments else ""
    ending = found[1] if (found := _ENDING.search(last)) else ""
    if ending in ASSETS or (segments and segments[0] in FOLDERS and ending not in DOWNLOADS):
        return ASSET, "", ""
    if any(segment in OWN or segment.partition(".")[0] in OWN for segment in segments):
        return CLOSED, "", ""
    if ending in DOWNLOADS:
        return "", "download", scrub.path(path)
    if ending and ending not in PAGES:
        return NO_PAGE, "", ""
    return "", "page", scrub.path(path)


def _asked(query: str) -> dict[str, str]:
    """Of a query only what may be kept; the first of each."""
    found: dict[str, str] = {}
    if "utm_" in query or "q=" in query:
        for part in query[:_MOST_QUERY].split("&"):
            name, _, value = part.partition("=")
            if name in _KEPT and value and name not in found:
                found[name] = unquote_plus(value, errors="replace")
    return found


def forget() -> None:
    """Drop every path and tag that was read."""
    _sorted.cache_clear()
    _tag.cache_clear()
