"""Checkpoints in a text, whatever a mail program made of it: quoted, wrapped, encoded, with its blank lines
lost or doubled.

Being tolerant costs nothing here: what is found is put together as it was signed, and only then does the
signature decide.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from html import unescape

_DASH = "\N{EM DASH}"
_SIGNED = re.compile(r"^[\u2014\u2013-]{1,2} ?(\S{1,250})(?: ([A-Za-z0-9+/]{20,400}={0,2}))?$")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{20,400}={0,2}")
_ROOT = re.compile(r"[A-Za-z0-9+/]{43}=")
_QUOTED = re.compile(r"^(?:[ \t]*[>|])+ ?")
_TAG = re.compile(r"<(?:br|/p|/div|/li|/tr)\b[^>]{0,500}>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]{1,2000}>")
LARGEST = 32_000_000
"""In bytes. What comes after is not looked at; mail servers stop before."""
TEXT = 4_000_000
"""In characters, of one part."""
MOST = 10_000
"""Checkpoints of one text: a whole folder of mails."""
PARTS, BOUNDARIES = 200, 50
LONGEST = 12
"""Lines of a checkpoint: origin, size, root, and what later versions may add."""


def in_bytes(raw: bytes) -> list[str]:
    """Every checkpoint in a text file or a mail (RFC 5322), as signed notes; whether a signature holds is
    asked elsewhere.
    """
    raw = raw[:LARGEST]
    found = dict.fromkeys(note for text in _texts(raw) for note in in_text(text))
    return list(found)[:MOST]


def in_text(text: str) -> list[str]:
    """Every checkpoint in a text, as signed notes, in their order."""
    lines = [_plain(line) for line in text[:TEXT].splitlines()]
    return [note for at, line in enumerate(lines) if _ROOT.fullmatch(line) and (note := _note(lines, at))][
        :MOST
    ]


def _texts(raw: bytes) -> Iterator[str]:
    """The bytes as they are, and what a mail program would show of them."""
    plain = raw[:TEXT].decode("utf-8", errors="replace")
    yield plain
    if b"=E2=80=94" in raw or b"=\n" in raw or b"=\r\n" in raw:
        yield quopri.decodestring(raw[:TEXT]).decode("utf-8", errors="replace")
    if b":" not in raw[:2000] or len(re.findall(rb"boundary\s{0,4}=", raw, re.IGNORECASE)) > BOUNDARIES:
        return
    try:
        for number, part in enumerate(message_from_bytes(raw, policy=policy.compat32).walk()):
            if number >= PARTS:
                return
            content = part.get_payload(decode=True) if part.get_content_maintype() == "text" else None
            if isinstance(content, bytes):
                said = content[:TEXT].decode("utf-8", errors="replace")
                yield _without_tags(said) if part.get_content_subtype() == "html" else said
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError):
        return  # what Python's own parser stumbles over was looked through as it is


def _without_tags(html: str) -> str:
    return unescape(_ANY_TAG.sub("", _TAG.sub("\n", html)))


def _plain(line: str) -> str:
    """Without the marks of a quotation, and without the spaces a mail program puts at either end."""
    return _QUOTED.sub("", line).replace("\N{NO-BREAK SPACE}", " ").strip()


def _note(lines: list[str], root: int) -> str:
    """The note whose root stands on this line: origin and size above it, the signatures below; "" where it is
    none.
    """
    above = [line for line in lines[max(0, root - 6) : root] if line][-2:]
    if len(above) < 2 or not (above[1].isascii() and above[1].isdigit() and len(above[1]) <= 18):
        return ""
    text, signatures = [*above, lines[root]], list[str]()
    at = root + 1
    while at < len(lines) and len(text) + len(signatures) < 4 * LONGEST:
        signed, used = _signature(lines, at)
        if signed:
            signatures.append(signed)
        elif signatures and lines[at]:
            break
        elif lines[at]:
            if len(text) >= LONGEST or _ROOT.fullmatch(lines[at]):
                break
            text.append(lines[at])
        at += used
    return "\n".join([*text, "", *signatures, ""]) if signatures else ""


def _signature(lines: list[str], at: int) -> tuple[str, int]:
    """A signature line, put together where it was wrapped, and how many lines it took; "" where it is
    none.
    """
    found = _SIGNED.match(lines[at])
    if found is None:
        return "", 1
    name, encoded, used = found[1], found[2] or "", 1
    # A program wraps at the space, or wherever its lines end.
    while at + used < len(lines) and used < 6 and not _whole(encoded) and _more(lines[at + used]):
        encoded += lines[at + used]
        used += 1
    return (f"{_DASH} {name} {encoded}", used) if _BASE64.fullmatch(encoded) else ("", 1)


def _whole(encoded: str) -> bool:
    """Ed25519: four bytes of the key's id and 64 of the signature.

    Others are longer, and end with their padding.
    """
    return len(encoded) >= 92 and len(encoded) % 4 == 0


def _more(line: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9+/]{1,400}={0,2}", line))
