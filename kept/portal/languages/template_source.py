"""The messages of a template, and the template's source in another language.

A template of ours carries no marks: a run of text between two block elements is one message, with its inline
tags and variables as placeholders (``Hello {name}, <a>read it</a>``). The source is translated before it is
compiled, once for each language, so that a page costs the same in each, and no sentence can be forgotten.
What stands in ``blocktranslate`` or ``_("…")`` is Django's own.

Cut like this: comments, scripts and block elements part runs; so does a Django tag whose end lies outside of
the run. A run whose words all stand inside ``{% if %}`` is looked at branch by branch. In a text file each
line is a run. Attributes that are read aloud or shown (``aria-label``, ``alt`` …) are runs of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Translate = Callable[[str], str | None]
"""A message in another language, or None where there is none."""

_DJANGO = r"\{%.*?%\}|\{\{.*?\}\}"
_TOKEN = re.compile(
    r"""
    (?P<skip>\{\#.*?\#\} | <!--.*?--> | <!.*?> | \{%\ *comment\b.*?endcomment\ *%\}
            | \{%\ *verbatim\b.*?endverbatim\ *%\} | <(script|style|pre)\b.*?</\2> )
  | (?P<native>\{%\ *(blocktrans(?:late)?)\b.*?\{%\ *end\4\ *%\})
  | (?P<var>\{\{.*?\}\})
  | (?P<block>\{%.*?%\})
  | (?P<tag></?[a-zA-Z](?:\{%.*?%\}|\{\{.*?\}\}|"(?:\{%.*?%\}|\{\{.*?\}\}|[^"{]|\{)*"|[^<>{"]|\{)*>)
    """,
    re.DOTALL | re.VERBOSE,
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "br",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "var",
        "wbr",
    ]
)
_VOID = {"br", "wbr"}
_PARTING = frozenset(
    [
        "block",
        "endblock",
        "extends",
        "include",
        "load",
        "for",
        "endfor",
        "empty",
        "csrf_token",
        "field",
        "autoescape",
        "endautoescape",
        "with",
        "endwith",
        "spaceless",
        "endspaceless",
        "filter",
        "endfilter",
    ]
)
_MIDDLE = {"else", "elif"}
_ATTRIBUTE = re.compile(
    r"""(?<=[\s"'}])(?P<name>aria-label|aria-description|aria-roledescription|aria-valuetext|title|alt|placeholder"""
    r"""|label|data-label|data-say[\w-]*)="(?P<text>(?:\{%.*?%\}|\{\{.*?\}\}|[^"{]|\{)*)\"""",
    re.DOTALL,
)
_SUBMITS = re.compile(r"""<input\b[^>]*\btype="(?:submit|button|reset)\"""")
_VALUE = re.compile(r"""(?<=\s)(?P<name>value)="(?P<text>(?:\{%.*?%\}|\{\{.*?\}\}|[^"{]|\{)*)\"""", re.DOTALL)
_DESCRIBES = re.compile(r"""<meta\b[^>]*\bname="description\"""")
_CONTENT = re.compile(
    r"""(?<=\s)(?P<name>content)="(?P<text>(?:\{%.*?%\}|\{\{.*?\}\}|[^"{]|\{)*)\"""", re.DOTALL
)
_LETTERS = re.compile(r"[^\W\d_]{2}|\b[IA]\b")
_ATTRIBUTES = re.compile(r"""(?:\s+[\w-]+="[^"]*")+\s*""")
_ENTITY = re.compile(r"&#?\w+;")
_PLACEHOLDER = re.compile(r"\{([a-z]\w*)(?:[:!][^{}]*)?\}|<(/?[a-z]\w*)>")
_EDGES = re.compile(r"(\s*)(.*?)(\s*)\Z", re.DOTALL)


@dataclass(slots=True)
class Unit:
    """A piece of the source. ``kind``: text, var, block, native, tag, part (which parts two runs)."""

    kind: str
    source: str
    name: str = ""
    inside: list[Unit] = field(default_factory=list)
    """Of a paired inline tag or Django tag: everything up to its end, ``end`` included."""


def messages(source: str, file: str) -> list[str]:
    """The messages of a template, in their order, each as often as it stands there."""
    found: list[str] = []

    def note(message: str) -> None:
        found.append(message)

    translated(source, file, note)
    return found


def translated(source: str, file: str, translate: Translate) -> str:
    """The template's source, each message replaced by what ``translate`` gives; None leaves it as it is.

    A translation whose placeholders are not the message's own is left out, as ``fits`` says.
    """
    if file.endswith(".txt"):
        return "".join(_runs(_units(line), translate, "") for line in source.splitlines(keepends=True))
    return _runs(_units(source), translate, "html")


def fits(message: str, translation: str) -> bool:
    """Whether a translation carries the message's placeholders, each as often, and nothing Django reads."""
    if "{{" in translation or "{%" in translation or "{#" in translation:
        return False
    ours, theirs = _placeholders(message), _placeholders(translation)
    return ours == theirs and _nested(translation) == _nested(message)


def _placeholders(message: str) -> Counter[str]:
    return Counter(found[0] for found in _PLACEHOLDER.finditer(message))


def _nested(message: str) -> bool:
    """Whether tags and ``if`` close in the order they were opened."""
    open_: list[str] = []
    for braced, tag in _PLACEHOLDER.findall(message):
        name = tag or braced
        if tag.startswith("/") or name.startswith("end"):
            closed = name[1:] if tag else name[3:]
            if not open_ or open_.pop() != closed:
                return False
        elif (tag and tag.rstrip("0123456789") not in _VOID) or name.startswith("if"):
            open_.append(name)
    return not open_


# ---- cutting ---------------------------------------------------------------------------------------------


def _units(source: str) -> Iterator[Unit]:
    at = 0
    for found in _TOKEN.finditer(source):
        if found.start() > at:
            yield Unit("text", source[at : found.start()])
        yield _unit(found)
        at = found.end()
    if at < len(source):
        yield Unit("text", source[at:])


def _unit(found: re.Match[str]) -> Unit:
    kind, text = found.lastgroup or "", found[0]
    if found["skip"] is not None:
        return Unit("part", text)
    if found["native"] is not None:
        return Unit("native", text, "count")
    if kind == "block":
        name = text[2:-2].split(None, 1)[0]
        return Unit("part" if name in _PARTING else "block", text, name)
    if kind == "tag":
        name = re.match(r"</?([\w-]+)", text)[1].lower()  # type: ignore[index]
        return Unit("tag" if name in _INLINE else "part", text, ("/" if text[1] == "/" else "") + name)
    return Unit(kind, text, _called(text))


def _called(variable: str) -> str:
    """``{{ person.name|default:"" }}`` is called ``name``."""
    if "_(" in variable.partition("|")[0]:
        return "text"
    words = re.findall(r"[a-z]\w*", variable[2:-2].partition("|")[0].lower())
    return words[-1] if words else "value"


def _runs(units: Iterator[Unit], translate: Translate, escape: str) -> str:
    """Everything, run by run."""
    out: list[str] = []
    run: list[Unit] = []
    for unit in units:
        if unit.kind == "part":
            out += [_run(run, translate, escape), _with_attributes(unit, translate)]
            run = []
        else:
            run.append(unit)
    return "".join([*out, _run(run, translate, escape)])


def _run(units: list[Unit], translate: Translate, escape: str) -> str:
    """Units without anything between them that parts them: paired, and cut where a pair lies outside."""
    out: list[str] = []
    part: list[Unit] = []
    for unit in _paired(units):
        if unit.kind == "part":
            out += [_phrase(part, translate, escape), _with_attributes(unit, translate)]
            part = []
        else:
            part.append(unit)
    return "".join([*out, _phrase(part, translate, escape)])


def _paired(units: list[Unit]) -> list[Unit]:
    """What opens and closes here becomes one unit; what has no other end here parts the run."""
    ends = {unit.name[3:] for unit in units if unit.kind == "block" and unit.name.startswith("end")}
    levels: list[tuple[Unit | None, list[Unit]]] = [(None, [])]
    for unit in units:
        opened, here = levels[-1]
        if _closes(unit):
            if opened is not None and opened.name == unit.name.removeprefix("/").removeprefix("end"):
                levels.pop()
                opened.inside = [*here, unit]
                levels[-1][1].append(opened)
                continue
            _flatten(levels)
            levels[-1][1].append(Unit("part", unit.source, unit.name))
        elif _opens(unit, ends):
            levels.append((unit, []))
        elif unit.kind == "block" and unit.name in _MIDDLE and not (opened and opened.name == "if"):
            _flatten(levels)
            levels[-1][1].append(Unit("part", unit.source, unit.name))
        else:
            here.append(unit)
    _flatten(levels)
    return levels[0][1]


def _opens(unit: Unit, ends: set[str]) -> bool:
    if unit.kind == "tag":
        return not unit.name.startswith("/") and unit.name not in _VOID and not unit.source.endswith("/>")
    return unit.kind == "block" and (unit.name in ends or unit.name == "if")


def _closes(unit: Unit) -> bool:
    return (unit.kind == "tag" and unit.name.startswith("/")) or (
        unit.kind == "block" and unit.name.startswith("end")
    )


def _flatten(levels: list[tuple[Unit | None, list[Unit]]]) -> None:
    """Whatever was opened and does not close here parts the run."""
    while len(levels) > 1:
        opened, inside = levels.pop()
        assert opened is not None
        levels[-1][1].extend([Unit("part", opened.source, opened.name), *inside])


def _phrase(units: list[Unit], translate: Translate, escape: str) -> str:
    """One message, if words stand here, between tags; otherwise what stands inside of each unit."""
    if not any(unit.kind == "text" and _worded(unit.source) for unit in units):
        return "".join(_inside(unit, translate, escape) for unit in units)
    first, last = _bounds(units)
    before = "".join(_inside(unit, translate, escape) for unit in units[:first])
    after = "".join(_inside(unit, translate, escape) for unit in units[last:])
    return before + _said(units[first:last], translate, escape) + after


def _bounds(units: list[Unit]) -> tuple[int, int]:
    """Without what at the edges is no part of the sentence: spaces, marks, and pictures."""
    first, last = 0, len(units)
    while _apart(units[first]):
        first += 1
    while _apart(units[last - 1]):
        last -= 1
    return first, last


def _apart(unit: Unit) -> bool:
    if unit.kind == "text":
        return not unit.source.strip()
    return unit.kind == "block" and unit.name in {"icon", "why", "mark", "errors", "closed", "seen"}


def _inside(unit: Unit, translate: Translate, escape: str) -> str:
    if not unit.inside:
        return _with_attributes(unit, translate)
    if unit.kind == "tag":
        return _with_attributes(unit, translate) + _phrases(unit.inside, translate, escape)
    return unit.source + _phrases(unit.inside, translate, escape)


def _phrases(units: list[Unit], translate: Translate, escape: str) -> str:
    """The branches of a Django tag or what a tag holds, each for itself."""
    out: list[str] = []
    branch: list[Unit] = []
    for unit in units:
        if unit is units[-1] or (unit.kind == "block" and unit.name in _MIDDLE):
            out += [_phrase(branch, translate, escape), unit.source]
            branch = []
        else:
            branch.append(unit)
    return "".join(out)


def _with_attributes(unit: Unit, translate: Translate) -> str:
    """A tag with the attributes that people read in the other language."""
    if not unit.source.startswith("<") or unit.source.startswith(("<!", "</", "<script", "<style", "<pre")):
        return unit.source

    def said(found: re.Match[str]) -> str:
        text = _runs(_units(found["text"]), translate, "attribute")
        return f'{found["name"]}="{text}"'

    source = _ATTRIBUTE.sub(said, unit.source)
    if _SUBMITS.match(source):
        source = _VALUE.sub(said, source)
    return _CONTENT.sub(said, source) if _DESCRIBES.match(source) else source


# ---- messages --------------------------------------------------------------------------------------------


def _said(units: list[Unit], translate: Translate, escape: str) -> str:
    """A phrase in the other language, or as it was."""
    source = "".join(_plain(unit) for unit in units)
    names = _Names()
    lead, text, tail = _EDGES.match("".join(_named(unit, names) for unit in units)).groups()  # type: ignore[union-attr]
    message = " ".join(text.split())
    other = translate(message) if _worded(_PLACEHOLDER.sub("", message)) else None
    if other is None or not fits(message, other):
        return "".join(_kept(unit, translate) for unit in units) if source else source
    if escape == "attribute":
        other = other.replace('"', "&quot;")
    sources = {name: _kept_tag(source, translate) for name, source in names.sources.items()}
    return lead + _PLACEHOLDER.sub(lambda found: sources[found[0]], other) + tail


def _plain(unit: Unit) -> str:
    return unit.source + "".join(map(_plain, unit.inside))


def _kept(unit: Unit, translate: Translate) -> str:
    return _with_attributes(unit, translate) + "".join(_kept(one, translate) for one in unit.inside)


def _kept_tag(source: str, translate: Translate) -> str:
    return _with_attributes(Unit("tag", source), translate)


def _named(unit: Unit, names: _Names) -> str:
    if unit.kind == "text":
        return unit.source
    if unit.kind == "tag" and unit.inside:
        called = names.pair(unit)
        inside = "".join(_named(one, names) for one in unit.inside[:-1])
        return f"<{called}>{inside}</{called}>"
    if unit.kind == "tag":
        return names.one("<{}>", unit)
    if unit.inside:
        called = names.branching(unit)
        return called + "".join(_named(one, names) for one in unit.inside[:-1]) + names.end(called, unit)
    return names.one("{{{}}}", unit)


class _Names:
    """What each placeholder of a message stands for: the same source, the same name."""

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}

    def one(self, shape: str, unit: Unit) -> str:
        return self._free(shape, unit.name.lower(), unit.source)

    def pair(self, unit: Unit) -> str:
        opened = self._free("<{}>", unit.name, unit.source)
        self.sources["</" + opened[1:]] = unit.inside[-1].source
        return opened[1:-1]

    def branching(self, unit: Unit) -> str:
        """Never shared: each has an end of its own."""
        number = 1
        while (called := f"{{{unit.name}{number if number > 1 else ''}}}") in self.sources:
            number += 1
        self.sources[called] = unit.source
        return called

    def end(self, opened: str, unit: Unit) -> str:
        called = "{end" + opened[1:]
        self.sources[called] = unit.inside[-1].source
        return called

    def _free(self, shape: str, name: str, source: str) -> str:
        name = re.sub(r"\W", "_", name).rstrip("0123456789") or "value"
        number = 1
        while (
            self.sources.get(called := shape.format(f"{name}{number if number > 1 else ''}"), source)
            != source
        ):
            number += 1
        self.sources[called] = source
        return called


def _worded(text: str) -> bool:
    """Whether people read words in it; what a block adds to a tag (` class="desk"`) is none."""
    return not _ATTRIBUTES.fullmatch(text) and bool(_LETTERS.search(_ENTITY.sub(" ", text)))
