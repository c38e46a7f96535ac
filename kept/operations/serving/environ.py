"""A request as ASGI tells it, said in WSGI (PEP 3333)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

# Said by their own names, without HTTP_.
_APART = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
# The body is here as a whole: how it travelled is over.
_OVER = {b"transfer-encoding", b"content-length", b"trailer"}
_MACHINE = dict(os.environ)


def environ_of(scope: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """The environment of one request, with its whole body in ``wsgi.input``."""
    client, server = scope.get("client") or ("", ""), scope.get("server") or ("localhost", "80")
    return {
        **_MACHINE,
        "GATEWAY_INTERFACE": "CGI/1.1",
        "SCRIPT_NAME": "",
        "SERVER_SOFTWARE": "Kept",
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": str(client[0]),
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **headers_of(scope["headers"]),
    }


def headers_of(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in an environment.

    Several of one name are one, as RFC 9110 (5.2) and RFC 6265 join them.

    A name with an underscore is dropped: in here it could not be told from the one with a hyphen, and a
    visitor would write what only a proxy may.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        if name in _OVER or b"_" in name:
            continue
        key = _APART.get(name) or f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"
        said = value.decode("latin-1")
        if key in found:
            said = f"{found[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{said}"
        found[key] = said
    return found
