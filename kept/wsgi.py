"""The web application. It refuses to start while the policy, the code and the database disagree."""

from __future__ import annotations

import os
import sys

import django
from django.core.wsgi import get_wsgi_application

from kept.environment import SettingError
from kept.operations.start import Refusal, look_before_starting
from kept.operations.static import gather

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kept.settings")

try:
    django.setup()
    # Building the application runs no checks by itself.
    look_before_starting()
    gather()
    application = get_wsgi_application()
except (SettingError, Refusal) as refused:
    # A sentence for each finding, and no traceback: whoever starts the portal can act on the sentence.
    sys.exit(f"{refused}")
