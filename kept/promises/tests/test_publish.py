"""Publishing: the one act by which an edited folder comes to rule, and never sooner than was promised."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.models import Version
from kept.promises import flows, version_history
from kept.promises.proofs import announced
from kept.promises.tests.test_pages import edited

pytestmark = pytest.mark.django_db
NARROW = {"purposes": ('keep = "P3Y"', 'keep = "P2Y"')}
WIDE = {"purposes": ('keep = "P3Y"', 'keep = "P4Y"')}


def test_nothing_changed_nothing_published(policy: Any) -> None:
    with pytest.raises(flows.CannotPublish, match="Nothing changed"):
        flows.publish(draft=versions.version(1), effective=None, by="Dana")


def test_a_narrowing_rules_today(policy: Any) -> None:
    row = flows.publish(draft=edited(**NARROW), effective=None, by="Dana")
    assert row.number == 2 and row.effective == timezone.localdate()
    assert versions.current().number == 2


def test_a_widening_waits_for_its_notice(policy: Any) -> None:
    draft, today = edited(**WIDE), timezone.localdate()
    first = flows.earliest(draft, today=today)
    assert first >= today + timedelta(days=28)
    with pytest.raises(flows.CannotPublish, match="Notice is"):
        flows.publish(draft=draft, effective=first - timedelta(days=1), by="Dana")
    assert flows.publish(draft=draft, effective=None, by="Dana").effective == first
    assert versions.current().number == 1 and version_history.coming().number == 2


def test_not_in_the_past(policy: Any) -> None:
    with pytest.raises(flows.CannotPublish, match="in the past"):
        flows.publish(draft=edited(**NARROW), effective=timezone.localdate() - timedelta(days=1), by="Dana")


def test_the_proof_sees_a_widening_without_notice(policy: Any) -> None:
    assert announced().kept is True
    versions.publish(edited(**WIDE), effective=timezone.localdate(), by="Dana")
    assert announced().kept is False and "version 2" in announced().text


def test_the_proof_sees_a_version_that_was_touched(policy: Any) -> None:
    flows.publish(draft=edited(**NARROW), effective=None, by="Dana")
    super(type(Version.objects.all()), Version.objects.filter(number=2)).update(published_by="Charlie")
    with pytest.raises(versions.VersionBroken):
        announced()
