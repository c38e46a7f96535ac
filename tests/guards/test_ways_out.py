"""Which code may open a connection, and that every process is watched before it does anything."""

from __future__ import annotations

import ast

import pytest

from tests.guards.tree import ROOT, calls, named, sources

PROGRAM = [path for path in sources() if "tests" not in path.parts and ROOT / "kept" in path.parents]


def test_these_are_all_the_ways_there_are() -> None:
    """Whoever adds one says so here, and in docs/threat-model.md."""
    declared = {
        (named(path), call.args[0].value)
        for path in PROGRAM
        for call in calls(path, "way")
        if ast.unparse(call.func) == "sockets.way" and isinstance(call.args[0], ast.Constant)
    }
    assert declared == {
        ("kept/outbox/delivery.py", "mail"),
        ("kept/outbox/transport.py", "recipients"),
        ("kept/mailroom/judging/name_lookups.py", "names"),
        ("kept/mailroom/receiving/imap_client.py", "mailbox"),
        ("kept/mailroom/receiving/lmtp_server.py", "lmtp"),
        ("kept/rights/agents/outbound_url.py", "agents"),
        ("kept/operations/witness/client.py", "witnesses"),
        ("kept/touchpoints/visits/sending.py", "visits"),
        ("kept/touchpoints/visits/socket_server.py", "collecting"),
    }
    documented = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    assert [id for _, id in declared if f"`{id}`" not in documented] == []


@pytest.mark.parametrize(
    ("file", "process", "before"),
    [
        ("wsgi.py", "web", "django.setup()"),
        ("operations/commands/worker.py", "worker", "look_before_starting()"),
        ("operations/commands/mail.py", "mail", "asyncio.run("),
        ("touchpoints/visits/commands/collect.py", "collector", "environment.read("),
    ],
)
def test_every_process_is_watched_before_it_does_anything(file: str, process: str, before: str) -> None:
    source = (ROOT / "kept" / file).read_text("utf-8")
    assert source.index(f'sockets.guard("{process}")') < source.rindex(before)
