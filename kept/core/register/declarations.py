"""What the code says of itself: which table holds whose data, for which purposes, who receives it, what lies
on a device.

Each app's ``personal.py`` calls these when the program starts; nothing here reads the database or the policy.
Sealed fields speak for themselves (category and field id stand on the field), so ``holds`` names only their
purposes and the plain columns beside them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Target = type[Model] | str
Rows = Callable[[UUID, QuerySet[Any]], int]
"""What happens to a table's rows about a subject: how many of them it was done to."""
DELETE, FORGET = "delete", "forget"


@dataclass(frozen=True, slots=True)
class Holds:
    """One table about people.

    ``subject`` holds look-up paths that end at the subject's UUID ("self" = the primary key).
    """

    target: Target
    subject: tuple[str, ...]
    purposes: tuple[str, ...]
    purposes_of: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, str]
    nobody: Mapping[str, str]
    clear: Mapping[str, str]
    title: str
    label: Callable[[Any], str] | None
    place: str

    def purposes_for(self, column: str) -> tuple[str, ...]:
        return self.purposes_of.get(column, self.purposes)


@dataclass(frozen=True, slots=True)
class Nobody:
    target: Target
    because: str
    place: str


@dataclass(frozen=True, slots=True)
class Cookie:
    name: str
    kind: str
    place: str
    storage: str = "cookie"


@dataclass(frozen=True, slots=True)
class Recipient:
    id: str
    purposes: tuple[str, ...]
    categories: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """``near``: how far down its tables stand among what is known of a person, see ``touchpoint``."""

    id: str
    purposes: tuple[str, ...]
    place: str
    near: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    id: str
    category: str
    purposes: tuple[str, ...]
    title: str
    place: str


@dataclass(frozen=True, slots=True)
class Erases:
    target: Target
    how: str | Rows
    place: str


@dataclass(frozen=True, slots=True)
class Unlinks:
    target: Target
    column: str
    place: str


@dataclass(frozen=True, slots=True)
class Shared:
    """``anonymise`` takes the person out of what others see, and leaves the thing."""

    target: Target
    title: str
    anonymise: Rows
    place: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Fields of one table that a law keeps.

    ``keeper`` is the column whose key seals them, ``since`` the day of a row the law counts from.
    """

    target: Target
    fields: tuple[str, ...]
    duty: str
    purpose: str
    keeper: str
    country: Callable[[Any], str]
    since: Callable[[Any], date]
    place: str


@dataclass(frozen=True, slots=True)
class Ends:
    """When the event that a purpose counts from happened for a row.

    ``at``: a look-up path, or what ``lifetimes`` knows. ``where``: for which rows.
    """

    target: Target
    event: str
    at: Any
    where: Q | None
    place: str


@dataclass(frozen=True, slots=True)
class Detail:
    """What else the sweep must know of a table: ``what`` it is, and a column or a condition."""

    target: Target
    what: str
    said: Any
    place: str


@dataclass(slots=True)
class Register:
    """Everything declared so far, in the order of declaration."""

    holds: list[Holds] = field(default_factory=list)
    nobody: list[Nobody] = field(default_factory=list)
    cookies: list[Cookie] = field(default_factory=list)
    read_by_anybody: list[str] = field(default_factory=list)
    recipients: list[Recipient] = field(default_factory=list)
    touchpoints: list[Touchpoint] = field(default_factory=list)
    files: list[StoredFile] = field(default_factory=list)
    erases: list[Erases] = field(default_factory=list)
    unlinks: list[Unlinks] = field(default_factory=list)
    shared: list[Shared] = field(default_factory=list)
    law: list[Hold] = field(default_factory=list)
    ends: list[Ends] = field(default_factory=list)
    details: list[Detail] = field(default_factory=list)
    asks: dict[str, dict[str, str]] = field(default_factory=dict)


DECLARED = Register()


def _place() -> str:
    """The file that calls a declaration, as a reader of the tree would write it: ``people/personal.py``."""
    module = sys._getframe(2).f_globals["__name__"]
    return module.removeprefix("kept.").replace(".", "/") + ".py"


def holds(
    target: Target,
    *,
    subject: str | Sequence[str],
    purposes: Sequence[str],
    title: str,
    columns: Mapping[str, str] | None = None,
    nobody: Mapping[str, str] | None = None,
    clear: Mapping[str, str] | None = None,
    purposes_of: Mapping[str, Sequence[str]] | None = None,
    label: Callable[[Any], str] | None = None,
) -> None:
    """Declare a table about people.

    ``target``: a model, or the name of a table whose model belongs to a library. ``subject``: look-up path(s)
    to the subject's UUID, like "person_id" or "case__person_id"; "self" when the row is the person.
    ``columns``: plain column -> category. ``nobody``: plain column -> why it says nothing about a person.
    ``clear``: plain column -> why it cannot be sealed, for values that otherwise must be (names, addresses,
    free text). ``purposes``: for every column, unless ``purposes_of`` names others for one. ``label``: row ->
    one line for people.
    """
    paths = (subject,) if isinstance(subject, str) else tuple(subject)
    others = {column: tuple(ids) for column, ids in (purposes_of or {}).items()}
    kinds = (dict(columns or {}), dict(nobody or {}), dict(clear or {}))
    DECLARED.holds.append(Holds(target, paths, tuple(purposes), others, *kinds, title, label, _place()))


def nobody(target: Target, *, because: str) -> None:
    """Declare a table that says nothing about any person, and why."""
    DECLARED.nobody.append(Nobody(target, because, _place()))


def cookie(name: str, *, kind: str = "essential", storage: str = "cookie") -> None:
    """Declare a cookie that this code sets, or another ``storage`` on a device that a script of ours fills: a
    name of the policy's STORAGES.

    ``name`` may end in ``*``.
    """
    DECLARED.cookies.append(Cookie(name, kind, _place(), storage))


def read_by_anybody(*addresses: str) -> None:
    """Declare pages that tell the same to everybody, and of which a visit may be counted: "/", or
    "/products/*" with all below.

    Every other page is left out of the count: what is somebody's own, what signs in, what is the desk's.
    """
    DECLARED.read_by_anybody.extend(addresses)


def asks(sent_to: str, names: Mapping[str, str]) -> None:
    """Declare controls that a template writes by hand: the name of the address they are sent to, and name →
    why the answer is nobody's.

    A name may end in ``*``. What a form class draws is declared there.
    """
    DECLARED.asks.setdefault(sent_to, {}).update(names)


def recipient(id: str, *, purposes: Sequence[str], categories: Sequence[str] = ()) -> None:
    """Declare that this code hands personal data to a recipient of the policy's ``recipients.toml``."""
    DECLARED.recipients.append(Recipient(id, tuple(purposes), tuple(categories), _place()))


