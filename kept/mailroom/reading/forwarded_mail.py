"""Who first sent a mail that somebody forwards: from the head that Outlook, Gmail, Apple Mail and Thunderbird
put above it, in four languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from kept.people.mailboxes import canonical

FORWARDED = re.compile(r"^\s*(?:\[[^\]]*\]\s*)?(?:fwd?|wg|tr|doorst|i|rv)\s*:", re.IGNORECASE)
"""How a subject says that it is forwarded: English, German, French, Dutch."""
_LABELS = {
    "from": ("from", "von", "de", "van"),
    "subject": ("subject", "betreff", "objet", "sujet", "onderwerp"),
    "date": ("date", "sent", "datum", "gesendet", "envoyé", "date d'envoi", "verzonden", "verstuurd"),
    "to": ("to", "an", "à", "aan", "pour", "cc", "kopie", "reply-to", "répondre à", "antwort an"),
}
_NAMED = {label: kind for kind, labels in _LABELS.items() for label in labels}
_LINE = re.compile(r"^[>*\s|]*(?P<label>[^\W\d_][^\W\d_'’ -]{0,14})[\s*|]*:[\s*|]*(?P<value>.*?)[\s*|]*$")
_MARKER = re.compile(
    r"^[>\s]*(?:-{2,}\s*(?:forwarded message|original message|weitergeleitete nachricht"
    r"|ursprüngliche nachricht|message transféré|message d['’]origine|doorgestuurd bericht"
    r"|oorspronkelijk bericht)\s*-{2,}|begin forwarded message:|anfang der weitergeleiteten nachricht:"
    r"|début du message (?:réexpédié|transféré)\s*:|begin doorgestuurd bericht:|_{8,}|-{8,})\s*$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>\[\](),;:\"']{1,64}@[^\s<>\[\](),;:\"']{1,255}")
_QUOTE = re.compile(r"^\s*> ?")
LOOKED_AT = 400
"""Lines of a mail in which the head is looked for."""
BLOCK = 12
"""Lines, empty ones among them, that a head may have."""


@dataclass(frozen=True, slots=True)
class FirstMail:
    """``comment``: what whoever forwarded it wrote above."""

    sender: str
    name: str
    subject: str
    text: str
    comment: str = ""


def first_mail(text: str) -> FirstMail | None:
    """The mail that is forwarded in a text; None where no head, or more than one sender, stands in it."""
    lines = text.replace("’", "'").splitlines()
    plain = text.splitlines()
    for at in range(min(len(lines), LOOKED_AT)):
        found, end = _head(lines, at)
        if "from" not in found or len(found) < 3:
            continue
        name, address = _mailbox(found["from"])
        if not address:
            return None
        above = [line for line in plain[:at] if line.strip("> ") and not _MARKER.match(line)]
        # Where the head is quoted, all of it is.
        quoted = plain[at].lstrip().startswith(">")
        below = "\n".join(_QUOTE.sub("", line) if quoted else line for line in plain[end:]).strip()
        return FirstMail(address, name, found.get("subject", ""), below, "\n".join(above).strip())
    return None


def _head(lines: list[str], at: int) -> tuple[dict[str, str], int]:
    """What a head that begins on this line says, and the line after it."""
    found: dict[str, str] = {}
    line, end, open_ = at, at, ""
    while line < len(lines) and line < at + BLOCK * 2 and len(found) < BLOCK:
        said = _LINE.match(lines[line])
        kind = _NAMED.get(said["label"].strip().casefold()) if said else None
        if said is not None and kind is not None:
            if kind not in found:
                found[kind] = said["value"]
            # Out of a table the value stands on the next line.
            open_, end = ("" if said["value"] else kind), line + 1
        elif open_ and lines[line].strip():
            found[open_], open_, end = lines[line].strip(" *|>\t"), "", line + 1
        elif lines[line].strip(" >") or line == at:
            break
        line += 1
    return found, end


def _mailbox(said: str) -> tuple[str, str]:
    """(name, address); ("", "") where there is none, or more than one. Names with a comma are not quoted."""
    found = {canonical(one) for one in _ADDRESS.findall(said)}
    if len(found) != 1:
        return "", ""
    (address,) = found
    try:
        EmailValidator()(address)
    except ValidationError:
        return "", ""
    name = _ADDRESS.split(said, maxsplit=1)[0].removesuffix("mailto:")
    return name.strip(" <>[]()\"'")[:200], address
