"""Who may open a connection: the ways out that are declared, and nobody else.

Any other is refused and counted (PEP 578).

Plain Python, without Django: every process of the portal installs it before anything else is imported. What
is counted is the kind of event and the place in the code; never an address, a name or a byte of what should
have left.

It holds for what goes through Python. A library in C that opens sockets by itself raises no event: the driver
of PostgreSQL does (libpq, to the one address of KEPT_DATABASE_URL), and what else could is named in
docs/threat-model.md.
"""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from types import FrameType
from typing import Any

from kept.registry import Registry

log = logging.getLogger("kept.sockets")

CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
RESOLVING = frozenset(
    {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
)
# Another program opens its sockets unseen, and a listening socket lets others fetch what nobody sent.
AROUND = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "socket.bind"},
)
WATCHED = CONNECTING | RESOLVING | AROUND
AGAIN = 2.0
"""Seconds until a count is written once more, where the database did not take it."""


class WayRefused(PermissionError):
    """No declared way out leads there.

    The message names the event and the place in the code, and no value.
    """


@dataclass(frozen=True, slots=True)
class Way:
    """One declared way out. Only the module that declared it can open it."""

    id: str
    title: str
    module: str

    @contextmanager
    def open(self, host: str, port: int | None = None) -> Iterator[None]:
        """Let this thread connect to one machine and port, or to a socket file (``port`` None), until the
        block ends.
        """
        self._is_of(sys._getframe(2).f_globals.get("__name__", ""))
        token = _OPEN.set((host, port))
        try:
            yield
        finally:
            _OPEN.reset(token)

    @contextmanager
    def listen(self, host: str, port: int) -> Iterator[None]:
        """Let this thread listen at one address and port of this machine, until the block ends: others may
        then come in there, and it leads nowhere out.
        """
        self._is_of(sys._getframe(2).f_globals.get("__name__", ""))
        token = _LISTENING.set((host, port))
        try:
            yield
        finally:
            _LISTENING.reset(token)

    def _is_of(self, caller: str) -> None:
        if caller != self.module:
            raise WayRefused(
                f"The way out “{self.id}” belongs to {self.module}, and {caller} tried to open it."
            )


@dataclass(frozen=True, slots=True)
class Refusal:
    """``place``: module and function of the code that tried. ``event``: which of WATCHED."""

    process: str
    event: str
    place: str


Tell = Callable[[Mapping[Refusal, int]], None]

WAYS: Registry[Way] = Registry("ways out", "where a connection may lead")
_OPEN: ContextVar[tuple[str, int | None] | None] = ContextVar("a way out that is open", default=None)
_LISTENING: ContextVar[tuple[str, int] | None] = ContextVar("where this listens", default=None)
# A try whose refusal is the very thing that is being proven is not told of as somebody's.
_TRYING: ContextVar[bool] = ContextVar("a refusal is tried out", default=False)
_lock = threading.Lock()
_counted: Counter[Refusal] = Counter()


class _State:
    process = ""
    database = ""
    installed = False
    tell: Tell | None = None
    teller: threading.Thread | None = None


def way(id: str, title: str) -> Way:
    """Declare a way out, at the top of the module that takes it.

    The list is on the page of promises, and a test holds it.
    """
    WAYS.add(id, Way(id, title, sys._getframe(1).f_globals["__name__"]))
    return WAYS[id]


def guard(process: str) -> None:
    """Watch this process from now on: "web", "worker", "mail" or "collector".

    It cannot be taken back, as no audit hook can.

    Raises RuntimeError where a try of its own was not refused.
    """
    install()
    _State.process = process
    if holes := tried():
        raise RuntimeError(
            f"This Python does not let connections be watched ({', '.join(holes)}), so nothing may start."
        )


def install() -> None:
    """Hang the hook in, once; it watches nothing until ``guard`` names the process."""
    if not _State.installed:
        _State.installed = True
        sys.addaudithook(_hook)


def guarded() -> str:
    """Which process this is; "" where nothing is watched."""
    return _State.process


def settle(*, database: str, tell: Tell) -> None:
    """``database``: the host its driver may look up.

    ``tell``: writes counts; called from a thread of its own, until it does not raise.
    """
    _State.database, _State.tell = database.casefold(), tell