HERS, DONE = 2, 3


def touchpoint(id: str, *, purposes: Sequence[str], near: int = DONE) -> None:
    """Declare a place where the company and people meet, and the purposes it serves.

    Without it they are dormant.

    ``id`` is the app's label. ``near``: where its tables stand in *Your data* and in the copy. HERS: with
    what a person looks for first, after themselves and their machines; DONE: with what they did.
    """
    DECLARED.touchpoints.append(Touchpoint(id, tuple(purposes), _place(), near))


def nearness_of(label: str) -> int:
    """Where the tables of an app stand, as its touchpoint says; DONE where it says nothing."""
    return next((one.near for one in DECLARED.touchpoints if one.id == label), DONE)


def file(id: str, *, category: str, purposes: Sequence[str], title: str) -> None:
    """Declare a kind of sealed file: what it holds and for which purposes."""
    DECLARED.files.append(StoredFile(id, category, tuple(purposes), title, _place()))


def erases(target: Target, how: str | Rows) -> None:
    """Say what an erasure does with the rows of a table about people: "delete" (which need not be said),
    "forget", or a function.

    "forget" calls each row's own ``forget()``: it empties what was the person's and unlinks them, and the row
    stays as nobody's. A function gets the subject and the rows, inside the erasing transaction, and returns
    how many it dealt with.
    """
    DECLARED.erases.append(Erases(target, how, _place()))


def unlinks(target: Target, column: str) -> None:
    """Declare a UUID column that names somebody on a row about somebody else, like who opened it.

    An erasure empties it, and leaves the row.
    """
    DECLARED.unlinks.append(Unlinks(target, column, _place()))


def shared(target: Target, *, title: str, anonymise: Rows) -> None:
    """Declare a table of things others see too, like posts: who erases themselves chooses whether they go, or
    stay without a name.

    The rows are also declared with ``holds``. ``anonymise`` leaves none of them leading to the person.
    """
    DECLARED.shared.append(Shared(target, title, anonymise, _place()))


def hold(
    target: Target,
    *,
    fields: Sequence[str],
    duty: str,
    purpose: str,
    keeper: str,
    country: Callable[[Any], str],
    since: Callable[[Any], date],
) -> None:
    """Declare sealed fields that a law keeps beyond an erasure (GDPR Art.

    17(3)(b)), under a duty of ``core/policy/law`` by its ``what``.

    ``keeper``: the plain UUID column whose key seals the row's values. An erasure hands the row to a key of
    the hold's own, which ``purpose`` alone may use and which dies at its date; every other sealed field of
    the row must be nullable, and is emptied.
    """
    DECLARED.law.append(Hold(target, tuple(fields), duty, purpose, keeper, country, since, _place()))


def ends(target: Target, event: str, *, at: Any, where: Q | None = None) -> None:
    """Declare when an event of the policy (``purposes.toml`` [events]) happened for a row: from then on a
    purpose's term runs.

    ``at``: a look-up path to a date or a time, a function that gives an expression, or ``event_dates.Latest``
    over rows of another table. Where it is empty, the event has not happened yet, and the row lives; None
    says that it never happens to the row alone. ``where``: rows for which it counts at all; no other is held
    for a purpose that counts from it. Several rooms may speak of one event: then the last of all counts.
    """
    DECLARED.ends.append(Ends(target, event, at, where, _place()))


def born(target: Target, *, at: str) -> None:
    """Declare when a row was collected, for tables without sealed values: it keeps the limits of the version
    of that day.

    Without it, what is not sealed keeps to the shortest term of all versions.
    """
    DECLARED.details.append(Detail(target, "born", at, _place()))


def spares(target: Target, condition: Q) -> None:
    """Declare which rows still have work to do, and are left alone until it is done."""
    DECLARED.details.append(Detail(target, "spares", condition, _place()))


def carries(target: Target, *columns: str) -> None:
    """Declare which columns name a sealed file that dies with the row."""
    DECLARED.details.append(Detail(target, "carries", columns, _place()))
