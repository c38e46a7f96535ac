"""Read one table of a policy file with care: each wrong value becomes one sentence that names file, key and
fix.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from kept.core.policy import duration
from kept.core.policy.duration import Duration

NAME = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", re.ASCII)
MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
SITE = re.compile(r"https?://[^\s<>\"']+")
LONGEST = 400
MOST = 400
SPACES = "\u00a0\u202f"
"""Spaces that do not break: not "printable" to Python, and needed to write French."""


def shorten(value: object) -> str:
    """A value as it is quoted in a sentence: on one line, at most 40 characters."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(sign if sign.isprintable() else "?" for sign in text)
    return text if len(text) <= 40 else text[:39] + "…"


def nearest(word: str, known: Collection[str]) -> str:
    """The fix for an unknown word: the nearest known one, or all of them where they are few."""
    found = get_close_matches(word, list(known), 1, 0.6)
    if found:
        return f"Did you mean {found[0]}?"
    return f"Write one of: {', '.join(known)}." if len(known) <= 16 else "Write one that is defined there."


class Table:
    """One TOML table.

    Ask for each key by what it must be, then call ``done``; problems gather in ``problems``.
    """

    def __init__(self, file: str, path: str, value: Any, problems: list[str]) -> None:
        self.file, self.path, self.problems = file, path, problems
        self._asked: set[str] = set()
        self._values: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        if not isinstance(value, Mapping):
            self.problem("", f"{shorten(value)} is not a table. Write [{path}] with its keys below.")

    def problem(self, key: str, sentence: str) -> None:
        place = ".".join(part for part in (self.path, key) if part)
        self.problems.append(f"{self.file}: {place}: {sentence}" if place else f"{self.file}: {sentence}")

    def has(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def raw(self, key: str) -> Any:
        self._asked.add(key)
        return self._values.get(key)

    def text(self, key: str, *, optional: bool = False, example: str = "") -> str:
        value = self.raw(key)
        if value is None and optional:
            return ""
        if value is None:
            self.problem(key, f'is missing. Write {key} = "{example or "…"}".')
        elif not isinstance(value, str):
            self.problem(key, f'{shorten(value)} is not a text. Write {key} = "{example or shorten(value)}".')
        elif not value.strip() and not optional:
            self.problem(key, "is empty. Write some words, or take the entry out.")
        elif len(value) > LONGEST:
            self.problem(key, f"has {len(value)} characters. Write at most {LONGEST}.")
        elif any(not sign.isprintable() and sign not in SPACES for sign in value):
            self.problem(key, "holds a sign that cannot be printed. Write plain words on one line.")
        else:
            return value.strip()
        return ""

    def one_of(self, key: str, allowed: Collection[str], *, default: str | None = None) -> str:
        if default is not None and not self.has(key):
            return default
        before = len(self.problems)
        value = self.text(key, example=next(iter(allowed), ""))
        if len(self.problems) == before and value not in allowed:
            self.problem(key, f'"{shorten(value)}" is not known. {nearest(value, allowed)}')
        return value

    def texts(
        self, key: str, *, optional: bool = False, among: Collection[str] | None = None
    ) -> tuple[str, ...]:
        """A list of texts without doubles; ``among`` closes the list of what may stand in it."""
        value = self.raw(key)
        if value is None and optional:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.problem(
                key, f'is {"missing" if value is None else "not a list of texts"}. Write {key} = ["…", "…"].'
            )
            return ()
        if len(value) > MOST:
            self.problem(key, f"has {len(value)} entries. Write at most {MOST}.")
            return ()
        for item in sorted({item for item in value if value.count(item) > 1}):
            self.problem(key, f'"{shorten(item)}" stands twice. Keep one.')
        for item in value:
            if len(item) > LONGEST or not item.strip():
                self.problem(key, f'"{shorten(item)}" is empty or longer than {LONGEST} characters. Mend it.')
            elif among is not None and item not in among:
                self.problem(key, f'"{shorten(item)}" is not known. {nearest(item, among)}')
        return tuple(value)

    def flag(self, key: str) -> bool:
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.problem(
            key, f"{shorten(value)} is neither true nor false. Write {key} = true, or take the line out."
        )
        return False

    def whole(self, key: str) -> int:
        value = self.raw(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000:
            return value
        self.problem(key, f"{shorten(value)} is not a whole number from 1. Write {key} = 1.")
        return 1

    def day(self, key: str, *, optional: bool = False) -> date | None:
        value = self.raw(key)
        if value is None and optional:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.problem(
            key,
            f"{'is missing' if value is None else f'{shorten(value)} is not a day'}. Write {key} ="
            " 2027-12-31, without quotation marks.",
        )
        return None

    def span(self, key: str) -> tuple[str, Duration]:
        """An ISO 8601 duration: as written, and read."""
        before = len(self.problems)
        value = self.text(key, example="P3Y")
        if len(self.problems) == before:
            try:
                return value, duration.parse(value)
            except ValueError as wrong:
                self.problem(key, str(wrong))
        return "P0D", Duration()

    def mail(self, key: str) -> str:
        value = self.text(key, example="privacy@example.com")
        if value and not MAIL.fullmatch(value):
            self.problem(
                key, f'"{shorten(value)}" is not an e-mail address. Write one like privacy@example.com.'
            )
        return value

    def site(self, key: str, *, optional: bool = False) -> str:
        value = self.text(key, optional=optional, example="https://www.example.com")
        if value and not SITE.fullmatch(value):
            self.problem(
                key,
                f'"{shorten(value)}" is not an address of a site. Write one like https://www.example.com.',
            )
        return value

    def table(self, key: str) -> Table:
        return Table(
            self.file, f"{self.path}.{key}".strip("."), self.raw(key) if self.has(key) else {}, self.problems
        )

    def tables(self, key: str = "", *, skip: Collection[str] = (), dotted_by: str = "") -> dict[str, Table]:
        """The named tables inside this one (or inside its key), each with a checked name.

        ``dotted_by``: TOML reads [contact.phone] as a table in a table; one that lacks this key is a group,
        and its members are named with a dot.
        """
        inner = self.table(key) if key else self
        if len(inner._values) > MOST:
            inner.problem("", f"has {len(inner._values)} entries. Write at most {MOST}.")
            inner._asked.update(inner._values)
            return {}
        found: dict[str, Table] = {}
        for name, value in inner._values.items():
            if name in skip:
                continue
            inner._asked.add(name)
            group = (
                dotted_by
                and isinstance(value, Mapping)
                and dotted_by not in value
                and all(isinstance(member, Mapping) for member in value.values())
            )
            members = {f"{name}.{member}": row for member, row in value.items()} if group else {name: value}
            for full, row in members.items():
                if not NAME.fullmatch(full) or len(full) > 60:
                    inner.problem(
                        shorten(full),
                        "is not a name for an entry. Use small letters, digits, hyphens and full stops, like"
                        " contact.phone.",
                    )
                found[full] = Table(self.file, f"{inner.path}.{full}".strip("."), row, self.problems)
        return found

    def words(self, key: str) -> dict[str, str]:
        """A table of name = "words"; case.closed = "…" may be written with or without quotation marks."""
        inner = self.table(key)
        flat: dict[str, str] = {}
        for name, value in inner._values.items():
            if isinstance(value, Mapping):
                inner._asked.add(name)
                group = Table(self.file, f"{inner.path}.{name}", value, self.problems)
                flat |= {f"{name}.{member}": group.text(member) for member in value}
            else:
                flat[name] = inner.text(name)
        return flat

    def leaves(self) -> dict[str, str]:
        """Every text in this table and in the tables within, by its dotted name."""
        found: dict[str, str] = {}
        for name, value in self._values.items():
            inner = {name: ""}
            if isinstance(value, Mapping):
                below = Table(self.file, f"{self.path}.{name}".strip("."), value, self.problems).leaves()
                inner = {f"{name}.{key}": said for key, said in below.items()}
            else:
                inner[name] = self.text(name)
            for place in inner.keys() & found.keys():
                self.problem(shorten(place), "stands twice. Keep one.")
            found |= inner
        return found

    def done(self) -> None:
        """Name every key nobody asked for: a typing error must not pass as silence."""
        for key in self._values:
            if key not in self._asked:
                self.problem(shorten(key), f"is not a key of this table. {nearest(key, sorted(self._asked))}")
