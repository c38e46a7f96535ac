"""Django's settings, put together from the environment. Traps and reasons stand beside each choice."""

from __future__ import annotations

from urllib.parse import urlsplit

from kept import environment
from kept.operations.silence.log_filters import logging_without_values
from kept.portal.languages import locale_folders
from kept.portal.visitors import headers

ENVIRONMENT = environment.read()
KEPT_HOME = ENVIRONMENT["KEPT_HOME"]
KEPT_MASTER_KEY_FILE, KEPT_SIGNING_KEY_FILE = (
    ENVIRONMENT["KEPT_MASTER_KEY_FILE"],
    ENVIRONMENT["KEPT_SIGNING_KEY_FILE"],
)
KEPT_POLICY = ENVIRONMENT["KEPT_POLICY"]
KEPT_SITE = ENVIRONMENT["KEPT_SITE"]
KEPT_DEMO = ENVIRONMENT["KEPT_DEMO"]
KEPT_UPLOAD_LIMIT = ENVIRONMENT["KEPT_UPLOAD_LIMIT"]
KEPT_MAIL_FROM = ENVIRONMENT["KEPT_MAIL_FROM"]
KEPT_WORKERS = ENVIRONMENT["KEPT_WORKERS"]
KEPT_INDEX_EPOCH = ENVIRONMENT["KEPT_INDEX_EPOCH"]
KEPT_ERASURES = ENVIRONMENT["KEPT_ERASURES"]
KEPT_FORGET_AFTER = ENVIRONMENT["KEPT_FORGET_AFTER"]
KEPT_WITNESSES = ENVIRONMENT["KEPT_WITNESSES"]
# What rooms and touchpoints declared themselves.
globals().update({setting.name: ENVIRONMENT[setting.name] for setting in environment.OF_ROOMS})
KEPT_LMTP, KEPT_IMAP, KEPT_IMAP_AFTER = (
    ENVIRONMENT[name] for name in ("KEPT_LMTP", "KEPT_IMAP", "KEPT_IMAP_AFTER")
)
KEPT_MAIL_LIMIT, KEPT_MAIL_BOUNCES = ENVIRONMENT["KEPT_MAIL_LIMIT"], ENVIRONMENT["KEPT_MAIL_BOUNCES"]
KEPT_PROXIES = ENVIRONMENT["KEPT_PROXIES"]
KEPT_COUNTRIES, KEPT_PROVIDERS = ENVIRONMENT["KEPT_COUNTRIES"], ENVIRONMENT["KEPT_PROVIDERS"]
KEPT_AGENTS, KEPT_BUSINESS_ID = ENVIRONMENT["KEPT_AGENTS"], ENVIRONMENT["KEPT_BUSINESS_ID"]

# An agent is told by https alone, and never inside the operator's own network. Whoever tries the demo out has
# neither at hand.
AGENTS_MAY_BE_LOCAL = KEPT_DEMO

DEBUG = ENVIRONMENT["KEPT_DEBUG"]
SECURE = KEPT_SITE.startswith("https://")
_HOST = urlsplit(KEPT_SITE).hostname or "localhost"
ALLOWED_HOSTS = [_HOST, *ENVIRONMENT["KEPT_HOSTS"], *(["127.0.0.1", "[::1]"] if _HOST == "localhost" else [])]
CSRF_TRUSTED_ORIGINS = [KEPT_SITE]

