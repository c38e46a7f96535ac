"""A visitor's browser, and a company that asks about more than one kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.versions import Version
from kept.core.policy.loader import from_files
from kept.core.policy.model import Policy
from kept.core.register.declarations import DECLARED, Cookie
from kept.portal.visitors import device_consent
from kept.portal.visitors.device_consent import Chosen
from kept.testing import default_policy

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHOICE, PAGE = "/privacy/cookies/choice/", "/privacy/cookies/"
BELGIUM, UNITED_STATES = "193.190.0.1", "8.8.8.8"
ROW = (
    '[{id}]\nname = "{name}"\npurpose = "{purpose}"\nsetter = "CE+T Power"\nlifetime = "{lifetime}"\nkind ='
    ' "{kind}"\ntouchpoint = "cookies"\n\n'
)
# A measurement of one cookie, and a preference that is a family of them.
MORE = (
    Cookie("kept_counted", "measurement", "a test"),
    Cookie("kept_taste_*", "preference", "a test"),
)


def browser(**headers: str) -> Client:
    """A visitor's browser in Belgium, which says where its forms come from."""
    return Client(
        headers={"user-agent": AGENT, "sec-fetch-site": "same-origin", **headers}, REMOTE_ADDR=BELGIUM
    )


def said(client: Client) -> Chosen:
    """What the cookie in this browser says."""
    held = client.cookies.get(device_consent.NAME)
    return device_consent.read(held.value) if held else device_consent.NOTHING


def press(client: Client, answer: str, *, kinds: str = "preference measurement", **more: Any) -> Any:
    """One click on the banner."""
    return client.post(CHOICE, {"answer": answer, "kinds": kinds, "next": "/products/", **more})


def names(client: Client) -> set[str]:
    """The cookies this browser holds now: Django's client keeps emptied ones."""
    return {name for name, cookie in client.cookies.items() if cookie.value}


def edited(policy: Policy, **files: Callable[[str], str]) -> Policy:
    """The policy with some of its files changed: edited(policy, company=lambda text: …)."""
    return from_files(
        {
            **policy.files,
            **{f"{name}.toml": change(policy.files[f"{name}.toml"]) for name, change in files.items()},
        }
    )


def more_cookies(text: str) -> str:
    for cookie in MORE:
        purpose, lifetime = ("visits", "P1M") if cookie.kind == "measurement" else ("greeting", "P6M")
        text += "\n" + ROW.format(
            id=cookie.name.strip("*_").replace("_", "-"),
            name=cookie.name,
            purpose=purpose,
            lifetime=lifetime,
            kind=cookie.kind,
        )
    return text


def publish(policy: Policy) -> Version:
    return versions.publish(policy, effective=timezone.localdate(), by="Dana")


@pytest.fixture(autouse=True)
def _nothing_counted(db: None) -> None:
    cache.clear()


@pytest.fixture
def wider(policy: Version, monkeypatch: pytest.MonkeyPatch) -> Policy:
    """In force: the demo company's policy with one more kind, measurement, and a family of preferences; both
    are set in code.
    """
    monkeypatch.setattr(DECLARED, "cookies", [*DECLARED.cookies, *MORE])
    changed = edited(default_policy(), cookies=more_cookies)
    publish(changed)
    return changed
