"""The settings with one line of INSTALLED_APPS taken away: the one named by TAKEN_AWAY."""

from __future__ import annotations

import os

from kept.settings import *  # noqa: F403 (settings are a module of names)
from kept.settings import INSTALLED_APPS as WHOLE

INSTALLED_APPS = [app for app in WHOLE if app != os.environ["TAKEN_AWAY"]]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