# Derived from the master key when first used, so that there is no second secret to keep, and settings load
# without one.
SECRET_KEY = environment.DerivedSecret(KEPT_MASTER_KEY_FILE)
SECRET_KEY_FALLBACKS = environment.OlderSecrets(KEPT_MASTER_KEY_FILE)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
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
    "kept.portal.regions",
    "kept.portal.organisations",
    "kept.desk",
    "kept.desk.staff",
    "kept.mailroom",
    "kept.promises",
    "kept.promises.guidelines",
    "kept.promises.safeguards",
    "kept.rights",
    "kept.rights.receipts",
    "kept.rights.choices",
    "kept.rights.cookies",
    "kept.rights.requests",
    "kept.rights.asking",
    "kept.rights.correction",
    "kept.rights.erasure",
    "kept.rights.agents",
    "kept.rights.breaches",
    "kept.retention",
    "kept.disclosures",
    "kept.operations",
    "kept.touchpoints.registrations",
    "kept.touchpoints.support",
    "kept.touchpoints.visits",
    "kept.touchpoints.orders",
    # After our own rooms, so that their templates are found first.
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    # Before everything: what cannot be read is answered without anybody trying again.
    "kept.operations.serving.reading.ReadOnce",
    # Early: whoever counts by machine must see the visitor's, and not the proxy's.
    "kept.portal.visitors.proxies.VisitorAddress",
    # Before anything reads an address: everything further in sees it without a language.
    "kept.portal.languages.middleware.AddressedLanguage",
    "django.middleware.security.SecurityMiddleware",
    # Before whitenoise, which answers for itself: a drawing opened by its own address runs nothing either.
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before whatever knows people: any cache may keep a tile, and any site read it.
    "kept.promises.public_ledger.PublicLedger",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "kept.operations.silence.cookies.HostCookies",
    "kept.operations.silence.cookies.DeclaredCookies",
    "kept.operations.silence.cookies.ClearSiteData",
    "kept.portal.middleware.EntranceMiddleware",
    # Before there is a session: while the database is not the one the second place knows, nobody is known
    # here.
    "kept.operations.lockdown.ClosedWhileDifferent",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kept.portal.form_parts.preserved_input.TypedAgain",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kept.accounts.signing_in.known_browsers.KnownBrowser",
    "kept.accounts.middleware.ReaderMiddleware",
    "kept.portal.languages.middleware.ReadersLanguage",
    "kept.rights.choices.gpc.SignalMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kept.portal.form_parts.refusals.RefusalMiddleware",
    # Innermost: a page that was drawn before passes by all others as if it had just been.
    "kept.portal.public_pages.SharedPages",
]

ROOT_URLCONF = "kept.urls"
WSGI_APPLICATION = "kept.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
USE_TZ = True
TIME_ZONE = environment.TIME_ZONE
LANGUAGE_CODE = "en"
# Each by its own name. The first is the one sentences are written in; bin/messages keeps the others.
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch"), ("nl", "Nederlands")]
LOCALE_PATHS = locale_folders.folders()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_LOADER = "kept.portal.languages.loaders.Loader"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [_LOADER] if DEBUG else [("kept.portal.languages.loaders.CachedLoader", [_LOADER])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kept.portal.context.portal",
            ],
        },
    },
]
FORM_RENDERER = "kept.portal.form_parts.asked_fields.Renderer"

DATABASES = {
    "default": (
        ENVIRONMENT["KEPT_DATABASE_URL"]
        or {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": KEPT_HOME / "kept.sqlite3",
            # Opening costs more than most requests ask of it, and whoever closes the last one waits for a
            # checkpoint.
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # secure_delete: a destroyed key must not stay readable in a freed page.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; PRAGMA"
                    " foreign_keys=ON;"
                ),
            },
        }
    )
}

# Rate limits must be shared by all web processes, so the cache is a table. Its keys are keyed hashes: they
# hold addresses otherwise.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "operations_cache",
        "KEY_FUNCTION": "kept.operations.silence.cache_keys.keyed",
        # Django's 300 would let anybody push others' counts out by making new ones.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Static files: hashed names, compressed once, cached for ever.
STATIC_URL = "/static/"
STATIC_ROOT = KEPT_HOME / "static"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "kept.operations.processes.static_files.HashedFiles"
        ),
    },
}

# Files of the portal are sealed by the vault; Django's own upload handling only ever sees them on their way
# there.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = KEPT_UPLOAD_LIMIT
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# How mail leaves. Kept in a folder it never leaves this machine, and is read there by whoever tries the
# portal out.
_MAIL = ENVIRONMENT["KEPT_MAIL"]
_MAIL_STAYS = _MAIL["scheme"] == "folder"
EMAIL_BACKEND = f"django.core.mail.backends.{'filebased' if _MAIL_STAYS else 'smtp'}.EmailBackend"
EMAIL_FILE_PATH = KEPT_HOME / "mail"
if not _MAIL_STAYS:
    EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
        _MAIL[part] for part in ("host", "port", "user", "password")
    )
    EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL["scheme"] == "smtps", _MAIL["scheme"] == "smtp+tls"
    # A server that does not answer must not hold up the mails of everybody else.
    EMAIL_TIMEOUT = 20

