"""/privacy/recipients/changes.atom: whoever may receive something tomorrow stands in it today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy import loader
from kept.testing import default_policy

pytestmark = pytest.mark.django_db(transaction=True)
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def read() -> ElementTree.Element:
    said = Client().get("/privacy/recipients/changes.atom")
    assert said.status_code == 200 and said["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(said.content)


def test_before_anything_changed_it_is_an_empty_feed(policy: Any) -> None:
    root = read()
    assert root.findall("a:entry", ATOM) == [] and root.find("a:updated", ATOM).text  # type: ignore[union-attr]


def test_a_new_recipient_stands_in_it_before_its_day(policy: Any) -> None:
    files = dict(default_policy().files)
    files["purposes.toml"] = files["purposes.toml"].replace(
        '"group", "service-partner"]', '"group", "service-partner", "survey-house"]'
    )
    day = timezone.localdate() + timedelta(days=45)
    versions.publish(loader.from_files(files), effective=day, by="Dana")
    (entry,) = read().findall("a:entry", ATOM)
    summary = entry.findtext("a:summary", "", ATOM)
    assert summary.startswith(day.isoformat()) and "Survey house (demo)" in summary


def test_what_a_recipient_may_have_stands_in_it_too(policy: Any) -> None:
    files = dict(default_policy().files)
    files["recipients.toml"] = files["recipients.toml"].replace(
        'receives = ["contact.address"]', 'receives = ["contact.address", "contact.phone"]'
    )
    versions.publish(loader.from_files(files), effective=timezone.localdate() + timedelta(days=45), by="Dana")
    (entry,) = read().findall("a:entry", ATOM)
    assert "Address checker (demo) may now receive Phone number" in entry.findtext("a:title", "", ATOM)


def test_words_alone_are_no_news(policy: Any) -> None:
    files = dict(default_policy().files)
    files["purposes.toml"] = files["purposes.toml"].replace(
        "So that the people who help", "So that those who help"
    )
    versions.publish(loader.from_files(files), effective=timezone.localdate(), by="Dana")
    assert read().findall("a:entry", ATOM) == []


def test_the_page_leads_to_it(policy: Any) -> None:
    assert 'href="/privacy/recipients/changes.atom"' in Client().get("/privacy/recipients/").content.decode()
