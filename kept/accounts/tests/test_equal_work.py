"""An answer never tells whether an address has an ID: not in its words, and not in what it costs.

Nothing waits to hide it.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kept.accounts.models import Tally
from kept.accounts.tests.conftest import again, letters
from kept.outbox import deferred_work
from kept.outbox.models import Errand

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "alice@example.com", "nobody@example.com"


def cost(
    monkeypatch: pytest.MonkeyPatch, browser: Client, address: str, typed: dict[str, str]
) -> dict[str, Any]:
    """What an answer costs: statements by kind and table, and passwords hashed."""
    hashed: list[str] = []
    Tally.objects.all().delete()
    with monkeypatch.context() as patch:
        hasher = hashers.get_hasher()
        patch.setattr(type(hasher), "encode", _counting(type(hasher).encode, hashed))
        with CaptureQueriesContext(connection) as asked:
            answer = browser.post(address, typed)
    said = [
        " ".join(re.findall(r"^\w+|(?:INTO|FROM|UPDATE) \"?\w+\"?", query["sql"]))
        for query in asked.captured_queries
    ]
    return {
        "status": answer.status_code,
        "to": answer.get("Location", ""),
        "asked": sorted(one for one in said if one != "ROLLBACK"),
        "hashed": len(hashed),
    }


def _counting(encode: Any, hashed: list[str]) -> Any:
    def counted(self: Any, password: str, *args: Any) -> str:
        hashed.append(password)
        return str(encode(self, password, *args))

    return counted


FORMS = {
    "/account/signup/": {"name": "Eve", "password1": "gravel otter lantern"},
    "/account/signup/passkey/": {"name": "Eve"},
    "/account/password/reset/": {},
    "/account/factors/lost/": {},
}


@pytest.mark.parametrize("address", FORMS)
def test_a_known_address_costs_what_an_unknown_one_costs(
    newcomer: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    letters()
    cost(monkeypatch, Client(), address, {**FORMS[address], "email": "first@example.com"})
    made = [
        cost(monkeypatch, Client(), address, {**FORMS[address], "email": email}) for email in (KNOWN, UNKNOWN)
    ]
    assert made[0] == made[1] and made[0]["asked"]


def test_a_wrong_password_costs_what_an_unknown_address_costs(
    newcomer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = [
        {"login": email, "password": "wrong wrong wrong"} for email in ("first@example.com", KNOWN, UNKNOWN)
    ]
    made = [cost(monkeypatch, Client(), "/account/login/", one) for one in typed]
    assert made[1] == made[2] and made[1]["hashed"] == 1


def test_a_taken_new_address_costs_what_a_free_one_costs(
    newcomer: Client, charlie: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    again(newcomer)
    made = []
    for email in ("first@example.com", charlie.email, "free@example.com"):
        made.append(cost(monkeypatch, newcomer, "/account/email/", {"action_add": "1", "email": email}))
    assert made[1] == made[2]


def test_an_errand_is_as_large_for_everybody(newcomer: Client) -> None:
    for email in (KNOWN, UNKNOWN):
        Client().post("/account/password/reset/", {"email": email})
    sizes = {len(bytes(row.data)) for row in Errand.objects.all()}
    assert len(sizes) == 1 and Errand.objects.count() == 2
    letters().clear()
    assert deferred_work.run_due() == 0
