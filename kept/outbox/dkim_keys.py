"""The keys our mail is signed with (DKIM, RFC 6376), so that whoever receives it knows that it is ours.

A key is made, its record is put into the DNS by hand, then it signs; the one before it ends, and its record
may go once no mail that it signed is on its way any more. Private halves lie in a box of the master key.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from email.message import Message as Letter
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from kept.core.vault.sealing import mail_keys
from kept.core.vault.sealing.sealed_box import Box, renew_column, reseals
from kept.lazy_module import LazyModule
from kept.outbox.models import DkimKey

if TYPE_CHECKING:
    import dkim
else:
    # It brings a whole resolver along, 10 MB of every process, and only a domain with a key signs.
    dkim = LazyModule("dkim")

BOX = Box("outbox.dkim")
STAYS = timedelta(days=7)
"""How long the record of a key that signs no more must stay: mail is on its way for up to five days."""
SIGNED = tuple(
    b"from to cc subject date message-id in-reply-to references reply-to mime-version content-type"
    b" content-transfer-encoding auto-submitted".split()
)
RECORD = 255


def make_key(domain: str, *, now: datetime | None = None) -> DkimKey:
    """A new key that signs nothing yet. Its selector is named after the month."""
    stem = f"kept{now or timezone.now():%Y%m}"
    taken = set(DkimKey.objects.filter(domain=domain).values_list("selector", flat=True))
    selector = next(
        one
        for one in (f"{stem}{letter}" for letter in ("", *"bcdefghijklmnopqrstuvwxyz"))
        if one not in taken
    )
    private, public = mail_keys.new_pair()
    row = DkimKey(domain=domain, selector=selector, public=base64.b64encode(public).decode())
    row.private = BOX.seal(private, bound_to=str(row.pk))
    row.save(force_insert=True)
    return row


def use_key(row: DkimKey, *, now: datetime | None = None) -> None:
    """It signs from now on, and the one that did before ends."""
    at = now or timezone.now()
    with transaction.atomic():
        DkimKey.objects.signing(row.domain).exclude(pk=row.pk).update(ended_at=at)
        DkimKey.objects.filter(pk=row.pk).update(used_from=at, ended_at=None)


def forget_old(*, now: datetime | None = None) -> int:
    """Destroy private halves that sign no more. How many."""
    over = (now or timezone.now()) - STAYS
    return DkimKey.objects.filter(ended_at__lt=over).exclude(private=None).update(private=None)


def record_name(row: DkimKey) -> str:
    return f"{row.selector}._domainkey.{row.domain}"


def record_text(row: DkimKey) -> str:
    return f"v=DKIM1; k=rsa; p={row.public}"


def record_line(row: DkimKey) -> str:
    """As it stands in a zone file: strings of at most 255 characters (RFC 1035, 3.3)."""
    text = record_text(row)
    strings = " ".join(f'"{text[at : at + RECORD]}"' for at in range(0, len(text), RECORD))
    return f"{record_name(row)}. IN TXT ( {strings} )"


def signing_key(domain: str) -> DkimKey | None:
    """The key that signs for a domain today; None where none was taken into use."""
    return DkimKey.objects.signing(domain).exclude(private=None).order_by("-used_from").first()


def signature_of(raw: bytes, key: DkimKey) -> bytes:
    """The header that goes before ``raw``, a whole mail with CRLF."""
    private = BOX.open(bytes(key.private or b""), bound_to=str(key.pk))
    present = {line.partition(b":")[0].strip().lower() for line in raw.partition(b"\r\n\r\n")[0].splitlines()}
    # Each is named once more than it stands there: a second one put in on the way breaks the signature.
    headers = [name for name in SIGNED if name in present or name in (b"from", b"subject", b"to")]
    signed: bytes = dkim.sign(
        raw,
        key.selector.encode(),
        key.domain.encode(),
        private,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[*headers, *(name for name in headers if name in present)],
    )
    return signed


def sign_letter(letter: Letter, key: DkimKey) -> None:
    """Have a mail of Django's send itself with its signature before it, over the very bytes that leave."""
    written: Any = letter.as_bytes

    def as_bytes(unixfrom: bool = False, linesep: str = "\n") -> bytes:
        raw: bytes = written(unixfrom=unixfrom, linesep="\r\n")
        whole = signature_of(raw, key) + raw
        return whole if linesep == "\r\n" else whole.replace(b"\r\n", linesep.encode())

    letter.as_bytes = as_bytes  # type: ignore[method-assign, assignment]


@reseals(BOX, table="outbox_dkimkey")
def reseal_keys() -> int:
    return renew_column(BOX, DkimKey, "private")
