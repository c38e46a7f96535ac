"""Homes with the program running in them for real, on SQLite and, where there is a server to test on, on
PostgreSQL.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from django.conf import settings

SERVER = os.environ.get("KEPT_TEST_DATABASE_URL", "")
# A database each, where the tests run on a server.
ENGINES = ["sqlite", *(["postgresql"] if SERVER else [])]


def environ(home: Path, **more: str) -> dict[str, str]:
    """A clean environment with a home of its own: no setting of the machine, and none of the test run, gets
    in.
    """
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("KEPT_") and name != "DJANGO_SETTINGS_MODULE"
    }
    return {**plain, "KEPT_HOME": str(home), "PYTHONPATH": str(settings.KEPT_POLICY.parent.parent), **more}


@dataclass
class House:
    """One KEPT_HOME, its database and the place where erasures are written down."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def kept(self, *arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kept", *map(str, arguments)]
        return subprocess.run(
            command,
            env=environ(self.home, **{**self.env, **env}),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def begin(self, text: str) -> subprocess.Popen[str]:
        """A script with the program's settings, in a process of its own."""
        surroundings = environ(self.home, **self.env, DJANGO_SETTINGS_MODULE="kept.settings")
        command = [sys.executable, "-c", f"import django\ndjango.setup()\n{text}"]
        return subprocess.Popen(
            command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def script(self, text: str) -> str:
        """What it printed, once it ended well."""
        running = self.begin(text)
        out, trouble = running.communicate(timeout=180)
        assert running.returncode == 0, trouble
        return out.strip()

    def killed(self, text: str, at: str = "here") -> None:
        """Kill -9 a script as soon as it prints the word."""
        running = self.begin(text)
        assert running.stdout is not None
        for line in running.stdout:
            if line.strip() == at:
                break
        else:
            raise AssertionError(running.communicate()[1])
        running.kill()
        running.communicate()

    def ready(self) -> str:
        """The sentence with which it refuses to work, or nothing.

        A house that works has nothing to say: not in its log either.
        """
        return self.kept("worker", "--once").stderr

    def raw(self) -> bytes:
        """Every byte under the home, and on PostgreSQL everything its tables say."""
        files = b"".join(path.read_bytes() for path in self.home.rglob("*") if path.is_file())
        url = self.env.get("KEPT_DATABASE_URL")
        if not url:
            return files
        with psycopg.connect(url) as server:
            names = [
                name
                for (name,) in server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ]
            return files + b"".join(
                str(row).encode()
                for name in names
                for row in server.execute(f'SELECT t::text FROM "{name}" AS t')
            )


def house(folder: Path, engine: str, *, keys_of: House | None = None, second: Path | None = None) -> House:
    """An empty house, with the keys of another where it shall restore that one's backup."""
    folder.mkdir(exist_ok=True)
    env = {"KEPT_ERASURES": str(second)} if second else {}
    if engine == "postgresql":
        name = f"kept_{uuid4().hex[:12]}"
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        env["KEPT_DATABASE_URL"] = urlsplit(SERVER)._replace(path=f"/{name}").geturl()
    made = House(folder / "home", env)
    if keys_of:
        give_keys(keys_of, made)
    return made


def give_keys(giver: House, taker: House) -> None:
    for ending in (".key", ".sign"):
        shutil.copy2(giver.home.with_name(f"home{ending}"), taker.home.with_name(f"home{ending}"))


def copy_of(original: House, folder: Path, *, second: Path | None = None) -> House:
    """The same house again, to be changed by a test."""
    folder.mkdir(exist_ok=True)
    shutil.copytree(original.home, folder / "home")
    env = {"KEPT_ERASURES": str(second)} if second else {}
    if url := original.env.get("KEPT_DATABASE_URL"):
        name = f"kept_{uuid4().hex[:12]}"
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE {urlsplit(url).path[1:]}")
        env["KEPT_DATABASE_URL"] = urlsplit(SERVER)._replace(path=f"/{name}").geturl()
    made = House(folder / "home", env)
    give_keys(original, made)
    return made


ERASE = """
from uuid import uuid4
from django.utils import timezone
from kept.accounts.models import User
from kept.core.register.destroying import erasing
from kept.rights.erasure import records
subject = User.objects.get(email="{email}").person_id
records.write(records.make(id=uuid4(), subject=subject, at=timezone.now()))
erasing.destroy_rows(subject)
"""
PEOPLE = """
from kept.accounts.models import User
names = [email.split("@")[0] for email in User.objects.values_list("email", flat=True)]
print(*sorted(name for name in names if name in {"alice", "bob", "charlie", "dana", "zoe.quill"}))
"""
