"""Templates for answering questions and requests: ``answers/<language>.toml``.

A company may have none; what stands there is checked.

A template cites the policy by ``{clause:7.5}``, so that an answer never drifts from what the company swears.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kept.core.policy.reading.tables import Table, nearest, shorten
from kept.core.policy.wording import Text

PLACES = ("reference", "received", "due", "controller", "email", "authority", "company", "site")
"""What may stand in braces, besides a clause."""
LONGEST = 8000
_BRACES = re.compile(r"\{([^{}\n]{0,80})\}")
_NAME = re.compile(r"answers/([a-z]{2,3}(?:-[a-z]{2,4})?)\.toml", re.ASCII)


@dataclass(frozen=True, slots=True)
class AnswerTemplate:
    """``kinds``: for which kinds of request it is offered; empty for all."""

    id: str
    title: str
    kinds: tuple[str, ...]
    text: str

    def suits(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds

    def filled(self, values: Mapping[str, str], wording: Text) -> str:
        """The text with every place filled. ``values`` has a word for each of PLACES."""
        return _BRACES.sub(lambda found: _filled(found[1], values, wording), self.text)


def language_of(file: str) -> str:
    """ "fr" of answers/fr.toml; "" for any other file."""
    found = _NAME.fullmatch(file)
    return found[1] if found else ""


def read(table: Table, wording: Text) -> dict[str, AnswerTemplate]:
    """The templates of one language. Problems name file, key and fix."""
    found = {}
    for name, row in table.tables().items():
        text = _prose(row)
        _check(row, text, {clause.id for clause in wording.clauses})
        found[name] = AnswerTemplate(name, row.text("title"), row.texts("kinds", optional=True), text)
        row.done()
    return found


def _prose(row: Table) -> str:
    value = row.raw("text")
    if not isinstance(value, str) or not value.strip():
        row.problem("text", 'is missing. Write text = """ and the answer on the lines below, then """.')
    elif len(value) > LONGEST:
        row.problem("text", f"has {len(value)} characters. Write at most {LONGEST}.")
    elif any(not sign.isprintable() and sign not in "\n\u00a0\u202f" for sign in value):
        row.problem("text", "holds a sign that cannot be printed. Write plain words.")
    else:
        return value.strip()
    return ""


def _check(row: Table, text: str, clauses: Collection[str]) -> None:
    for place in _BRACES.findall(text):
        kind, _, number = place.partition(":")
        if kind == "clause":
            if number not in clauses:
                row.problem(
                    "text",
                    f'cites clause "{shorten(number)}", which the wording does not have.'
                    f" {nearest(number, clauses)}",
                )
        elif place not in PLACES:
            row.problem(
                "text",
                f'"{{{shorten(place)}}}" is not known. Write {{clause:7.5}}, or one of: {", ".join(PLACES)}.',
            )


def _filled(place: str, values: Mapping[str, str], wording: Text) -> str:
    kind, _, number = place.partition(":")
    if kind != "clause":
        return values[place]
    title = next((clause.title for clause in wording.clauses if clause.id == number), "")
    return f"{number} “{title}” ({values['site']}/privacy/#c{number.replace('.', '-')})" if title else number
