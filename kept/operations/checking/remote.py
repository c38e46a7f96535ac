"""A ledger over the network, as C2SP tlog-tiles serves it.

Whoever serves it is not trusted: sizes, time and addresses are bounded.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from queue import Empty, SimpleQueue
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from kept.core.ledger.notes import signed_note
from kept.core.ledger.notes.keyring import Keyring
from kept.core.ledger.tree import layout
from kept.core.ledger.verifying.offline import ProofBroken, follow, read_head
from kept.operations.checking import notes
from kept.operations.checking.consistency import Ledger
from kept.operations.checking.evidence import Signed

PATIENCE = 15.0
"""In seconds, for one answer as a whole: a server that sends a byte at a time does not hold us up."""
NOTE, KEYS = 64 * 1024, 1024 * 1024
TILES = 4_000
"""A consistency proof reads a few tiles; nothing that is right needs as many as this."""


class RemoteUnreachable(Exception):
    """Nothing was checked: the other side could not be asked. The message says why."""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(
        self, request: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        raise RemoteUnreachable(
            f"{request.full_url} sends us on to {_shown(newurl)}. Name that address yourself if it is the one"
            " you mean: nobody else chooses it."
        )


class Remote:
    """One portal by its address.

    ``key`` is the public key that is trusted (or several of one ledger), or None: then the one it shows, for
    what that is worth.
    """

    def __init__(self, url: str, key: str | Keyring | None = None) -> None:
        self.url = _base(url)
        self._opener: OpenerDirector = build_opener(_NoRedirect)
        self._read = 0
        self.newest: Signed | None = None
        self.told: Signed | None = None
        """The checkpoint under which it shows how its keys followed each other: one more that its ledger must
        continue.
        """
        self.keys = self._followed(Keyring.of(key or self._shown_key()))

    def ledger(self) -> Ledger:
        """Its newest signed checkpoint, and its tiles.

        Raises RemoteUnreachable; ProofBroken for a checkpoint that does not hold.
        """
        text = self._get("checkpoint", NOTE).decode("utf-8", errors="replace")
        found = notes.in_text(text)
        if not found:
            raise ProofBroken(f"{self.url}checkpoint shows no checkpoint.")
        head = read_head(found[0], self.keys)
        self.newest = Signed(head, found[0])

        def load(level: int, number: int) -> bytes:
            path = layout.path_of(level, number, head.size)
            return self._tile(path) if path else b""

        return Ledger(self.url, head, load)

    def cosigned(self) -> list[Signed]:
        """What witnesses signed of it: the newest checkpoint, and the newest that most of them signed.

        Ask for ``ledger`` first.

        Raises ProofBroken, RemoteUnreachable.
        """
        assert self.newest is not None
        try:
            text = self._get("checkpoint/cosigned", NOTE).decode("utf-8", errors="replace")
        except RemoteUnreachable:
            return [self.newest]  # another log, which shows one checkpoint alone
        return [self.newest, *(Signed(read_head(one, self.keys), one) for one in notes.in_text(text)[:1])]

    def _followed(self, trusted: Keyring) -> Keyring:
        """The key that is trusted, with those that the ledger itself says followed or came before.

        Raises ProofBroken, RemoteUnreachable.
        """
        try:
            content = self._get("privacy/keys", KEYS)
        except RemoteUnreachable:
            return trusted  # another log, or a portal from before there were rotations: then it has one key
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            raise ProofBroken(f"{self.url}privacy/keys shows no list of keys.") from None
        keys = follow(trusted, document)
        if len(keys.texts) > len(trusted.texts):
            self.told = Signed(read_head(document["checkpoint"], keys), document["checkpoint"])
        return keys

    def _tile(self, path: str) -> bytes:
        self._read += 1
        if self._read > TILES:
            raise RemoteUnreachable(
                f"{self.url} would have to be asked for more than {TILES:,} tiles, which no proof needs."
            )
        return self._get(f"tile/{path}", layout.FULL)

    def _shown_key(self) -> str:
        text = self._get("privacy/key", NOTE).decode("ascii", errors="replace").strip()
        try:
            signed_note.verifier(text)
        except signed_note.KeyTextWrong:
            raise RemoteUnreachable(
                f"{self.url}privacy/key shows no key. Pass the one you trust with --key."
            ) from None
        return text

    def _get(self, path: str, most: int) -> bytes:
        return _within(PATIENCE, lambda: self._fetched(path, most), self.url)

    def _fetched(self, path: str, most: int) -> bytes:
        request = Request(  # noqa: S310 (http or https: see _base)
            self.url + path, headers={"User-Agent": "kept verify", "Accept-Encoding": "identity"}
        )
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                return _bounded(answer, most, self.url + path)
        except HTTPError as wrong:
            raise RemoteUnreachable(
                f"{self.url}{path} answers {wrong.code}. Is this the address of a portal?"
            ) from None
        except (URLError, HTTPException, OSError, ValueError) as wrong:
            why = getattr(wrong, "reason", wrong)
            raise RemoteUnreachable(
                f"{self.url} cannot be reached ({_shown(str(why) or type(wrong).__name__)}). Nothing was"
                " checked."
            ) from None


def _bounded(answer: HTTPResponse, most: int, address: str) -> bytes:
    content = answer.read(most + 1)
    if len(content) > most:
        raise RemoteUnreachable(
            f"{address} sends more than any portal would ({most:,} bytes). Nothing was checked."
        )
    return content


def _within(seconds: float, ask: Callable[[], bytes], address: str) -> bytes:
    """In a thread that is left behind when it takes too long: it ends with the program."""
    answers: SimpleQueue[bytes | BaseException] = SimpleQueue()

    def run() -> None:
        try:
            answers.put(ask())
        except BaseException as wrong:
            answers.put(wrong)

    threading.Thread(target=run, daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except Empty:
        raise RemoteUnreachable(
            f"{address} did not answer within {seconds:.0f} seconds. Nothing was checked."
        ) from None
    if isinstance(found, BaseException):
        raise found
    return found


def _base(url: str) -> str:
    """The prefix under which checkpoint and tiles lie; the address of either, or of the page beside, is
    understood too.
    """
    parts = urlsplit(url.strip())
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.username
        or parts.query
        or parts.fragment
    ):
        raise RemoteUnreachable(
            f"{_shown(url)} is no address of a portal. Write one like https://portal.example.com."
        )
    path = parts.path.rstrip("/")
    for known in ("/privacy/checkpoint", "/privacy/check", "/checkpoint"):
        path = path.removesuffix(known)
    return f"{parts.scheme}://{parts.netloc}{path}/"


def _shown(text: str) -> str:
    """As Python writes it, and not all of it: a terminal obeys some characters."""
    return ascii(text[:200])[1:-1]
