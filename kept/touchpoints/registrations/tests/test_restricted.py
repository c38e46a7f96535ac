"""Whoever restricted registration is told before they type, and nothing of it is stored."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from kept.touchpoints.registrations.handing_on.models import Handover
from kept.touchpoints.registrations.models import Draft
from kept.touchpoints.registrations.tests.conftest import MACHINE, YOU, register

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


def restrict(client: Any, verb: str = "restrict") -> None:
    client.post(CHOICES, {"purpose": "registration", "verb": verb})


def test_every_step_refuses_at_its_door_and_what_was_typed_is_shown_back(hers: Any) -> None:
    """It falls while she types: in another tab."""
    hers.post(REGISTER, MACHINE)
    draft = Draft.objects.get()
    you = f"{REGISTER}{draft.pk}/you/"
    assert hers.get(you).status_code == 200
    restrict(hers)
    for step in ("you", "check", "proof"):
        assert hers.get(f"{REGISTER}{draft.pk}/{step}/").status_code == 403
    answer = hers.post(you, {**YOU, "street": "Rue du Moulin 9", "seen": "{}"})
    said = unescape(answer.content.decode())
    assert (
        answer.status_code == 403
        and "What you typed is here" in said
        and "Rue du Moulin 9" in said
        and "Clause" in said
    )
    assert f'href="{CHOICES}#registration"' in said and answer["Cache-Control"] == "no-store"
    assert "Rue du Moulin 9" not in str(dict(hers.session.items())), "kept nowhere else"
    restrict(hers, "lift")
    assert hers.post(you, {**YOU, "street": "Rue du Moulin 9"}).status_code == 302


def test_handing_on_is_refused_at_its_door(hers: Any) -> None:
    done = register(hers)
    unit = f"/me/products/units/{done.holding_id}/"
    restrict(hers)
    assert hers.get(unit).status_code == 403
    answer = hers.post(f"{unit}offer/", {"email": "eve@example.com"})
    assert (
        answer.status_code == 403
        and "eve@example.com" in answer.content.decode()
        and not Handover.objects.exists()
    )
