"""Message signatures against the vector of RFC 9421 (B.2.6), and everything that must not pass."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from kept.core.ledger.notes import signed_note
from kept.outbox.http_signatures import (
    COVERED,
    FRESH,
    SignatureRefused,
    check,
    content_digest,
    read_claim,
    signature_base,
)

NOW = 1_618_884_473
PUBLIC = "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="
BASE = """"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length")\
;created=1618884473;keyid="test-key-ed25519\""""
HEADERS = {
    "date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "content-type": "application/json",
    "content-length": "18",
    "signature-input": 'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"',
    "signature": "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lI"
    "p5WPpBKRCw==:",
}


def test_the_vector_of_the_rfc() -> None:
    claim = read_claim(HEADERS)
    derived = {"@method": "POST", "@path": "/foo", "@authority": "example.com"}
    base = signature_base(claim.covered, {**HEADERS, **derived}, claim.parameters)
    assert base.decode() == BASE
    load_der_public_key(base64.b64decode(PUBLIC)).verify(claim.signature, base)  # type: ignore[union-attr,call-arg]


def test_the_digest_of_rfc_9530() -> None:
    """Its example in B.1, in SHA-256."""
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


KEY = signed_note.signer(signed_note.generate("portal.example/ledger"))


def message(*, covered: tuple[str, ...] = COVERED, at: int = NOW, body: bytes = b"{}") -> dict[str, str]:
    headers = {
        "content-digest": content_digest(body),
        "content-type": "application/json",
        "idempotency-key": '"a"',
    }
    derived = {"@method": "POST", "@target-uri": "https://partner.example/kept"}
    listed = " ".join(f'"{one}"' for one in covered)
    parameters = f'({listed});created={at};keyid="{KEY.public_text}";alg="ed25519"'
    made = KEY.private.sign(signature_base(covered, {**headers, **derived}, parameters))
    return {
        **headers,
        "signature-input": f"kept={parameters}",
        "signature": f"kept=:{base64.b64encode(made).decode()}:",
    }


def judged(headers: dict[str, str], **more: Any) -> str:
    said: dict[str, Any] = {
        "body": b"{}",
        "derived": {"@method": "POST", "@target-uri": "https://partner.example/kept"},
        "must_cover": COVERED,
        "keys": [KEY.public_text],
        "now": NOW,
        **more,
    }
    return check(headers, said.pop("body"), **said)


def test_a_whole_message_passes() -> None:
    assert judged(message()) == KEY.public_text
    assert judged(message(at=NOW - FRESH)) and judged(message(at=NOW + FRESH))


@pytest.mark.parametrize(
    ("headers", "more", "why"),
    [
        ({"signature": ""}, {}, "not signed"),
        ({"signature": "kept=:AAAA:"}, {}, "not signed"),
        ({"signature-input": 'kept=("@method" "@method;req");created=1'}, {}, "not signed"),
        ({"content-digest": content_digest(b"[]")}, {}, "digest"),
        ({"idempotency-key": '"b"'}, {}, "does not fit"),
        ({}, {"body": b"[]"}, "digest"),
        ({}, {"derived": {"@method": "POST", "@target-uri": "https://other.example/"}}, "does not fit"),
        ({}, {"derived": {"@method": "POST"}}, "is not there"),
        ({}, {"must_cover": ("@status",)}, "does not cover @status"),
        ({}, {"keys": []}, "does not name"),
        ({}, {"now": NOW + FRESH + 1}, "too long ago"),
        ({}, {"now": NOW - FRESH - 1}, "too long ago"),
    ],
)
def test_whatever_is_changed_is_refused(headers: dict[str, str], more: dict[str, Any], why: str) -> None:
    with pytest.raises(SignatureRefused, match=why):
        judged({**message(), **headers}, **more)


def test_another_key_under_the_same_name_is_refused() -> None:
    made = Ed25519PrivateKey.generate().sign(b"x")
    headers = {**message(), "signature": f"kept=:{base64.b64encode(made).decode()}:"}
    with pytest.raises(SignatureRefused, match="does not fit"):
        judged(headers)