# Headers and cookies.
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 63_072_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = headers.CONTENT_SECURITY_POLICY
PERMISSIONS_POLICY = headers.PERMISSIONS_POLICY
SESSION_COOKIE_NAME = "kept_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Lax, not Strict: a link in a mail must arrive signed in.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "kept_csrf"
# The cookie is gone when the browser closes, so that it never outlives what the table of cookies says.
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "kept.portal.form_parts.preserved_input.refused"
# What nobody declared, a cookie or a question, is left out of an answer; while developing and testing it is
# an error.
UNDECLARED_COOKIES_RAISE = UNDECLARED_FIELDS_RAISE = DEBUG
# Messages go into the sealed session, not into a cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Reports hold types and places, never values.
DEFAULT_EXCEPTION_REPORTER = "kept.operations.silence.error_reports.TypesAndPlaces"
DEFAULT_EXCEPTION_REPORTER_FILTER = "kept.operations.silence.error_reports.NoValues"
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_without_values(json=ENVIRONMENT["KEPT_LOG_JSON"])

# ---- accounts: sign-in, sessions, second factors -----------------------------------------------------------
AUTHENTICATION_BACKENDS = ["kept.accounts.signing_in.backend.IdBackend"]
PASSWORD_HASHERS = ["kept.accounts.signing_up.passwords.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "kept.accounts.signing_up.passwords.LengthByFactors"},
    {"NAME": "kept.accounts.signing_up.passwords.NotStolen"},
]
# The table of django.contrib.sessions would hold addresses and codes in the clear, so that app is not
# installed.
SESSION_ENGINE = "kept.accounts.signing_in.sessions"
SESSION_COOKIE_AGE = 14 * 86_400
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/me/"
ACCOUNT_ADAPTER = "kept.accounts.signing_in.adapter.AccountAdapter"
ACCOUNT_USER_DISPLAY = "kept.accounts.signing_in.adapter.display"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 5
# A new ID's address could be changed here, a taken one's could not: the difference would tell them apart.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "kept.accounts.second_factors.capabilities.LinkTokens"  # noqa: S105 (a class of ours, no secret)
ACCOUNT_CHANGE_EMAIL = True
# A stranger's address gets no mail, and the screens never say whether an ID exists. Left to the worker like a
# known one's, and written by it to nobody: so that both cost the same (accounts/mail.py).
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# One limiter serves all rooms (accounts/limits/rate_limits.py). The library's own is off: it counts in the
# cache, and sleeps in a worker thread for its lock.
_LIMITED = (
    "change_password change_phone confirm_email login login_failed manage_email reauthenticate"
    " request_login_code reset_password"
)
ACCOUNT_RATE_LIMITS = dict.fromkeys(f"{_LIMITED} reset_password_from_key signup verify_phone".split())
MFA_RATE_LIMITS = dict.fromkeys(("webauthn_login",))
ACCOUNT_FORMS = {
    "add_email": "kept.accounts.signing_up.forms.ChangeEmail",
    "change_password": "kept.accounts.signing_up.forms.ChangePassword",
    "confirm_email_verification_code": "kept.accounts.signing_up.forms.EmailCode",
    "confirm_password_reset_code": "kept.accounts.signing_up.forms.ResetCode",
    "login": "kept.accounts.signing_up.forms.SignIn",
    "reauthenticate": "kept.accounts.signing_up.forms.ConfirmPassword",
    "reset_password": "kept.accounts.signing_up.forms.ForgottenPassword",
    "reset_password_from_key": "kept.accounts.signing_up.forms.NewPassword",
    "set_password": "kept.accounts.signing_up.forms.FirstPassword",
    "signup": "kept.accounts.signing_up.signup.SignUp",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
MFA_ADAPTER = "kept.accounts.second_factors.factors.FactorAdapter"
MFA_FORMS = {
    "activate_totp": "kept.accounts.second_factors.factor_forms.StartApp",
    "add_webauthn": "kept.accounts.second_factors.factor_forms.AddPasskey",
    "authenticate": "kept.accounts.second_factors.factor_forms.SecondFactor",
    "edit_webauthn": "kept.accounts.second_factors.factor_forms.RenamePasskey",
    "reauthenticate": "kept.accounts.second_factors.factor_forms.ConfirmFactor",
    "signup_webauthn": "kept.accounts.second_factors.factor_forms.FirstPasskey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