def refused() -> Counter[Refusal]:
    """What was refused in this process, and is not written yet."""
    with _lock:
        return Counter(_counted)


def write() -> None:
    """Hand the counts on, and forget them once they were taken."""
    told = refused()
    if told and _State.tell:
        _State.tell(told)
        with _lock:
            _counted.subtract(told)
            for one in [one for one, count in _counted.items() if count <= 0]:
                del _counted[one]


def tried() -> list[str]:
    """Try each kind of way out from here, to nowhere; which of them was not refused. Counts nothing."""
    install()
    token, held = _TRYING.set(True), _OPEN.set(None)
    try:
        return [name for name, attempt in _ATTEMPTS.items() if not _is_refused(attempt)]
    finally:
        _TRYING.reset(token)
        _OPEN.reset(held)


def _is_refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except WayRefused:
        return True
    except OSError:
        return False
    return False


def _connect() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as made:
        made.settimeout(0.01)
        made.connect(("127.0.0.1", 9))


def _send() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.sendto(b"", ("127.0.0.1", 9))


_ATTEMPTS: Mapping[str, Callable[[], object]] = {
    "a connection": _connect,
    "a datagram": _send,
    "a name looked up": lambda: socket.getaddrinfo("kept.invalid", 9),
    # The event alone: what it stands for is not done even where nobody watches.
    "another program": lambda: sys.audit("subprocess.Popen", "true", ["true"], None, None),
    "a shell": lambda: sys.audit("os.system", b"true"),
}


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if event not in WATCHED or not (_State.process or _TRYING.get()):
        return
    if _allows(event, args):
        return
    place = _place(sys._getframe(1))
    if not _TRYING.get():
        _count(Refusal(_State.process, event, place))
        log.error("A way out was refused: %s in %s. Nothing leaves but through the outbox.", event, place)
    raise WayRefused(f"No declared way out leads there ({event} in {place}).")


def _allows(event: str, args: tuple[Any, ...]) -> bool:
    opened = _OPEN.get()
    if event in RESOLVING:
        return _resolves(args, opened[0] if opened else None)
    if event in AROUND and event != "socket.bind":
        return False
    made, address = args
    if address is None:
        # A message on a socket that is connected: that it was connected has been judged.
        return True
    if made.family == socket.AF_UNIX:
        return opened == (_text(address), None)
    if event == "socket.bind":
        return isinstance(address, tuple) and _LISTENING.get() == (address[0], address[1])
    return opened is not None and _leads_to(address, *opened)


def _leads_to(address: Any, host: str, port: int | None) -> bool:
    """The port that was named; and the very address, where the way was opened to one and not to a name."""
    return isinstance(address, tuple) and address[1] == port and (not _is_number(host) or address[0] == host)


def _resolves(args: tuple[Any, ...], host: str | None) -> bool:
    asked = args[0][0] if args and isinstance(args[0], tuple) else args[0] if args else None
    if asked is None or _is_number(text := _text(asked).casefold()):
        # Nothing is asked of anybody. Whether it may be reached is asked when it is.
        return True
    if _State.database and text == _State.database:
        return True
    # Whoever says to a mail server who it is looks up its own name.
    return host is not None and text in {host.casefold(), socket.gethostname().casefold()}


def _is_number(text: str) -> bool:
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _place(frame: FrameType | None) -> str:
    """The nearest code of ours that led here; else where the thread began, which is a library's."""
    name = "?"
    while frame is not None:
        module = str(frame.f_globals.get("__name__", "?"))
        if module != __name__:
            name = f"{module}.{frame.f_code.co_name}"
            if module.split(".")[0] == "kept":
                break
        frame = frame.f_back
    return name[:120]


def _count(refusal: Refusal) -> None:
    with _lock:
        _counted[refusal] += 1
        # Not from here: a transaction may be open, and the database may be what just connects.
        if _State.tell and _State.teller is None:
            _State.teller = threading.Thread(target=_tell_until_taken, name="refusals", daemon=True)
            _State.teller.start()


def _tell_until_taken() -> None:
    while True:
        try:
            write()
        except Exception as error:  # the database may be what is down, and the count must outlive that
            log.error("What was refused could not be counted yet: %s.", type(error).__name__)
            time.sleep(AGAIN)
        with _lock:
            if not _counted:
                _State.teller = None
                return
