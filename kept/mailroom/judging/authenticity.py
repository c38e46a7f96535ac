"""Whether a mail comes from the domain it says it is from: its signatures (DKIM, RFC 6376), aligned with the
domain of the one address in From as DMARC has it (RFC 7489).

A domain that publishes no policy counts like one that asks for nothing: an aligned signature proves it as
well. An address behind a mail server's envelope (SPF) is not asked: whoever hands mail in here is our own
mail server.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses

import authheaders
import dkim
from authres import DKIMAuthenticationResult
from dkim.canonicalization import ALGORITHMS, Relaxed, compress_whitespace

from kept.mailroom.judging.name_lookups import LookUp, NoAnswerNow
from kept.people.mailboxes import ascii_host

PROVEN, NOT_PROVEN, LATER = "proven", "unproven", "later"
SIGNATURES = 5
"""How many signatures of one mail are looked at: each costs a look-up, and a hash over all of it."""
LONGEST_HEAD = 200_000
LONGEST_SIGNATURE = 8_000
"""Bytes of one: the library compares a longer one with itself, blank by blank."""
# The library tells of each signature that does not hold, and there is nothing to be done about it.
_SILENT = logging.getLogger("kept.mailroom.dkim")
_SILENT.setLevel(logging.CRITICAL + 1)


class _Relaxed(Relaxed):
    """The same result, in one pass: the library looks for the end of a line anew from each blank of a run,
    and a mail of blanks alone would keep it busy for days.
    """

    @staticmethod
    def canonicalize_body(body: bytes) -> bytes:
        found: bytes = Relaxed.canonicalize_body(compress_whitespace(body))
        return found


ALGORITHMS[_Relaxed.name] = _Relaxed


@dataclass(frozen=True, slots=True)
class Verdict:
    """``result``: PROVEN, NOT_PROVEN, or LATER where no name server answered. ``domain``: that of From."""

    result: str
    domain: str = ""


def judge(raw: bytes, look_up: LookUp) -> Verdict:
    """Whose mail it is, as its signatures show. Never raises for anything a mail says."""
    domain = _domain_of(raw)
    if not domain:
        return Verdict(NOT_PROVEN)
    try:
        signed_by = _signers(raw, look_up)
        if not any(_aligned(domain, signer, look_up) for signer in signed_by):
            return Verdict(NOT_PROVEN, domain)
    except NoAnswerNow:
        return Verdict(LATER, domain)
    return Verdict(PROVEN, domain)


def _domain_of(raw: bytes) -> str:
    return ascii_host(author_of(raw).rpartition("@")[2])


def author_of(raw: bytes) -> str:
    """The one address the mail is from, which is all that a signature vouches for. Several, or several such
    headers, prove nothing, and are "": which of them a reader is shown differs.
    """
    head = raw[:LONGEST_HEAD].partition(b"\r\n\r\n")[0]
    if len(head) >= LONGEST_HEAD:
        return ""
    try:
        message = BytesParser(policy=compat32).parsebytes(head + b"\r\n\r\n", headersonly=True)
        named = [str(value) for name, value in message.raw_items() if name.lower() == "from"]
        found = getaddresses(named)
    except (MessageError, ValueError, IndexError, TypeError, LookupError, RecursionError):
        return ""
    if len(named) != 1 or len(found) != 1 or "@" not in found[0][1]:
        return ""
    return found[0][1]


def _signers(raw: bytes, look_up: LookUp) -> list[str]:
    """The domains of every signature that holds for all of the mail. Raises NoAnswerNow."""
    away: list[bool] = []

    def key_of(name: bytes | str, timeout: int = 5) -> bytes | None:
        try:
            found = look_up(
                (name.decode("ascii", "replace") if isinstance(name, bytes) else name).rstrip(".")
            )
        except NoAnswerNow:
            away.append(True)
            return None
        return next((one.encode() for one in found if "p=" in one), None)

    holds = []
    for number in range(min(_count_of(raw), SIGNATURES)):
        one = dkim.DKIM(raw, logger=_SILENT, minkey=1024)
        with suppress(Exception):  # whatever the library trips over proves nothing
            if one.verify(idx=number, dnsfunc=key_of) and _covers_all(one):
                holds.append(one.signature_fields[b"d"].decode("ascii").lower())
    if not holds and away:
        raise NoAnswerNow
    return holds


def _count_of(raw: bytes) -> int:
    with suppress(Exception):  # a head that begins with a blank, and whatever else is no head
        found = [value for name, value in dkim.rfc822_parse(raw)[0] if name.lower() == b"dkim-signature"]
        return len(found) if all(len(value) <= LONGEST_SIGNATURE for value in found) else 0
    return 0


def _covers_all(one: dkim.DKIM) -> bool:
    """A signature over the first l bytes lets anybody write on below them; one that leaves the subject out,
    write another's reference into it.
    """
    subjects = sum(name.lower() == b"subject" for name, _ in one.headers)
    return b"l" not in one.signature_fields and b"subject" in one.include_headers and subjects == 1


def _aligned(domain: str, signer: str, look_up: LookUp) -> bool:
    """Raises NoAnswerNow."""

    def policy_of(name: str) -> str | None:
        found = [one for one in look_up(name) if one.startswith("v=DMARC1")]
        return found[0] if len(found) == 1 else None

    if _organisation(domain) != _organisation(signer):
        return False
    result = DKIMAuthenticationResult(result="pass", header_d=signer)
    try:
        said = authheaders.dmarc_per_from(domain, dkim_result=result, dnsfunc=policy_of)[0]
    except authheaders.dmarc_lookup.DMARCException:
        return False
    return said in {"none", "pass"}


def _organisation(domain: str) -> str:
    """Whose domain it is, by the list of public suffixes. Under a top level the list does not know, as
    inside a company's own network, the library takes the top level itself, and everybody there for one.
    """
    found = str(authheaders.get_org_domain(domain))
    return found if "." in found else ".".join(domain.split(".")[-2:])
