"""What is restricted takes nothing new, and says so at the door; seeing, correcting, copying and lifting stay
(GDPR Art. 18(2)).
"""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from kept.core.consent.consent_state import standing
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.errors import NotAllowed
from kept.core.vault.sealed_files.files import SealedFile
from kept.rights.choices import options
from kept.rights.choices.tests.test_choices import PAGE, choose
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
STAYS = (
    "/me/",
    "/me/profile/",
    "/me/timeline/",
    "/me/copy/",
    "/me/requests/",
    "/me/correction/",
    PAGE,
    "/privacy/ask/",
    "/privacy/request/",
)
PROFILE = {
    "name": "Alice Anders",
    "phone": "",
    "country": "",
    "street": "",
    "postcode": "",
    "city": "",
    "area": "",
    "language": "en",
}


@pytest.fixture
def hers(alice: Any, client_of: Any) -> Any:
    return client_of(alice)


def restrictable() -> list[str]:
    policy = versions.current().policy
    return [
        id
        for id in policy.purposes
        if (one := options.option(policy, id, standing_of_nobody())) and options.RESTRICT in one.verbs
    ]


def standing_of_nobody() -> Any:
    return options.Standing()


def test_under_every_restriction_she_sees_corrects_copies_and_lifts(alice: Any, hers: Any) -> None:
    every = restrictable()
    assert {"account", "registration"} <= set(every)
    for purpose in every:
        choose(hers, purpose, "restrict")
    assert standing(alice.person.pk).restrictions == set(every)
    for address in STAYS:
        assert hers.get(address).status_code == 200, address
    assert "Your profile is corrected." in unescape(
        hers.post("/me/profile/", PROFILE, follow=True).content.decode()
    )
    hers.post("/privacy/ask/", {})
    for purpose in every:
        choose(hers, purpose, "lift")
    assert not standing(alice.person.pk).restrictions


@pytest.mark.parametrize("purpose", ["account", "registration"])
def test_her_own_hand_puts_nothing_under_it(alice: Any, hers: Any, purpose: str) -> None:
    choose(hers, purpose, "restrict")
    with pytest.raises(NotAllowed) as no, gate.purpose(purpose, reader=reader_of(alice), about=alice.person):
        alice.person.name = "Alice Anders"
        alice.person.save()
    assert no.value.refused.restricted == purpose
    with pytest.raises(NotAllowed), gate.purpose(purpose, reader=reader_of(alice), about=alice.person):
        SealedFile.write(alice.person.pk, iter([b"%PDF"]), category="identity.name")
