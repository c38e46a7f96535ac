"""Words out of what anybody may send: bytes into letters, HTML into plain text.

Linear in time, and never an exception.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header

LONGEST_HTML = 2_000_000
# What mail is written in. Python's other codecs (punycode, idna, unicode_escape) are slow, or read what was
# never meant.
_CHARSETS = re.compile(
    r"ascii|utf-(?:8|8-sig|16|16-le|16-be|32|32-le|32-be)|iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+|shift_jis\w*|iso2022_\w+|euc_\w+|gb\w+|big5\w*|hz|tis-620|johab"
)
# Possessive, so that what never closes is read once and not once for each letter of it.
_TAG = re.compile(r"<(/?+)([a-zA-Z][a-zA-Z0-9]*+)([^<>]*+)>")
_HREF = re.compile(r"""\bhref\s*+=[\s"']*+((?:https?://|mailto:)[^\s"'<>]+)""", re.IGNORECASE)
_HIDDEN = ("script", "style", "head", "template", "title")
_BREAKS = frozenset(
    {
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    }
)
_WIDE = re.compile(r"[ \t\u00a0]+")
_HIGH = re.compile(r"\n{3,}")
_LONGEST_TAG = 2_000
# They turn what follows around on the screen, and make one name look like another.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def letters(said: bytes, charset: str | None) -> str:
    """Bytes as text: in the charset they claim, else as UTF-8, else as Windows wrote them.

    What cannot be read becomes a mark.
    """
    for name in (_known(charset), "utf-8"):
        try:
            if name:
                return said.decode(name)
        except (UnicodeError, ValueError):
            continue
    return said.decode("cp1252", "replace")


def _known(charset: str | None) -> str:
    try:
        name = codecs.lookup((charset or "").strip().strip("\"'")[:40]).name
    except (LookupError, ValueError):
        return ""
    return name if _CHARSETS.fullmatch(name) else ""


def clean(text: str) -> str:
    """Without NULs, lone surrogates and what steers a terminal or turns a line around; lines and tabs
    stay.
    """
    return "".join(
        sign
        for sign in text
        if sign in "\n\t" or (sign not in _TURNS and unicodedata.category(sign) not in {"Cc", "Cs"})
    )


def line(text: str) -> str:
    """All of it on one line: what goes into a subject or a name begins no header."""
    return " ".join(clean(text.replace("\r", " ").replace("\n", " ")).split())


def header(value: str) -> str:
    """A header's value as its writer meant it: encoded words read, stray bytes guessed."""
    plain = letters(value.encode("utf-8", "surrogateescape"), None)
    try:
        found = decode_header(plain)
    except (HeaderParseError, ValueError):
        return line(plain)
    return line(
        "".join(
            said if isinstance(said, str) else letters(said, charset or "utf-8") for said, charset in found
        )
    )


def of_html(page: str) -> str:
    """What a reader of the page would read, links with where they lead."""
    page = page[:LONGEST_HTML]
    for first, last in (("<!--", "-->"), *((f"<{name}", f"</{name}") for name in _HIDDEN)):
        page = _without(page, first, last)
    words: list[str] = []
    at, leads = 0, ""
    for tag in _TAG.finditer(page):
        words.append(page[at : tag.start()])
        at, name = tag.end(), tag[2].lower()
        if name in _BREAKS:
            words.append("\n- " if name == "li" and not tag[1] else "\n")
        elif name == "a" and tag[1] and leads:
            words.append(f" ({leads})")
            leads = ""
        elif name == "a" and (found := _HREF.search(tag[3][:_LONGEST_TAG])):
            leads = found[1]
    return tidy(html.unescape("".join((*words, page[at:]))))


def _without(page: str, first: str, last: str) -> str:
    """Everything between a beginning and its end left out; one that never ends takes the rest with it."""
    small, kept, at, seek = page.lower(), [], 0, 0
    if len(small) != len(page):  # a letter whose small form is two
        small = page
    while (start := small.find(first, seek)) >= 0:
        seek = start + len(first)
        if first[-1].isalpha() and small[seek : seek + 1].isalnum():
            continue  # <header> is no <head>
        kept.append(page[at:start])
        end = small.find(last, seek)
        close = end if last[-1] == ">" else small.find(">", end)
        if end < 0 or close < 0:
            return "".join(kept)
        at = seek = end + len(last) if last[-1] == ">" else close + 1
    return "".join((*kept, page[at:]))


def tidy(text: str) -> str:
    text = clean(text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = "\n".join(_WIDE.sub(" ", one).strip() for one in text.split("\n"))
    return _HIGH.sub("\n\n", lines).strip()
