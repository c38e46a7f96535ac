"""Who a session belongs to: the ID together with its person, in one query."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from kept.accounts.models import User
from kept.core.prepared import Prepared
from kept.people.mailboxes import canonical

_WITH_PERSON = Prepared(lambda user: User.objects.select_related("person").filter(pk=user))


class IdBackend(AuthenticationBackend):
    def _authenticate_by_email(self, email: str, password: str) -> Any:
        """One query, whoever it finds; where it finds nobody the library hashes the password all the same."""
        return self._check_password(User.objects.filter(email=canonical(email)).first(), password)

    def get_user(self, user_id: Any) -> User | None:
        """None for a closed ID: whoever still has a session of it is out at once."""
        user: User | None = _WITH_PERSON.first(user_id)
        return user if user is not None and user.is_active else None
