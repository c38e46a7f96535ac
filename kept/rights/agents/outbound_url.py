"""Tell an address somebody else chose, without being led anywhere inside: https alone, public addresses
alone, no redirect, no long wait.

The name is resolved once, every answer is judged, and the connection goes to the very address that was
judged: a second look-up cannot swap it.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from kept.outbox import sockets

CONNECT = 5.0
"""Seconds to wait for a connection, and for each answer on it."""
ALTOGETHER = 15.0
"""Seconds after which the connection is cut, however slowly the other side drips."""
LOCAL = frozenset({"localhost", "127.0.0.1"})
CALLBACKS = sockets.way("agents", "The status of a request, at the address its authorised agent named")


class Unreachable(Exception):
    """It was not told.

    ``for_good``: trying again cannot help. The message is a word of our own, never what the other side said.
    """

    def __init__(self, message: str, *, for_good: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good


def problem(url: str) -> str:
    """Why this address can never be told, in one sentence; "" when it may.

    Asks no name server: that is for the moment it is told.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "status_callback is not an address."
    host = parts.hostname or ""
    if not url.isascii() or any(sign.isspace() for sign in url) or not host or port == 0:
        return "status_callback is not an address."
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "status_callback carries a password or a fragment. Leave them out."
    if parts.scheme == "http" and _local(parts):
        return ""
    if parts.scheme != "https":
        return "status_callback begins with https://."
    try:
        return "" if public(ip_address(host)) else "status_callback is not a public address."
    except ValueError:
        # A name. Numbers in other notations than the usual are names to nobody but a careless resolver.
        return (
            ""
            if "." in host and not host.rpartition(".")[2][:1].isdigit()
            else "status_callback is not a public address."
        )


def public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it lies in the open net, an IPv4 address wrapped into an IPv6 one included."""
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if wrapped is None and int(address) >> 32 == 0x0064FF9B << 64:
            wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped:
            return public(wrapped)
    return address.is_global and not address.is_multicast and not address.is_reserved


def post(url: str, body: bytes, *, headers: dict[str, str]) -> None:
    """POST it; any 2xx is told. The answer's body is never read. Raises Unreachable."""
    wrong = problem(url)
    if wrong:
        raise Unreachable("address refused", for_good=True)
    parts = urlsplit(url)
    connection = _Pinned(parts, _judged(parts))
    cut = Timer(ALTOGETHER, connection.cut)
    cut.daemon = True
    cut.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with CALLBACKS.open(connection.address, connection.port):
            connection.request("POST", path, body=body, headers=headers)
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as trouble:
        raise Unreachable(type(trouble).__name__) from None
    finally:
        cut.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise Unreachable(f"answered {status}")


def _local(parts: SplitResult) -> bool:
    return bool(settings.AGENTS_MAY_BE_LOCAL) and parts.hostname in LOCAL


def _judged(parts: SplitResult) -> str:
    """One address of the host, when all of them may be reached. Raises Unreachable."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with CALLBACKS.open(host, port):
            found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise Unreachable("no such host") from None
    for text in found:
        address = ip_address(text.partition("%")[0])
        if not (public(address) or (_local(parts) and address.is_loopback)):
            raise Unreachable("not a public address")
    return min(found, key=lambda text: (":" in text, text))


class _Pinned(http.client.HTTPConnection):
    """Speaks to one judged address, in the name of the host: TLS checks the certificate against the name."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        secure = parts.scheme == "https"
        super().__init__(parts.hostname or "", parts.port or (443 if secure else 80), timeout=CONNECT)
        self.default_port = 443 if secure else 80
        self.address = address
        self._context = ssl.create_default_context() if secure else None

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self._context is not None:
            # Wrapped before the handshake, so that a handshake which drips can be cut as well.
            secured = self._context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = secured
            secured.do_handshake()

    def cut(self) -> None:
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # closed already
