"""The web application. It refuses to start while the policy, the code and the database disagree."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django

from kept.environment import SettingError
from kept.outbox import sockets
from kept.terminal import Stop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kept.settings")

# Before anything else is imported: what a library does at its import is watched as well.
sockets.guard("web")

try:
    django.setup()
    # Building the application runs no checks by itself. These modules know models, so they come after the
    # set-up.
    import_module("kept.operations.processes.start_checks").look_before_starting()
    import_module("kept.operations.processes.static_files").gather()
    application = import_module("kept.operations.serving.assembly").assembled()
    # From here on again and again, beside the requests: none of them reads a file for it.
    import_module("kept.operations.comparison").watch()
except (SettingError, Stop) as refused:
    # A sentence for each finding, and no traceback: whoever starts the portal can act on the sentence.
    sys.exit(f"{refused}")
