"""What the DNS says of a name: TXT records, asked of this machine's own name servers and of nobody else."""

from __future__ import annotations

from collections.abc import Callable

import dns.exception
import dns.rdatatype
import dns.resolver

from kept.outbox import sockets
from kept.sentences import sentence

NAMES = sockets.way("names", sentence("Name servers, for the keys that mail is signed with"))
PORT, PATIENCE, MOST = 53, 4.0, 10
LookUp = Callable[[str], list[str]]
"""The TXT records of a name, each as one text; none where there are none. Raises NoAnswerNow."""


class NoAnswerNow(Exception):
    """No name server answered. What it would have said is not known, and may be asked later."""


def txt_records(name: str) -> list[str]:
    """Ask the name servers of /etc/resolv.conf, one after the other. Raises NoAnswerNow."""
    try:
        resolver = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        raise NoAnswerNow from None
    for server in list(resolver.nameservers)[:3]:
        resolver.nameservers = [str(server)]
        try:
            with NAMES.open(str(server), PORT):
                answer = resolver.resolve(
                    name, dns.rdatatype.TXT, lifetime=PATIENCE, search=False, raise_on_no_answer=False
                )
        except (dns.resolver.NXDOMAIN, dns.exception.SyntaxError, UnicodeError):
            return []
        except (dns.exception.DNSException, OSError) as trouble:
            if isinstance(trouble, dns.name.LabelTooLong | dns.name.NameTooLong | dns.name.EmptyLabel):
                return []
            continue
        found = list(answer.rrset or ())[:MOST]
        return [b"".join(one.strings).decode("utf-8", "replace") for one in found]
    raise NoAnswerNow
