"""A yes holds for what it was given to: where its purpose reaches somebody new or keeps longer, it is asked
for again.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from kept.core.consent.consent_state import every_standing, standing
from kept.core.ledger import versions
from kept.core.policy import loader
from kept.portal.visitors import device_consent
from kept.portal.visitors.device_consent import Chosen
from kept.rights.choices import flows
from kept.rights.choices.recorded import compare
from kept.testing import default_policy, reader_of

pytestmark = pytest.mark.django_db
GREETING = '[greeting]\ntitle = "A site that greets you"'
CASES = {
    "recipient": (
        "purposes",
        (
            'uses = ["visit.greeting", "contact.preferences"]\nread_by = ["self", "system"]\nshared_with ='
            ' ["hosting-provider"]'
        ),
        (
            'uses = ["visit.greeting", "contact.preferences"]\nread_by = ["self", "system"]\nshared_with ='
            ' ["hosting-provider", "survey-house"]'
        ),
    ),
    "category": (
        "purposes",
        '["visit.greeting", "contact.preferences"]',
        '["visit.greeting", "contact.preferences", "contact.phone"]',
    ),
    "cookie lives longer": (
        "cookies",
        'name = "kept_greeting"\npurpose = "greeting"\nsetter = "CE+T Power"\nlifetime = "P6M"',
        'name = "kept_greeting"\npurpose = "greeting"\nsetter = "CE+T Power"\nlifetime = "P2Y"',
    ),
}
SAME = {
    "other words": ("purposes", "So that the site remembers", "So that it remembers"),
    "comma": ("purposes", "first name, country and language.", "first name; country and language."),
    "narrower": ("purposes", '["visit.greeting", "contact.preferences"]', '["visit.greeting"]'),
    "another purpose": (
        "purposes",
        'keep = "P3Y"\nfrom = "case.closed"',
        'keep = "P4Y"\nfrom = "case.closed"',
    ),
}


def publish(file: str, before: str, after: str) -> None:
    files = dict(default_policy().files)
    assert files[f"{file}.toml"].count(before) == 1
    files[f"{file}.toml"] = files[f"{file}.toml"].replace(before, after)
    versions.publish(loader.from_files(files), effective=timezone.localdate(), by="Dana")


def cookie(rf: Any, kinds: dict[str, bool], **headers: str) -> Chosen:
    """What a device says that answered under version 1."""
    request = rf.get("/", **headers)
    day = timezone.localdate()
    said = Chosen(
        kinds=kinds,
        policy=1,
        notice="0" * 64,
        language="en",
        day=day,
        until=day,
        exact="HTTP_SEC_GPC" in headers,
    )
    request.COOKIES[device_consent.NAME] = device_consent.write(said)
    return device_consent.chosen(request)


@pytest.mark.parametrize("case", [*CASES, *SAME])
def test_the_answer_on_a_device(policy: Any, rf: Any, case: str) -> None:
    publish(*{**CASES, **SAME}[case])
    found = cookie(rf, {"preference": True})
    assert found.allows("preference") is (case in SAME)
    assert found.knows("preference") is (case in SAME)
    assert cookie(rf, {"preference": False}).of("preference") is False, "a no stays a no"


@pytest.mark.parametrize("case", [*list(CASES)[:2], *SAME])
def test_the_answer_of_an_id(alice: Any, case: str) -> None:
    flows.say(reader=reader_of(alice), purpose="greeting", verb="yes", controller="cet-power", language="en")
    assert "greeting" in standing(alice.person_id).consents
    publish(*{**CASES, **SAME}[case])
    versions.current()
    assert ("greeting" in standing(alice.person_id).consents) is (case in SAME)
    assert "greeting" in every_standing()[alice.person_id].consents and compare().differences == ()
    flows.say(reader=reader_of(alice), purpose="greeting", verb="yes", controller="cet-power", language="en")
    assert "greeting" in standing(alice.person_id).consents
    assert compare().differences == ()


def test_a_version_nobody_published_has_no_yes(policy: Any, rf: Any) -> None:
    request = rf.get("/")
    day = timezone.localdate()
    said = Chosen(kinds={"preference": True}, policy=77, notice="0" * 64, language="en", day=day, until=day)
    request.COOKIES[device_consent.NAME] = device_consent.write(said)
    assert not device_consent.chosen(request).allows("preference")


def test_a_yes_given_beside_the_signal_comes_before_it(policy: Any, rf: Any) -> None:
    assert cookie(rf, {"measurement": True}, HTTP_SEC_GPC="1").measurement is True
    assert "unless you then say yes" in str(default_policy().clause("8.1"))
