"""The one place where accounts hands a message over to the outbox.

Templates: accounts/mail/<name>.txt, the subject on the first line.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from kept.accounts.models import User
from kept.accounts.second_factors.capabilities import LinkTokens, in_letters
from kept.core.ledger import versions
from kept.outbox import deferred_work
from kept.outbox import mail as outbox
from kept.people.mailboxes import canonical

# All that a template may use of what the library offers: nothing personal but the code itself.
WITH_LINK = "password_reset_code"
UNSENT = frozenset({"unknown_account"})
"""What the library would write to somebody who has no ID: nobody gets mail from us because a stranger typed
their address.
"""
ALLOWED = ("code", "undo_address", "link", "day")


def send(*, to: str, template: str, context: dict[str, Any], user: User | None = None) -> None:
    """Queue one of our mails.

    ``template`` is its bare name, like "password_changed"; ``user`` whom it is about, if the address does not
    say.

    An ID without a person gets none: a mail is sealed under its subject's key, and there is nobody whose key
    that would be.
    """
    user = user or User.objects.filter(email=canonical(to)).first()
    if user is None or user.person_id is None:
        return
    said = {name: context[name] for name in ALLOWED if name in context}
    outbox.mail(
        subject=user.person_id,
        to=to,
        template=f"accounts/mail/{template}.txt",
        context={**said, **_addresses()},
        purpose="security",
    )


def leave(*, to: str, template: str, context: dict[str, Any], user: User | None = None) -> None:
    """As ``send``, by the worker a moment later: the answer to whoever typed an address costs the same,
    whether it leads to somebody or not.
    """
    said = {name: str(context[name]) for name in ALLOWED if name in context}
    deferred_work.leave(
        "accounts.mail", to=to, template=template, user=str(user.pk) if user else "", said=said
    )


@deferred_work.runs("accounts.mail")
def _send_left(*, to: str, template: str, user: str, said: dict[str, Any]) -> None:
    if template not in UNSENT:
        known = User.objects.filter(pk=user).first() if user else None
        if known is None and template == WITH_LINK:
            known = User.objects.filter(email=canonical(to)).first()
        if known is not None and template == WITH_LINK:
            said["link"] = link_for_password(known)
        if known is not None or not user:
            send(to=to, template=template, context=said, user=known)


def link_for_password(user: User) -> str:
    """An address where whoever reads the mail of this ID chooses a password, in any browser.

    What ends it: capabilities.
    """
    parts = {"uidb36": in_letters(user.pk.hex), "key": LinkTokens().make_token(user)}
    return settings.KEPT_SITE + reverse("account_password_link", kwargs=parts)


def _addresses() -> dict[str, str]:
    pages = {
        "reset": "account_reset_password",
        "sign_in": "account_login",
        "security": "account_security",
        "sign_up": "account_signup",
    }
    pages["recovery"] = "account_recovery"
    found = {f"{name}_address": settings.KEPT_SITE + reverse(page) for name, page in pages.items()}
    return {**found, "policy_address": versions.current().policy.company.published_email}
