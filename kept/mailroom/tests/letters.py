"""Mails as people and machines write them, and a domain that signs them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import cache

import dkim

from kept.core.vault.sealing import mail_keys

EVE = "eve@mail.example"


def mail(text: str = "Please tell me.", **heads: str) -> bytes:
    """CRLF, as mail is. ``heads``: further headers, with _ for -; one that is "" is left out."""
    said = {
        "From": f"Eve Example <{EVE}>",
        "To": "privacy@example.com",
        "Subject": "Who has my address?",
        "Date": "Sun, 29 Nov 2026 10:00:00 +0000",
        "Message-ID": "<1@mail.example>",
        **{name.replace("_", "-"): value for name, value in heads.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
    return (head + "\r\n" + text.replace("\n", "\r\n") + "\r\n").encode()


@cache
def pair() -> tuple[bytes, bytes]:
    return mail_keys.new_pair()


def record() -> str:
    return f"v=DKIM1; k=rsa; p={base64.b64encode(pair()[1]).decode()}"


def signed(
    raw: bytes, domain: str = "mail.example", *, leave_out: tuple[bytes, ...] = (), **more: object
) -> bytes:
    names = [one for one in (b"from", b"to", b"subject", b"date", b"message-id") if one not in leave_out]
    head: bytes = dkim.sign(raw, b"s", domain.encode(), pair()[0], include_headers=names, **more)
    return head + raw


def zone(records: Mapping[str, str]) -> Callable[[str], list[str]]:
    """A name server that knows these names and no others."""
    return lambda name: [records[name]] if name in records else []


def zone_of(domain: str = "mail.example", policy: str = "v=DMARC1; p=reject") -> Callable[[str], list[str]]:
    return zone({f"s._domainkey.{domain}": record(), **({f"_dmarc.{domain}": policy} if policy else {})})
