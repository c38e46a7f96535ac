"""Every address there is, asked by everybody in every way with what fits nowhere: an answer, never a fault;
the desk for staff alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

pytestmark = pytest.mark.django_db
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
STRANGE = "a%00b%FF%0A.."
FILLED = {"uuid": str(uuid4()), "int": "7", "slug": "x"}
# What its own pattern would turn away, so that the view behind it is asked, too.
FITTING = FILLED | {"case": "SUP-2026-7KQ4M2"}
# It would end the session the others are asked with.
LEAVES = {"/account/logout/"}
PARAMETER = re.compile(r"<(\w+):\w+>")


def _value(values: dict[str, str], found: re.Match[str]) -> str:
    return values.get(found[1], STRANGE)


def addresses(patterns: Any, before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            for values in (FILLED, FITTING):
                filled = PARAMETER.sub(partial(_value, values), address)
                yield re.sub(
                    r"\(\?P<\w+>[^)]*\)|[\^$\\]", lambda found: "a" if found[0][0] == "(" else "", filled
                )
        else:
            yield from addresses(pattern.url_patterns, address)


# The ledger in public is the same for everybody: no session is looked at, and caches may keep it.
OF_NOBODY = ("/checkpoint", "/privacy/checkpoint", "/privacy/key", "/tile/")
ALL = sorted(set(addresses(get_resolver().url_patterns)))


def answers(client: Client) -> Iterator[tuple[str, str, Any]]:
    client.raise_request_exception = False
    for address in ALL:
        for method in METHODS:
            if method != "post" or address not in LEAVES:
                yield method, address, getattr(client, method)(address)


@pytest.mark.parametrize("who", ["nobody", "alice", "bob", "dana"])
def test_every_address_answers_everybody(who: str, policy: Any, client_of: Any, request: Any) -> None:
    client = Client() if who == "nobody" else client_of(request.getfixturevalue(who))
    assert "/me/timeline/" in ALL and f"/me/products/claims/{STRANGE}/" in ALL
    for method, address, answer in answers(client):
        assert answer.status_code < 500, f"{who}: {method} {address}"
        assert "Content-Security-Policy" in answer, f"{method} {address}"
        if address.startswith(OF_NOBODY):
            assert not answer.cookies and "Cookie" not in answer.get("Vary", ""), f"{method} {address}"
        elif who != "nobody":
            assert "no-store" in answer.get("Cache-Control", ""), f"{method} {address}"


def test_the_desk_is_for_staff_alone(alice: Any, client_of: Any) -> None:
    for method, address, answer in answers(client_of(alice)):
        # Where nothing is there is nothing to refuse.
        expected = 404 if STRANGE in address else 403
        assert not address.startswith("/desk/") or answer.status_code == expected, f"{method} {address}"


def test_a_visitor_reads_nothing_of_anybodys(policy: Any) -> None:
    for method, address, answer in answers(Client()):
        if address.startswith(("/desk/", "/me/")) and STRANGE not in address:
            assert answer.status_code == 302 and answer["Location"].startswith("/account/login/"), (
                f"{method} {address}"
            )


@pytest.mark.parametrize("field", ["mark", "show", "most", "next"])
def test_nul_and_huge_values_are_answered(alice: Any, client_of: Any, field: str) -> None:
    client = client_of(alice)
    for value in ("a\x00b", "9" * 5000, "²", "\ud800".encode("utf-8", "replace").decode()):
        assert client.post("/account/sessions/ending/", {field: value}).status_code < 500
        assert client.get("/me/timeline/", {field: value}).status_code < 500
