"""Read the wording: one Markdown file for each language, one numbered heading for each clause.

# Title                                      then a lead paragraph
## 5 Who receives it                         a section
### 5.1 Never sold                           a clause: its number is its address for ever
{promises: no-sale; purposes: orders}        what it states
Paragraphs and lists.
{table: recipients}                          optional: rendered from the data, never typed twice
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kept.core.policy.reading.tables import SPACES, shorten
from kept.core.policy.wording import Clause, Text

TABLES = ("purposes", "categories", "recipients", "cookies", "retention", "controllers")
LONGEST_LINE = 4000
_SECTION = re.compile(r"## (\d{1,3}) (\S.*)")
_CLAUSE = re.compile(r"### (\d{1,3}(?:\.\d{1,3}){1,2})(?: (\S.*))?")
_TAGS = re.compile(r"\{\s*(.*?)\s*\}")
_HTML = re.compile(r"<[A-Za-z/!?]")
_LINK = re.compile(r"\]\(\s*<?\s*([^)\s>]*)")
_UNSEEN = "\t\u00ad\u200c\u200d" + SPACES
_REFERENCE = re.compile(r"\[[^\]]+\]:")
_SAFE = re.compile(r"(https?://|mailto:|/(?!/)|#)", re.IGNORECASE)


@dataclass
class _Draft:
    """A clause while its lines are being read."""

    id: str
    title: str
    line: int
    section: tuple[str, str]
    lines: list[str] = field(default_factory=list)
    promises: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    table: str = ""

    def finished(self) -> Clause:
        body = "\n".join(self.lines).strip()
        return Clause(
            self.id,
            self.title,
            body,
            self.section[0],
            self.section[1],
            self.promises,
            self.purposes,
            self.table,
        )


def read(file: str, source: str, language: str, problems: list[str]) -> Text:
    """The wording of one file. Problems are added to ``problems``, each with file and line."""
    title, lead, section = "", [], ("", "")
    drafts: list[_Draft] = []
    for number, line in enumerate(source.split("\n"), 1):
        complaint = unsafe(line)
        if complaint:
            problems.append(f"{file}: line {number}: {complaint}")
        elif line.startswith("### "):
            drafts.append(_clause(file, number, line, section, drafts, problems))
        elif line.startswith("## "):
            found = _SECTION.fullmatch(line.rstrip())
            if not found:
                problems.append(
                    f'{file}: line {number}: "{shorten(line)}" has no number. Write a section like ## 5 Who'
                    " receives it."
                )
            section = (found[1], found[2]) if found else section
        elif line.startswith("# ") and not title:
            title = line[2:].strip()
        elif drafts and line.startswith("{"):
            _tag(file, number, line, drafts[-1], problems)
        elif drafts:
            drafts[-1].lines.append(line.rstrip())
        else:
            lead.append(line.strip())
    clauses = tuple(draft.finished() for draft in drafts)
    problems += [
        f"{file}: clause {clause.id}: has no words. Write them below its heading."
        for clause in clauses
        if not clause.text
    ]
    if not title:
        problems.append(f"{file}: has no title. Write # Privacy policy on the first line.")
    if not clauses:
        problems.append(f"{file}: has no clause. Write ### 1.1 and its words.")
    return Text(language, title, "\n".join(lead).strip(), clauses)


def _clause(
    file: str, number: int, line: str, section: tuple[str, str], drafts: list[_Draft], problems: list[str]
) -> _Draft:
    found = _CLAUSE.fullmatch(line.rstrip())
    if not found:
        problems.append(
            f'{file}: line {number}: "{shorten(line)}" has no number. Write a clause like ### 5.1 Never sold.'
        )
        return _Draft("", "", number, section)
    if found[1].partition(".")[0] != section[0]:
        problems.append(
            f"{file}: line {number}: clause {found[1]} stands in section {section[0] or '(none)'}. Move it,"
            " or give it that number."
        )
    earlier = next((draft for draft in drafts if draft.id == found[1]), None)
    if earlier:
        problems.append(
            f"{file}: line {number}: clause {found[1]} stands twice (first on line {earlier.line}). Give one"
            " of them a new number."
        )
    return _Draft(found[1], found[2] or "", number, section)


def _tag(file: str, number: int, line: str, draft: _Draft, problems: list[str]) -> None:
    found = _TAGS.fullmatch(line.strip())
    if not found:
        problems.append(
            f"{file}: line {number}: the braces do not close. Write {{promises: …; purposes: …}} on one line."
        )
        return
    for part in filter(None, (part.strip() for part in found[1].split(";"))):
        kind, _, names = part.partition(":")
        ids = tuple(name.strip() for name in names.split(",") if name.strip())
        if kind == "promises":
            draft.promises += ids
        elif kind == "purposes":
            draft.purposes += ids
        elif kind == "table" and len(ids) == 1 and ids[0] in TABLES:
            draft.table = ids[0]
        else:
            problems.append(
                f'{file}: line {number}: "{shorten(part)}" is not a tag. Write promises: …, purposes: … or'
                f" table: {' | '.join(TABLES)}."
            )


def unsafe(line: str) -> str:
    """What a line of Markdown may not hold, as the end of a sentence; "" where nothing is wrong."""
    if len(line) > LONGEST_LINE:
        return f"has {len(line)} characters. Break it into lines of at most {LONGEST_LINE}."
    if any(not sign.isprintable() and sign not in _UNSEEN for sign in line):
        return "holds a sign that cannot be printed. Take it out."
    if _HTML.search(line):
        return "holds HTML. Write plain Markdown; the page brings its own."
    if _REFERENCE.match(line.strip()):
        return "defines a link apart from its words. Write [words](https://…) instead."
    for target in _LINK.findall(line):
        if not _SAFE.match(target):
            return f'links to "{shorten(target)}". Write https://, mailto:, / or # at its start.'
    return ""
