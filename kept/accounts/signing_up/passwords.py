"""What makes a password good enough: its length, and that it stands in no list of stolen ones.

Nothing else (NIST SP 800-63B-4).
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kept.accounts.models import ALONE, BESIDE_A_FACTOR, LONGEST

# Django ships the twenty thousand most common; ours are the long ones, which its length rules would have let
# through.
LISTS = (
    Path(password_validation.__file__).with_name("common-passwords.txt.gz"),
    Path(__file__).with_name("long-passwords.txt"),
)
PADDING = re.compile(r"^[\W\d_]+|[\W\d_]+$")


class Argon2id(Argon2PasswordHasher):
    """OWASP's 19 MiB, two passes, one lane: 21 ms.

    Django's default takes 100 MB a sign-in, which a hundred visitors feel.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class LengthByFactors:
    """Fifteen characters when the password stands alone, eight beside a second factor."""

    def validate(self, password: str, user: Any = None) -> None:
        needed = BESIDE_A_FACTOR if _has_second_factor(user) else ALONE
        if len(password) < needed:
            raise ValidationError(_too_short(len(password), needed), code="password_too_short")
        if len(password) > LONGEST:
            raise ValidationError(
                _("Your password has {n} characters. Use at most {most}.").format(
                    n=len(password), most=LONGEST
                ),
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        return _("15 characters or more. Three or four words work well.")


def _too_short(n: int, needed: int) -> str:
    if needed == BESIDE_A_FACTOR:
        said = ngettext(
            "Your password has {n} character. Use at least {needed}.",
            "Your password has {n} characters. Use at least {needed}.",
            n,
        )
    else:
        said = ngettext(
            "Your password has {n} character. Use at least {needed}, or add a passkey.",
            "Your password has {n} characters. Use at least {needed}, or add a passkey.",
            n,
        )
    return said.format(n=n, needed=needed)


class NotStolen:
    """Not in an offline list of stolen passwords, however it is padded or repeated, and not the e-mail
    address.
    """

    def validate(self, password: str, user: Any = None) -> None:
        if is_stolen(password):
            message = _(
                "This password appears in lists of stolen passwords. Choose another; three or more words work"
                " well."
            )
            raise ValidationError(message, code="password_stolen")
        address = getattr(user, "email", "") or ""
        if address and password.lower().strip() in {address.lower(), address.partition("@")[0].lower()}:
            raise ValidationError(
                _(
                    "Your e-mail address is no secret. Choose another password; three or more words"
                    " work well."
                ),
                code="password_is_address",
            )

    def get_help_text(self) -> str:
        return ""


def is_stolen(password: str) -> bool:
    """True for a listed password, also with digits and signs around it, said twice, or made of one repeated
    sign.
    """
    plain = password.lower().strip()
    core = PADDING.sub("", plain)
    return bool({plain, core, _once(plain), _once(core)} & _stolen()) or len(set(plain)) < 3


def _once(text: str) -> str:
    """The shortest piece that the whole repeats: "passwordpassword" -> "password"."""
    repeated = re.fullmatch(r"(.+?)\1+", text)
    return repeated[1] if repeated else text


@cache
def _stolen() -> frozenset[str]:
    common = gzip.decompress(LISTS[0].read_bytes()).decode()
    return frozenset(
        line.strip() for text in (common, LISTS[1].read_text()) for line in text.splitlines() if line.strip()
    )


def _has_second_factor(user: Any) -> bool:
    if user is None or user._state.adding:
        return False
    return bool(
        get_adapter().is_mfa_enabled(user, types=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
    )
