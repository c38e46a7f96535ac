"""A witness as others meet it: a process, asked over HTTP, killed in the middle and started again."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

from kept.__main__ import main
from kept.core.ledger.notes import cosignature
from kept.operations.witness.tests.processes import ask, witnessing
from kept.operations.witness.tests.trees import Log


def test_a_witness_that_was_killed_signs_nothing_else_afterwards(tmp_path: Path) -> None:
    log, home = Log(), tmp_path / "witness"
    assert (
        main(["witness", "--home", str(home), "--name", "witness.example.org", "--add", log.key.public_text])
        == 0
    )
    with witnessing(home) as (process, key, url):
        status, _, line = ask(url, log.asks(0, 200))
        assert status == 200
        assert cosignature.cosigned(log.checkpoint(200) + line, cosignature.verifier(key)) is not None
        process.kill()
    log.rewrite(3)
    with witnessing(home) as (_, again, url):
        assert again == key
        assert ask(url, log.asks(0, 200))[:1] == (409,)
        assert ask(url, log.asks(200, 250))[0] == 422
        assert ask(url, log.asks(150, 250)) == (409, "text/x.tlog.size", "200\n")
        _hostile(url, log)


def _hostile(url: str, log: Log) -> None:
    """None of these takes the witness away from the next who asks."""
    place = urlsplit(url)
    waiting = [socket.create_connection((place.hostname or "", place.port or 0)) for _ in range(20)]
    for one in waiting:
        one.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 4000\r\n\r\nold")
    assert ask(url, b"x" * 70_000)[0] == 413
    assert ask(url, b"\xff\n\n")[0] == 400
    assert ask(url, b"", method="GET")[0] == 405
    assert ask(url, b"", path="/elsewhere")[0] == 404
    log.rewrite(3)
    assert ask(url, Log("elsewhere.example").asks(0, 9))[0] == 404
    for one in waiting:
        one.close()
