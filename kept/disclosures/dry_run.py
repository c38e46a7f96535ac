"""What the policy would let through of a proposed feed, before a contract is signed.

The first line is read, the rows are counted, and nothing of it is kept.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain

from kept.core.ledger import versions
from kept.core.policy.model import Policy
from kept.core.register.inventory import field_categories
from kept.disclosures.models import Refused
from kept.outbox import send_rules
from kept.outbox.send_rules import DoorClosed
from kept.sentences import Sentence, counted, sentence

MOST_COLUMNS = 200


class FeedWrong(ValueError):
    """It cannot be read as a table. The message says what to mend."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """``goes``: column → kind of data. ``left_out``: column → why. ``unknown``: columns of no known kind.

    ``closed``: why nothing at all goes there today; "" where it would. ``uneven``: rows whose cells do not
    fit the first line.
    """

    rows: int
    goes: dict[str, str]
    left_out: dict[str, str]
    unknown: tuple[str, ...]
    closed: str
    uneven: int

    @property
    def whole(self) -> bool:
        return not (self.left_out or self.unknown or self.closed or self.uneven)

    @property
    def prepared(self) -> Sentence:
        """How many rows would be prepared, in one sentence."""
        if not self.goes:
            return sentence("Nothing of it may go there.")
        if self.left_out or self.unknown:
            return counted(
                "{n} row would be prepared without it.", "{n} rows would be prepared without it.", self.rows
            )
        return counted("{n} row would be prepared.", "{n} rows would be prepared.", self.rows)


def dry_run(lines: Iterable[str], *, recipient: str, purpose: str, today: date) -> DryRun:
    """Try a table (comma, semicolon or tab between its cells) whose first line names its columns.

    A column is named by a field id, a kind of data of the policy, or a word its wording knows for that kind.
    ``recipient`` and ``purpose``: ids of the policy. Raises DoorClosed, which is counted; FeedWrong.
    """
    policy = versions.current().policy
    try:
        whom = send_rules.reaches(policy, recipient, purpose)
    except DoorClosed as closed:
        Refused.count_one(closed.kind, today)
        raise
    columns, rows, uneven = _table(lines)
    kinds, known = _kinds(policy), dict[str, str]()
    for column in columns:
        if kind := kinds.get(_plain(column)):
            known[column] = kind
    left_out = {
        column: said
        for column, kind in known.items()
        if (said := send_rules.left_out(policy, whom, purpose, kind))
    }
    goes = {column: policy.categories[kind].title for column, kind in known.items() if column not in left_out}
    unknown = tuple(column for column in columns if column not in known)
    return DryRun(rows, goes, left_out, unknown, _closed(recipient, purpose, today), uneven)


def _closed(recipient: str, purpose: str, today: date) -> str:
    try:
        send_rules.check_all(versions.current(), recipient, purpose=purpose, at=today)
    except DoorClosed as closed:
        return closed.said
    return ""


def _table(lines: Iterable[str]) -> tuple[list[str], int, int]:
    """The names of the columns, how many rows, and how many of them do not fit. Raises FeedWrong."""
    every = iter(lines)
    first = next(every, "").lstrip("\ufeff")
    if not first.strip():
        raise FeedWrong(sentence("The file is empty. Its first line names the columns."))
    between = max(",;\t", key=first.count)
    try:
        read = csv.reader(chain([first], every), delimiter=between, strict=True)
        columns = [name.strip() for name in next(read)]
        rows = uneven = 0
        for row in read:
            rows += bool(row)
            uneven += bool(row) and len(row) != len(columns)
    except csv.Error:
        raise FeedWrong(
            sentence("It cannot be read as a table. Save it as CSV, with quotes closed.")
        ) from None
    if len(columns) > MOST_COLUMNS or "" in columns or len(set(columns)) != len(columns):
        raise FeedWrong(
            sentence("Each column needs a name of its own in the first line, and at most 200 fit.")
        )
    return columns, rows, uneven


def _kinds(policy: Policy) -> dict[str, str]:
    """Every word that names a kind of data, in each language, with the kind."""
    found = {_plain(field): kind for field, kind in field_categories().items()}
    for language in policy.company.languages:
        for kind in policy.in_language(language).categories.values():
            for word in (kind.id, kind.title, *kind.named):
                found[_plain(word)] = kind.id
    return {word: kind for word, kind in found.items() if kind in policy.categories}


def _plain(word: str) -> str:
    return word.strip().casefold().replace("_", " ").replace("-", " ")
