"""Another signing key for the same ledger.

It may be killed at any point: then the old key holds, or the new one does, and never both.

The file of the key is replaced in one step, with the note that both keys signed, while nobody can fold.
Before that step nothing is so; after it everything else follows: the next look at the key publishes it, the
next fold puts the act into the tree.
"""

from __future__ import annotations

import fcntl
import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kept.core.ledger import fold
from kept.core.ledger.models import Checkpoint, FoldState, Version, Withdrawal
from kept.core.ledger.notes import keyring, sign, signed_note, succession
from kept.core.ledger.notes.keyring import Keyring, Succession
from kept.core.ledger.notes.sign import SigningKeyError
from kept.core.ledger.tree import merkle

_MARGIN = 0.1
"""Seconds that there must be between what is made ready and the moment from which on the old key counts no
more.
"""
_SECOND = timedelta(seconds=1)


class KeysBusy(SigningKeyError):
    """Another command holds the folder of the keys."""


def rotate(*, wait: Callable[[float], None] = sleep) -> Succession:
    """A new key follows the old one, which is destroyed here.

    Takes a second or two; everybody goes on meanwhile, and signs with the new one.

    Raises SigningKeyError, and what ``fold`` raises: then the old key holds.
    """
    with _alone():
        sign.signer()
        fold.fold()
        with transaction.atomic():
            made = _replaced()
        sign.signer()
        # Until then the old key may be in somebody's hand still; from then on whatever it signs is refused.
        wait(max(0.0, (made.at - timezone.now()).total_seconds()))
    fold.fold_if_allowed()
    return made


def undo_unfinished() -> bool:
    """Remove the new key of a rotation that was killed before it counted.

    Whether there was one: of one under way nothing is touched.
    """
    if not _next().exists():
        return False
    try:
        with _alone():
            return True
    except KeysBusy:
        return False


def _replaced() -> Succession:
    state = FoldState.objects.select_for_update().filter(pk=1).first() or FoldState()
    newest = Checkpoint.objects.order_by("-size").values_list("size", "root").first() or (0, merkle.EMPTY)
    if newest[0] != state.size:
        raise SigningKeyError(
            "The newest checkpoint is not of the whole tree, so it cannot be the old key's last one. Run:"
            " kept ledger verify"
        )
    old, keys = sign.signer(), sign.keys()
    private, new = _generated(keys)
    while True:
        at = _moment()
        step = keyring.write(old, new, size=newest[0], root=bytes(newest[1]), at=at)
        _write_next(private, Keyring((*keys.texts, step.new), (*keys.steps, step)))
        if timezone.now() < at:
            break
    succession.tell(step)
    _take_its_place()
    return step


def _generated(keys: Keyring) -> tuple[str, signed_note.Signer]:
    taken = {signed_note.verifier(text).key_id for text in keys.texts}
    while True:
        private = signed_note.generate(keys.name)
        made = signed_note.signer(private)
        if made.key_id not in taken:
            return private, made


def _moment() -> datetime:
    """The next whole second, behind everything the old key has dated.

    Raises SigningKeyError where the clock is behind that.
    """
    at = datetime.fromtimestamp(math.ceil(timezone.now().timestamp() + _MARGIN), UTC)
    before = [step.at for step in sign.keys().steps]
    if before and timedelta(0) <= before[-1] - at < _SECOND:
        at = before[-1] + _SECOND  # the one before was killed while it waited
    dated = [
        Checkpoint.objects.aggregate(last=Max("at"))["last"],
        Version.objects.aggregate(last=Max("published_at"))["last"],
        Withdrawal.objects.aggregate(last=Max("at"))["last"],
        *before,
    ]
    last = max(filter(None, dated), default=at - _SECOND)
    if last >= at:
        raise SigningKeyError(
            f"By this machine's clock, what the key signed on {last:%-d %B %Y, %H:%M} UTC is yet to come, and"
            " would be refused. Set the clock right first."
        )
    return at


def _next() -> Path:
    return Path(f"{settings.KEPT_SIGNING_KEY_FILE}.next")


def _write_next(private: str, keys: Keyring) -> None:
    text = "".join(f"{line}\n" for line in [private, *sign.lines(keys)[1:]])
    try:
        sign.replace(_next(), text)
    except OSError as wrong:
        raise SigningKeyError(
            f"The new signing key cannot be written beside the old one ({_next()}: {wrong.strerror}), so"
            " nothing was changed. Let Kept write there while the key is rotated."
        ) from None


def _take_its_place() -> None:
    """The one step that counts. The bytes of the old key are overwritten."""
    path = Path(settings.KEPT_SIGNING_KEY_FILE)
    try:
        old = os.open(path, os.O_RDWR)
        try:
            os.replace(_next(), path)
            sign.sync(path.parent)
            os.pwrite(old, os.urandom(os.fstat(old).st_size), 0)
            os.fsync(old)
        finally:
            os.close(old)
    except OSError as wrong:
        raise SigningKeyError(
            f"The signing key {path} cannot be replaced: {wrong.strerror}. Let Kept write there while it is"
            " rotated."
        ) from None


def _forget_next() -> bool:
    """It, and what was not whole yet when it was written.

    Its bytes are overwritten: a key that nobody was told of is a key all the same.
    """
    found = [place for place in (_next(), *_next().parent.glob(f".{_next().name}.*")) if place.exists()]
    for place in found:
        with place.open("r+b") as file:
            file.write(os.urandom(place.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        place.unlink()
    return bool(found)


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else changes a key meanwhile; what is left of a rotation that did not come to its end is
    removed, before and after.
    """
    folder = os.open(Path(settings.KEPT_SIGNING_KEY_FILE).parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise KeysBusy("Another command is changing a key just now. Wait until it is done.") from None
        _forget_next()
        try:
            yield
        finally:
            _forget_next()
    finally:
        os.close(folder)
