"""Who a session belongs to: the ID together with its person, in one query."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from kept.accounts.models import User


class IdBackend(AuthenticationBackend):
    def get_user(self, user_id: Any) -> User | None:
        """None for a closed ID: whoever still has a session of it is out at once."""
        user = User.objects.select_related("person").filter(pk=user_id).first()
        return user if user is not None and user.is_active else None
