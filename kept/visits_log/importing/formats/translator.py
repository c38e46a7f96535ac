"""A piece of a log, line by line in the words of the combined format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from kept.visits_log.importing import cleaning
from kept.visits_log.importing.formats.words import NOT_TOLD

DIRECTIVE = ""
"""What comes of a line that tells of the log, and of no visit."""
Read = Callable[[str], str | None]
_UNTOLD = f'"{NOT_TOLD}"'


class Translator:
    """``read`` says a line in other words, or None for what is no line of its format."""

    def __init__(self, read: Read, *, quoted: bool = False, headed: bool = False) -> None:
        """``quoted``: quotes inside of quotes are written as Apache does. ``headed``: what its lines mean
        stands before them.
        """
        self._read, self._quoted, self.headed = read, quoted, headed
        self.agentless = False
        self._rest = b""

    def line(self, raw: bytes) -> str | None:
        """Total over any line without its end."""
        text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
        said = self._read(text)
        self.agentless = self.agentless or bool(said and _UNTOLD in said)
        return said

    def skip(self, data: bytes) -> None:
        """What was read before, piece by piece: nothing of it is wanted but what heads the lines to come."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > cleaning.LONGEST:
            self._rest = b"-"  # no head of anything is as long
        for raw in whole:
            if raw.startswith((b"#", b"\xef\xbb\xbf#")):
                self.line(raw.removesuffix(b"\r"))

    def piece(self, data: bytes, *, longer: bool = False) -> tuple[int, Counter[str], bytes]:
        """As ``cleaning.clean``: how many lines, which were refused, and the rest."""
        lines, refused, data = cleaning.sift(data, longer=longer)
        if self._quoted:
            data = cleaning.unquoted(data)
        kept = []
        for raw in data.split(b"\n")[:-1]:
            said = self.line(raw)
            if said == DIRECTIVE:
                lines -= 1
                continue
            turned = said.encode("utf-8", "replace") if said is not None else b""
            reason = cleaning.BROKEN if said is None else cleaning.reason_against(turned)
            if reason:
                refused[reason] += 1
            else:
                kept.append(turned)
        kept.append(b"")
        return lines, refused, b"\n".join(kept)
