"""Read what employees must know: a folder for each guideline, one Markdown file for each language.

guidelines/support/guideline.toml    whom it binds, and the version that must be acknowledged
guidelines/support/en.md             # Title, then the text, then the questions of its check:

    ? Somebody calls and gives a name. What comes first?
    - [ ] Reading out the address, so that they can confirm it
    - [x] A code, sent to the address we know
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from types import MappingProxyType

from kept.core.policy.places import Company
from kept.core.policy.reading.tables import Table, nearest, shorten
from kept.core.policy.reading.text import unsafe
from kept.core.policy.verdict import UNEMPLOYED
from kept.core.policy.wording import Guideline, GuidelineText, Question

HEAD = "guideline.toml"
_FILE = re.compile(
    r"guidelines/([a-z][a-z-]{0,30})/(guideline\.toml|[a-z]{2,3}(?:-[a-z]{2,4})?\.md)", re.ASCII
)
_FLAT = re.compile(r"guidelines/([a-z][a-z-]{0,30})\.md", re.ASCII)
_VERSION = re.compile(r"\{version: ([1-9]\d{0,5})\}")
_ANSWER = re.compile(r"- \[([ x])\] (\S.*)")


def is_one(file: str) -> bool:
    """Whether a file of a policy folder belongs to a guideline."""
    return bool(_FILE.fullmatch(file) or _FLAT.fullmatch(file))


def read(files: Mapping[str, str], company: Company, problems: list[str]) -> dict[str, Guideline]:
    """Every guideline by its id. Problems are added to ``problems``, each with its file."""
    found: dict[str, dict[str, str]] = {}
    flat: dict[str, Guideline] = {}
    for file, source in files.items():
        if inside := _FILE.fullmatch(file):
            found.setdefault(inside[1], {})[inside[2]] = source
        elif alone := _FLAT.fullmatch(file):
            flat[alone[1]] = _flat(file, source, alone[1], company, problems)
    return flat | {id: _guideline(id, parts, company, problems) for id, parts in found.items()}


def problems(guidelines: Mapping[str, Guideline], files: Collection[str], company: Company) -> list[str]:
    """What a draft lacks before everybody it binds can read it, understand it and be asked about it."""
    found = [
        f"{file}: guidelines have a folder each. Put the words into guidelines/{alone[1]}/en.md, and roles"
        f" and version into guidelines/{alone[1]}/{HEAD}."
        for file in files
        if (alone := _FLAT.fullmatch(file))
    ]
    for one in guidelines.values():
        found += [] if f"guidelines/{one.id}.md" in files else _translated(one, company.languages)
    bound = {role for one in guidelines.values() for role in one.roles}
    for role in company.roles:
        if guidelines and role not in bound and role not in UNEMPLOYED:
            found.append(
                f'guidelines: no guideline binds "{role}". Name the role in one of them, or write one for it.'
            )
    return found


def _guideline(id: str, parts: Mapping[str, str], company: Company, problems: list[str]) -> Guideline:
    place = f"guidelines/{id}"
    roles, version = _head(f"{place}/{HEAD}", parts.get(HEAD), company.roles, problems)
    texts = {
        file.removesuffix(".md"): _text(f"{place}/{file}", source, file.removesuffix(".md"), problems)
        for file, source in parts.items()
        if file != HEAD
    }
    if not texts:
        problems.append(f"{place}: has no words. Write them into {place}/en.md.")
    return Guideline(id, roles, version, MappingProxyType(texts), company.languages[:1])


def _head(
    file: str, source: str | None, roles: Mapping[str, str], problems: list[str]
) -> tuple[tuple[str, ...], int]:
    if source is None:
        problems.append(f'{file}: is missing. Write roles = ["support"] and version = 1 into it.')
        return (), 1
    try:
        table = Table(file, "", tomllib.loads(source), problems)
    except tomllib.TOMLDecodeError as wrong:
        problems.append(f"{file}: cannot be read: {str(wrong)[:160]}. Mend that line.")
        return (), 1
    employed = [role for role in roles if role not in UNEMPLOYED]
    found = table.texts("roles", among=employed), table.whole("version")
    table.done()
    return found


def _text(file: str, source: str, language: str, problems: list[str]) -> GuidelineText:
    title, body, questions = "", [], list[Question]()
    for number, line in enumerate(source.split("\n"), 1):
        if wrong := unsafe(line):
            problems.append(f"{file}: line {number}: {wrong}")
        elif line.startswith("# ") and not title:
            title = line[2:].strip()
        elif line.startswith("? "):
            questions.append(Question(line[2:].strip(), (), -1))
        elif not questions:
            body.append(line.rstrip())
        elif line.strip():
            questions[-1] = _answered(questions[-1], file, number, line, problems)
    for question in questions:
        if question.right < 0 or len(question.answers) < 2:
            problems.append(
                f'{file}: "{shorten(question.text)}" needs two answers or more, one of them right. Write'
                " - [ ] and - [x] below it."
            )
    return _whole(file, GuidelineText(language, title, "\n".join(body).strip(), tuple(questions)), problems)


def _whole(file: str, text: GuidelineText, problems: list[str]) -> GuidelineText:
    if not text.title:
        problems.append(f"{file}: has no title. Write # Guidelines for support on the first line.")
    if not text.text:
        problems.append(f"{file}: has no words. Write below the title what they must know.")
    return text


def _answered(question: Question, file: str, number: int, line: str, problems: list[str]) -> Question:
    found = _ANSWER.fullmatch(line.rstrip())
    if not found or (found[1] == "x" and question.right >= 0):
        problems.append(
            f"{file}: line {number}: below a question stand its answers alone, one of them right. Write - [ ]"
            " for a wrong one, - [x] for the right one."
        )
        return question
    right = len(question.answers) if found[1] == "x" else question.right
    return Question(question.text, (*question.answers, found[2]), right)


def _flat(file: str, source: str, role: str, company: Company, problems: list[str]) -> Guideline:
    """As folders had it before guidelines had languages and a check: ``{version: 1}`` below the title."""
    if role not in company.roles:
        problems.append(
            f'{file}: "{shorten(role)}" is not a role of company.toml. {nearest(role, list(company.roles))}'
        )
    version = next((found[1] for line in source.split("\n") if (found := _VERSION.fullmatch(line))), "")
    if not version:
        problems.append(f"{file}: has no version. Write {{version: 1}} below the title.")
    words = "\n".join(line for line in source.split("\n") if not line.startswith("{version:"))
    language = next(iter(company.languages), "")
    texts = MappingProxyType({language: _text(file, words, language, problems)})
    return Guideline(role, (role,), int(version or 1), texts, company.languages[:1])


def _translated(one: Guideline, languages: Collection[str]) -> list[str]:
    """The same check in every language: as many questions and answers, the right one in its place."""
    place, shape = f"guidelines/{one.id}", [(len(each.answers), each.right) for each in one.text().questions]
    found = [
        f"{place}/{language}.md: is missing. Staff acknowledge what they can read: write it in {language}."
        for language in languages
        if language not in one.texts
    ]
    found += [
        f"{place}/{language}.md: company.toml does not name this language. Add it to languages, or take the"
        " file out."
        for language in one.texts
        if language not in languages
    ]
    if not shape:
        found.append(f"{place}: asks nothing. Write a question with its answers at the end of each language.")
    return found + [
        f"{place}/{language}.md: its check is not that of the first language. Ask the same questions, with"
        " the right answer at the same place."
        for language, text in one.texts.items()
        if [(len(each.answers), each.right) for each in text.questions] != shape
    ]
