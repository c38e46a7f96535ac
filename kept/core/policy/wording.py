"""The nouns of the wording: paragraphs in each language, and what employees must know."""

from __future__ import annotations

from collections.abc import Mapping
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
class Question:
    """One question of a guideline's check. ``right``: which of the answers it is, from 0."""

    text: str
    answers: tuple[str, ...]
    right: int


@dataclass(frozen=True, slots=True)
class GuidelineText:
    """A guideline in one language: Markdown without HTML, and the questions of its check."""

    language: str
    title: str
    text: str
    questions: tuple[Question, ...]

    @property
    def words(self) -> str:
        """All that whoever acknowledges it was shown, as one text."""
        asked = ["\n".join([one.text, *(f"- {answer}" for answer in one.answers)]) for one in self.questions]
        return "\n\n".join([f"# {self.title}", self.text, *asked])


@dataclass(frozen=True, slots=True)
class Guideline:
    """What employees of some roles must know. A higher version must be read and acknowledged again."""

    id: str
    roles: tuple[str, ...]
    version: int
    texts: Mapping[str, GuidelineText]
    first: tuple[str, ...]
    """The company's first language, where it has any: what is read where a language is missing."""

    def text(self, language: str = "") -> GuidelineText:
        """Its words in the language that comes nearest to a reader's."""
        wanted = (language, language.partition("-")[0], *self.first, *self.texts)
        return next(
            (self.texts[one] for one in wanted if one in self.texts), GuidelineText("", self.id, "", ())
        )
