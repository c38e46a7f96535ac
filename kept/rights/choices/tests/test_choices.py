"""Her choices hold the moment they are made, in every process; a yes costs what a no costs; a signal is a
no.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kept.core.consent import choices
from kept.core.consent.consent_state import standing
from kept.core.ledger import fold
from kept.core.ledger.notes import sign
from kept.core.vault import gate
from kept.core.vault.errors import NotAllowed
from kept.core.vault.history import timeline
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.subject_keys import keys
from kept.portal.visitors.device_consent import asked_not_to
from kept.rights.choices import flows
from kept.rights.receipts.models import Receipt
from kept.rights.receipts.offline import check, document_of
from kept.rights.tests.conftest import said
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
PAGE = "/me/choices/"
JOB = SystemReader(job="a test")


@pytest.fixture
def hers(alice: Any, client_of: Any) -> Any:
    return client_of(alice)


def choose(client: Any, purpose: str, verb: str, **more: Any) -> Any:
    return client.post(PAGE, {"purpose": purpose, "verb": verb}, **more)


def diary(user: Any) -> list[str]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return [str(one.detail.get("what")) for one in timeline(user.person.pk, limit=20)]


def test_every_purpose_with_a_choice_is_there_and_rights_are_not(hers: Any) -> None:
    page = said(hers.get(PAGE))
    assert "News in the categories you choose" in page and "Not asked: no" in page
    assert "Your right to see, correct and take your data" not in page
    assert "Safety and recall notices" not in page, "the law asks for it, so there is nothing to choose"


def test_each_clause_is_linked_where_it_stands(hers: Any) -> None:
    page = hers.get(PAGE).content.decode()
    policy = hers.get("/privacy/").content.decode()
    linked = set(re.findall(r'href="/privacy/#([^"]+)"', page))
    assert len(linked) > 5
    assert {anchor for anchor in linked if f'id="{anchor}"' not in policy} == set()


def test_a_customer_is_not_asked_about_working_here(hers: Any, bob: Any, client_of: Any) -> None:
    assert "Working here" not in said(hers.get(PAGE))
    assert "Working here" in said(client_of(bob).get(PAGE))


def test_a_yes_and_a_no_hold_at_once(hers: Any, alice: Any) -> None:
    with pytest.raises(NotAllowed), gate.purpose("news", reader=JOB, about=Job("a test")):
        _ = alice.person.email
    assert choose(hers, "news", "yes").status_code == 302
    alice.person.refresh_from_db()
    with gate.purpose("news", reader=JOB, about=Job("a test")):
        assert alice.person.email == "alice@example.com"
    choose(hers, "news", "no")
    alice.person.refresh_from_db()
    with pytest.raises(NotAllowed), gate.purpose("news", reader=JOB, about=Job("a test")):
        _ = alice.person.email
    assert "You said no to “News in the categories you choose”" in diary(alice)


def test_what_was_restricted_is_kept_and_not_used(hers: Any, alice: Any, bob: Any) -> None:
    choose(hers, "support", "restrict")
    assert "support" in standing(alice.person.pk).restrictions
    assert "Restricted: kept, and not used" in said(hers.get(PAGE))
    choose(hers, "support", "lift")
    assert "support" not in standing(alice.person.pk).restrictions


def test_each_choice_gives_a_receipt_that_holds(hers: Any, alice: Any) -> None:
    for verb in ("yes", "no"):
        choose(hers, "news", verb)
    yes, no = Receipt.objects.order_by("id")
    assert (yes.kind, no.kind) == ("consent", "withdrawal")
    shown = choices.history(alice.person.pk)[0].notice
    notice = document_of(no.text)["dpv:hasRecordOfActivity"][0]["dpv:hasNotice"]
    assert {"hash": shown.hash, "language": "en", "clause": shown.clause}.items() <= notice.items()
    fold.fold()
    held = json.dumps(hers.get(f"/privacy/receipts/{no.number}.json").json()).encode()
    assert check(held, sign.public_key()).kind == "withdrawal"
    assert no.number in said(hers.get(PAGE))


def test_the_page_hands_over_the_receipt_of_a_moment_ago_and_no_old_one(hers: Any) -> None:
    page = said(choose(hers, "news", "yes", follow=True))
    number = Receipt.objects.get().number
    assert "It holds from now on" in page and number in page
    Receipt.objects.update(at=timezone.now() - timedelta(hours=1))
    assert "It holds from now on" not in said(hers.get(f"{PAGE}?receipt={number}"))


def test_withdrawing_takes_as_many_steps_as_giving(hers: Any) -> None:
    page = hers.get(PAGE).content.decode()
    assert page.count('value="yes"') == page.count('value="no"')
    choose(hers, "news", "yes")
    assert "You said yes" in said(hers.get(PAGE))


def test_what_stands_already_changes_nothing(hers: Any) -> None:
    choose(hers, "news", "no")
    assert "It stands so already" in said(choose(hers, "news", "no", follow=True))
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(
    ("purpose", "verb"),
    [
        ("own-data", "restrict"),
        ("safety", "no"),
        ("moon", "yes"),
        ("news", "sell"),
        ("", ""),
        ("account", "yes"),
    ],
)
def test_what_the_policy_does_not_offer_is_refused(hers: Any, alice: Any, purpose: str, verb: str) -> None:
    answer = choose(hers, purpose, verb)
    assert answer.status_code == 422 and "Take" in said(answer)
    assert not Receipt.objects.exists()


def test_it_is_hers_alone(client: Any, hers: Any, charlie: Any) -> None:
    assert client.get(PAGE).status_code == 302
    choose(hers, "news", "yes")
    assert standing(charlie.person.pk).consents == frozenset()


def test_a_choice_costs_few_queries(hers: Any) -> None:
    choose(hers, "news", "yes")
    with CaptureQueriesContext(connection) as counted:
        choose(hers, "news", "no")
    assert len(counted) <= 19, "\n".join(query["sql"][:120] for query in counted)


@pytest.mark.parametrize(
    ("header", "counts"),
    [
        ("1", True),
        ("1,0", True),
        ("0, 1", True),
        ("0", False),
        ("", False),
        ("11", False),
        ("true", False),
        ("1;q=1", False),
    ],
)
def test_the_signal_is_exactly_one(rf: Any, header: str, counts: bool) -> None:
    assert asked_not_to(rf.get("/", HTTP_SEC_GPC=header)) is counts


def test_the_signal_is_a_no_kept_once_and_shown(hers: Any, alice: Any) -> None:
    hers.get("/me/", HTTP_SEC_GPC="1")
    assert {"mail-measurement", "visits"} <= standing(alice.person.pk).objections
    assert Receipt.objects.count() == 2
    hers.get("/me/", HTTP_SEC_GPC="1")
    assert Receipt.objects.count() == 2
    page = said(hers.get(PAGE, HTTP_SEC_GPC="1"))
    assert "Honoured" in page and "We sell nothing to anybody" in page
    assert "Honoured" not in said(hers.get(PAGE))


def test_a_yes_given_here_comes_before_the_signal(hers: Any, alice: Any) -> None:
    choose(hers, "mail-measurement", "yes")
    hers.get("/me/", HTTP_SEC_GPC="1")
    assert "mail-measurement" in standing(alice.person.pk).consents
    assert "visits" in standing(alice.person.pk).objections


def test_the_signal_costs_nothing_once_it_is_kept(hers: Any) -> None:
    hers.get("/me/profile/", HTTP_SEC_GPC="1")
    with CaptureQueriesContext(connection) as with_signal:
        hers.get("/me/profile/", HTTP_SEC_GPC="1")
    with CaptureQueriesContext(connection) as without:
        hers.get("/me/profile/")
    assert len(with_signal) == len(without)


def test_visitors_see_that_it_is_honoured_and_nobody_else_does(client: Any, policy: Any) -> None:
    assert "is honoured" in said(client.get("/", HTTP_SEC_GPC="1"))
    answer = client.get("/")
    assert "is honoured" not in said(answer) and "Sec-GPC" in answer["Vary"]


@pytest.mark.parametrize("number", ["\x00", "R-1", "' OR 1=1", "R" * 5000, "R-0000-0000-0000\n"])
def test_a_number_that_is_none_says_nothing(hers: Any, number: str) -> None:
    assert hers.get(PAGE, {"receipt": number}).status_code == 200


def test_the_signal_of_somebody_erased_breaks_no_page(hers: Any, alice: Any) -> None:
    hers.get("/me/")
    keys.destroy(alice.person.pk)
    assert hers.get("/privacy/", HTTP_SEC_GPC="1").status_code == 200


def test_machines_learn_that_it_is_honoured(client: Any, policy: Any) -> None:
    answer = client.get("/.well-known/gpc.json")
    assert answer.json()["gpc"] is True and "public" in answer["Cache-Control"] and not answer.cookies


def test_an_erased_person_has_no_choice_left(alice: Any) -> None:
    keys.destroy(alice.person.pk)
    with pytest.raises(Exception, match="key was destroyed"):
        flows.say(reader=reader_of(alice), purpose="news", verb="yes", controller="cet-power", language="en")
    assert not Receipt.objects.exists()


def test_a_choice_asks_little_of_the_database(hers: Any) -> None:
    """The session, the ID, memberships, the policy, the standing and the key, whether anybody was handed
    anything, each asked anew; then what is kept, in one go.
    """
    for verb in ("yes", "no"):
        choose(hers, "news", verb)
    for verb in ("yes", "no"):
        with CaptureQueriesContext(connection) as said_to_it:
            assert choose(hers, "news", verb).status_code == 302
        asked_of_it = [
            one["sql"]
            for one in said_to_it
            if not one["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"))
        ]
        assert len(asked_of_it) <= (9 if connection.vendor == "postgresql" else 14), "\n".join(asked_of_it)


def test_whoever_was_erased_leaves_no_standing_behind_by_answering(hers: Any, alice: Any) -> None:
    keys.destroy(alice.person_id)
    for verb in ("yes", "no", "lift"):
        choose(hers, "news", verb)
    assert choices.hold(alice.person_id) is None and standing(alice.person_id) == standing(alice.pk)


def test_a_stale_tab_says_nothing_in_her_name(hers: Any) -> None:
    assert 'name="seen" value="unasked"' in hers.get(PAGE).content.decode()
    assert choose(hers, "news", "yes").status_code == 302
    answer = hers.post(PAGE, {"purpose": "news", "verb": "no", "seen": "unasked"})
    assert answer.status_code == 422 and "was changed: you said yes" in said(answer)
    assert hers.post(PAGE, {"purpose": "news", "verb": "no", "seen": "yes"}).status_code == 302
