"""Commands that others wait for load little: the list of commands loads nothing, and a mail server that pipes
a mail to ``kept receive`` waits for no library that a mail does not need.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from kept.outbox.tests.process import another

NOT_FOR_A_MAIL = (
    "argon2",
    "duckdb",
    "granian",
    "playwright",
    "pydantic",
    "pytest",
    "sqlglot",
    "urllib3",
)
"""Measuring visits, passwords, serving, testing."""
OF_THE_LIST = {
    "kept",
    "kept.__main__",
    "kept.environment",
    # Its settings, as a touchpoint's.
    "kept.mailroom",
    "kept.mailroom.environment",
    "kept.operations",
    "kept.operations.known_commands",
    "kept.setting_types",
    "kept.terminal",
}
LISTED = """
import sys
from kept.__main__ import main
try:
    main(["--help"])
except SystemExit:
    pass
print(*sorted(set(sys.modules)), file=sys.stderr)
"""
TAKEN_IN = """
import io
from kept.rights.asking.mail import intake
lines = ["From: Alice <alice@example.com>", "To: privacy@example.com", "Message-ID: <1@example.com>",
    "Subject: Question", "Date: Sun, 29 Nov 2026 10:00:00 +0000", "", "What do you know of me?", ""]
mail = "\\r\\n".join(lines).encode()
print(intake.take_in(io.BytesIO(mail)).what)
print(*sorted(set(sys.modules)))
"""


def foreign(modules: set[str]) -> set[str]:
    """Of libraries, by name."""
    return {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names) - {"kept"}


def test_the_list_of_commands_loads_no_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LISTED], capture_output=True, text=True, check=False, timeout=60
    )
    loaded = set(done.stderr.split())
    ours = {name for name in loaded if name.partition(".")[0] == "kept"}
    # A touchpoint's own settings are read from one file of its, and nothing else of it.
    assert {name for name in ours if not name.startswith("kept.touchpoints")} == OF_THE_LIST
    assert all(name.count(".") < 3 or name.endswith(".environment") for name in ours)
    assert not foreign(loaded) & {"django", "yaml", "babel", "cryptography", "allauth", *NOT_FOR_A_MAIL}
    assert "receive" in done.stdout


@pytest.mark.django_db(transaction=True)
def test_a_mail_waits_for_no_library_it_does_not_need(policy: Any) -> None:
    done = another(TAKEN_IN)
    said, loaded = done.stdout.strip().splitlines() or ["", ""]
    assert said.startswith("taken in"), done.stderr
    assert "django" in foreign(set(loaded.split()))
    assert foreign(set(loaded.split())) & set(NOT_FOR_A_MAIL) == set()
