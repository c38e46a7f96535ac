"""The small cast and the rooms they need.

Alice is a customer, Bob helps, Charlie has no business here, Dana controls.

``home`` is a KEPT_HOME of the test's own with its keys; ``policy`` has the default policy published as
version 1; the cast come with it. ``client_of(alice)`` is a browser in which she has signed in.
"""

from __future__ import annotations

import random
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as project
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.core.ledger.notes import sign
from kept.core.ledger.versions import Version
from kept.core.policy import loader
from kept.core.policy.model import Policy
from kept.core.register.hooks.folders import FOLDERS
from kept.core.vault import gate
from kept.core.vault.readers import SelfReader
from kept.core.vault.session_proofs import SessionProof, own
from kept.core.vault.subject_keys import keys, master
from kept.operations.setting_up import ids
from kept.people.models import Person
from kept.portal.public_pages import PAGES
from kept.promises.guidelines import flows as guidelines

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))),
    "chromium",
)
PASSWORD = "otter lantern gravel"
ENTITY = "cet-power"


def free_port() -> int:
    """A port of this machine that nobody listens on, below those the kernel gives to whoever connects
    (ip_local_port_range): among them, whoever asks again and again whether somebody listens yet may one day
    be connected to themselves, and wait for an answer for ever.
    """
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as made:
            try:
                made.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("A hundred ports are taken.")


@cache
def default_policy() -> Policy:
    """The policy of the demo company, read once: parsing takes longer than most tests."""
    return loader.load(project.KEPT_POLICY)


def reader_of(user: User) -> SelfReader:
    """Somebody reading their own data, as if from a session of theirs."""
    return own(user.subject, SessionProof(subject=user.subject, session="a test"))


def customer(name: str, email: str, *, password: str = PASSWORD) -> User:
    """A customer with an ID whose address is confirmed. Needs ``policy``."""
    subject = uuid4()
    with gate.purpose(
        "account",
        reader=own(subject, SessionProof(subject=subject, session="a test")),
        about=subject,
        source="sign-up",
    ) as act:
        act.kind = "collected"
        Person.objects.enrol(id=subject, name=name, email=email, controller=ENTITY)
        user = User.objects.create_user(email, password, person_id=subject)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    user.confirm()
    return user


def staff(name: str, email: str, role: str, *, entity: str = ENTITY, password: str = PASSWORD) -> User:
    """A member of staff with a post at the desk, who has acknowledged what binds it. Needs ``policy``."""
    user = ids.hire(email=email, name=name, role=role, entity=entity, password=password)
    guidelines.acknowledge_all(user)
    return user


def found_by_axe(page: Page, **options: Any) -> list[tuple[str, list[str]]]:
    """What axe finds on the open page: the id of each rule that is broken, and the elements that break it.

    It is put into a page once, however often the page is looked at: that costs as much as a look.
    """
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(options)", {"resultTypes": ["violations"], **options})
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


def in_every_size(page: Page, widths: Sequence[int] = (320, 1440)) -> Iterator[str]:
    """The open page at each width in both themes, one after the other; it is not loaded again for that."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            yield f"{theme}, {width} px"


@pytest.fixture(autouse=True)
def _plain_and_quick(settings: Any) -> None:
    """Static files by their plain names, and password hashes that take no time.

    An undeclared cookie or question is an error.
    """
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "only ever used by tests", []
    versions.forget_seen()
    PAGES.forget()
    settings.UNDECLARED_COOKIES_RAISE = settings.UNDECLARED_FIELDS_RAISE = True


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """An empty KEPT_HOME with a master key and a signing key beside it."""
    folder_ = tmp_path / "home"
    folder_.mkdir(mode=0o700)
    settings.KEPT_HOME = folder_
    for declared in FOLDERS.values():
        setattr(settings, declared.setting, folder_ / declared.name)
    settings.KEPT_MASTER_KEY_FILE = tmp_path / "home.key"
    settings.KEPT_SIGNING_KEY_FILE = tmp_path / "home.sign"
    keys.make_master_key(settings.KEPT_MASTER_KEY_FILE)
    sign.create_key(settings.KEPT_SIGNING_KEY_FILE)
    yield folder_
    master.forget_loaded()


@pytest.fixture
def policy(home: Path, db: None) -> Version:
    """The default company's policy, published as version 1 and in force from today."""
    return versions.publish(default_policy(), effective=timezone.localdate(), by="Dana")


@pytest.fixture
def alice(policy: Version) -> User:
    """A customer."""
    return customer("Alice Lambert", "alice@example.com")


@pytest.fixture
def bob(policy: Version) -> User:
    """Of support."""
    return staff("Bob Martin", "bob@example.com", "support")


@pytest.fixture
def charlie(policy: Version) -> User:
    """A customer who has no business with anybody else's data."""
    return customer("Charlie Weber", "charlie@example.com")


@pytest.fixture
def dana(policy: Version) -> User:
    """The data controller."""
    return staff("Dana Peeters", "dana@example.com", "controller")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One real browser for all tests of a worker; each test opens a context of its own in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """client_of(user) is a browser in which that user has signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
