"""Settings come from the environment, each with a check and a sentence when it is wrong.

The names, defaults and meanings stand in ``SETTINGS``; ``docs/settings.md`` is tested against it.
"""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib import import_module
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kept.setting_types import Setting, SettingError, folder, path

__all__ = ["ROOT", "SETTINGS", "Setting", "SettingError", "read"]

# `kept demo` leaves a file of this name in the home it made.
DEMO_MARK = "demo"

ROOT = Path(__file__).resolve().parent.parent

TIME_ZONE = "Europe/Brussels"
"""Whose midnight ends a day: of dates in the portal, and of the log of visits."""


def _flag(text: str) -> bool:
    if text.lower() in {"1", "yes", "true", "on"}:
        return True
    if text.lower() in {"", "0", "no", "false", "off"}:
        return False
    raise ValueError("Write yes or no.")


def _hosts(text: str) -> list[str]:
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    if any("/" in host or ":" in host for host in hosts):
        raise ValueError("Write host names only, separated by commas, like portal.example.com.")
    return hosts


def _site(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
        raise ValueError(
            "Write the site's address with its scheme and without a path, like https://portal.example.com."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _database(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError("Write postgresql://user:password@host:5432/name, or leave it out for SQLite.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # PostgreSQL would compile a question to many tables, which takes it a second, for an answer of
        # milliseconds.
        "OPTIONS": {"options": "-c jit=off"},
    }


def _mail(text: str) -> dict[str, Any]:
    parts = urlsplit(text)
    if parts.scheme == "folder":
        return {"scheme": "folder"}
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not parts.hostname:
        raise ValueError(
            "Write smtp://user:password@host:587, smtps://… or smtp+tls://…, or folder: to keep mail in"
            " KEPT_HOME/mail."
        )
    return {
        "scheme": parts.scheme,
        "host": parts.hostname,
        "port": parts.port or (465 if parts.scheme == "smtps" else 587),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
    }


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(
            "Write an IP address of this machine, like 127.0.0.1, or 0.0.0.0 for all of them."
        ) from None


class Networks(tuple[IPv4Network | IPv6Network, ...]):
    """``named``: whether the operator said which, if only that there are none."""

    named = True


def _networks(text: str) -> Networks:
    """Machines, each alone or as a network; "none" says on purpose that there are none.

    A network with bits beyond its mask is a typing error, and would trust strangers.
    """
    if text.strip().lower() == "none":
        return Networks()
    try:
        found = Networks(ip_network(part.strip()) for part in text.split(",") if part.strip())
        found.named = bool(found)
        return found
    except ValueError:
        raise ValueError(
            "Write addresses or networks separated by commas, like 127.0.0.1, 10.0.0.0/24, fd00::/64; or"
            " none."
        ) from None


def _days(text: str) -> timedelta:
    """Days, plain or as an ISO 8601 duration: 35, P35D, P5W."""
    found = re.fullmatch(r"(?:P(?=\d))?(\d{1,5})([DW]?)", text)
    if not found or text.startswith("P") != bool(found[2]) or not int(found[1]):
        raise ValueError("Write days, like 35, P35D or P5W.")
    return timedelta(days=int(found[1]) * (7 if found[2] == "W" else 1))


def _business(text: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,79}|", text):
        raise ValueError(
            "Write the id the agents' directory lists this company under, in capitals, figures and"
            " underscores, like CET_POWER."
        )
    return text


def _whole(text: str) -> int:
    if not text.isdigit():
        raise ValueError("Write a whole number.")
    return int(text)


_OWN: tuple[Setting, ...] = (
    Setting(
        "KEPT_HOME", "~/.kept", "The folder that holds all state: database, files, mail of the demo.", path
    ),
    Setting(
        "KEPT_MASTER_KEY_FILE",
        "",
        "The master key, mode 0600, outside KEPT_HOME. By default a sibling: KEPT_HOME with .key appended.",
        str,
    ),
    Setting(
        "KEPT_SIGNING_KEY_FILE",
        "",
        "The key that signs the ledger's checkpoints, outside KEPT_HOME. By default a sibling: KEPT_HOME with"
        " .sign appended.",
        str,
    ),
    Setting(
        "KEPT_POLICY",
        str(ROOT / "policies" / "cet-power"),
        "The policy folder that is edited. What rules is the version last published.",
        path,
    ),
    Setting(
        "KEPT_DATABASE_URL",
        "",
        "postgresql://user:password@host:5432/name. Left out: SQLite in KEPT_HOME.",
        _database,
    ),
    Setting(
        "KEPT_SITE",
        "http://localhost:8000",
        "The address people type. Passkeys need https or http://localhost.",
        _site,
    ),
    Setting("KEPT_HOSTS", "", "Further host names the portal answers to, separated by commas.", _hosts),
    Setting(
        "KEPT_MAIL",
        "folder:",
        "How mail leaves: smtp://, smtps://, smtp+tls://, or folder: for KEPT_HOME/mail.",
        _mail,
    ),
    Setting(
        "KEPT_MAIL_FROM", "", "The sender of mail. Left out: the address the policy folder publishes.", str
    ),
    Setting(
        "KEPT_DEMO",
        "no",
        "Shows the demo sign-ins and mail. Known by itself in a home made by `kept demo`. Only ever on"
        " localhost.",
        _flag,
    ),
    Setting("KEPT_DEBUG", "no", "Django's debug pages, with every local variable left out.", _flag),
    Setting("KEPT_UPLOAD_LIMIT", "10000000", "The largest file a person may send, in bytes.", _whole),
    Setting(
        "KEPT_LOG_JSON", "no", "Log one JSON object a line, for machines, instead of plain lines.", _flag
    ),
    Setting(
        "KEPT_BIND", "127.0.0.1", "The address to listen on. A demo listens on localhost only.", _address
    ),
    Setting(
        "KEPT_PROXIES",
        "",
        "The proxies in front of the portal, by address or network. What they say of a visitor's address is"
        " believed. none: there is none.",
        _networks,
    ),
    Setting(
        "KEPT_COUNTRIES",
        "",
        "A table of addresses and countries (.mmdb). Left out: the one that comes with the program.",
        folder,
    ),
    Setting(
        "KEPT_PROVIDERS",
        "",
        "A table of addresses and their Internet providers (.mmdb). Left out: no provider is looked up.",
        folder,
    ),
    Setting(
        "KEPT_INDEX_EPOCH",
        "1",
        "Counts up when the keys of the search indexes are changed. Old and new entries are both found"
        " meanwhile.",
        _whole,
    ),
    Setting(
        "KEPT_ERASURES",
        "",
        "A folder on another disk or host, outside KEPT_HOME: there each erasure is written down first, so"
        " that a restore brings nobody back.",
        folder,
    ),
    Setting(
        "KEPT_FORGET_AFTER",
        "35",
        "How long a backup of keys may live, in days. An erasure is remembered as long.",
        _days,
    ),
    Setting(
        "KEPT_AGENTS",
        "",
        "The directory of authorised agents: its JSON file. Left out: no agent is known.",
        folder,
    ),
    Setting(
        "KEPT_BUSINESS_ID",
        "",
        "The id under which agents address this company. Left out: the host of KEPT_SITE in capitals.",
        _business,
    ),
    Setting(
        "KEPT_WITNESSES",
        "",
        "Who is asked to sign our checkpoints: key and address of each, separated by commas. Left out:"
        " nobody.",
        str,
    ),
    Setting(
        "KEPT_WORKERS",
        "0",
        "Web processes, two threads each. 0: one; on PostgreSQL two, where the machine has two cores.",
        _whole,
    ),
)


def _declared() -> Iterator[Setting]:
    """What rooms and touchpoints declare in an ``environment.py`` of their own: ``SETTINGS``, in plain
    Python.

    Asked of every folder, in use or not.
    """
    for place in ("", "touchpoints/"):
        for file in sorted((ROOT / "kept").glob(f"{place}*/environment.py")):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            yield from import_module(name).SETTINGS


OF_ROOMS = tuple(_declared())
SETTINGS = (*_OWN, *OF_ROOMS)


def read(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Every setting by name, parsed. Raises SettingError with one sentence for the first wrong one."""
    environ = os.environ if environ is None else environ
    known = {setting.name for setting in SETTINGS}
    for name in environ:
        if name.startswith("KEPT_") and name not in known and not name.startswith("KEPT_TEST_"):
            raise SettingError(f"{name} is not a setting. The settings are: {', '.join(sorted(known))}.")
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        try:
            values[setting.name] = setting.read(environ.get(setting.name) or setting.default)
        except ValueError as wrong:
            raise SettingError(f"{setting.name} is wrong. {wrong}") from None
    home: Path = values["KEPT_HOME"]
    values["KEPT_MASTER_KEY_FILE"] = _beside(
        home, ".key", values["KEPT_MASTER_KEY_FILE"], "KEPT_MASTER_KEY_FILE"
    )
    values["KEPT_SIGNING_KEY_FILE"] = _beside(
        home, ".sign", values["KEPT_SIGNING_KEY_FILE"], "KEPT_SIGNING_KEY_FILE"
    )
    erasures: Path | None = values["KEPT_ERASURES"]
    if erasures is not None and (erasures == home or erasures.is_relative_to(home)):
        raise SettingError(
            "KEPT_ERASURES lies inside KEPT_HOME, and would be lost with it. Name a folder on another disk or"
            " host."
        )
    values |= {
        setting.name: values[setting.name] or home / setting.in_home
        for setting in SETTINGS
        if setting.in_home
    }
    values["KEPT_DEMO"] = values["KEPT_DEMO"] or (home / DEMO_MARK).exists()
    if values["KEPT_DEMO"] and urlsplit(values["KEPT_SITE"]).hostname != "localhost":
        raise SettingError(
            "The demo company has well-known passwords and lives on localhost only. Leave KEPT_SITE out, or"
            " use another KEPT_HOME."
        )
    return values


def _beside(home: Path, ending: str, given: str, name: str) -> Path:
    file = path(given) if given else home.with_name(home.name + ending)
    if file.is_relative_to(home):
        raise SettingError(
            f"{name} lies inside KEPT_HOME, so a stolen backup would carry its own key. Put it elsewhere."
        )
    return file


class DerivedSecret:
    """Django's SECRET_KEY, derived from the newest generation of the master key (HKDF, RFC 5869, SHA-256, one
    block).

    Asked each time: a rotated key must rule in every process at once. A subclass of nothing: Django only ever
    asks for its text. Its ``repr`` says nothing.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def __str__(self) -> str:
        return _secrets(self._file)[0]

    def __repr__(self) -> str:
        return "<derived from the master key>"


class OlderSecrets(list[str]):
    """Django's SECRET_KEY_FALLBACKS: what older generations signed holds until they are destroyed.

    A list, because Django asks for one.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def __iter__(self) -> Iterator[str]:
        return iter(_secrets(self._file)[1:])

    def __len__(self) -> int:
        return len(_secrets(self._file)) - 1


def _secrets(file: Path) -> list[str]:
    """One for each generation, newest first.

    A file that is gone for a moment stops no process that has read it.
    """
    try:
        found = file.stat()
    except OSError:
        found = None
    known = _read_secrets.get(file)
    if known is None or (found and (found.st_ino, found.st_mtime_ns) != known[0]):
        known = _read_secrets[file] = (
            (found.st_ino, found.st_mtime_ns) if found else (0, 0),
            _derive_secrets(file),
        )
    return known[1]


_read_secrets: dict[Path, tuple[tuple[int, int], list[str]]] = {}


def _derive_secrets(file: Path) -> list[str]:
    try:
        text = file.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise SettingError(
            f"The master key {file} cannot be read. Put it back, or run `kept setup` for a new, empty home."
        ) from None
    seals = [line.removeprefix("seal ") for line in text.splitlines() if line.startswith("seal ")]
    # Each as if it stood alone in a file of one key: what such a file signed holds when generations are added
    # to it.
    return [_secret(f"kept master key 1\n{one}\n") for one in seals] or [_secret(text)]


def _secret(text: str) -> str:
    extracted = hmac.digest(b"kept", text.encode(), "sha256")
    return hmac.digest(extracted, b"django secret key\x01", "sha256").hex()
