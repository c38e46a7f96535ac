"""A contract or a mechanism that ends is named before it stops the mail, and told of sixty and fourteen days
ahead, once each.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy import loader
from kept.core.policy.endings import endings
from kept.core.policy.model import Policy
from kept.outbox.models import Message
from kept.promises import ending_notices
from kept.promises.models import EndingTold
from kept.testing import default_policy, staff

CONTRACT = 'contract = {reference = "Contract 1 (example)", from = 2026-01-01, until = 2030-12-31}'
TODAY = date(2026, 11, 29)


def ends(last: date) -> Policy:
    """The mail provider's contract ends on a day."""
    files = dict(default_policy().files)
    assert files["recipients.toml"].count(CONTRACT) == 1
    files["recipients.toml"] = files["recipients.toml"].replace(
        CONTRACT, CONTRACT.replace("2030-12-31", str(last))
    )
    return loader.from_files(files)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (61, ""),
        (60, "ends in 60 days"),
        (1, "ends in 1 day,"),
        (0, "ends today"),
        (-1, "ended on 28 November 2026. Since then nothing is sent"),
    ],
)
def test_it_is_named_before_it_stops_the_mail(days: int, said: str) -> None:
    found = [one.sentence(TODAY) for one in endings(ends(TODAY + timedelta(days=days)), TODAY)]
    assert len(found) == bool(said)
    if found:
        assert said in found[0] and "Mail provider (demo)" in found[0] and "Your ID" in found[0]
        assert "mail-provider.contract" in found[0]


def test_a_mechanism_that_the_law_ended_is_named() -> None:
    files = dict(default_policy().files)
    before = (
        'contract = {reference = "Contract 6 (example)", from = 2026-01-01, until = 2030-12-31}\ntransfer ='
        ' {mechanism = "scc"'
    )
    assert before in files["recipients.toml"]
    files["recipients.toml"] = files["recipients.toml"].replace(
        before, before.replace('"scc"', '"privacy-shield"')
    )
    found = endings(loader.from_files(files), TODAY)
    assert [(one.recipient.id, one.what) for one in found] == [("carrier-north-america", "mechanism")]


@pytest.mark.django_db
def test_officer_and_controllers_are_told_once_each(dana: Any, bob: Any) -> None:
    staff("Otto Officer", "otto@example.com", "officer")
    last = timezone.localdate() + timedelta(days=60)
    versions.publish(ends(last), effective=timezone.localdate(), by="Dana")
    written = Message.objects.count()
    days = {ahead: last - timedelta(days=ahead) for ahead in (61, 60, 59, 15, 14, 13, 0, -1)}
    told = {ahead: ending_notices.remind_of_endings(day) for ahead, day in days.items()}
    assert told == {61: 0, 60: 1, 59: 0, 15: 0, 14: 1, 13: 0, 0: 0, -1: 0}
    mails = Message.objects.filter(template="promises/mail/ending.txt")
    assert len(mails) == 4 and Message.objects.count() == written + 4
    assert {mail.subject for mail in mails} == {dana.person_id, *(mail.subject for mail in mails)} - {
        bob.person_id
    }


@pytest.mark.django_db
def test_killed_before_it_was_whole_it_tells_again(dana: Any, monkeypatch: Any) -> None:
    versions.publish(
        ends(timezone.localdate() + timedelta(days=10)), effective=timezone.localdate(), by="Dana"
    )

    def killed(**_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(ending_notices, "mail", killed)
        with pytest.raises(SystemExit):
            ending_notices.remind_of_endings()
    assert not EndingTold.objects.exists()
    assert ending_notices.remind_of_endings() == 1
    assert Message.objects.filter(template="promises/mail/ending.txt").count() == 1
