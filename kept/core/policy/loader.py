"""Load a policy folder: from disk or from its stored files.

Every problem is found in one go, each one sentence with its fix.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from kept.core.policy.model import Policy, Purpose
from kept.core.policy.places import Company
from kept.core.policy.reading import (
    answer_templates,
    crosscheck,
    guidelines,
    opening_hours,
    row_builders,
    safeguards,
    text,
    translations,
)
from kept.core.policy.reading import company as company_file
from kept.core.policy.reading.tables import Table, nearest, shorten
from kept.core.policy.verdict import Allowed, Rule
from kept.core.policy.wording import Text

TABLES = (
    "company.toml",
    "categories.toml",
    "purposes.toml",
    "recipients.toml",
    "cookies.toml",
    "promises.toml",
    "clocks.toml",
)
OPTIONAL = ("safeguards.toml", "certificates.toml", "hours.toml")
"""Tables a folder may do without."""
LARGEST_FILE = 256 * 1024
LARGEST_FOLDER = 2 * 1024 * 1024
MOST_FILES = 200
_WORDS = re.compile(r"text/([a-z][a-z-]{0,30})\.md", re.ASCII)
_LOGO = re.compile(r"[a-z0-9-]{1,60}\.svg", re.ASCII)
_UNREAD = "README.md"
Named = TypeVar("Named")


class PolicyError(Exception):
    """A policy folder that cannot be used. ``problems`` names each fault: file, key, fix."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(folder: Path) -> Policy:
    """The policy a folder holds, checked and frozen.

    Raises PolicyError with every problem; a word that a language lacks is one here, and none in what was
    published before. Hidden files and README.md are left alone.
    """
    problems: list[str] = []
    return _checked(_read_folder(Path(folder), problems), problems, draft=True)


def from_files(files: Mapping[str, str]) -> Policy:
    """The policy of {relative path: text}, as ``Policy.files`` keeps them.

    Raises PolicyError with every problem.
    """
    return _checked(files, [])


def _checked(files: Mapping[str, str], problems: list[str], *, draft: bool = False) -> Policy:
    """``problems`` names the files that could not be read; they are not reported as missing a second time."""
    unread = {problem.partition(":")[0] for problem in problems}
    clean = _canonical(files, problems)
    tables = {name: table for name in TABLES if (table := _table(name, clean, problems, unread))}
    if len(tables) < len(TABLES):
        raise PolicyError(problems)
    policy = _build(tables, clean, problems)
    if draft:
        problems += translations.problems(policy)
        problems += guidelines.problems(policy.guidelines, policy.files, policy.company)
    if problems:
        raise PolicyError(list(dict.fromkeys(problems)))
    return policy


def _build(tables: Mapping[str, Table], files: Mapping[str, str], problems: list[str]) -> Policy:
    company = company_file.build(tables["company.toml"])
    categories = row_builders.categories(tables["categories.toml"])
    purposes_table = tables["purposes.toml"]
    places, events = purposes_table.words("touchpoints"), purposes_table.words("events")
    purposes = row_builders.purposes(purposes_table, company, categories, places, events)
    row_builders.refuse_sale(purposes_table, purposes)
    recipients = row_builders.recipients(tables["recipients.toml"], company.entities, categories)
    row_builders.resolve_shared(purposes_table, purposes, recipients)
    cookies = row_builders.cookies(tables["cookies.toml"], places, purposes)
    promises = row_builders.promises(tables["promises.toml"])
    clocks = row_builders.clocks(tables["clocks.toml"])
    texts = _texts(company.languages, files, problems)
    for wording in texts.values():
        crosscheck.clauses_exist(company, purposes, promises, clocks, wording, problems)
        crosscheck.tags_agree(purposes, promises, wording, problems)
        crosscheck.same_clauses(next(iter(texts.values())), wording, problems)
    first = next(iter(company.languages), "")
    replies = _answers(texts.get(first), texts, files, problems)
    _logo_is_there(company, files, problems)
    return Policy(
        company=company,
        touchpoints=MappingProxyType(places),
        events=MappingProxyType(events),
        categories=MappingProxyType(categories),
        purposes=MappingProxyType(purposes),
        recipients=MappingProxyType(recipients),
        cookies=MappingProxyType(cookies),
        promises=MappingProxyType(promises),
        clocks=MappingProxyType(clocks),
        guidelines=MappingProxyType(guidelines.read(files, company, problems)),
        safeguards=_register(safeguards.safeguards, files, company, problems),
        certificates=_register(safeguards.certificates, files, company, problems),
        hours=opening_hours.hours(_optional("hours.toml", files, problems), company),
        texts=MappingProxyType(texts),
        files=MappingProxyType(dict(files)),
        identity=identity(files),
        rules=MappingProxyType(
            {purpose.id: _rule(purpose, frozenset(company.entities)) for purpose in purposes.values()}
        ),
        answers=MappingProxyType(replies),
        words=MappingProxyType(_words(files, problems)),
        language=first,
    )


