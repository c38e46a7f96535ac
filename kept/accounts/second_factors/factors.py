"""Second factors: their secrets are sealed, and a short password may not be left alone."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from io import BytesIO
from typing import Any

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from kept.core.ledger import versions
from kept.core.vault.sealing.sealed_box import Box, reseals

BOX = Box("accounts.factors")


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code is not right. Check the newest one and type it again."),
        "unverified_email": _("Confirm your e-mail address first."),
        "cannot_delete_authenticator": _(
            "Your password has fewer than 15 characters, so it needs a second factor. Choose a longer"
            " password first."
        ),
        "cannot_generate_recovery_codes": _(
            "Add a passkey or an authenticator app first. Recovery codes stand in for one of them."
        ),
    }

    def encrypt(self, text: str) -> str:
        return urlsafe_b64encode(BOX.seal(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return BOX.open(urlsafe_b64decode(encrypted_text)).decode()

    def get_totp_issuer(self) -> str:
        return str(versions.current().policy.company.name)

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()

    def build_totp_svg(self, url: str) -> str:
        """On white, whatever the theme: cameras do not read it on dark paper."""
        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(drawn)
        return drawn.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """False when a password of fewer than fifteen characters would stand alone afterwards."""
        others = (
            Authenticator.objects.filter(user_id=authenticator.user_id)
            .exclude(type=Authenticator.Type.RECOVERY_CODES)
            .exclude(pk=authenticator.pk)
        )
        user: Any = authenticator.user
        return not (user.has_usable_password() and user.password_is_short) or others.exists()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("My passkey") if number == 1 else gettext("My passkey {number}").format(number=number)


@reseals(BOX, table="mfa_authenticator")
def reseal_factors() -> int:
    """Under the newest master key: the app's secret, and the seed of the recovery codes.

    Passkeys hold nothing secret.
    """
    moved = 0
    for pk in Authenticator.objects.filter(
        type__in=(Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    ).values_list("pk", flat=True):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
            renewed = {
                name: _renewed(factor.data[name])
                for name in ("secret", "seed")
                if factor and factor.data.get(name)
            }
            if factor and any(renewed.values()):
                factor.data = {**factor.data, **{name: text for name, text in renewed.items() if text}}
                factor.save(update_fields=["data"])
                moved += 1
    return moved


def _renewed(text: str) -> str:
    """Nothing where it is under the newest key already."""
    fresh = BOX.renewed(urlsafe_b64decode(text))
    return urlsafe_b64encode(fresh).decode() if fresh else ""
