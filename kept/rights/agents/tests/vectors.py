"""The published test vectors, docs/drp/vectors.json, are written by this file: python -m
kept.rights.agents.tests.vectors

Signatures of Ed25519 and the keys here are the same each time, so a test can hold the file to what is
written.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kept.rights.agents.tests.agent import Agent, key_of, pack

FILE = Path(__file__).resolve().parents[4] / "docs/drp/vectors.json"
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
BUSINESS = "PORTAL_EXAMPLE_COM"
AGENT, OTHER = Agent("PERMISSION_PLEASE"), Agent("SECOND_AGENT", "Second Thoughts")
CLAIMS = {"name": "Ada Example", "email": "ada@example.com", "email_verified": True}
EXERCISE, CONNECT = "/v1/data-rights-request", f"/v1/agent/{AGENT.id}"
KNOWN = "exercise: access under ccpa"


def envelope(**more: Any) -> dict[str, Any]:
    said = {
        "agent-id": AGENT.id,
        "business-id": BUSINESS,
        "issued-at": NOW.isoformat(),
        "expires-at": (NOW + timedelta(minutes=10)).isoformat(),
        "drp.version": "1.0",
    }
    return {key: value for key, value in {**said, **more}.items() if value is not None}


def asking(right: str = "access", **more: Any) -> dict[str, Any]:
    return envelope(**{"exercise": right, **CLAIMS, **more})


def vector(
    name: str,
    status: int,
    answer: Any = None,
    *,
    method: str = "POST",
    path: str = EXERCISE,
    bearer: Agent | None = AGENT,
    **more: Any,
) -> dict[str, Any]:
    """``answer``: keys the JSON has at least; a text is the message of an error; None is no body at all.

    ``times``: how often the body is repeated.
    """
    found = {"name": name, "method": method, "path": path, "bearer": bearer.id if bearer else None}
    if "payload" in more and "body" not in more:
        more["body"] = pack(more.pop("key", AGENT.key), json.dumps(more["payload"]).encode())
    if isinstance(answer, str):
        answer = {"code": str(status), "message": answer, "fatal": more.pop("fatal", True)}
    return {**found, **more, "expect": {"status": status, "answer": answer}}


def connecting() -> Iterator[dict[str, Any]]:
    def connect(
        name: str, status: int, answer: Any = None, path: str = CONNECT, **more: Any
    ) -> dict[str, Any]:
        return vector(name, status, answer, path=path, bearer=None, **{"payload": envelope(), **more})

    good = "connect: a token"
    yield connect(good, 200, {"agent-id": AGENT.id})
    yield connect("connect: a token, with the slash", 200, {"agent-id": AGENT.id}, path=CONNECT + "/")
    yield connect("connect: replayed", 403, after=good)
    yield connect(
        "connect: expired", 403, payload=envelope(**{"expires-at": (NOW - timedelta(seconds=1)).isoformat()})
    )
    yield connect("connect: for another business", 403, payload=envelope(**{"business-id": "SOMEBODY_ELSE"}))
    yield connect("connect: signed by another key", 403, key=OTHER.key)
    yield connect(
        "connect: an agent nobody knows",
        403,
        path="/v1/agent/NOBODY",
        payload=envelope(**{"agent-id": "NOBODY"}),
        key=key_of("NOBODY"),
    )
    yield connect("connect: at another agent's address", 403, path=f"/v1/agent/{OTHER.id}")
    yield connect("connect: nothing signed", 403, payload=None, body="")
    yield vector("information: the token is good", 200, {}, method="GET", path=CONNECT)
    yield vector(
        "information: the token of another",
        403,
        "This token is another agent's.",
        method="GET",
        path=CONNECT,
        bearer=OTHER,
    )
    yield vector("information: no token", 401, NO_TOKEN, method="GET", path=CONNECT, bearer=None)


NO_TOKEN = (
    "Send the token you were given as Authorization: Bearer. A new one is got with POST /v1/agent/{agent-id}."
)


def exercising() -> Iterator[dict[str, Any]]:
    yield vector(
        KNOWN, 200, {"status": "open", "received_at": NOW.isoformat()}, payload=asking(regime="ccpa")
    )
    for right in ("deletion", "sale:opt-out", "sale:opt-in", "access:categories", "access:specific"):
        yield vector(f"exercise: {right}", 200, {"status": "open"}, payload=asking(right))
    number = asking(**{"agent-request-id": "foo-1"})
    yield vector("exercise: with the agent's own number", 200, {"agent_request_id": "foo-1"}, payload=number)
    again = asking(**{"agent-request-id": "foo-1", "issued-at": (NOW - timedelta(seconds=1)).isoformat()})
    twice = "agent-request-id was used before. Each request has one of its own."
    yield vector(
        "exercise: the same number again",
        409,
        twice,
        payload=again,
        after="exercise: with the agent's own number",
    )
    everything = {
        "relationships": ["customer", "marketing"],
        "phone_number": "+15555550100",
        "phone_number_verified": True,
        "address": {
            "street_address": "1 Example Street",
            "locality": "Sacramento",
            "region": "CA",
            "postal_code": "95814",
            "country": "US",
        },
        "address_verified": True,
        "power_of_attorney": "https://agent.example.org/poa/1",
        "status_callback": "https://agent.example.org/status",
    }
    yield vector(
        "exercise: every claim and a callback", 200, {"status": "open"}, payload=asking(**everything)
    )
    yield vector("exercise: voluntary is no law", 200, {"status": "open"}, payload=asking(regime="voluntary"))
    yield vector(
        "exercise: version 0.9.4, with the slash",
        200,
        {"status": "open"},
        path=EXERCISE + "/",
        payload=asking(**{"drp.version": "0.9.4"}),
    )
    yield vector(
        "exercise: issued in another time zone",
        200,
        {"status": "open"},
        payload=asking(**{"issued-at": "2026-11-25T04:30:00-05:00"}),
    )


def refused() -> Iterator[dict[str, Any]]:
    """What is wrong with the message itself."""
    good = asking(regime="ccpa")
    signed = json.dumps(good).encode()
    packed = base64.b64decode(pack(AGENT.key, signed))
    flipped = base64.b64encode(bytes([packed[0] ^ 1]) + packed[1:]).decode()
    wrong = "The signature does not fit the message and the key in the directory."
    yield vector("refused: no token", 401, NO_TOKEN, bearer=None, payload=good)
    yield vector(
        "refused: replayed",
        409,
        "This very message was taken before. Sign a new one.",
        payload=good,
        after=KNOWN,
    )
    yield vector("refused: one bit of the signature", 403, wrong, body=flipped)
    yield vector(
        "refused: one sign of the message",
        403,
        wrong,
        body=base64.b64encode(packed.replace(b"ada@", b"bda@")).decode(),
    )
    yield vector("refused: signed by another key", 403, wrong, payload=good, key=OTHER.key)
    yield vector("refused: the token of another agent", 403, wrong, payload=good, bearer=OTHER)
    yield vector("refused: truncated", 403, wrong, body=base64.b64encode(packed[:-2]).decode())
    short = "The body is too short: a signature of 64 bytes comes first, then the JSON."
    yield vector("refused: the signature alone", 400, short, body=base64.b64encode(packed[:64]).decode())
    yield vector("refused: nothing at all", 400, short, body="")
    yield vector("refused: not base64", 400, "The body is not base64.", body=json.dumps(good))
    yield vector(
        "refused: sent as JSON",
        415,
        "A message is sent as text/plain: base64 of the signature and the JSON.",
        payload=good,
        content_type="application/json",
    )
    yield vector("refused: too large", 413, "A message has at most 65536 bytes.", body="QUFB", times=16385)
    no_json = "What was signed is not JSON in UTF-8 with each key once."
    for name, text, message in (
        ("not JSON", b"exercise=access", no_json),
        ("not UTF-8", b'{"name": "\xff"}', no_json),
        ("half a surrogate pair", b'{"name": "\\ud800"}', no_json),
        ("no number", b'{"exercise": NaN}', no_json),
        ("a key twice", b'{"exercise": "access", "exercise": "deletion"}', no_json),
        ("a list", b"[]", "What was signed is not a JSON object."),
        (
            "nested without end",
            b'{"a":' + b"[" * 60 + b"]" * 60 + b"}",
            "The JSON is nested deeper than 6 levels.",
        ),
    ):
        yield vector(f"refused: {name}", 400, message, body=pack(AGENT.key, text))


def misaddressed() -> Iterator[dict[str, Any]]:
    """What is wrong with agent, business and time: the protocol's section 3.07."""
    yield vector(
        "refused: agent-id of another",
        403,
        "agent-id is not the agent whose token and key these are.",
        payload=asking(**{"agent-id": OTHER.id}),
    )
    yield vector(
        "refused: business-id of another",
        403,
        f"business-id is not ours. We are {BUSINESS}.",
        payload=asking(**{"business-id": "SOMEBODY_ELSE"}),
    )
    late = (NOW - timedelta(minutes=20)).isoformat(), NOW.isoformat()
    yield vector(
        "refused: expired",
        400,
        "The message has expired (expires-at). Sign a new one.",
        payload=asking(**{"issued-at": late[0], "expires-at": late[1]}),
    )
    early = (NOW + timedelta(seconds=61)).isoformat()
    ahead = "issued-at lies in the future. Set the clock that made it, and send a new message."
    yield vector("refused: not yet", 400, ahead, payload=asking(**{"issued-at": early}), fatal=False)
    yield vector(
        "exercise: a clock a minute ahead",
        200,
        {"status": "open"},
        payload=asking(**{"issued-at": (NOW + timedelta(seconds=60)).isoformat()}),
    )
    lives = "A message lives from issued-at to expires-at, for 24 hours at most."
    yield vector(
        "refused: lives too long",
        400,
        lives,
        payload=asking(**{"expires-at": (NOW + timedelta(hours=25)).isoformat()}),
    )
    yield vector(
        "refused: ends before it begins",
        400,
        lives,
        payload=asking(
            **{
                "issued-at": (NOW + timedelta(seconds=30)).isoformat(),
                "expires-at": (NOW + timedelta(seconds=5)).isoformat(),
            }
        ),
    )
    for key in ("issued-at", "expires-at"):
        message = f"{key} is not an ISO 8601 time with its offset, like 2026-11-25T09:30:00+00:00."
        yield vector(
            f"refused: {key} without an offset", 400, message, payload=asking(**{key: "2026-11-25T09:35:00"})
        )
        yield vector(f"refused: {key} left out", 400, message, payload=asking(**{key: None}))
        yield vector(f"refused: {key} a number", 400, message, payload=asking(**{key: 1795599000}))
    for version in ("0.4", "2.0", None, 1.0):
        yield vector(
            f"refused: drp.version {version}",
            400,
            "drp.version is none we speak. We speak 1.0, 0.9.4, 0.9.3.",
            payload=asking(**{"drp.version": version}),
        )


