"""One key per data subject. Loading is one query for many; destroying is for ever."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Cast

from kept.core.consent.consent_state import of_row
from kept.core.consent.models import StandingRow
from kept.core.ledger import versions
from kept.core.policy.verdict import Standing
from kept.core.prepared import Prepared, Sweeping, fit_all, send
from kept.core.vault.columns.plain_rows import KeyRow, Token
from kept.core.vault.errors import KeyErased, MasterKeyProblem, VaultError
from kept.core.vault.sealing import seal
from kept.core.vault.subject_keys.master import MasterKey, create_master_key, load, make_master_key, master

__all__ = [
    "Key",
    "MasterKey",
    "alias",
    "aliases_of",
    "check_master_key",
    "create_master_key",
    "destroy",
    "enrol",
    "enrol_many",
    "erased",
    "load",
    "load_keys",
    "make_master_key",
    "subjects_of",
]

_T = TypeVar("_T")
# SQLite takes 32,766 parameters in one query.
_AT_ONCE = 20_000
# As texts: most people have said nothing yet, and one look at "[]" is cheaper than reading it.
_SAID = [
    Cast(f"standing__{name}", models.TextField())
    for name in ("consents", "objections", "restrictions", "given_under")
]
_GATE = ("pk", "wrapped", "alias", "controller")
_ALIAS = Prepared(lambda subject: KeyRow.objects.filter(pk=subject).values_list("alias"))
_ONE = Prepared(lambda subject: KeyRow.objects.filter(pk=subject).values_list(*_GATE, *_SAID))
_MANY = Prepared(lambda subjects: KeyRow.objects.filter(pk__in=subjects.many()).values_list(*_GATE, *_SAID))
_NAMED = Prepared(
    lambda subjects: KeyRow.objects.filter(pk__in=subjects.many()).values_list("pk", "wrapped", "alias")
)


class Key:
    """An unwrapped key for the length of an act, with what the gate must know about the subject.

    Never stored, never pickled.
    """

    __slots__ = (
        "alias",
        "answers",
        "bound",
        "cipher",
        "controller",
        "opened",
        "standing",
        "subject",
        "_material",
    )

    def __init__(
        self, subject: UUID, material: bytes, alias: bytes, controller: str, standing: Standing
    ) -> None:
        self.subject = subject
        # What a seal is bound to, before the row's own id.
        self.bound = subject.bytes
        self.alias = alias
        self.controller = controller
        self.standing = standing
        self.cipher = seal.cipher(material)
        self._material = material
        # Filled by the act: decisions already taken, and how often each field was opened.
        self.answers: dict[tuple[str, bytes], bool] = {}
        self.opened: dict[str, int] = {}

    def salt(self, act_id: UUID) -> bytes:
        """32 bytes that hide this person's part of a ledger entry from everybody without the key."""
        return hmac.digest(self._material, b"ledger salt" + act_id.bytes, "sha256")

    def __repr__(self) -> str:
        return "<key>"

    def __reduce__(self) -> Any:
        raise VaultError("A person's key never leaves the process.")


def enrol(subject: UUID, controller: str) -> None:
    """Give a new subject a key and an alias.

    Raises VaultError when there is one already: two keys would break what the first sealed.
    """
    enrol_many((subject,), controller)


def enrol_many(subjects: Collection[UUID], controller: str) -> None:
    """As ``enrol``, for many new subjects in two statements. All of them, or none."""
    key = master()
    try:
        with transaction.atomic():
            StandingRow.objects.bulk_create(
                [StandingRow(pk=subject) for subject in subjects], ignore_conflicts=True
            )
            KeyRow.objects.bulk_create([_new_row(key, subject, controller) for subject in subjects])
            # Asked again once the rows are in: whoever destroys a generation waits for them, or was quicker.
            if key.id not in master().generations:
                raise MasterKeyProblem(
                    "The master key was destroyed in this very moment, and nothing was kept. Try again."
                )
    except IntegrityError:
        raise VaultError("This subject has a key already.") from None


def _new_row(key: MasterKey, subject: UUID, controller: str) -> KeyRow:
    name = os.urandom(16)
    return KeyRow(
        standing_id=subject,
        wrapped=seal.wrap(key, seal.new_key(), subject.bytes + name),
        alias=name,
        controller=controller,
    )


def load_keys(subjects: Collection[UUID]) -> dict[UUID, Key]:
    """The keys of those subjects that have one; one query (per 20,000).

    What is missing from the answer was erased.
    """
    found: dict[UUID, Key] = {}
    for some in _batches(subjects):
        known = dict(zip(fit_all(some), some, strict=True))
        rows = _MANY.raw(some) if len(some) > 1 else _ONE.raw(some[0])
        # Read after the rows: a rotation writes the file first.
        unwrap = seal.unwrapper(master())
        for raw, wrapped, name, controller, *said in rows:
            subject, name = known[raw], bytes(name)
            found[subject] = Key(
                subject,
                unwrap(bytes(wrapped), subject.bytes + name),
                name,
                controller,
                _standing(*said, _ruling(said)),
            )
    return found


