"""Whoever restricted registration is told before they type, and nothing of it is stored."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from kept.touchpoints.registrations.models import Draft
from kept.touchpoints.registrations.tests.conftest import MACHINE

pytestmark = pytest.mark.django_db
REGISTER, CHOICES = "/me/products/register/", "/me/choices/"


def test_it_is_refused_at_the_door_and_leads_back(alice: Any, client_of: Any) -> None:
    hers = client_of(alice)
    hers.post(CHOICES, {"purpose": "registration", "verb": "restrict"})
    for answer in (hers.get(REGISTER), hers.post(REGISTER, MACHINE)):
        said = unescape(answer.content.decode())
        assert answer.status_code == 403 and "You restricted this use" in said
        assert f'href="{CHOICES}#registration"' in said and "The person" not in said
    assert not Draft.objects.exists()
    hers.post(CHOICES, {"purpose": "registration", "verb": "lift"})
    assert hers.get(REGISTER).status_code == 200
