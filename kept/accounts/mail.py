"""The one place where accounts hands a message over. Templates: accounts/mail/<name>.txt, the subject on the first line."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

# All that a template may use of what the library offers: nothing personal but the code itself.
ALLOWED = ("code", "undo_address")


def send(*, to: str, template: str, context: dict[str, Any]) -> None:
    """Send one of our mails. ``template`` is its bare name, like "password_changed"."""
    said = {name: context[name] for name in ALLOWED if name in context}
    text = render_to_string(f"accounts/mail/{template}.txt", {**said, **_addresses()})
    subject, _, body = text.strip().partition("\n")
    EmailMessage(subject.strip(), body.strip() + "\n", settings.KEPT_MAIL_FROM or None, [to]).send()


def _addresses() -> dict[str, str]:
    pages = {"reset": "account_reset_password", "sign_in": "account_login", "security": "account_security", "sign_up": "account_signup"}
    return {f"{name}_address": settings.KEPT_SITE + reverse(page) for name, page in pages.items()}
