"""kept witness: a process that signs checkpoints of ledgers that were only ever continued.

No KEPT_HOME, no database, no Django.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from kept.core.ledger.notes import signed_note
from kept.operations.witness.server import PATH, Door
from kept.operations.witness.state import Book, BookError
from kept.terminal import Stop, report, takes_json

HELP = "Witness the ledgers of others: sign each checkpoint that continues the last one, and no other."
DJANGO = False


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--home",
        type=Path,
        default=Path("~/.kept-witness"),
        metavar="FOLDER",
        help="its own folder (default: ~/.kept-witness)",
    )
    parser.add_argument(
        "--name", metavar="NAME", help="begin: who signs, like witness.example.org; it stays for good"
    )
    parser.add_argument(
        "--add",
        action="append",
        default=[],
        metavar="KEY",
        help="watch a ledger: its public key, from /privacy/key; then end",
    )
    parser.add_argument(
        "--drop",
        action="append",
        default=[],
        metavar="KEY",
        help="after a rotation: hear this old key of a ledger no more; then end",
    )
    parser.add_argument(
        "--list", action="store_true", help="say who this witness is and what it signed last, then end"
    )
    parser.add_argument(
        "--bind", default="127.0.0.1", metavar="ADDRESS", help="where to listen (default: 127.0.0.1)"
    )
    parser.add_argument("--port", type=int, default=8020, help="(default: 8020)")
    takes_json(parser)


def run(options: Namespace) -> int:
    home = options.home.expanduser().resolve()
    try:
        if options.name:
            Book.begin(home, options.name)
        book = Book(home)
        for key in options.add:
            book.add(key)
        for key in options.drop:
            book.drop(key)
        return (
            _listed(options, book)
            if options.add or options.drop or options.list or options.name
            else _serve(options, book)
        )
    except BookError as wrong:
        raise Stop(str(wrong)) from None


def _listed(options: Namespace, book: Book) -> int:
    watched = book.watched()
    lines = [
        f"Witness: {book.key.public_text}",
        *(
            f"{one.origin}: {one.size:,} entries, by {' and '.join(map(signed_note.fingerprint, one.keys))}"
            for one in watched
        ),
        *(
            []
            if watched
            else ["It watches nothing yet: kept witness --add KEY, with the key of /privacy/key."]
        ),
    ]
    data = {
        "witness": book.key.public_text,
        "ledgers": [{"origin": one.origin, "size": one.size, "keys": one.keys} for one in watched],
    }
    book.close()
    return report(options, holds=True, lines=lines, data=data)


def _serve(options: Namespace, book: Book) -> int:
    book.watched()  # a damaged one is said now, and not to the first who asks
    try:
        asyncio.run(_until_told(options, book))
    except OSError as wrong:
        raise Stop(
            f"The witness cannot listen on {options.bind}, port {options.port}: {wrong.strerror}.", code=1
        ) from None
    return 0


async def _until_told(options: Namespace, book: Book) -> None:
    server = await Door(book).open(options.bind, options.port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    where = server.sockets[0].getsockname()
    print(f"Witness {book.key.public_text}\nListening on http://{where[0]}:{where[1]}{PATH}", flush=True)
    await stop.wait()
    server.close()
    sys.stdout.flush()
