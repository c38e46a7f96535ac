"""Sessions, sealed.

Libraries put addresses, codes and unconfirmed secrets into them, so a row must tell nothing to whoever finds
it.

The cookie holds the key; the row holds a keyed hash of it (so a stolen database cannot be replayed as a
cookie) and the sealed data, bound to its row (so rows cannot be swapped).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import DatabaseError, IntegrityError, router, transaction
from django.utils import timezone

from kept.accounts.models import Session, User
from kept.core.prepared import Prepared
from kept.core.vault.errors import SealBroken
from kept.core.vault.sealing.sealed_box import Box, renew_column, reseals

BOX = Box("accounts.sessions")
WAITING = (PASSWORD_RESET_VERIFICATION_SESSION_KEY, EMAIL_VERIFICATION_CODE_SESSION_KEY, LOGIN_SESSION_KEY)
"""Where the library keeps, in a session, what waits for a code or a factor."""
NOBODY = UUID(int=0)
_OPEN = Prepared(lambda mark, now: Session.objects.filter(mark=mark, expires__gt=now))


def mark_of(session_key: str) -> str:
    """What the database knows a session by."""
    return BOX.mark(session_key)


class SessionStore(SessionBase):
    """Django's session interface over the sealed table.

    A row that cannot be opened is an empty session, never an error.
    """

    @property
    def mark(self) -> str:
        """The row's name. Raises ValueError before there is a row."""
        if not self.session_key:
            raise ValueError("This session has not been saved yet.")
        return mark_of(self.session_key)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(mark=mark_of(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def load(self) -> dict[str, Any]:
        row = _OPEN.first(mark_of(self.session_key), timezone.now()) if self.session_key else None
        contents = contents_of(row) if row else None
        if contents is None:
            self._session_key = None
            return {}
        return contents

    def save(self, must_create: bool = False) -> None:
        """Write the row. A session that was signed out meanwhile is not brought back: UpdateError."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        row = Session(
            mark=self.mark,
            user_id=data.get(SESSION_KEY),
            about_id=_awaited(data),
            expires=self.get_expiry_date(),
        )
        row.data = BOX.seal(json.dumps(data, separators=(",", ":")).encode(), bound_to=row.mark)
        try:
            with transaction.atomic(using=router.db_for_write(Session)):
                row.save(force_insert=must_create, force_update=not must_create)
        except IntegrityError:
            if must_create:
                raise CreateError from None
            raise
        except DatabaseError:
            if not must_create:
                raise UpdateError from None
            raise

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(mark=mark_of(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expires__lt=timezone.now()).delete()


def _awaited(data: dict[str, Any]) -> UUID | None:
    """The ID that a browser waits to become, or to change: whose code was mailed, whose second factor is
    missing. None for nobody's.
    """
    states = [data[place] for place in WAITING if isinstance(data.get(place), dict)]
    named = [one for state in states if (one := state.get("user_id") or state.get("user_pk"))]
    if not states:
        return None
    # Asked as well where a code only seems to be waited for: an address nobody knows costs the same query.
    found: UUID | None = (
        User.objects.filter(pk__in=[UUID(one) for one in named] or [NOBODY])
        .values_list("pk", flat=True)
        .first()
    )
    return found


def contents_of(row: Session) -> dict[str, Any] | None:
    """What a session holds, or None when the seal does not fit (a foreign row, another master key)."""
    try:
        contents: dict[str, Any] = json.loads(BOX.open(bytes(row.data), bound_to=row.mark))
    except SealBroken:
        return None
    return contents


def renew_inside(place: str, renew: Callable[[str], str | None]) -> int:
    """Put what waits sealed at a place of every session under another key.

    ``renew`` gives None where it need not. How many were moved.
    """
    moved = 0
    for row in Session.objects.all().iterator():
        contents = contents_of(row)
        fresh = renew(contents[place]) if contents and place in contents else None
        if contents and fresh:
            data = BOX.seal(
                json.dumps({**contents, place: fresh}, separators=(",", ":")).encode(), bound_to=row.mark
            )
            # Only where nobody wrote it meanwhile; whoever did has sealed it anew already.
            moved += Session.objects.filter(pk=row.pk, data=row.data).update(data=data)
    return moved


@reseals(BOX, table="accounts_session")
def reseal_sessions() -> int:
    return renew_column(BOX, Session, "data")
