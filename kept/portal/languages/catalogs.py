"""The translations: extracted from the rooms, kept beside them, compiled for Python's gettext.

``kept/<room>/locale/<language>/LC_MESSAGES/django.po`` is written by ``bin/messages`` and by translators;
the ``.mo`` beside it is compiled from it whenever it is older, and is not kept. A room is a package directly
under ``kept/`` or ``kept/touchpoints/``, so that a touchpoint's words come and go with its folder; words of
modules that are in no room stand in ``kept/locale``. No Django here: the settings name the folders.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from kept.environment import SettingError
from kept.portal.languages import pseudo, template_source
from kept.portal.languages.locale_folders import DOMAIN, ROOMS, folders, stale

TRANSLATED = ("fr", "de", "nl")
_ONE = {"_", "gettext", "gettext_lazy", "gettext_noop", "sentence", "translate"}
_COUNTED = {"ngettext", "ngettext_lazy", "counted"}
_IN_CONTEXT = {"pgettext", "pgettext_lazy"}
_MARKED = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""")
_DJANGO = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_NATIVE = re.compile(r"\{%\s*(blocktrans(?:late)?)\b(.*?)%\}(.*?)\{%\s*end\1\s*%\}", re.DOTALL)
_PLURAL = re.compile(r"\{%\s*plural\s*%\}")
_VARIABLE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_CONTEXT = re.compile(r"""\bcontext\s+["']([^"']+)["']""")


Said = str | tuple[str, ...] | list[str] | None
Known = dict[tuple[Any, str | None], Said]


class Unwritable(SettingError):
    """A translation cannot be compiled where it lies. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """One message: its English, its plural where it has one, its context where it needs one."""

    id: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        return (self.id, self.plural) if self.plural else self.id


@dataclass(slots=True)
class Room:
    """A package with words of its own."""

    folder: Path
    found: set[Found] = field(default_factory=set)

    @property
    def name(self) -> str:
        return str(self.folder.relative_to(ROOMS))

    def file(self, language: str) -> Path:
        return self.folder / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def rooms() -> list[Room]:
    """Every room with the messages its files hold."""
    by_folder: dict[Path, Room] = {}
    for path in sorted(ROOMS.rglob("*")):
        parts = path.relative_to(ROOMS).parts
        if {"tests", "migrations", "locale", "static"} & set(parts) or not path.is_file():
            continue
        found = set(_found(path))
        if found:
            folder = _room_of(path)
            by_folder.setdefault(folder, Room(folder)).found |= found
    return list(by_folder.values())


def _room_of(path: Path) -> Path:
    parts = path.relative_to(ROOMS).parts
    depth = 2 if parts[0] == "touchpoints" else 1
    return ROOMS.joinpath(*parts[:depth]) if len(parts) > depth else ROOMS


def _found(path: Path) -> Iterator[Found]:
    if path.suffix == ".py":
        yield from in_python(path.read_text("utf-8"))
    elif path.suffix in {".html", ".txt", ".svg"} and "templates" in path.parts:
        yield from in_template(path.read_text("utf-8"), path.name)


def in_python(source: str) -> Iterator[Found]:
    """The messages of a module: constants in calls of the gettext family, ``sentence`` and ``counted``."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        texts = [
            one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if called in _ONE and texts:
            yield Found(texts[0])
        elif called in _COUNTED and len(texts) > 1:
            yield Found(texts[0], texts[1])
        elif called in _IN_CONTEXT and len(texts) > 1:
            yield Found(texts[1], context=texts[0])


def in_template(source: str, file: str) -> Iterator[Found]:
    """The messages of a template: runs of text, ``_("…")`` in tags, ``blocktranslate``."""
    for message in template_source.messages(source, file):
        yield Found(message)
    for tag in _DJANGO.findall(source):
        for quoted in _MARKED.findall(tag):
            yield Found(ast.literal_eval(quoted))
    for _, options, body in _NATIVE.findall(source):
        one, *many = (_native(part, "trimmed" in options.split()) for part in _PLURAL.split(body))
        context = _CONTEXT.search(options)
        yield Found(one, many[0] if many else "", context[1] if context else "")


def _native(body: str, trimmed: bool) -> str:
    """The message as Django makes it of a ``blocktranslate``."""
    text = _VARIABLE.sub(r"%(\1)s", body.replace("%", "%%"))
    return " ".join(line.strip() for line in text.splitlines() if line.strip()) if trimmed else text


def read(file: Path, language: str) -> Catalog:
    if not file.is_file():
        return Catalog(locale=language)
    with file.open("rb") as opened:
        return read_po(opened, locale=language)


def update(only: Collection[str] = ()) -> None:
    """Bring every catalogue, or those of these rooms, to what the rooms hold.

    A translation goes along when its message moves.
    """
    there = rooms()
    for language in TRANSLATED:
        old = {room.folder: read(room.file(language), language) for room in there}
        known = {
            _key(message): message.string
            for cat in old.values()
            for message in cat
            if message.id and _said(message)
        }
        for room in there:
            if not only or room.name in only:
                write(room.file(language), _renewed(room, old[room.folder], known, language))
    if only:
        return
    present = {room.folder / "locale" for room in there}
    for folder in set(folders()) - present:
        for file in folder.rglob(f"{DOMAIN}.[pm]o"):
            file.unlink()


