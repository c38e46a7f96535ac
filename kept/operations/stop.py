"""How a command ends early."""

from __future__ import annotations


class Stop(Exception):
    """A command ends with a sentence for whoever typed it. ``code`` is 1 (does not hold) or 2 (misuse)."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code
