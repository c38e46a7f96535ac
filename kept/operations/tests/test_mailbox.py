"""The demo's mail can be read in the demo, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client

ADDRESS = "/demo/mail/"


@pytest.fixture
def demo(settings: Any, home: Path, policy: object) -> Any:
    settings.KEPT_DEMO = True
    settings.EMAIL_FILE_PATH = home / "mail"
    return settings


def test_it_shows_the_latest_mail_first(client: Client, demo: Any) -> None:
    for number in (1, 2):
        connection = get_connection(
            "django.core.mail.backends.filebased.EmailBackend", file_path=demo.EMAIL_FILE_PATH
        )
        EmailMessage(
            f"Code {number}", f"Your code is {number}<b>", None, ["alice@example.com"], connection=connection
        ).send()
    shown = client.get(ADDRESS).content.decode()
    assert "Code 1" in shown and "Code 2" in shown and "alice@example.com" in shown
    assert "Your code is 2&lt;b&gt;" in shown, shown[shown.index("Code") :][:900]


def test_it_says_when_there_is_none(client: Client, demo: Any) -> None:
    assert "Nothing yet" in client.get(ADDRESS).content.decode()


def test_a_real_portal_has_no_such_page(client: Client, policy: object) -> None:
    assert client.get(ADDRESS).status_code == 404
