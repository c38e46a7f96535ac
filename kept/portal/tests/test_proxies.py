"""Whose address counts: the visitor's when a proxy of ours says so, and nobody else's word."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.core import checks
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from kept import environment
from kept.accounts.limits import rate_limits
from kept.portal.visitors.proxies import VisitorAddress

PROXIES = tuple(map(ip_network, ("127.0.0.1/32", "10.0.0.0/24", "fd00::/64")))
VISITOR, STRANGER = "142.150.1.1", "203.0.113.9"


@pytest.fixture
def seen(rf: RequestFactory, settings: Any) -> Any:
    settings.KEPT_PROXIES = PROXIES

    def ask(forwarded: str | None, peer: str = "127.0.0.1", **more: str) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def view(request: HttpRequest) -> HttpResponse:
            found.update(request.META)
            return HttpResponse()

        headers = {
            "REMOTE_ADDR": peer,
            **more,
            **({} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}),
        }
        VisitorAddress(view)(rf.get("/", **headers))
        return found

    return ask


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (VISITOR, VISITOR),
        (f"1.2.3.4, {VISITOR}", VISITOR),
        (f"{VISITOR}, 10.0.0.7, fd00::2", VISITOR),
        (f"{VISITOR}:4711", VISITOR),
        ("[2001:6a8::1]:4711", "2001:6a8::1"),
        ("2001:6a8::1", "2001:6a8::1"),
        (f"::ffff:{VISITOR}", VISITOR),
        (f"evil, {VISITOR},10.0.0.7", VISITOR),
        ("10.0.0.9, 10.0.0.7", "10.0.0.9"),
        (f"{VISITOR}, unknown", "127.0.0.1"),
        ("", "127.0.0.1"),
        (",", "127.0.0.1"),
        ("garbage", "127.0.0.1"),
        ("1.2.3.4.5", "127.0.0.1"),
        ("\x00\udcff", "127.0.0.1"),
        (f"{VISITOR}, " * 6_000 + VISITOR, "127.0.0.1"),
        ("x" * 65_536, "127.0.0.1"),
    ],
    ids=lambda text: text.encode("ascii", "backslashreplace").decode()[:24],
)
def test_the_right_most_address_that_is_no_proxy_counts(seen: Any, forwarded: str, address: str) -> None:
    meta = seen(forwarded)
    assert meta["REMOTE_ADDR"] == address
    assert "HTTP_X_FORWARDED_FOR" not in meta


def test_a_stranger_is_not_believed(seen: Any) -> None:
    meta = seen(VISITOR, peer=STRANGER, HTTP_X_FORWARDED_PROTO="https")
    assert meta["REMOTE_ADDR"] == STRANGER
    assert "HTTP_X_FORWARDED_FOR" not in meta and "HTTP_X_FORWARDED_PROTO" not in meta
    assert seen(VISITOR, HTTP_X_FORWARDED_PROTO="https")["HTTP_X_FORWARDED_PROTO"] == "https"


def test_without_proxies_nobody_is_believed(seen: Any, settings: Any) -> None:
    settings.KEPT_PROXIES = ()
    meta = seen(VISITOR, HTTP_X_FORWARDED_PROTO="https")
    assert (meta["REMOTE_ADDR"], "HTTP_X_FORWARDED_FOR" in meta) == ("127.0.0.1", False)
    assert meta["HTTP_X_FORWARDED_PROTO"] == "https"


def test_a_peer_that_is_no_address_stays_what_it_is(seen: Any) -> None:
    assert seen(VISITOR, peer="")["REMOTE_ADDR"] == ""


def test_limits_count_by_visitor_behind_a_proxy(rf: RequestFactory, seen: Any) -> None:
    through = [
        rate_limits.machine(rf.get("/", REMOTE_ADDR=seen(one)["REMOTE_ADDR"])) for one in (VISITOR, STRANGER)
    ]
    assert through == [VISITOR, STRANGER]


@pytest.mark.django_db
@pytest.mark.usefixtures("policy")
def test_sign_in_tries_through_one_proxy_are_each_visitor_s_own(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEPT_PROXIES = PROXIES
    monkeypatch.setattr(rate_limits, "WRONG_BY_MACHINE", rate_limits.Limit("test", 2, timedelta(minutes=15)))

    def tried(visitor: str) -> bytes:
        typed = {"login": "nobody@example.com", "password": "wrong wrong wrong"}
        return Client().post("/account/login/", typed, HTTP_X_FORWARDED_FOR=f"1.1.1.1, {visitor}").content

    assert b"Too many" in [tried(VISITOR) for _ in range(4)][-1]
    assert b"Too many" not in tried(STRANGER)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("10.0.0.1/24", True), ("proxy.example", True), ("10.0.0.0/24, ::1", False), (" ", False)],
)
def test_the_setting_is_read_with_care(text: str, wrong: bool) -> None:
    if wrong:
        with pytest.raises(
            environment.SettingError, match=r"^KEPT_PROXIES is wrong\. Write addresses or networks"
        ):
            environment.read({"KEPT_PROXIES": text})
    else:
        assert environment.read({"KEPT_PROXIES": text})["KEPT_PROXIES"] == tuple(
            ip_network(one.strip()) for one in text.split(",") if one.strip()
        )


@pytest.mark.parametrize(
    ("site", "proxies", "refused"),
    [
        ("https://portal.example.com", "", True),
        ("https://portal.example.com", " , ", True),
        ("https://portal.example.com", "none", False),
        ("https://portal.example.com", "None", False),
        ("https://portal.example.com", "127.0.0.1", False),
        ("http://localhost:8000", "", False),
    ],
)
def test_https_without_a_word_on_proxies_does_not_start(
    settings: Any, site: str, proxies: str, refused: bool
) -> None:
    settings.KEPT_SITE, settings.SECURE = site, site.startswith("https")
    settings.KEPT_PROXIES = environment.read({"KEPT_PROXIES": proxies})["KEPT_PROXIES"]
    found = [one.id for one in checks.run_checks(tags=["kept"]) if one.is_serious()]
    assert ("portal.E001" in found) is refused
