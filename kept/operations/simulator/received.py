"""What a simulated recipient has received: every message as it came, by whom it was signed, and what it holds
now.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any


class Received:
    """A file of lines, one for each arrival, in their order; and in memory what follows from them."""

    def __init__(self, file: Path) -> None:
        self._file, self._lock = file, threading.Lock()
        self.lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def add(self, recipient: str, body: bytes, *, key: str, refused: str) -> None:
        """One arrival. ``refused``: why it is not taken for the portal's; "" where it is."""
        line = {
            "at": datetime.now(UTC).isoformat(timespec="microseconds"),
            "recipient": recipient,
            "key": key,
            "sha256": sha256(body).hexdigest(),
            "refused": refused,
            "body": body.decode("utf-8", "replace"),
        }
        with self._lock:
            self.lines.append(line)
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(line, ensure_ascii=False) + "\n")

    def of(self, recipient: str) -> list[dict[str, Any]]:
        """The messages it took, each name once, in order."""
        taken: dict[str, dict[str, Any]] = {}
        for line in self.lines:
            if line["recipient"] == recipient and not line["refused"]:
                taken.setdefault(line["key"], json.loads(line["body"]))
        return list(taken.values())

    def held(self, recipient: str) -> Mapping[str, dict[str, Any]]:
        """What it holds, by handle: given, corrected and erased as it was told."""
        people: dict[str, dict[str, Any]] = {}
        for message in self.of(recipient):
            if message["kind"] == "erasure":
                people.pop(message["handle"], None)
            elif message["kind"] in {"disclosure", "correction"}:
                people.setdefault(message["handle"], {}).update(message.get("values", {}))
        return people
