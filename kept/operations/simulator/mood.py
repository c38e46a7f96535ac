"""How a simulated recipient behaves."""

from __future__ import annotations

MOODS = {
    "acknowledges": "says that it has it, signed with its key",
    "stores": "says 200 and nothing else",
    "slow": "acknowledges after a while",
    "hangs": "takes it and never answers",
    "down": "answers 503",
    "moves": "sends elsewhere (302)",
    "wrong": "acknowledges another message",
    "unsigned": "acknowledges without a signature",
    "forges": "acknowledges, signed with a key that is not its own",
    "replays": "answers as it answered the first message of all",
    "denies": "acknowledges, and says afterwards that it has nothing",
}
