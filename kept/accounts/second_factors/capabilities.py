"""What a mail, or a browser on its way in, may still do for an ID, and the acts that end it.

Codes lie in the sealed session of the browser that asked for them; links carry a token made of the ID's own
state. Whatever changes who an ID belongs to ends both, under the lock of the ID's row, so that nobody slips
through in between (docs/decisions/0025).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils import timezone

from kept.accounts.models import Session, User


class Overtaken(Exception):
    """Somebody else changed this ID meanwhile, or ended this browser: nothing begun before may go on."""


_HEX, _LETTERS = "0123456789abcdef", "ghjkmnpqrstvwxyz"


def in_letters(hex: str) -> str:
    """Hex digits as letters: what stands in a mail must never look like a payment card number, which no seal
    takes.
    """
    return hex.translate(str.maketrans(_HEX, _LETTERS))


def in_hex(letters: str) -> str:
    return letters.translate(str.maketrans(_LETTERS, _HEX))


class LinkTokens(PasswordResetTokenGenerator):
    """The key of a link that lets somebody choose a password.

    It ends with its use (a new password), with another address, with ``end_pending``, with the ID, and after
    PASSWORD_RESET_TIMEOUT.
    """

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return "|".join(
            map(
                str,
                (
                    user.pk,
                    user.password,
                    user.email,
                    user.confirmed_at,
                    user.voided_at,
                    user.closed_at,
                    timestamp,
                ),
            )
        )

    def make_token(self, user: Any) -> str:
        stamp, _, mark = super().make_token(user).partition("-")
        return f"{stamp}-{in_letters(mark)}"

    def check_token(self, user: Any, token: str | None) -> bool:
        stamp, _, mark = (token or "").partition("-")
        return user is not None and user.is_active and super().check_token(user, f"{stamp}-{in_hex(mark)}")


def end_pending(user: User, *, but: str = "") -> None:
    """Codes that wait in browsers, sign-ins half done and links that were mailed are worth nothing from here
    on.

    ``but``: the mark of the session that goes on. Joins the transaction, and locks the ID until its end.
    """
    user.voided_at = timezone.now()
    User.objects.filter(pk=user.pk).update(voided_at=user.voided_at)
    Session.objects.filter(about=user).exclude(mark=but).delete()


def end_everything(user: User, *, but: str = "") -> int:
    """As ``end_pending``, and every signed-in browser with it. Returns how many of those."""
    end_pending(user, but=but)
    return int(Session.objects.filter(user=user).exclude(mark=but).delete()[0])


def lock_unchanged(user: User, *, session: Any) -> None:
    """Lock the ID until the transaction ends.

    Raises Overtaken unless it is as it was loaded, and the session is still there.
    """
    now = User.objects.select_for_update().filter(pk=user.pk).first()
    same = now is not None and (now.password, now.voided_at, now.closed_at) == (
        user.password,
        user.voided_at,
        user.closed_at,
    )
    alive = not session.session_key or session.exists(session.session_key)
    if not (same and alive):
        raise Overtaken
