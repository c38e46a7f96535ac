"""Mail that waits for a look: for one company, on record, and not for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kept.core.ledger.acts import acts_of
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.mailroom import distribution
from kept.mailroom.jobs import sweep
from kept.mailroom.models import ReceivedMail
from kept.mailroom.receiving import spool
from kept.mailroom.tests.letters import mail
from kept.mailroom.tests.test_distribution import arrives
from kept.testing import customer, reader_of, staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policy")]
ROUND = b"Received: by x\r\n" * 80
AMERICA = "privacy.northamerica@example.com"


def waits(**head: str) -> ReceivedMail:
    id = arrives(ROUND + mail("Is this mine?", **head))
    distribution.distribute()
    return ReceivedMail.objects.get(pk=id)


def look(client: Client, row: ReceivedMail) -> Any:
    return client.get(reverse("desk-mail-look", args=[row.pk]))


def seen(user: Any) -> list[str]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return [str(entry.detail) for entry in timeline(user.subject, limit=10)]


def test_each_look_stands_on_the_timeline_of_whoever_it_says_it_is_from(dana: Any, client_of: Any) -> None:
    eve = customer("Eve", "eve@mail.example")
    row = waits()
    client_of(dana).get(reverse("desk-mail"))
    assert not any("Looked at a mail" in one for one in seen(eve))
    look(client_of(dana), row)
    look(client_of(dana), row)
    assert sum("Looked at a mail that says it is from you" in one for one in seen(eve)) == 2


def test_a_look_at_a_strangers_mail_is_on_record_for_whoever_looked(dana: Any, client_of: Any) -> None:
    row = waits()
    assert look(client_of(dana), row).status_code == 200
    assert [act.about for act in acts_of(("read",)) if act.about == row.matter_ref] == [row.matter_ref]


def test_it_waits_for_the_company_that_was_written_to(client_of: Any, dana: Any) -> None:
    far = staff("Far", "far@example.com", "controller", entity="cet-energy-solutions")
    id = arrives(ROUND + mail("Is this mine?"), to=(AMERICA,))
    distribution.distribute()
    theirs, ours = ReceivedMail.objects.get(pk=id), waits(Subject="Another one")
    assert (theirs.entity, ours.entity) == ("cet-energy-solutions", "cet-power")
    for user, own, other in ((dana, ours, theirs), (far, theirs, ours)):
        client = client_of(user)
        assert look(client, own).status_code == 200 and look(client, other).status_code == 404
        assert (
            client.post(reverse("desk-mail-look", args=[other.pk]), {"outcome": "aside"}).status_code == 404
        )
        page = client.get(reverse("desk-mail")).content.decode()
        assert str(own.pk) in page and str(other.pk) not in page


def test_what_waited_before_there_were_companies_waits_for_the_rest_of_the_world(
    dana: Any, client_of: Any
) -> None:
    row = waits()
    ReceivedMail.objects.update(entity="")
    assert look(client_of(dana), row).status_code == 200


def test_nobody_looked_in_time_and_it_is_destroyed(dana: Any, client_of: Any) -> None:
    row = waits()
    assert row.held_at is not None
    until = distribution.kept_until(row.held_at)
    assert until == timezone.localdate(row.held_at) + timedelta(days=30)
    assert "Kept until" in look(client_of(dana), row).content.decode()
    ReceivedMail.objects.update(held_at=row.held_at - timedelta(days=29))
    assert sweep() == 0 and spool.is_there(row.pk)
    ReceivedMail.objects.update(held_at=row.held_at - timedelta(days=30))
    assert sweep() == 1 and not spool.is_there(row.pk)
    row.refresh_from_db()
    assert row.outcome == "expired" and look(client_of(dana), row).status_code == 404
