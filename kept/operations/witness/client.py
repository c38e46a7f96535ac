"""The portal asks its witnesses, from the worker.

Each is asked in a thread of its own, which knows the network and no database.

The job waits a second at most: who answers later is heard at the next round, who does not answer is asked
ever more seldom, and whatever a witness sends is only kept once it fits the checkpoint. So none can hold
anything up.
"""

from __future__ import annotations

import http.client
import logging
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from kept.core.ledger.notes import checkpoint, cosignatures
from kept.core.ledger.notes.cosignatures import Word
from kept.core.ledger.tree import merkle, tiles
from kept.operations.witness import protocol
from kept.operations.witness.configuration import Named
from kept.outbox import sockets

WITNESSES = sockets.way(
    "witnesses", "A checkpoint and hashes of the tree, to the witnesses of KEPT_WITNESSES"
)
PATIENCE, ALTOGETHER = 5.0, 15.0
"""Seconds for a step of an answer, and for all of it."""
WAIT = 1.0
"""Seconds the job gives an answer that is on its way."""
FIRST, LONGEST = 10.0, 3600.0
"""Seconds until a witness that did not sign is asked again: doubled each time."""
REFRESH = timedelta(hours=1)
"""A quiet ledger is signed again so often, for the time in it."""
LARGEST = 16 * 1024
CONFLICT, UNPROVEN = 409, 422

log = logging.getLogger("kept.witnesses")


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` 0: it was not reached, and ``text`` is a word of our own."""

    status: int
    text: str


@dataclass(slots=True)
class Conversation:
    """With one witness. ``old``: the size it signed last, as far as we know; None before it was looked up."""

    old: int | None = None
    size: int = 0
    thread: threading.Thread | None = None
    answers: list[Answer] = field(default_factory=list)
    failures: int = 0
    again: float = 0.0


TALKS: dict[str, Conversation] = {}


def ask(named: tuple[Named, ...], *, wait: float = WAIT) -> int:
    """Ask whoever is due, hear whoever answered, and return how many said something new."""
    newest = checkpoint.latest_row()
    if not named or newest is None:
        return 0
    size, note = newest
    words = cosignatures.words([one.key for one in named])
    for one in named:
        talk = TALKS.setdefault(one.key, Conversation())
        if talk.thread is None and time.monotonic() >= talk.again and _due(words.get(one.key), size):
            _begin(one, talk, words.get(one.key), size, note)
    end = time.monotonic() + wait
    heard = 0
    for one in named:
        talk = TALKS[one.key]
        if talk.thread is not None:
            talk.thread.join(max(0.0, end - time.monotonic()))
            if not talk.thread.is_alive():
                talk.thread = None
                heard += _hear(one, talk, words.get(one.key), size)
    return heard


def _due(word: Word | None, size: int) -> bool:
    return word is None or word.at is None or word.size != size or timezone.now() - word.at > REFRESH


def _begin(one: Named, talk: Conversation, word: Word | None, size: int, note: str) -> None:
    if talk.old is None or talk.old > size:
        talk.old = min(word.size, size) if word and word.at else 0
    path = merkle.consistency(talk.old, size, tiles.reader()) if 0 < talk.old < size else []
    talk.size, talk.answers = size, []
    body = protocol.write(talk.old, path, note)
    talk.thread = threading.Thread(
        target=_post, args=(one.url, body, talk.answers), name="witness", daemon=True
    )
    talk.thread.start()


def _hear(one: Named, talk: Conversation, word: Word | None, newest: int) -> int:
    """Keep what was said. 1 where the next question can be asked at once or something new is kept."""
    said = talk.answers[0] if talk.answers else Answer(0, "no answer")
    if said.status == 200 and cosignatures.signed(one.key, talk.size, _line_of(one, said.text)):
        talk.old, talk.failures, talk.again = talk.size, 0, time.monotonic() + 1.0
        return 1
    known = _size(said.text) if said.status == CONFLICT else None
    if known is not None and known != talk.old and known <= newest:
        talk.old = known
        talk.failures += 1
        talk.again = time.monotonic() + (FIRST if talk.failures > 3 else 0.0)
        return 1
    talk.failures += 1
    talk.again = time.monotonic() + min(FIRST * 2 ** min(talk.failures - 1, 12), LONGEST)
    if said.status == UNPROVEN or (known is not None and known >= talk.size):
        log.error(
            "The witness %s refuses: it signed another ledger than this one. Compare with its owner what it"
            " signed last.",
            one.name,
        )
        if word is None or word.at is not None:
            cosignatures.refused(one.key, talk.size)
            return 1
    else:
        log.warning(
            "The witness %s did not sign (%s); asked again in %d s.",
            one.name,
            said.status or said.text,
            talk.again - time.monotonic(),
        )
    return 0


def _line_of(one: Named, text: str) -> str:
    """The one line of this witness: an answer may hold more (a rotated key's), and only ours is kept."""
    key_id = one.key.split("+")[1]
    lines = [f"{line}\n" for line in text.split("\n") if line.startswith(f"\N{EM DASH} {one.name} ")]
    return next((line for line in lines if protocol.key_id(line) == key_id), "")


def _size(text: str) -> int | None:
    try:
        return protocol.number(text.removesuffix("\n"))
    except protocol.RequestWrong:
        return None


def _post(url: str, body: bytes, answers: list[Answer]) -> None:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(
        host, port, timeout=PATIENCE
    )
    cut = threading.Timer(ALTOGETHER, _cut, [connection])
    cut.daemon = True
    cut.start()
    try:
        with WITNESSES.open(host, port):
            connection.request(
                "POST",
                f"{parts.path}/add-checkpoint",
                body=body,
                headers={"User-Agent": "kept", "Accept-Encoding": "identity"},
            )
            answer = connection.getresponse()
            text = answer.read(LARGEST + 1)
        answers.append(
            Answer(answer.status, text.decode("utf-8", "replace"))
            if len(text) <= LARGEST
            else Answer(0, "too long an answer")
        )
    except (OSError, http.client.HTTPException, ValueError) as trouble:
        answers.append(Answer(0, type(trouble).__name__))
    finally:
        cut.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # closed already
