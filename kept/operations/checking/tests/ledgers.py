"""A ledger in memory, with a key of its own: what it signs, and what a portal would serve of it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kept.core.ledger.notes import signed_note
from kept.core.ledger.tree import layout, merkle
from kept.core.ledger.tree.layout import WIDTH

ORIGIN = "portal.example.com/ledger"


class Book:
    """``entries``: what its leaves hold. Whoever rewrites it passes others, and the same ``key``."""

    def __init__(
        self, many: int, *, rewritten: int | None = None, key: str = "", origin: str = ORIGIN
    ) -> None:
        self.key = key or signed_note.generate(origin)
        self.leaves = [
            merkle.leaf_hash(b"%d%s" % (at, b"!" if at == rewritten else b"")) for at in range(many)
        ]

    @property
    def public(self) -> str:
        return signed_note.signer(self.key).public_text

    @property
    def nodes(self) -> merkle.Nodes:
        return merkle.in_memory(self.leaves)

    def checkpoint(self, size: int | None = None, *, more: str = "2026-11-29T08:00:00.000000+00:00\n") -> str:
        size = len(self.leaves) if size is None else size
        signer, root = signed_note.signer(self.key), merkle.root(size, self.nodes)
        return signed_note.sign_note(
            signer, f"{signer.name}\n{size}\n{base64.b64encode(root).decode()}\n{more}"
        )

    def tile(self, level: int, number: int) -> bytes:
        size = len(self.leaves) >> (layout.HEIGHT * level)
        return b"".join(
            self.nodes(layout.HEIGHT * level, at)
            for at in range(number * WIDTH, min(size, (number + 1) * WIDTH))
        )

    def pages(self) -> dict[str, bytes]:
        """Every address a portal answers."""
        found = {"/checkpoint": self.checkpoint().encode(), "/privacy/key": self.public.encode() + b"\n"}
        for level in range(3):
            for number in range((len(self.leaves) >> (8 * level)) // WIDTH + 1):
                if path := layout.path_of(level, number, len(self.leaves)):
                    found[f"/tile/{path}"] = self.tile(level, number)
        return found


@contextmanager
def serving(pages: dict[str, bytes | tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """A server that answers these, on a free port: bytes, or a status with headers and bytes."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = pages.get(self.path, (404, {}, b"no"))
            status, headers, body = said if isinstance(said, tuple) else (200, {}, said)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
