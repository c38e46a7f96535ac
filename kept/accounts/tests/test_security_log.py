"""The security log: /account/security/, sealed, and for nobody but its owner."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from kept.accounts.models import User
from kept.accounts.second_factors.events import SecurityEvent
from kept.accounts.tests.conftest import PASSWORD, again, letters, said
from kept.core.ledger.history import entries_of
from kept.core.vault.errors import PurposeRequired
from kept.core.vault.subject_keys import keys

pytestmark = pytest.mark.django_db


def test_it_works(newcomer: Any) -> None:
    newcomer.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "gravel otter lantern"})
    text = said(newcomer.get("/account/security/"))
    assert "Signed in with Firefox on Windows." in text and "Password changed." in text
    assert letters()[-1].subject == "Your password was changed"


def test_it_requires_sign_in(visitor: Any) -> None:
    assert visitor.get("/account/security/").status_code == 302


def test_it_rejects_post(newcomer: Any) -> None:
    assert newcomer.post("/account/security/").status_code == 405


def test_it_lies_sealed(newcomer: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT what FROM accounts_securityevent")
        assert b"Firefox" not in b"".join(bytes(row[0]) for row in cursor.fetchall())
    with pytest.raises(PurposeRequired):
        SecurityEvent.objects.first().what


def test_a_sign_in_stands_in_the_ledger(newcomer: Any) -> None:
    entries = entries_of(keys.alias(User.objects.get().subject))
    assert "signed-in" in {entry.kind for entry in entries}
    assert "alice" not in str(entries).lower()


def test_a_copy_of_the_address_is_nowhere_else(newcomer: Any) -> None:
    """The one declared exception is the sign-in address, in the two tables that must find it."""
    again(newcomer)
    found = set()
    with connection.cursor() as cursor:
        # The published policy explains categories by the same invented person.
        for table in set(connection.introspection.table_names(cursor)) - {"ledger_version"}:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                raw = b"|".join(
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for value in row
                )
                if b"alice@example.com" in raw.lower() or b"alice example" in raw.lower():
                    found.add(table)
    assert found == {"accounts_user", "account_emailaddress"}
