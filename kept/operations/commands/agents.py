"""kept agents: who may exercise people's rights over the Data Rights Protocol, by the directory file, and
since when each has its token.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from datetime import datetime

from django.conf import settings

from kept.rights.agents import directory
from kept.rights.agents.models import Token
from kept.terminal import Stop

HELP = "The authorised agents of the directory, and which of them hold a token."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="say it as JSON")


def run(options: Namespace) -> int:
    try:
        known = directory.agents()
    except directory.DirectoryWrong as wrong:
        raise Stop(str(wrong), code=1) from None
    held = [
        token
        for token in Token.objects.filter(until=None)
        if token.agent in known and token.key == known[token.agent].fingerprint
    ]
    since = {token.agent: token.since for token in held}
    found = [_said(one, since.get(one.id)) for one in sorted(known.values(), key=lambda one: one.id)]
    if options.json:
        print(json.dumps({"business": directory.business_id(), "agents": found}))
        return 0
    print(f"Agents address this company as {directory.business_id()}.")
    if settings.KEPT_AGENTS is None:
        print("KEPT_AGENTS names no directory, so no agent is known.")
    for one in found:
        print(
            f"{one['id']}  {one['name']}, key {one['key'][:16]}…,"
            f" {'token since ' + one['token_since'] if one['token_since'] else 'no token yet'}"
        )
    return 0


def _said(agent: directory.Agent, since: datetime | None) -> dict[str, str]:
    return {
        "id": agent.id,
        "name": agent.name,
        "key": agent.fingerprint,
        "technical_contact": agent.technical_contact,
        "token_since": since.isoformat(timespec="seconds") if since else "",
    }
