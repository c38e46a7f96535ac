"""A second process on the very database and keys of the running test: what another worker or web process
would see and do.
"""

from __future__ import annotations

import os
import subprocess
import sys

from django.conf import settings
from django.db import connection

START = """
import os, signal, sys, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
"""


def another(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own; ``sys.argv[2:]`` are the arguments."""
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kept.settings",
        "KEPT_HOME": str(settings.KEPT_HOME),
        "KEPT_MASTER_KEY_FILE": str(settings.KEPT_MASTER_KEY_FILE),
        "KEPT_SIGNING_KEY_FILE": str(settings.KEPT_SIGNING_KEY_FILE),
    }
    command = [sys.executable, "-c", START + code, str(connection.settings_dict["NAME"]), *arguments]
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=60, check=False)
