"""/desk/disclosures/: the register of recipients, what went to each, and a dry run that keeps nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy import loader
from kept.disclosures.models import Refused
from kept.disclosures.tests.test_disclose import hand
from kept.outbox.handing_over.carrier import carry
from kept.outbox.models import Disclosure
from kept.outbox.tests.recipient import Recipient
from kept.testing import default_policy

pytestmark = pytest.mark.django_db(transaction=True)
FEED = "Name;Phone number;E-mail address;Shoe size\nA;1;a@example.com;43\nB;2;b@example.com;44\n"


def tried(browser: Any, **changed: str) -> Any:
    said = {"recipient": "carrier-europe", "purpose": "orders", "feed": FEED, **changed}
    return browser.post("/desk/disclosures/trial/", said)


def test_it_lists_recipients_and_what_went_and_names_nobody(
    client_of: Any, alice: Any, dana: Any, carrier: Recipient
) -> None:
    hand(alice)
    carry()
    text = client_of(dana).get("/desk/disclosures/").content.decode()
    assert "Carrier, Europe (demo)" in text and "Order 4711 was dispatched" in text
    assert Disclosure.objects.get().sha256[:16] in text
    assert "Lambert" not in text and str(alice.subject) not in text


def test_a_contract_that_ended_stands_first_and_says_so(client_of: Any, dana: Any, policy: Any) -> None:
    files = dict(default_policy().files)
    files["recipients.toml"] = files["recipients.toml"].replace(
        'Contract 5 (example)", from = 2026-01-01, until = 2030-12-31',
        'Contract 5 (example)", from = 2026-01-01, until = 2026-02-01',
    )
    versions.publish(loader.from_files(files), effective=timezone.localdate(), by="Dana")
    text = client_of(dana).get("/desk/disclosures/").content.decode()
    table = text[text.index("<tbody") :]
    assert table.index("Carrier, Europe") < table.index("Mail provider") and "contract ended" in table


@pytest.mark.parametrize("address", ["/desk/disclosures/", "/desk/disclosures/trial/"])
def test_it_requires_a_post_of_those_who_answer_for_it(
    client_of: Any, alice: Any, bob: Any, dana: Any, address: str
) -> None:
    assert client_of(dana).get(address).status_code == 200
    assert client_of(alice).get(address).status_code in (302, 403, 404)
    assert client_of(bob).get(address).status_code in (302, 403, 404)


def test_only_what_was_stopped(client_of: Any, alice: Any, dana: Any, carrier: Recipient) -> None:
    row = hand(alice).row
    assert "No" in client_of(dana).get("/desk/disclosures/?show=stopped").content.decode()
    row.stop("DoorClosed")
    text = client_of(dana).get("/desk/disclosures/?show=stopped").content.decode()
    assert "Order 4711 was dispatched" in text


def test_a_dry_run_says_what_would_go_and_keeps_nothing(client_of: Any, dana: Any, policy: Any) -> None:
    said = tried(client_of(dana))
    text = said.content.decode()
    assert said.status_code == 200 and "2 rows would be prepared without it." in text
    assert "E-mail address is not allowed for “Your purchase” to Carrier, Europe (demo) (clause 4.6)." in text
    assert "Shoe size" in text and not Disclosure.objects.exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"recipient": "data-broker"}, "Register the recipient first."),
        ({"purpose": "list rental"}, "The policy never allows this."),
        ({"feed": "  "}, "Paste at least the first line"),
        ({"feed": "\n\n"}, "Paste at least the first line"),
        ({"feed": "a,a\n"}, "Each column needs a name of its own"),
        ({"feed": 'a,"b\nc'}, "cannot be read as a table"),
    ],
)
def test_what_cannot_be_tried_says_why_and_loses_nothing(
    client_of: Any, dana: Any, policy: Any, changed: dict[str, str], says: str
) -> None:
    said = tried(client_of(dana), **changed)
    text = said.content.decode()
    assert said.status_code == 422 and says in text
    assert ("carrier-europe" in text) or "recipient" in changed
    assert Refused.objects.count() == (not changed.keys() & {"feed"})
