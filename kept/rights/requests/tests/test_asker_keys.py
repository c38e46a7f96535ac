"""A key made for somebody nobody knew goes with the last that it sealed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.vault.subject_keys import keys
from kept.outbox.models import Message
from kept.rights.requests import flows
from kept.rights.requests.askers import asker_keys
from kept.rights.requests.models import Asker, Request
from kept.rights.requests.tests.conftest import hers, unknown

pytestmark = pytest.mark.django_db
LATER = timedelta(days=2)


def test_it_stays_as_long_as_its_request(policy: Any) -> None:
    request = unknown().request
    assert (
        asker_keys.let_go(timezone.now() + LATER) == 0 and request.keeper and not keys.erased(request.keeper)
    )


def test_it_goes_when_the_request_has_lived_out_its_term(policy: Any) -> None:
    keeper = unknown().request.keeper
    Request.objects.all().delete()
    assert asker_keys.let_go() == 0, "not in the hour in which it may just be written"
    assert asker_keys.let_go(timezone.now() + LATER) == 1 and asker_keys.let_go(timezone.now() + LATER) == 0
    assert (
        keeper
        and keys.erased(keeper)
        and not Message.objects.filter(subject=keeper).exists()
        and not Asker.objects.exists()
    )


def test_once_it_is_known_who_asks_nothing_of_the_asker_is_left(alice: Any) -> None:
    request = unknown().request
    flows.identified(request=request, person=alice.person)
    assert asker_keys.let_go(timezone.now() + LATER) == 1
    assert not keys.erased(alice.subject) and Message.objects.filter(subject=alice.subject).exists()


def test_a_person_is_no_asker(alice: Any) -> None:
    hers(alice)
    assert not Asker.objects.exists()
