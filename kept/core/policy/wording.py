"""The nouns of the wording: paragraphs in each language, and what employees must know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """A paragraph of the wording.

    ``text`` is Markdown without HTML; ``table`` names a table that is rendered below it.
    """

    id: str
    title: str
    text: str
    section: str
    section_title: str
    promises: tuple[str, ...]
    purposes: tuple[str, ...]
    table: str


@dataclass(frozen=True, slots=True)
class Text:
    """The wording in one language."""

    language: str
    title: str
    lead: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Guideline:
    """What an employee of a role must know. A higher version must be read again."""

    role: str
    version: int
    title: str
    text: str