def named(subjects: Collection[UUID], act_id: UUID) -> dict[UUID, tuple[bytes, bytes]]:
    """(alias, salt) for the ledger's entry about many subjects: as ``load_keys`` and ``Key.salt``, without
    what opens values.
    """
    found: dict[UUID, tuple[bytes, bytes]] = {}
    said = b"ledger salt" + act_id.bytes
    for some in _batches(subjects):
        known = dict(zip(fit_all(some), some, strict=True))
        rows = _NAMED.raw(some)
        unwrap = seal.unwrapper(master())
        for raw, wrapped, name in rows:
            subject, name = known[raw], bytes(name)
            found[subject] = (
                name,
                hmac.digest(unwrap(bytes(wrapped), subject.bytes + name), said, "sha256"),
            )
    return found


def key_of(subject: UUID) -> Key:
    """Raises KeyErased."""
    key = load_keys((subject,)).get(subject)
    if key is None:
        raise KeyErased("This person's key was destroyed, and with it everything it sealed.")
    return key


def erased(subject: UUID) -> bool:
    return not KeyRow.objects.filter(pk=subject).exists()


def alias(subject: UUID) -> bytes:
    """The 16 bytes by which the ledger knows this subject. Raises KeyErased."""
    found = _ALIAS.first(subject)
    if found is None:
        raise KeyErased("This person's key was destroyed, and nothing leads to them any more.")
    return bytes(found[0])


def destroy(subject: UUID) -> bool:
    """Destroy the key, the standing and every index entry of a subject, in one transaction.

    False when there was no key.

    Sealed rows may stay: nobody can open them again. The bytes of the key linger in the database's own files
    until it is cleaned (SQLite: a checkpoint; PostgreSQL: a vacuum): whoever gives a receipt says when that
    was done.
    """
    with transaction.atomic(savepoint=False):
        gone, *_ = send([one.of(subject) for one in _destroying(tuple(apps.get_models()))])
    return bool(gone)


def subjects_of(aliases: Collection[bytes]) -> dict[bytes, UUID]:
    """Whom the ledger means by these aliases; whose key was destroyed is missing from the answer."""
    found: dict[bytes, UUID] = {}
    for some in _batches(aliases):
        found |= {
            bytes(name): subject
            for name, subject in KeyRow.objects.filter(alias__in=some).values_list("alias", "pk")
        }
    return found


def aliases_of(subjects: Collection[UUID]) -> dict[UUID, bytes]:
    """By what name the ledger knows these subjects; who was erased is missing."""
    found: dict[UUID, bytes] = {}
    for some in _batches(subjects):
        found |= {
            subject: bytes(name)
            for subject, name in KeyRow.objects.filter(pk__in=some).values_list("pk", "alias")
        }
    return found


def check_master_key() -> None:
    """Raises MasterKeyProblem when the master key is missing, too open, or not the one this database was
    sealed with.
    """
    current = master()
    first = KeyRow.objects.values_list("wrapped", flat=True).first()
    if first is not None:
        current.generation(seal.wrapped_by(bytes(first)))


def _ruling(said: Sequence[str]) -> int:
    """The version by which a yes may have ended; 0 for whoever said none."""
    return versions.seen() if said[3] != "{}" else 0


@lru_cache(maxsize=4096)
def _standing(consents: str, objections: str, restrictions: str, given_under: str, ruling: int) -> Standing:
    """Equal choices give the very same Standing, so that an act decides once for all who made them.

    A yes may end with a version.
    """
    said = (json.loads(one) for one in (consents, objections, restrictions, given_under))
    return of_row(
        StandingRow(**dict(zip(("consents", "objections", "restrictions", "given_under"), said, strict=True)))
    )


def _batches(subjects: Iterable[_T]) -> Iterator[list[_T]]:
    waiting = iter(subjects)
    while some := list(islice(waiting, _AT_ONCE)):
        yield some


@lru_cache(maxsize=4)
def _destroying(every: tuple[type[models.Model], ...]) -> list[Sweeping]:
    """The key first, then the tokens, every model's blind indexes, and the standing, on which the key
    hangs.
    """
    emptied = []
    for model in every:
        columns = [index.attname for index in getattr(model, "blind_indexes", tuple)()]
        if columns:
            emptied.append(Sweeping(partial(_rows_of, model), **dict.fromkeys(columns)))
    key, tokens = (
        Sweeping(lambda subject: KeyRow.objects.filter(pk=subject)),
        Sweeping(lambda subject: Token.objects.filter(subject=subject)),
    )
    return [key, tokens, *emptied, Sweeping(lambda subject: StandingRow.objects.filter(pk=subject))]


def _rows_of(model: Any, subject: Any) -> models.QuerySet[Any, Any]:
    return models.QuerySet(model).filter(model.of_subject(subject))
