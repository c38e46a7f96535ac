"""``kept mail``: take mail in (serve: from a mail server, fetch: from a mailbox), and sign what leaves
(dkim).

``kept run`` starts what is set by itself, without the database.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import threading
from typing import Any

from django.conf import settings
from imapclient.exceptions import IMAPClientError, LoginError

from kept.core.vault.subject_keys.master import master
from kept.mailroom.configuration import faults
from kept.mailroom.receiving import imap_client, lmtp_server
from kept.operations.dkim_command import manage_keys
from kept.outbox import sockets
from kept.terminal import Stop, takes_json

HELP = "Take mail in by LMTP (serve) or from a mailbox (fetch), or manage the keys it is signed with (dkim)."
BESIDE_THE_WEB = "mail"
BESIDE_THE_WEB_IF = "KEPT_LMTP KEPT_IMAP"
BESIDE_THE_WEB_WITH = "serve fetch --configured"
# All that its environment holds of the portal's settings: no database, and no way out for mail.
NEEDS = (
    "KEPT_HOME KEPT_MASTER_KEY_FILE KEPT_SITE KEPT_LMTP KEPT_IMAP KEPT_IMAP_AFTER KEPT_MAIL_LIMIT"
    " KEPT_MAIL_BOUNCES KEPT_LOG_JSON KEPT_DEMO"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="+", choices=["serve", "fetch", "dkim"], help="one or more of them")
    parser.add_argument("--configured", action="store_true", help="leave out what no setting names")
    parser.add_argument("--once", action="store_true", help="fetch: take in what is new, then end")
    parser.add_argument(
        "--older", action="store_true", help="fetch: also what lay in the mailbox before the first visit"
    )
    parser.add_argument("--new", action="store_true", help="dkim: make a key, and print its DNS record")
    parser.add_argument("--use", metavar="SELECTOR", help="dkim: sign with this key from now on")
    parser.add_argument(
        "--unchecked", action="store_true", help="dkim: do not ask the DNS for the record before using a key"
    )
    takes_json(parser)


def run(options: argparse.Namespace) -> int:
    if "dkim" in options.what:
        if len(options.what) > 1:
            raise Stop("Manage the keys by themselves: kept mail dkim.")
        return manage_keys(options)
    sockets.guard("mail")
    # There is no database here to count in: what is refused stands in the log.
    sockets.settle(database="", tell=lambda counts: None)
    for _, wrong, mend in faults():
        raise Stop(f"{wrong} {mend}", code=1)
    master()
    serves = "serve" in options.what and _is_set(options, settings.KEPT_LMTP, "KEPT_LMTP")
    fetches = "fetch" in options.what and _is_set(options, settings.KEPT_IMAP, "KEPT_IMAP")
    if options.once or options.older:
        return _fetch_once(options)
    if not serves and not fetches:
        raise Stop("Neither KEPT_LMTP nor KEPT_IMAP is set, so there is nothing to do.", code=1)
    return asyncio.run(_until_told(serves=serves, fetches=fetches))


def _is_set(options: argparse.Namespace, value: object, name: str) -> bool:
    if value is None and not options.configured:
        raise Stop(f"{name} is not set. docs/mail.md says what to write there.", code=1)
    return value is not None


def _fetch_once(options: argparse.Namespace) -> int:
    if options.what != ["fetch"]:
        raise Stop("--once and --older go with fetch alone: kept mail fetch --once.")
    try:
        taken = imap_client.Fetcher(settings.KEPT_IMAP, older=options.older).once()
    except LoginError:
        raise Stop("The mailbox of KEPT_IMAP refuses the name or the password.", code=1) from None
    except (OSError, IMAPClientError) as trouble:
        raise Stop(f"The mailbox of KEPT_IMAP cannot be read ({type(trouble).__name__}).", code=1) from None
    print(f"{taken} taken in.")
    return 0


async def _until_told(*, serves: bool, fetches: bool) -> int:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    fetcher = _Fetching(loop, stop) if fetches else None
    try:
        if serves:
            door = settings.KEPT_LMTP
            listening = _bound(door)
            # Whoever reads this may come at once.
            print(f"Mail is taken in at {door.host}{f':{door.port}' if door.port else ''}.", flush=True)
            await lmtp_server.serve(listening, stop)
        else:
            await stop.wait()
    finally:
        if fetcher is not None:
            fetcher.end()
    sys.stdout.flush()
    return 1 if fetcher is not None and fetcher.died else 0


def _bound(door: Any) -> Any:
    try:
        return lmtp_server.bound(door)
    except OSError as wrong:
        where = f"port {door.port}" if door.port else door.host
        raise Stop(f"Mail cannot be taken in at {where}: {wrong.strerror}. Set KEPT_LMTP.", code=1) from None


class _Fetching:
    """The mailbox, in a thread of its own. Where that dies, so does the process: nobody else
    would miss it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
        self.died = False
        self._loop, self._told = loop, stop
        self._fetcher = imap_client.Fetcher(settings.KEPT_IMAP)
        self._thread = threading.Thread(target=self._run, name="mailbox", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._fetcher.stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            self._fetcher.run()
        finally:
            self.died = not self._fetcher.stop.is_set()
            self._loop.call_soon_threadsafe(self._told.set)
