"""Django's settings, put together from the environment. Traps and reasons stand beside each choice."""

from __future__ import annotations

from urllib.parse import urlsplit

from kept import environment
from kept.environment import ROOT

ENVIRONMENT = environment.read()
KEPT_HOME = ENVIRONMENT["KEPT_HOME"]
KEPT_MASTER_KEY_FILE = ENVIRONMENT["KEPT_MASTER_KEY_FILE"]
KEPT_POLICY = ENVIRONMENT["KEPT_POLICY"]
KEPT_SITE = ENVIRONMENT["KEPT_SITE"]
KEPT_DEMO = ENVIRONMENT["KEPT_DEMO"]
KEPT_UPLOAD_LIMIT = ENVIRONMENT["KEPT_UPLOAD_LIMIT"]
KEPT_MAIL_FROM = ENVIRONMENT["KEPT_MAIL_FROM"]
KEPT_WORKERS = ENVIRONMENT["KEPT_WORKERS"]

DEBUG = ENVIRONMENT["KEPT_DEBUG"]
SECURE = KEPT_SITE.startswith("https://")
_HOST = urlsplit(KEPT_SITE).hostname or "localhost"
ALLOWED_HOSTS = [_HOST, *ENVIRONMENT["KEPT_HOSTS"], *(["127.0.0.1", "[::1]"] if _HOST == "localhost" else [])]
CSRF_TRUSTED_ORIGINS = [KEPT_SITE]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "kept.core.ledger",
    "kept.core.consent",
    "kept.core.vault",
    "kept.core.register",
    "kept.people",
    "kept.products",
    "kept.equipment",
    "kept.outbox",
    "kept.accounts",
    "kept.portal",
    "kept.desk",
    "kept.promises",
    "kept.rights",
    "kept.operations",
    "kept.touchpoints.registrations",
]

ROOT_URLCONF = "kept.urls"
WSGI_APPLICATION = "kept.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
USE_TZ = True
TIME_ZONE = "Europe/Brussels"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": ENVIRONMENT["KEPT_DATABASE_URL"]
    or {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": KEPT_HOME / "kept.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # secure_delete: a destroyed key must not stay readable in a freed page.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON;",
        },
    }
}