def _logo_is_there(company: Company, files: Mapping[str, str], problems: list[str]) -> None:
    if company.logo and company.logo not in files:
        problems.append(
            f'company.toml: logo: "{shorten(company.logo)}" is not in the folder. Put the drawing there as an'
            " .svg file."
        )


def identity(files: Mapping[str, str]) -> str:
    """SHA-256 in hex over the files, sorted by path, as JSON without spaces: one changed sign in any file is
    another version.
    """
    whole = json.dumps(dict(files), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(whole.encode("utf-8")).hexdigest()


def _rule(purpose: Purpose, entities: frozenset[str]) -> Rule:
    return Rule(
        allowed=Allowed(purpose.clause),
        uses=frozenset(purpose.uses),
        roles=frozenset(purpose.read_by),
        entities=frozenset(purpose.entities) or entities,
        choice=purpose.choice,
        right=purpose.right,
        restrictable=not purpose.right and purpose.basis not in ("legal-obligation", "vital-interests"),
        **({"since": purpose.since} if purpose.since else {}),
        **({"until": purpose.until} if purpose.until else {}),
    )


def _texts(languages: tuple[str, ...], files: Mapping[str, str], problems: list[str]) -> dict[str, Text]:
    found = {}
    for language in languages:
        name = f"text/{language}.md"
        if name in files:
            found[language] = text.read(name, files[name], language, problems)
        else:
            problems.append(
                f"{name}: is missing, and company.toml names its language. Write it, or take {language} out"
                " of languages."
            )
    for name in files:
        if name.startswith("text/") and name.removeprefix("text/").removesuffix(".md") not in languages:
            problems.append(
                f"{name}: company.toml does not name this language. Add it to languages, or take the file"
                " out."
            )
    return found


def _answers(
    first: Text | None, texts: Mapping[str, Text], files: Mapping[str, str], problems: list[str]
) -> dict[str, Mapping[str, answer_templates.AnswerTemplate]]:
    """A controller may answer in a language the wording is not written in: then the clauses of the first
    language are cited.
    """
    found: dict[str, Mapping[str, answer_templates.AnswerTemplate]] = {}
    for name in files:
        language = answer_templates.language_of(name)
        wording = texts.get(language) or first
        table = _table(name, files, problems, set()) if language and wording else None
        if table and wording:
            found[language] = MappingProxyType(answer_templates.read(table, wording))
    return found


def _words(files: Mapping[str, str], problems: list[str]) -> dict[str, Mapping[str, str]]:
    named = {name: language for name in files if (language := translations.language_of(name))}
    return {
        language: translations.read(table)
        for name, language in named.items()
        if (table := _table(name, files, problems, set()))
    }


def _register(
    build: Callable[[Table, Company], dict[str, Named]],
    files: Mapping[str, str],
    company: Company,
    problems: list[str],
) -> Mapping[str, Named]:
    """One of the optional tables; what is called as the file is."""
    return MappingProxyType(build(_optional(f"{build.__name__}.toml", files, problems), company))


def _optional(file: str, files: Mapping[str, str], problems: list[str]) -> Table:
    """A table a folder may do without; then it is empty."""
    found = _table(file, files, problems, set()) if file in files else None
    return found or Table(file, "", {}, problems)


def _table(name: str, files: Mapping[str, str], problems: list[str], unread: set[str]) -> Table | None:
    if name not in files:
        if name not in unread:
            problems.append(f"{name}: is missing. Every policy folder has one, even an empty one.")
        return None
    try:
        return Table(name, "", tomllib.loads(files[name]), problems)
    except tomllib.TOMLDecodeError as wrong:
        hint = (
            " A key or a table stands twice: keep one."
            if "overwrite" in str(wrong) or "twice" in str(wrong)
            else " Mend that line."
        )
        problems.append(f"{name}: cannot be read: {_plain(str(wrong))}.{hint}")
    except (RecursionError, ValueError):
        problems.append(
            f"{name}: cannot be read: it is nested too deeply, or holds a number that is too long. Write"
            " plain tables."
        )
    return None


def _plain(message: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in message)[:160].rstrip(".")


def _canonical(files: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    """The files with one kind of line end and no byte order mark, sorted; unknown and oversized ones become
    problems.
    """
    clean: dict[str, str] = {}
    for name in sorted(files):
        if not (
            name in TABLES + OPTIONAL
            or guidelines.is_one(name)
            or _WORDS.fullmatch(name)
            or answer_templates.language_of(name)
            or translations.language_of(name)
            or _LOGO.fullmatch(name)
        ):
            problems.append(
                f"{shorten(name)}: does not belong to a policy folder. Take it out, or rename it."
                f" {nearest(name, TABLES)}"
            )
        elif len(files[name]) > LARGEST_FILE:
            problems.append(f"{name}: is larger than {LARGEST_FILE // 1024} KiB. Shorten it.")
        else:
            clean[name] = files[name].removeprefix("\ufeff").replace("\r\n", "\n")
    if len(files) > MOST_FILES or sum(map(len, clean.values())) > LARGEST_FOLDER:
        raise PolicyError(
            [
                f"The policy holds more than {MOST_FILES} files or {LARGEST_FOLDER // 1024 // 1024} MiB."
                " Point to the policy folder itself."
            ]
        )
    return clean


def _read_folder(folder: Path, problems: list[str]) -> dict[str, str]:
    if not folder.is_dir():
        raise PolicyError(
            [f"{folder} is not a folder. Set KEPT_POLICY to the policy folder, like policies/cet-power."]
        )
    home = folder.resolve()
    files: dict[str, str] = {}
    for place, folders, names in os.walk(home):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            relative = path.relative_to(home).as_posix()
            if name.startswith(".") or relative == _UNREAD:
                continue
            if len(files) > MOST_FILES:
                raise PolicyError(
                    [f"{folder} holds more than {MOST_FILES} files. Point to the policy folder itself."]
                )
            content = _read_file(path, home, relative, problems)
            if content is not None:
                files[relative] = content
        for name in folders:
            if Path(place, name).is_symlink():
                problems.append(
                    f"{Path(place, name).relative_to(home).as_posix()}: is a link to a folder. Put the folder"
                    " itself there."
                )
    return files


def _read_file(path: Path, home: Path, relative: str, problems: list[str]) -> str | None:
    shown = shorten(relative)
    if not path.resolve().is_relative_to(home):
        problems.append(f"{shown}: is a link that leads out of the folder. Put the file itself there.")
    elif not path.is_file():
        problems.append(f"{shown}: is not a file that can be read. Put a text file there.")
    elif path.stat().st_size > LARGEST_FILE:
        problems.append(f"{shown}: is larger than {LARGEST_FILE // 1024} KiB. Shorten it.")
    else:
        try:
            return path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as wrong:
            problems.append(f"{shown}: is not UTF-8 text (byte {wrong.start}). Save it as UTF-8.")
        except OSError as wrong:
            problems.append(f"{shown}: cannot be read ({wrong.strerror}). Give the portal leave to read it.")
    return None