def _renewed(room: Room, old: Catalog, known: Known, language: str) -> Catalog:
    new = Catalog(locale=language)
    ids = {one.id for one in room.found}
    for one in room.found:
        said = known.get((one.key, one.context or None)) or (
            known.get((one.id, None)) if not one.plural and not one.context else None
        )
        new.add(one.key, said or ("" if not one.plural else ("", "")), context=one.context or None)
    for message in old:
        # What one template says otherwise than the rest: only a translator knows of it.
        if message.context and message.context.endswith((".html", ".txt")) and message.id in ids:
            new.add(message.id, message.string, context=message.context)
    return new


def write(file: Path, catalog: Catalog) -> None:
    """A catalogue without dates, places and line breaks, so that two people can change one file."""
    catalog.header_comment = ""
    with NamedTemporaryFile("w+b", dir=_made(file.parent), delete=False) as opened:
        opened.write(f'msgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n'.encode())
        opened.write(b'"Content-Type: text/plain; charset=utf-8\\n"\n')
        opened.write(f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'.encode())
        write_po(opened, catalog, width=0, sort_output=True, omit_header=True, no_location=True)
    os.chmod(opened.name, 0o644)
    os.replace(opened.name, file)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _key(message: Message) -> tuple[Any, str | None]:
    return message.id, message.context


def _said(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def compile_stale() -> None:
    """Make each ``.mo`` that is missing or older than its catalogue; whole, or not at all.

    Raises Unwritable where the program's folder is not ours to write in.
    """
    for file in stale():
        try:
            _compile(file, file.with_suffix(".mo"))
        except OSError as error:
            raise Unwritable(
                f"The translation {file.relative_to(ROOMS.parent)} is not compiled, and its folder cannot be"
                f" written ({error.strerror}). Run bin/setup run once as somebody who may."
            ) from error


def _compile(file: Path, target: Path) -> None:
    catalog = read(file, file.parts[-3])
    with NamedTemporaryFile("w+b", dir=target.parent, delete=False) as opened:
        write_mo(opened, catalog)
    os.chmod(opened.name, 0o644)
    os.replace(opened.name, target)


def write_pseudo() -> None:
    """The catalogue of the language for looking at pages."""
    catalog = Catalog(locale=pseudo.CODE)
    for one in {found for room in rooms() for found in room.found}:
        said = [pseudo.stretched(text) for text in _each(one.key)]
        catalog.add(one.key, tuple(said) if one.plural else said[0], context=one.context or None)
    target = ROOMS / "locale" / pseudo.CODE / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with NamedTemporaryFile("w+b", dir=_made(target.parent), delete=False) as opened:
        write_mo(opened, catalog)
    os.replace(opened.name, target)


def missing() -> Iterator[str]:
    """Every message without a translation, or with one that does not carry its placeholders."""
    for room in rooms():
        for language in TRANSLATED:
            catalog = read(room.file(language), language)
            where = room.file(language).relative_to(ROOMS)
            for one in sorted(room.found, key=lambda one: (one.id, one.context)):
                message = catalog.get(one.key, one.context or None)
                if message is None or not _said(message):
                    yield f"{where}: “{one.id}” is not translated."
                elif wrong := unfit(message):
                    yield f"{where}: “{one.id}”: {wrong}"
            known = {(one.key, one.context or None) for one in room.found}
            ids = {one.id for one in room.found}
            for message in catalog:
                if message.id and _key(message) not in known and message.id not in ids:
                    yield f"{where}: “{message.id}” stands nowhere any more. Run: bin/messages"


def unfit(message: Message) -> str:
    """What is wrong with a translation: its placeholders are not those of the message."""
    ids, strings = _each(message.id), _each(message.string)
    for said in strings:
        if not any(template_source.fits(id, said) and _percent(id) == _percent(said) for id in ids):
            return f"“{said}” has other placeholders."
    return ""


def _each(said: Said) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said or ())


def _percent(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]", text))


def main(arguments: list[str]) -> int:
    """``bin/messages [ROOM…]`` brings catalogues up to date; ``bin/messages missing [ROOM…]`` says what
    is not there.
    """
    if arguments[:1] == ["missing"]:
        found = [line for line in missing() if not arguments[1:] or line.split("/locale")[0] in arguments[1:]]
        print("\n".join(found))
        return 1 if found else 0
    if arguments == ["pseudo"]:
        write_pseudo()
        return 0
    update(arguments)
    compile_stale()
    for room in (one for one in rooms() if not arguments or one.name in arguments):
        for language in TRANSLATED:
            catalog = read(room.file(language), language)
            left = sum(1 for message in catalog if message.id and not _said(message))
            name = str(room.folder.relative_to(ROOMS))
            print(f"{name:32} {language} {len(catalog):5} messages, {left:5} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
