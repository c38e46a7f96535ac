"""Deliver what is due: at least once, always under the same Message-ID, on the record before the bytes
leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext

from kept.core.ledger import versions
from kept.core.ledger.notes import checkpoint
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased, VaultError
from kept.core.vault.readers import Job, SystemReader
from kept.outbox import deferred_work, dkim_keys, send_rules, sockets
from kept.outbox.mail import language_of
from kept.outbox.models import Message
from kept.outbox.return_addresses import return_address
from kept.sentences import sentence

POSTMAN = SystemReader(job="outbox.deliver")
PROVIDER = "mail-provider"
"""The recipient of the policy folder that carries our mail, where it leaves this machine."""
MAIL = sockets.way("mail", sentence("Mail, to the server of KEPT_MAIL"))


def deliver(most: int = 50) -> int:
    """Write what was left to be written, and deliver up to ``most`` due messages. Returns how many went."""
    deferred_work.run_due()
    went = 0
    for _ in range(most):
        message = Message.claim(timezone.now())
        if message is None:
            break
        went += _one(message)
    return went


def _one(message: Message) -> int:
    try:
        letter = _record_and_open(message)
    except KeyErased:
        message.trouble, message.due_at, message.given_up_at = (
            "KeyErased",
            None,
            timezone.now(),
        )
        message.save(update_fields=["trouble", "due_at", "given_up_at"])
        return 0
    except (send_rules.DoorClosed, VaultError) as closed:
        # A version published meanwhile may forbid it. It must not stand in the way of other people's mail.
        message.failed(type(closed).__name__)
        return 0
    try:
        with MAIL.open(settings.EMAIL_HOST, settings.EMAIL_PORT):
            letter.send()
    # Refused, timed out, unreachable: smtplib's errors are all OSErrors; or an address no server takes.
    except (OSError, ValueError) as trouble:
        message.failed(type(trouble).__name__)
        return 0
    message.delivered()
    return 1


def _record_and_open(message: Message) -> EmailMessage:
    """The letter in the clear. Its entry is in the ledger when this returns, so before a byte leaves."""
    leaves = not settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")
    if leaves:
        policy = versions.current().policy
        recipient = send_rules.check(policy, PROVIDER, purpose=message.purpose, at=timezone.localdate()).id
    else:
        recipient = ""
    with gate.purpose(message.purpose, reader=POSTMAN, about=Job(f"message {message.pk}")) as act:
        act.kind = "sent"
        act.touch(message.subject, what=f"Mail: {message.template}", recipient=recipient)
        to, heading, body, answers = message.to, message.heading, message.body, message.answers
        message.goes_to(recipient)
    with translation.override(language_of(message.subject)):
        text = body + footer()
    return Outgoing(message, to, heading, text, answers=(answers or "").split(), leaves=leaves)


def message_id(message: UUID) -> str:
    """The Message-ID of a mail of ours, the same at each try: whoever answers it names it."""
    return f"<{message}@{urlsplit(settings.KEPT_SITE).hostname}>"


def message_named(id: str) -> UUID | None:
    """Which mail of ours a Message-ID names; None for those of others."""
    found, _, host = id.strip().strip("<>").partition("@")
    if host.lower() != urlsplit(settings.KEPT_SITE).hostname:
        return None
    try:
        return UUID(found)
    except ValueError:
        return None


class Outgoing(EmailMessage):
    """One mail with what mail servers and programs are told beside its text: its name, the conversation it
    belongs to, whether a machine wrote it, where it comes back to, and whose it is (DKIM).
    """

    def __init__(
        self, row: Message, to: str, heading: str, text: str, *, answers: Sequence[str], leaves: bool
    ) -> None:
        headers = {"Message-ID": message_id(row.pk), "Auto-Submitted": "auto-generated"}
        if row.by_hand:
            del headers["Auto-Submitted"]
        if answers:
            headers |= {"In-Reply-To": answers[-1], "References": " ".join(answers)}
        author = sender()
        headers["From"] = author
        super().__init__(heading, text, return_address(row.pk) or author, [to], headers=headers)
        domain = parseaddr(author)[1].rpartition("@")[2].lower()
        self._key = dkim_keys.signing_key(domain) if leaves else None

    def message(self, **given: Any) -> Any:
        letter = super().message(**given)
        if self._key is not None:
            dkim_keys.sign_letter(letter, self._key)
        return letter


def sender() -> str:
    """The address mail comes from: the operator's own, or the one the policy publishes."""
    return settings.KEPT_MAIL_FROM or versions.current().policy.company.published_email


def footer() -> str:
    """The latest checkpoint, in every mail: whoever keeps one of ours can prove later that we rewrote the
    ledger.
    """
    note = checkpoint.latest()
    if note is None:
        return ""
    kept = gettext(
        "Our ledger on the day of this mail. Keep it: a later ledger that does not contain it was rewritten."
    )
    check = gettext("Check it: {address}").format(address=f"{settings.KEPT_SITE}/privacy/check/")
    return f"\n-- \n{kept}\n{check}\n{note}"
