"""Tokens, the directory, and bodies nobody would send in good faith: an answer of the protocol, never a
fault, and nothing said about anybody.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kept.__main__ import main
from kept.core.ledger.notes.signed_note import SignatureWrong, verify_raw
from kept.rights.agents import claims, directory, flows, message
from kept.rights.agents.message import Refused
from kept.rights.agents.models import Exercise, Token
from kept.rights.agents.tests.agent import Agent, key_of, pack

pytestmark = pytest.mark.django_db


def test_a_new_token_ends_the_old_one_and_neither_is_kept(agent: Agent) -> None:
    old = agent.token
    assert agent.call("GET", f"/v1/agent/{agent.id}") == (200, {})
    new = agent.connect()
    assert new != old and agent.call("GET", f"/v1/agent/{agent.id}/") == (200, {})
    agent.token = old
    assert agent.call("GET", f"/v1/agent/{agent.id}")[0] == 401
    kept = [str(value) for row in Token.objects.values() for value in row.values()]
    assert not any(new in value or old in value for value in kept)


def test_an_agent_that_leaves_the_directory_or_changes_its_key_is_out_at_once(
    agent: Agent, agents_file: Path
) -> None:
    entries = json.loads(agents_file.read_text())
    changed = {**entries[0], "verify_key": Agent("ANOTHER_KEY").entry["verify_key"]}
    agents_file.write_text(json.dumps([changed, entries[1]]))
    assert agent.exercise(email="a@example.com")[0] == 401
    agents_file.write_text(json.dumps(entries[1:]) + " ")
    assert agent.exercise(email="a@example.com")[0] == 401
    agents_file.write_text(json.dumps(entries) + "  ")
    assert agent.exercise(email="a@example.com")[0] == 200


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[", "is not JSON"),
        ("[7]", "entry 1: an agent is an object with id, name and verify_key."),
        ('[{"id": "lower", "name": "x"}]', "is not written in capitals"),
        ('[{"id": "A", "name": " "}]', "A has no name"),
        ('[{"id": "A", "name": "x", "verify_key": "c2hvcnQ="}]', "is not an Ed25519 key in base64"),
        (
            '[{"id": "A", "name": "x", "web_url": "http://a.example"}]',
            "web_url of A does not begin with https://",
        ),
        ('[{"id": "A", "name": 1}]', "name is not a text"),
        (json.dumps([Agent("A").entry, Agent("A").entry]), "entry 2: the id A is taken already"),
        ("\xff", "is not written in UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_wrong_directory_is_named_in_a_sentence_and_lets_nobody_in(
    agent: Agent, agents_file: Path, text: str | None, sentence: str, capsys: Any
) -> None:
    agents_file.unlink()
    if text is not None:
        agents_file.write_bytes(text.encode("latin-1"))
    with pytest.raises(directory.DirectoryWrong, match=sentence):
        directory.agents()
    status, said = agent.exercise(email="a@example.com")
    assert (status, said["fatal"]) == (503, False) and agents_file.name not in said["message"]
    assert main(["agents"]) == 1 and sentence in capsys.readouterr().err


def test_the_operator_sees_who_is_known_and_who_has_a_token(agent: Agent, capsys: Any) -> None:
    assert main(["agents", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["business"] == "LOCALHOST"
    assert [(one["id"], bool(one["token_since"])) for one in said["agents"]] == [
        ("PERMISSION_PLEASE", True),
        ("SECOND_AGENT", False),
    ]
    assert main(["agents"]) == 0 and "SECOND_AGENT  Second Thoughts" in capsys.readouterr().out


def test_without_a_directory_there_is_nobody(policy: Any, settings: Any) -> None:
    assert settings.KEPT_AGENTS is None
    assert Client().post("/v1/agent/ANYBODY", "x", content_type="text/plain").status_code == 403
    assert Client().post("/v1/data-rights-request", "x", content_type="text/plain").status_code == 401


@pytest.mark.parametrize(
    ("site", "given", "wanted"),
    [
        ("https://portal.example.com:8443", "", "PORTAL_EXAMPLE_COM"),
        ("http://localhost:8000", "CET_POWER", "CET_POWER"),
    ],
)
def test_the_business_id(settings: Any, site: str, given: str, wanted: str) -> None:
    settings.KEPT_SITE, settings.KEPT_BUSINESS_ID = site, given
    assert directory.business_id() == wanted


def test_a_session_opens_nothing_and_a_token_opens_no_page(agent: Agent, alice: Any, client_of: Any) -> None:
    assert client_of(alice).post("/v1/data-rights-request", "x", content_type="text/plain").status_code == 401
    assert Client().get("/me/", headers={"Authorization": f"Bearer {agent.token}"}).status_code == 302


def test_what_was_said_lies_sealed(agent: Agent, alice: Any) -> None:
    agent.ask(
        name="Ada Lovelace",
        email="ada@example.org",
        **{"agent-request-id": "ada-17"},
        status_callback="https://agent.example.org/ada",
    )
    row = Exercise.objects.values().get()
    held = b"".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for value in row.values()
    )
    assert b"ada" not in held.lower() and b"Lovelace" not in held


def test_each_of_two_at_once_is_taken_once(agent: Agent) -> None:
    body = agent.sign(agent.envelope(exercise="access", email="a@example.com"))
    answers = [agent.call("POST", "/v1/data-rights-request", body)[0] for _ in range(3)]
    assert answers == [200, 409, 409] and Exercise.objects.count() == 1


def test_a_flood_is_turned_away_for_an_hour(
    agent: Agent, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "MOST_AN_HOUR", 3)
    answers = [agent.exercise(email="a@example.com", now=timezone.now())[0] for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    clock.forward(minutes=61)
    assert agent.exercise(email="a@example.com", now=timezone.now())[0] == 200


# Bodies of all kinds ----------------------------------------------------------------------------------------

KNOWN = directory.Agent(
    "PERMISSION_PLEASE", "x", key_of("PERMISSION_PLEASE").public_key().public_bytes_raw(), "", "", "", ""
)
WORDS = st.sampled_from(
    [
        "agent-id",
        "business-id",
        "issued-at",
        "expires-at",
        "drp.version",
        "exercise",
        "email",
        "email_verified",
        "name",
        "address",
        "relationships",
        "phone_number",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        ["access", "ccpa", "1.0", "PERMISSION_PLEASE", "LOCALHOST", "2026-11-25T09:30:00+00:00"]
    )
)
JSONS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(), inner, max_size=6),
    max_leaves=12,
)


@given(st.binary(max_size=400))
@example(b"\x00" * 65)
@example(base64.b64encode(b"\xff" * 64 + b"{}"))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with pytest.raises(Refused) as no:
        message.unpack(body, KNOWN)
    assert 400 <= no.value.status < 500


def tried(function: Any, *given: Any) -> Any:
    """What it answers, or the refusal."""
    try:
        return function(*given)
    except Refused as no:
        return no


@given(st.binary(max_size=200))
@example(b'{"a": ' + b"9" * 5000 + b"}")
@example(b'{"a": 1e999}')
@example(b'"\\"[[[[[[[[[["')
def test_any_signed_bytes_are_an_object_or_refused(signed: bytes) -> None:
    said = tried(message.unpack, pack(key_of("PERMISSION_PLEASE"), signed).encode(), KNOWN)
    assert said.status == 400 if isinstance(said, Refused) else (isinstance(said, dict) and json.dumps(said))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(WORDS, JSONS))
def test_any_claims_are_taken_or_refused_and_what_is_taken_can_be_kept(said: dict[str, Any]) -> None:
    wanted = tried(claims.asked, {"exercise": "access", **said})
    if isinstance(wanted, Refused):
        assert wanted.status == 400
        return
    assert wanted.kind in {"access", "erasure", "opt-out"}
    assert wanted.country == wanted.country.upper() and len(wanted.country) <= 5
    assert len(wanted.claims.name) <= 200 and "\x00" not in json.dumps(
        wanted.claims.packed(), ensure_ascii=False
    )


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(said=st.dictionaries(WORDS, JSONS), raw=st.binary(max_size=120), signed=st.booleans())
def test_nothing_signed_or_not_is_a_fault_of_ours(
    agent: Agent, said: dict[str, Any], raw: bytes, signed: bool
) -> None:
    """Over HTTP, right up to the database: half of them well addressed, so that what follows is reached."""
    try:
        body = (
            agent.sign({**agent.envelope(exercise="access", email="a@example.com"), **said})
            if signed
            else raw.decode("latin-1")
        )
    except (ValueError, UnicodeEncodeError):
        return
    for method, path in (
        ("POST", "/v1/data-rights-request"),
        ("POST", f"/v1/agent/{agent.id}"),
        ("DELETE", f"/v1/data-rights-request/{os.urandom(16).hex()}"),
    ):
        status, answered = agent.call(method, path, body)
        assert status < 500
        assert answered is None or status == 200 or answered.keys() == {"code", "message", "fatal"}
    agent.connect()


def test_the_raw_signature_is_checked_over_the_very_bytes() -> None:
    key = key_of("x")
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"said")
    verify_raw(public, b"said", signature)
    for wrong in (
        (public, b"sald", signature),
        (public, b"said", signature[:-1]),
        (public[:-1], b"said", signature),
        (bytes(32), b"said", signature),
    ):
        with pytest.raises(SignatureWrong):
            verify_raw(*wrong)
