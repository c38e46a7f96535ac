"""Tests never see a real KEPT_HOME: the environment is made before Django reads it, in a folder of this run's own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django
import hypothesis
import pytest
from django.conf import settings
from django.db import connection

RUN = Path(tempfile.mkdtemp(prefix="kept-tests-"))
atexit.register(shutil.rmtree, RUN, ignore_errors=True)

for name in [name for name in os.environ if name.startswith("KEPT_") and not name.startswith("KEPT_TEST_")]:
    del os.environ[name]
os.environ["DJANGO_SETTINGS_MODULE"] = "kept.settings"
os.environ["KEPT_HOME"] = str(RUN / "home")
# Nothing is collected for tests, and whitenoise warns about a folder that is not there.
(RUN / "home" / "static").mkdir(parents=True)
# Playwright's own event loop makes Django think that a synchronous test is asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
if os.environ.get("KEPT_TEST_DATABASE_URL"):
    os.environ["KEPT_DATABASE_URL"] = os.environ["KEPT_TEST_DATABASE_URL"]

if settings.configured:
    pytest.exit("Django's settings were read before this run had a home of its own. Run pytest without DJANGO_SETTINGS_MODULE.", 2)
django.setup()
# pytest's workers inherit the environment, and would read the settings before they come here.
del os.environ["DJANGO_SETTINGS_MODULE"]
if connection.vendor == "sqlite":
    # A file, as in production: in memory, threads would share one connection and see each other's half-done work.
    connection.settings_dict["TEST"]["NAME"] = str(RUN / "test.sqlite3")

# A busy machine is slow, and that breaks no law. Where a build is judged it is judged by the same examples each time; at a desk they are new ones.
hypothesis.settings.register_profile("kept", deadline=None, derandomize=bool(os.environ.get("CI")))
# By night, for as long as it takes, always new ones: what is found there becomes an @example beside its test.
hypothesis.settings.register_profile("nightly", deadline=None, derandomize=False, max_examples=2000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("KEPT_TEST_EXAMPLES", "kept"))

pytest_plugins = ["kept.testing"]
