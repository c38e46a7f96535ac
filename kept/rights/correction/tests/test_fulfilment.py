"""A letter that restricts, objects, withdraws or opts out is carried out with one button, in her name, and
holds in every process at once.
"""

from __future__ import annotations

from typing import Any

import pytest

from kept.core.consent import choices
from kept.core.consent.consent_state import standing
from kept.core.vault import gate
from kept.core.vault.errors import NotAllowed
from kept.core.vault.readers import Job, SystemReader
from kept.equipment.models import Holding
from kept.outbox.handing_over.carrier import carry
from kept.outbox.models import Disclosure
from kept.outbox.tests.process import another
from kept.outbox.tests.recipient import Recipient
from kept.rights.choices import flows as choosing
from kept.rights.correction.tests.story import STAFF, letter, sentences
from kept.rights.receipts.models import Receipt
from kept.rights.requests import flows as requests
from kept.rights.requests.course.fulfilment_registry import CannotCarryOut, carry_out
from kept.rights.requests.models import Step
from kept.testing import reader_of

pytestmark = pytest.mark.django_db(transaction=True)

READ = """
from kept.core.vault import gate
from kept.core.vault.errors import NotAllowed
from kept.core.vault.readers import Job, SystemReader
from kept.people.models import Person
import time
def look():
    try:
        with gate.purpose("support", reader=SystemReader(job="a test"), about=Job("a test")):
            return Person.objects.get(pk=sys.argv[2]).name
    except NotAllowed:
        return "refused"
print(look(), flush=True)
if len(sys.argv) > 3:
    from kept.core.consent import choices
    choices.restrict(__import__("uuid").UUID(sys.argv[2]), "support", source="another process")
    print(look(), flush=True)
"""


def reads(user: Any) -> str:
    try:
        with gate.purpose("support", reader=SystemReader(job="a test"), about=Job("a test")):
            return str(type(user.person).objects.get(pk=user.subject).name)
    except NotAllowed:
        return "refused"


def says(user: Any, purpose: str, verb: str = "yes") -> None:
    choosing.say(reader=reader_of(user), purpose=purpose, verb=verb, controller="cet-power", language="en")


def test_a_restriction_holds_in_every_process_at_once(alice: Any) -> None:
    """What one process restricts, this one refuses with its very next look, though it read a moment ago."""
    assert reads(alice) == "Alice Lambert"
    said = another(READ, str(alice.subject), "restrict")
    assert said.stdout.split("\n")[:2] == ["Alice Lambert", "refused"], said.stderr
    assert reads(alice) == "refused"
    choices.lift(alice.subject, "support")
    assert reads(alice) == "Alice Lambert"


def test_her_restriction_here_holds_there(alice: Any) -> None:
    says(alice, "support", "restrict")
    assert another(READ, str(alice.subject)).stdout.strip() == "refused"
    says(alice, "support", "lift")
    assert another(READ, str(alice.subject)).stdout.strip() == "Alice Lambert"


def test_a_letter_restricts_what_it_names(alice: Any) -> None:
    request = letter(alice, "restriction", topic="support, sales")
    said = carry_out(request, by=STAFF)
    assert (
        standing(alice.subject).restrictions == {"support", "sales"}
        and "Restricted" in said
        and "Receipts" in said
    )
    assert reads(alice) == "refused"
    assert any(
        f"carried out by the data controller as you asked, request {request.reference}" in one
        for one in sentences(alice)
    )
    assert Receipt.objects.filter(kind="withdrawal").count() == 2
    assert Step.objects.filter(request=request, kind=Step.Kind.CARRIED_OUT).count() == 1
    assert "It stood so already" in carry_out(request, by=STAFF)


def test_a_letter_that_names_nothing_restricts_everything_that_can_be(alice: Any) -> None:
    carry_out(letter(alice, "restriction"), by=STAFF)
    assert {"support", "sales", "registration", "account"} <= standing(alice.subject).restrictions


def test_a_withdrawal_takes_back_the_yeses_that_were_given(alice: Any) -> None:
    with pytest.raises(CannotCarryOut, match="They said yes to nothing"):
        carry_out(letter(alice, "withdrawal"), by=STAFF)
    says(alice, "news")
    says(alice, "research")
    carry_out(letter(alice, "withdrawal", topic="news"), by=STAFF)
    assert standing(alice.subject).consents == {"research"}
    carry_out(letter(alice, "withdrawal"), by=STAFF)
    assert not standing(alice.subject).consents


def test_an_opt_out_says_what_a_browsers_signal_would(alice: Any) -> None:
    carry_out(letter(alice, "opt-out"), by=STAFF)
    assert standing(alice.subject).objections == {"mail-measurement", "visits"}


def test_an_objection_without_a_switch_is_weighed_by_people(alice: Any, monkeypatch: Any) -> None:
    carry_out(letter(alice, "objection"), by=STAFF)
    assert standing(alice.subject).objections == {"visits"}
    monkeypatch.setattr("kept.rights.correction.fulfilment.offered", lambda request: {})
    with pytest.raises(CannotCarryOut, match="Weigh their reasons"):
        carry_out(letter(alice, "objection"), by=STAFF)


def test_recipients_hear_of_it_and_of_the_lifting(alice: Any, handed: Disclosure, partner: Recipient) -> None:
    says(alice, "support", "restrict")
    assert carry() == 1
    assert partner.messages[-1]["kind"] == "restriction" and partner.messages[-1]["purposes"] == ["support"]
    says(alice, "support", "lift")
    carry()
    assert partner.messages[-1]["kind"] == "lifting"
    carry_out(letter(alice, "restriction", topic="support"), by=STAFF)
    carry()
    assert partner.messages[-1]["kind"] == "restriction"


def test_nobody_is_bothered_with_what_never_reached_them(
    alice: Any, machine: Holding, partner: Recipient
) -> None:
    says(alice, "support", "restrict")
    assert carry() == 0 and partner.calls == []


def test_the_desk_chooses_the_uses(alice: Any, dana: Any, bob: Any, client_of: Any) -> None:
    request = letter(alice, "restriction")
    here, desk = f"/desk/corrections/{request.pk}/", client_of(dana)
    page = desk.get(here).content.decode()
    assert "Help with a product" in page and "Restrict these uses" in page
    assert desk.post(f"{here}limits/", {}).status_code == 422
    assert desk.post(f"{here}limits/", {"purposes": ["own-data"]}).status_code == 422
    assert client_of(bob).post(f"{here}limits/", {"purposes": ["support"]}).status_code == 403
    assert (
        "It holds at once"
        in desk.post(f"{here}limits/", {"purposes": ["support"]}, follow=True).content.decode()
    )
    assert standing(alice.subject).restrictions == {"support"}


def test_an_unknown_asker_restricts_nobody(policy: Any, dana: Any, client_of: Any) -> None:
    request = requests.receive(
        kind="restriction", text="Stop.", channel="letter", reader=STAFF, name="Somebody", country="BE"
    ).request
    with pytest.raises(CannotCarryOut, match="not sure yet who asks"):
        carry_out(request, by=STAFF)
    assert (
        "It is not sure yet who asks"
        in client_of(dana).get(f"/desk/corrections/{request.pk}/").content.decode()
    )
