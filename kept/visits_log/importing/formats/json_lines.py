"""Logs that hold a JSON object a line: Caddy's own, and the usual ones of nginx."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kept.visits_log.importing.formats import clocks, words
from kept.visits_log.importing.judging.client_addresses import is_inner

# Names are the administrator's choice: nginx's own variables first, then what samples call them.
_TIMES = ("time_iso8601", "time_local", "msec", "@timestamp", "timestamp", "time", "ts", "datetime", "date")
_ADDRESSES = ("remote_addr", "client_ip", "remote_ip", "clientip", "client", "ip")
_FORWARDED = ("http_x_forwarded_for", "x_forwarded_for", "xff", "forwarded_for")
_METHODS = ("request_method", "method")
_TARGETS = ("request_uri", "uri", "url", "path")
_QUERIES = ("args", "query_string", "query")
_PROTOCOLS = ("server_protocol", "protocol")
_STATUSES = ("status", "status_code", "response_code", "response")
_REFERRERS = ("http_referer", "http_referrer", "referer", "referrer")
_AGENTS = ("http_user_agent", "user_agent", "useragent", "agent")


def caddy(text: str) -> str | None:
    """What Caddy's default encoder writes of a request that was handled."""
    entry = _object(text)
    asked = entry.get("request")
    if not isinstance(asked, dict):
        return None
    given = asked.get("headers")
    headers: Mapping[str, Any] = given if isinstance(given, dict) else {}
    address = words.host(_first(asked, ("client_ip", "remote_ip", "remote_addr")))
    return words.line(
        address,
        clocks.stamp(entry.get("ts")),
        _request(asked.get("method"), asked.get("uri"), asked.get("proto")),
        entry.get("status"),
        referrer=_header(headers, "Referer"),
        agent=_header(headers, "User-Agent"),
        # A visitor may write anything there: only a proxy of the house is believed.
        forwarded=_header(headers, "X-Forwarded-For") if is_inner(address) else "",
    )


def nginx(text: str) -> str | None:
    """What a ``log_format`` with ``escape=json`` writes, under the usual names."""
    entry = _object(text)
    if isinstance(entry.get("request"), dict):
        return None
    request = entry.get("request")
    if not isinstance(request, str):
        target, query = _first(entry, _TARGETS), _first(entry, _QUERIES)
        if (
            isinstance(target, str)
            and isinstance(query, str)
            and query not in ("", "-")
            and "?" not in target
        ):
            target = f"{target}?{query.removeprefix('?')}"
        request = _request(_first(entry, _METHODS), target, _first(entry, _PROTOCOLS))
    told = any(name in entry for name in _AGENTS)
    return words.line(
        _first(entry, _ADDRESSES),
        next((time for name in _TIMES if (time := clocks.stamp(entry.get(name)))), ""),
        request,
        _first(entry, _STATUSES),
        referrer=_first(entry, _REFERRERS),
        agent=_first(entry, _AGENTS) if told else None,
        forwarded=_first(entry, _FORWARDED),
    )


def _object(text: str) -> dict[str, Any]:
    """{} for what is none: numbers without end and brackets without end are known."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _first(entry: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((entry[name] for name in names if entry.get(name) not in (None, "")), "")


def _header(headers: Mapping[str, Any], name: str) -> object:
    values = headers.get(name)
    return values[0] if isinstance(values, list) and values else ""


def _request(method: object, target: object, protocol: object) -> str:
    if not (isinstance(method, str) and isinstance(target, str)):
        return ""
    return f"{method} {target} {protocol if isinstance(protocol, str) and protocol else 'HTTP/1.1'}"
