"""Where her data went, by name; and what people tell where no machine listens."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kept.core.consent import choices
from kept.core.register.hooks.desk import QUEUES
from kept.core.vault.subject_keys import keys
from kept.equipment.models import Holding
from kept.outbox import send_rules
from kept.outbox.delivery import deliver
from kept.outbox.handing_over.carrier import carry
from kept.outbox.handing_over.transfers import disclose, follow
from kept.outbox.mail import mail
from kept.outbox.models import Disclosure, Notice
from kept.outbox.proofs import followed
from kept.outbox.tests.recipient import Recipient
from kept.rights.correction import flows
from kept.rights.correction.tests.story import BOUGHT, STAFF, ask, sentences

pytestmark = pytest.mark.django_db(transaction=True)
MINE, DESK = "/me/recipients/", "/desk/recipients/"


def by_hand(user: Any, **values: Any) -> Disclosure:
    """The service partner has no machine in the default policy."""
    row = disclose(
        subject=user.subject,
        recipient="service-partner",
        purpose="support",
        values=values or {"person.name": "Alice Lambert"},
    )
    assert carry() == 0
    row.refresh_from_db()
    return row


def test_nobody_yet(alice: Any, client_of: Any) -> None:
    assert "Nothing of yours has left this portal" in client_of(alice).get(MINE).content.decode()


def test_each_is_named_with_what_when_and_what_for(
    alice: Any, charlie: Any, handed: Disclosure, partner: Recipient, client_of: Any
) -> None:
    mail(
        subject=alice.subject,
        to=alice.email,
        template="rights/mail/copy_ready.txt",
        context={"until": BOUGHT},
        purpose="own-data",
    )
    assert deliver() == 1
    page = client_of(alice).get(MINE).content.decode()
    for said in (
        "Service partner (demo)",
        "Purchase date",
        "Help with a product",
        "Received",
        handed.handle,
        "Mail provider (demo)",
        "Carried 1 mail",
    ):
        assert said in page, said
    assert "Alice Lambert" not in page.split("</header>")[-1].split("<footer")[0], (
        "Names of values, not the values"
    )
    assert "Service partner" not in client_of(charlie).get(MINE).content.decode()
    timeline = client_of(alice).get("/me/timeline/").content.decode()
    assert "Your data went to Service partner (demo) for “Help with a product”" in timeline


def test_what_they_were_told_since_stands_there_too(
    alice: Any, machine: Holding, handed: Disclosure, client_of: Any
) -> None:
    flows.accept(correction=ask(client_of(alice), machine), by=STAFF)
    assert "Being told" in client_of(alice).get(MINE).content.decode()
    carry()
    page = client_of(alice).get(MINE).content.decode()
    assert "Corrected: Purchase date" in page and "Acknowledged" in page
    assert (
        "Service partner (demo) was told that something of yours was corrected"
        in client_of(alice).get("/me/timeline/").content.decode()
    )


def test_what_was_stopped_says_why(alice: Any, policy: Any, client_of: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(send_rules, "recipient_state", lambda recipient, at: "The contract ended.")
    by_hand(alice)
    assert (
        "Not sent: the policy or a contract did not allow it" in client_of(alice).get(MINE).content.decode()
    )


def test_the_page_asks_as_often_however_many_there_are(
    alice: Any, handed: Disclosure, client_of: Any
) -> None:
    client = client_of(alice)
    client.get(MINE)
    with CaptureQueriesContext(connection) as few:
        client.get(MINE)
    for _ in range(5):
        disclose(
            subject=alice.subject, recipient="service-partner", purpose="support", values={"person.name": "A"}
        )
    with CaptureQueriesContext(connection) as many:
        client.get(MINE)
    assert len(many) == len(few)


def test_a_recipient_without_a_machine_is_handed_it_by_people(
    alice: Any, bob: Any, charlie: Any, client_of: Any
) -> None:
    row = by_hand(alice)
    desk = client_of(bob)
    assert QUEUES["recipients"].waiting(_post("support")) == 1
    page = desk.get(DESK).content.decode()
    assert "Service partner (demo)" in page and "Alice" not in page
    here = f"{DESK}{row.pk}/"
    assert "Alice Lambert" not in desk.get(here).content.decode()
    assert desk.get(f"{here}opening/").status_code == 405
    assert follow(subject=alice.subject, kind="restriction") == 0, "Nobody has seen it yet"
    unseen = desk.post(f"{here}done/", {"how": "by letter"})
    assert unseen.status_code == 422 and "Show first what to tell them" in unseen.content.decode()
    assert "Alice Lambert" in desk.post(f"{here}opening/").content.decode()
    assert "Handed over" in sentences(alice)
    assert desk.post(f"{here}done/", {}).status_code == 422
    assert (
        "they were told by letter"
        in desk.post(f"{here}done/", {"how": "by letter"}, follow=True).content.decode()
    )
    row.refresh_from_db()
    assert row.sent_at and row.acknowledged_at and row.values is None and row.done_by == "support"
    assert desk.get(here).status_code == 404 and client_of(charlie).get(DESK).status_code == 403
    assert follow(subject=alice.subject, kind="erasure") == 1, "Whoever was told by hand is followed too"


def _post(role: str) -> Any:
    return type("Post", (), {"role": role})()


def test_a_role_sees_what_its_purposes_let_it_read(alice: Any, dana: Any, client_of: Any) -> None:
    row = by_hand(alice)
    assert client_of(dana).get(f"{DESK}{row.pk}/").status_code == 404, "Controllers do not read for support"


def test_her_no_takes_it_off_the_list(alice: Any, bob: Any, client_of: Any) -> None:
    row = by_hand(alice)
    choices.restrict(alice.subject, "support")
    page = client_of(bob).post(f"{DESK}{row.pk}/opening/", follow=True).content.decode()
    assert "It may not be told any more" in page and "Alice Lambert" not in page
    row.refresh_from_db()
    assert row.stopped_at and row.values is None


def told_by_hand(alice: Any, bob: Any, client_of: Any) -> None:
    row = by_hand(alice, **{"holding.purchase-date": BOUGHT})
    desk = client_of(bob)
    desk.post(f"{DESK}{row.pk}/opening/")
    desk.post(f"{DESK}{row.pk}/done/", {"how": "by letter"})


def test_a_correction_is_told_by_the_controller(
    alice: Any, bob: Any, dana: Any, machine: Holding, client_of: Any
) -> None:
    told_by_hand(alice, bob, client_of)
    flows.accept(correction=ask(client_of(alice), machine), by=STAFF)
    carry()
    notice, desk = Notice.objects.get(), client_of(dana)
    assert notice.by_hand and followed().kept is True
    assert "2026-03-03" in desk.post(f"{DESK}{notice.pk}/opening/").content.decode()
    desk.post(f"{DESK}{notice.pk}/done/", {"how": "on the phone"})
    notice.refresh_from_db()
    assert notice.acknowledged_at and notice.done_by == "controller" and notice.values is None


def test_a_restriction_is_told_and_on_her_timeline(
    alice: Any, bob: Any, dana: Any, machine: Holding, client_of: Any
) -> None:
    told_by_hand(alice, bob, client_of)
    follow(subject=alice.subject, kind="restriction", purposes=["support"])
    carry()
    notice, desk = Notice.objects.get(), client_of(dana)
    assert "use it no longer" in desk.get(f"{DESK}{notice.pk}/").content.decode()
    desk.post(f"{DESK}{notice.pk}/done/", {"how": "by e-mail"})
    assert "was told to use your data no longer" in client_of(alice).get("/me/timeline/").content.decode()


def test_an_erasure_is_told_by_its_handle_alone(
    alice: Any, bob: Any, dana: Any, machine: Holding, client_of: Any
) -> None:
    told_by_hand(alice, bob, client_of)
    follow(subject=alice.subject, kind="erasure")
    handle = Disclosure.objects.get().handle
    Disclosure.objects.all().delete()
    keys.destroy(alice.subject)
    carry()
    notice, desk = Notice.objects.get(), client_of(dana)
    page = desk.get(f"{DESK}{notice.pk}/").content.decode()
    assert handle in page and "delete everything they keep under this name" in page
    desk.post(f"{DESK}{notice.pk}/done/", {"how": "by letter"})
    notice.refresh_from_db()
    assert notice.acknowledged_at and notice.handle == ""
