"""Who became a recipient, or is none any more, or may receive more or less: by published version, the newest
first, with the day it holds from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree

from kept.core.policy.comparing.diff import Change
from kept.promises import version_history

ATOM = "http://www.w3.org/2005/Atom"
PARTS = (".shared_with.",)
"""Of a purpose: whom it reaches."""


@dataclass(frozen=True, slots=True)
class News:
    """What one published version changes about recipients, from a day on."""

    number: int
    published: datetime
    effective: date
    sentences: tuple[str, ...]


def recipient_changes() -> list[News]:
    """Versions that changed anything about who receives what."""
    found = []
    for one in version_history.everything():
        said = tuple(str(change.sentence) for change in (*one.material, *one.editorial) if _is_about(change))
        if said:
            row = one.version
            found.append(News(row.number, row.published_at, row.effective, said))
    return found


def _is_about(change: Change) -> bool:
    return change.what == "recipient" or any(part in change.key for part in PARTS)


def atom(
    news: Iterable[News], *, title: str, site: str, page: str, feed: str, language: str, begun: datetime
) -> bytes:
    """The same as a feed (RFC 4287). ``site``: the origin its ids begin with; ``begun``: for a feed without
    entries.
    """
    news = list(news)
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": language})
    _add(root, "title", title)
    _add(root, "id", f"{site}{feed}")
    _add(root, "updated", max((one.published for one in news), default=begun).isoformat(timespec="seconds"))
    ElementTree.SubElement(root, "link", {"rel": "self", "href": f"{site}{feed}"})
    ElementTree.SubElement(root, "link", {"href": f"{site}{page}"})
    ElementTree.SubElement(ElementTree.SubElement(root, "author"), "name").text = site
    for one in news:
        entry = ElementTree.SubElement(root, "entry")
        _add(entry, "title", one.sentences[0])
        _add(entry, "id", f"{site}{page}versions/{one.number}")
        _add(entry, "updated", one.published.isoformat(timespec="seconds"))
        _add(entry, "summary", f"{one.effective.isoformat()}. {' '.join(one.sentences)}")
        ElementTree.SubElement(entry, "link", {"href": f"{site}/privacy/versions/{one.number}/"})
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text
