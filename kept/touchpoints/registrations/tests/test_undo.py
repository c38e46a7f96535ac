"""A registration can be undone for a day, as if it had never been."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.vault import gate
from kept.equipment.models import Unit
from kept.testing import reader_of
from kept.touchpoints.registrations.models import Registration
from kept.touchpoints.registrations.tests.conftest import FREE, register

pytestmark = pytest.mark.django_db


def undo(client: Any, made: Registration) -> Any:
    return client.post(f"/me/products/registrations/{made.reference}/undoing/", follow=True)


def test_it_works(hers: Any) -> None:
    made = register(hers)
    page = undo(hers, made).content.decode()
    assert "is undone" in page and "Undo this registration" not in page
    made.refresh_from_db()
    assert made.undone_at and Unit.objects.get(serial=FREE).holding is None


def test_the_warranty_counts_anew_after_it(hers: Any, alice: Any) -> None:
    undo(hers, register(hers))
    register(hers, machine={"purchased_year": "2026"})
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        assert Unit.objects.get(serial=FREE).holding.warranty_from.year == 2026


def test_after_a_day_it_is_too_late(hers: Any) -> None:
    made = register(hers)
    Registration.objects.update(registered_at=timezone.now() - timedelta(hours=25))
    page = undo(hers, made).content.decode()
    assert "can no longer be undone" in page and "Undo this registration" not in page
    assert Unit.objects.get(serial=FREE).holding is not None


def test_nobody_else_sees_or_undoes_it(hers: Any, his: Any) -> None:
    made = register(hers)
    assert his.get(f"/me/products/registrations/{made.reference}/").status_code == 404
    assert undo(his, made).status_code == 404


def test_it_rejects_get(hers: Any) -> None:
    made = register(hers)
    assert hers.get(f"/me/products/registrations/{made.reference}/undoing/").status_code == 405