def misasked() -> Iterator[dict[str, Any]]:
    """What is wrong with what is asked."""
    rights = (
        "exercise is none we support. We support access, access:categories, access:specific, deletion,"
        " sale:opt-out, sale:opt-in."
    )
    nobody = "Nothing says who the person is. Send at least one of email, phone_number, name and address."
    scheme, public = "status_callback begins with https://.", "status_callback is not a public address."
    for name, message, more in (
        ("no such right", rights, {"exercise": "portability"}),
        ("no right", rights, {"exercise": None}),
        ("a right that is no text", "exercise is not a text.", {"exercise": ["access"]}),
        ("no such regime", "regime is ccpa, or left out for voluntary processing.", {"regime": "gdpr"}),
        ("nobody named", nobody, {"name": None, "email": None}),
        ("no e-mail address", "email is not an e-mail address.", {"email": "ada at example"}),
        ("verified as a text", "email_verified is true or false.", {"email_verified": "true"}),
        ("a name with a NUL", "name holds a control character.", {"name": "Ada\u0000"}),
        (
            "a name that turns its direction",
            "name holds a character that cannot be seen.",
            {"name": "Ada \u202egnp.exe"},
        ),
        ("nobody seen", nobody, {"name": "\u200b\u3164", "email": None}),
        ("a name too long", "name is longer than 200 signs.", {"name": "a" * 201}),
        (
            "an address that is none",
            "address is not an address claim (OpenID Connect, 5.1.1).",
            {"address": 7},
        ),
        (
            "relationships as a text",
            "relationships is a list of at most 20 texts.",
            {"relationships": "customer"},
        ),
        ("a callback without TLS", scheme, {"status_callback": "http://agent.example.org/"}),
        ("a callback by file", scheme, {"status_callback": "file://agent.example.org/etc/passwd"}),
        ("a callback inside", public, {"status_callback": "https://10.0.0.1/"}),
        ("a callback to the cloud's own", public, {"status_callback": "https://169.254.169.254/latest/"}),
        ("a callback inside, by IPv6", public, {"status_callback": "https://[::ffff:10.0.0.1]/"}),
        ("a callback to a bare name", public, {"status_callback": "https://intranet/"}),
        ("a callback as one number", public, {"status_callback": "https://2130706433/"}),
        (
            "a callback with a password",
            "status_callback carries a password or a fragment. Leave them out.",
            {"status_callback": "https://a:b@agent.example.org/"},
        ),
    ):
        yield vector(f"refused: {name}", 400, message, payload=asking(**more))


