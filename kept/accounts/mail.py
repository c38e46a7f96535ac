"""The one place where accounts hands a message over to the outbox. Templates: accounts/mail/<name>.txt, the subject on the first line."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.outbox import mail as outbox
from kept.people.mailboxes import canonical

# All that a template may use of what the library offers: nothing personal but the code itself.
ALLOWED = ("code", "undo_address")


def send(*, to: str, template: str, context: dict[str, Any], user: User | None = None) -> None:
    """Queue one of our mails. ``template`` is its bare name, like "password_changed"; ``user`` whom it is about, if the address does not say.

    An ID without a person gets none: a mail is sealed under its subject's key, and there is nobody whose key that would be.
    """
    user = user or User.objects.filter(email=canonical(to)).first()
    if user is None or user.person_id is None:
        return
    said = {name: context[name] for name in ALLOWED if name in context}
    outbox.mail(subject=user.person_id, to=to, template=f"accounts/mail/{template}.txt", context={**said, **_addresses()}, purpose="security")


def _addresses() -> dict[str, str]:
    pages = {"reset": "account_reset_password", "sign_in": "account_login", "security": "account_security", "sign_up": "account_signup"}
    found = {f"{name}_address": settings.KEPT_SITE + reverse(page) for name, page in pages.items()}
    return {**found, "policy_address": versions.current().policy.company.published_email}
