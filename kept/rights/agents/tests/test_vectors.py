"""The vectors we publish: every one is sent to the portal, and answered as it says."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from kept.rights.agents import directory
from kept.rights.agents.tests import vectors
from kept.rights.agents.tests.agent import Agent

PUBLISHED = json.loads(vectors.FILE.read_text("utf-8")) if vectors.FILE.exists() else {"vectors": []}
BY_NAME = {one["name"]: one for one in PUBLISHED["vectors"]}


def test_the_file_is_what_is_written() -> None:
    assert vectors.FILE.read_text("utf-8") == vectors.written()
    assert len(BY_NAME) == len(PUBLISHED["vectors"]) > 80


@pytest.fixture
def tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, request: pytest.FixtureRequest
) -> dict[str, str]:
    """The portal at the hour of the vectors, with their directory; both agents hold a token."""
    now = datetime.fromisoformat(PUBLISHED["now"])
    monkeypatch.setattr(timezone, "now", lambda: now)
    request.getfixturevalue("policy")
    settings.KEPT_AGENTS = tmp_path / "directory.json"
    settings.KEPT_AGENTS.write_text(json.dumps(PUBLISHED["directory"]))
    settings.KEPT_SITE = "https://portal.example.com"
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]
    directory._read.clear()
    cache.clear()
    return {id: token_of(Agent(id), now) for id in PUBLISHED["keys"]}


def token_of(agent: Agent, now: datetime) -> str:
    # A second earlier than the vectors, so that theirs is no replay of it.
    said = {**agent.envelope(now), "business-id": PUBLISHED["business-id"], "drp.version": "0.9.4"}
    answer = Client().generic("POST", f"/v1/agent/{agent.id}", agent.sign(said), content_type="text/plain")
    return answer.json()["token"]


def send(vector: dict[str, Any], tokens: dict[str, str]) -> tuple[Any, str]:
    """The answer, and the id of the request it is about; what must come before is sent before."""
    id = send(BY_NAME[vector["after"]], tokens)[1] if "after" in vector else ""
    headers = {"Authorization": f"Bearer {tokens[vector['bearer']]}"} if vector["bearer"] else {}
    path, body = vector["path"].replace("{request_id}", id), vector.get("body", "") * vector.get("times", 1)
    kind = vector.get("content_type", "text/plain")
    answer = Client(enforce_csrf_checks=True).generic(
        vector["method"], path, body, content_type=kind, headers=headers
    )
    return answer, answer.json().get("request_id", id) if answer.content else id


@pytest.mark.django_db
@pytest.mark.parametrize("name", BY_NAME)
def test_vector(name: str, tokens: dict[str, str]) -> None:
    vector = BY_NAME[name]
    answer, _ = send(vector, tokens)
    wanted = vector["expect"]
    assert answer.status_code == wanted["status"], answer.content
    assert answer["Content-Type"] == "application/json" and answer["Cache-Control"] == "no-store"
    if wanted["answer"] is None:
        assert answer.content == b""
    elif answer.status_code == 200:
        assert wanted["answer"].items() <= answer.json().items()
    else:
        assert answer.json() == wanted["answer"]
    assert (answer.status_code == 401) == ("WWW-Authenticate" in answer)
    assert "Location" not in answer and not answer.cookies