def afterwards() -> Iterator[dict[str, Any]]:
    """Status and revocation. {request_id} is the one answered by the vector named in "after"."""
    one = EXERCISE + "/{request_id}"
    yield vector("status: open", 200, {"status": "open"}, method="GET", path=one, after=KNOWN)
    yield vector("status: with the slash", 200, {"status": "open"}, method="GET", path=one + "/", after=KNOWN)
    yield vector(
        "status: of another agent's request",
        403,
        "This request was made by another agent.",
        method="GET",
        path=one,
        bearer=OTHER,
        after=KNOWN,
    )
    yield vector("status: no token", 401, NO_TOKEN, method="GET", path=one, bearer=None, after=KNOWN)
    unknown = EXERCISE + "/c789ff35-7644-4ceb-9981-4b35c264aac3"
    yield vector(
        "status: no such request",
        404,
        "There is no such request, or it ended more than 60 days ago.",
        method="GET",
        path=unknown,
    )
    gone = {
        "payload": {"reason": "I do not want this any more"},
        "method": "DELETE",
        "path": one,
        "after": KNOWN,
    }
    yield vector("revocation", 200, {"status": "revoked"}, **gone)
    yield vector("revocation: without a reason", 200, {"status": "revoked"}, **{**gone, "payload": {}})
    yield vector("revocation: again", 200, {"status": "revoked"}, **{**gone, "after": "revocation"})
    wrong = "The signature does not fit the message and the key in the directory."
    yield vector("revocation: signed by another key", 403, wrong, **gone, key=OTHER.key)
    yield vector(
        "revocation: of another agent's request",
        403,
        "This request was made by another agent.",
        **gone,
        key=OTHER.key,
        bearer=OTHER,
    )
    yield vector(
        "revocation: not signed",
        400,
        "The body is too short: a signature of 64 bytes comes first, then the JSON.",
        **{**gone, "payload": None},
        body="",
    )
    addressed = {**gone, "payload": {**envelope(**{"business-id": "SOMEBODY_ELSE"}), "reason": ""}}
    yield vector(
        "revocation: addressed to another business",
        403,
        f"business-id is not ours. We are {BUSINESS}.",
        **addressed,
    )
    yield vector(
        "no such address",
        404,
        "The protocol has no such address. See docs/drp.md.",
        method="GET",
        path="/v1/exercise",
    )
    yield vector("no such method", 405, "This address answers POST alone.", method="GET", path=EXERCISE)


def written() -> str:
    vectors = [*connecting(), *exercising(), *refused(), *misaddressed(), *misasked(), *afterwards()]
    keys = {
        one.id: {
            "seed": base64.b64encode(one.key.private_bytes_raw()).decode(),
            "verify_key": one.entry["verify_key"],
        }
        for one in (AGENT, OTHER)
    }
    said = {
        "about": (
            "Test vectors for the covered business's side of the Data Rights Protocol 1.0. docs/drp.md says"
            " how to read them."
        ),
        "now": NOW.isoformat(),
        "business-id": BUSINESS,
        "keys": keys,
        "directory": [AGENT.entry, OTHER.entry],
        "vectors": vectors,
    }
    return json.dumps(said, indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
