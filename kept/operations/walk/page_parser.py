"""A page as a browser reads it: what it loads, where it leads, what it asks, and to whom it would send
that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Attributes that make a browser fetch something by itself, by element; "*" for any.
LOADS: Mapping[str, tuple[str, ...]] = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "frame": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "track": ("src",),
    "link": ("href",),
    "use": ("href", "xlink:href"),
    "image": ("href", "xlink:href"),
    "input": ("src",),
    "body": ("background",),
    "table": ("background",),
    "td": ("background",),
    "portal": ("src",),
}
# A link element that only says something of a page, and makes no browser fetch it.
SAYS = frozenset({"canonical", "alternate", "author", "license", "help", "me", "next", "prev", "search"})
ASKS = frozenset({"input", "select", "textarea"})
# Controls that hold nothing anybody could type or choose.
SILENT = frozenset({"hidden", "submit", "button", "reset", "image"})


@dataclass
class Field:
    """One control. ``values``: what may be chosen, where there is a choice."""

    name: str
    type: str
    value: str = ""
    on: bool = False
    values: list[str] = field(default_factory=list)


@dataclass
class Form:
    action: str
    method: str
    marks: dict[str, str]
    fields: list[Field] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    """Where a button of its own would send it instead."""

    @property
    def asked(self) -> list[Field]:
        """What somebody can type or choose here."""
        return [one for one in self.fields if one.type not in SILENT and one.name]

    def pairs(self, typed: Mapping[str, str], button: str) -> list[tuple[str, str]]:
        found = [
            (one.name, typed.get(one.name, one.value))
            for one in self.fields
            if one.name and _is_sent(one, typed)
        ]
        pressed = [
            each["name"]
            for each in self.buttons
            if button and each.get("value") == button and each.get("name")
        ]
        return [*found, *((name, button) for name in pressed[:1])]


def _is_sent(one: Field, typed: Mapping[str, str]) -> bool:
    if one.type in {"radio", "checkbox"}:
        return typed[one.name] == one.value if one.name in typed else one.on
    return one.type not in {"file", "submit", "button", "reset", "image"}


@dataclass
class Link:
    address: str
    marks: dict[str, str]
    text: str = ""


@dataclass
class Page:
    """``loads`` are (element, address); ``inline`` is what the page runs or styles by itself."""

    links: list[Link] = field(default_factory=list)
    loads: list[tuple[str, str]] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    sends_on: list[str] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    stray: list[Field] = field(default_factory=list)
    """Controls outside of any form: a script could read them."""

    @property
    def addresses(self) -> Iterator[str]:
        """Every address that stands anywhere in the page."""
        yield from (link.address for link in self.links)
        yield from (address for _, address in self.loads)
        yield from (address for form in self.forms for address in (form.action, *form.actions))
        yield from self.sends_on
        yield from self.pings


def read(html: str) -> Page:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._form: Form | None = None
        self._select: Field | None = None
        self._text: Field | None = None
        self._link: Link | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: text or "" for name, text in reversed(attrs)}
        self._look(tag, said)
        if tag in {"a", "area"} and "href" in said:
            self._link = Link(said["href"], said)
            self.page.links.append(self._link)
        elif tag == "form":
            self._form = Form(said.get("action", ""), said.get("method", "get").casefold(), said)
            self.page.forms.append(self._form)
        elif tag in ASKS:
            self._ask(tag, said)
        elif tag == "option" and self._select is not None:
            self._choose(self._select, said)
        elif tag == "button" and self._form is not None:
            self._form.buttons.append(said)
        elif tag == "meta" and said.get("http-equiv", "").casefold() in {"refresh", "set-cookie"}:
            self.page.sends_on.append(said.get("content", ""))
        elif tag == "base":
            self.page.sends_on.append(said.get("href", ""))

    def _look(self, tag: str, said: Mapping[str, str]) -> None:
        names = LOADS.get(tag, ())
        if tag == "link" and set(said.get("rel", "").casefold().split()) <= SAYS:
            names = ()
        for name in names:
            if name in said:
                addresses = (
                    [part.split()[0] for part in said[name].split(",") if part.split()]
                    if name == "srcset"
                    else [said[name]]
                )
                self.page.loads += [(tag, address) for address in addresses]
        if "ping" in said:
            self.page.pings += said["ping"].split()
        if "formaction" in said and self._form is not None:
            self._form.actions.append(said["formaction"])
        self.page.inline += [f"{tag} {name}" for name in said if name.startswith("on") or name == "style"]
        if (
            tag == "script"
            and "src" not in said
            and said.get("type", "") in {"", "module", "text/javascript"}
        ) or tag == "style":
            self.page.inline.append(tag)

    def _ask(self, tag: str, said: Mapping[str, str]) -> None:
        type_ = said.get("type", "text").casefold() if tag == "input" else tag
        asked = Field(
            said.get("name", ""),
            type_,
            said.get("value", "on" if type_ in {"checkbox", "radio"} else ""),
            "checked" in said,
        )
        if "form" in said or self._form is None:
            owner = next((form for form in self.page.forms if form.marks.get("id") == said.get("form")), None)
            (self.page.stray if owner is None else owner.fields).append(asked)
        else:
            self._form.fields.append(asked)
        self._select = asked if tag == "select" else self._select
        self._text = asked if tag == "textarea" else None

    def _choose(self, select: Field, said: Mapping[str, str]) -> None:
        value = said.get("value", "")
        if "selected" in said or not select.values:
            select.value = value
        select.values.append(value)

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data
        if self._link is not None:
            self._link.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = None
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text = None
