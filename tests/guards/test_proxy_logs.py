"""The logs our pages tell operators to write keep no address, no query and no browser."""

from __future__ import annotations

import re

import pytest

from tests.guards.tree import ROOT

PAGE = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
# What of nginx's variables tells who somebody is or what they asked for.
TELLING = re.compile(
    r"\$(remote_addr|remote_user|binary_remote_addr|realip_\w+|http_\w+|args|arg_\w+|query_string|is_args|request_uri|request\b|cookie_\w+)"
)


def example(language: str) -> str:
    return PAGE.partition(f"```{language}\n")[2].partition("```")[0]


def formats(text: str) -> list[str]:
    return re.findall(r"log_format\s+\w+\s+([^;]+);", text)


def test_nginx_writes_no_address_and_no_query() -> None:
    text = example("nginx")
    assert formats(text) and not [found for one in formats(text) for found in TELLING.findall(one)]
    assert "access_log" in text and re.search(r"error_log \S+ emerg;", text)
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text


@pytest.mark.parametrize(
    "variable",
    ["$remote_addr", "$request", "$request_uri", "$args", "$http_user_agent", "$http_x_forwarded_for"],
)
def test_a_telling_variable_is_seen(variable: str) -> None:
    assert TELLING.search(variable)


def test_caddy_writes_no_address_no_header_and_no_query() -> None:
    text = example("caddy")
    for field in ("remote_ip", "client_ip", "headers"):
        assert f"request>{field} delete" in text
    assert 'request>uri regexp "[?].*" ""' in text
    assert {f"-X{a}Forwarded{b}For" for a, b in ("__", "_-", "-_")} <= set(text.split())
