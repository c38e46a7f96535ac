"""The rules ruff keeps for this house are switched on where they must be, and lifted where they may be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.tree import ROOT

HIDDEN = "def late() -> None:\n    import json\n\n    json.dumps({})\n"


def broken_rules(place: str, source: str) -> str:
    ruff = Path(sys.executable).with_name("ruff")
    ran = subprocess.run(
        [ruff, "check", "--no-cache", "--output-format", "concise", "--stdin-filename", place, "-"],
        input=source,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return ran.stdout


@pytest.mark.parametrize(
    "line",
    [
        "from django.http import HttpResponse",
        "from django.shortcuts import render",
        "from django import views",
        "from django.template.loader import render_to_string",
        "from django.urls import reverse",
        "from django.core.mail import send_mail",
        "from django.utils.html import format_html",
    ],
)
def test_core_speaks_no_http_and_writes_no_html(line: str) -> None:
    source = f"{line}\n\n__all__ = ['{line.split()[-1]}']\n"
    assert "TID251" in broken_rules("kept/core/vault/planted.py", source)
    assert "TID251" not in broken_rules("kept/portal/planted.py", source)


def test_functions_hide_no_imports() -> None:
    assert "PLC0415" in broken_rules("kept/people/planted.py", HIDDEN)
    assert "PLC0415" not in broken_rules("kept/people/apps.py", HIDDEN)


def test_log_lines_carry_no_formatted_values() -> None:
    assert "G004" in broken_rules(
        "kept/people/planted.py",
        'import logging\n\nname = "Alice"\nlogging.getLogger("kept").info(f"{name} came")\n',
    )
