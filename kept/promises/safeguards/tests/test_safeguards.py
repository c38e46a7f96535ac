"""The register of safeguards: looked at by whoever answers, overdue as a fact, certificates by days; and
rules that were broken.
"""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.endings import certificate_endings
from kept.core.policy.loader import from_files
from kept.core.register.proving import walk_findings
from kept.core.vault import gate
from kept.outbox.delivery import deliver
from kept.promises.ending_notices import remind_of_endings
from kept.promises.safeguards import proofs, register
from kept.promises.safeguards.models import Infringement, Review
from kept.promises.safeguards.recorded import differences
from kept.testing import default_policy, reader_of, staff

pytestmark = pytest.mark.django_db
PUBLIC, DESK, MEDIA = "/privacy/safeguards/", "/desk/safeguards/", "/desk/safeguards/media/"
BROKEN = "/desk/safeguards/infringements/"
SEEN = "The shredder's log, folder 12."


@pytest.fixture
def desk(dana: Any, client_of: Any) -> Client:
    browser: Client = client_of(dana)
    return browser


def text(answer: Any) -> str:
    page = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return re.sub(r"\s+", " ", page).replace(" :", ":")


def overdue() -> list[str]:
    return [one.safeguard.id for one in register.entries(versions.current().policy) if one.overdue]


def since(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    known = dict.fromkeys(default_policy().safeguards, timezone.localdate())
    monkeypatch.setattr(register, "named_since", lambda: {**known, "media": day})


def test_the_public_reads_facts_without_details(client: Client, desk: Client) -> None:
    desk.post(MEDIA, {"evidence": SEEN})
    page = text(client.get(PUBLIC))
    assert "Disks and paper with personal data are destroyed" in page and "The data controller" in page
    assert "In time" in page and "Overdue" not in page
    assert SEEN not in page and "The records of what was destroyed" not in page


def test_overdue_is_said_in_public(client: Client, policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    since(monkeypatch, date(2020, 1, 1))
    page = text(client.get(PUBLIC))
    assert (
        "Of 9 safeguards 1 was not looked at by its day." in page and "Overdue since 1 January 2021" in page
    )
    assert overdue() == ["media"]


def test_a_look_moves_the_day(desk: Client, dana: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    since(monkeypatch, date(2020, 1, 1))
    answer = desk.post(MEDIA, {"evidence": SEEN}, follow=True)
    assert "you looked at it today" in text(answer) and SEEN in text(answer)
    assert overdue() == []
    with gate.purpose("own-data", reader=reader_of(dana), about=dana.person):
        assert Review.objects.get().evidence == SEEN


def test_it_asks_what_was_seen(desk: Client) -> None:
    answer = desk.post(MEDIA, {"evidence": " "})
    assert answer.status_code == 422 and "Write what you saw" in text(answer)
    assert not Review.objects.exists()


def test_others_read_and_do_not_sign(bob: Any, client_of: Any, desk: Client) -> None:
    desk.post(MEDIA, {"evidence": SEEN})
    hers = client_of(bob)
    page = text(hers.get(MEDIA))
    assert "I looked at it today" not in page and SEEN not in page
    hers.post(MEDIA, {"evidence": "Fine."})
    assert Review.objects.count() == 1


def test_the_officer_may_look_at_all(policy: Any, client_of: Any) -> None:
    officer = staff("Dana Peeters", "officer@example.com", "officer")
    client_of(officer).post(MEDIA, {"evidence": SEEN})
    assert Review.objects.get().person_id == officer.person_id


def test_it_is_for_staff_alone(charlie: Any, client_of: Any) -> None:
    for address in (DESK, MEDIA, BROKEN):
        assert client_of(charlie).get(address).status_code == 403
    assert client_of(charlie).get("/desk/safeguards/nothing/").status_code == 403


def test_an_unknown_one_is_not_there(desk: Client) -> None:
    assert desk.get("/desk/safeguards/nothing/").status_code == 404


def test_a_look_that_was_made_up_or_vanished(desk: Client, dana: Any) -> None:
    desk.post(MEDIA, {"evidence": SEEN})
    assert list(differences()) == []
    Review.objects.update(safeguard="backups")
    told = [str(one) for one in differences()]
    assert told == [
        "the safeguard backups is said to have been looked at, and no act tells of it",
        "the row of a look at the safeguard media is gone",
    ]
    assert proofs.looked_after().kept is False


def test_an_overdue_one_breaks_the_promise(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_findings, "WALKERS", [])
    assert proofs.looked_after().kept is True
    since(monkeypatch, date(2020, 1, 1))
    answer = proofs.looked_after()
    assert answer.kept is False and str(answer.figure) == "1 overdue"


def test_certificates_by_their_days(client: Client, policy: Any) -> None:
    answer = client.get(PUBLIC)
    page = text(answer)
    assert "Ended on 31 December 2025: no badge is shown" in page and "In preparation" in page
    assert "data-certificate" not in answer.content.decode()
    assert "other company’s site" in page


def test_a_past_date_is_a_badge_refused(desk: Client) -> None:
    assert "ended on 31 December 2025: its badge is refused" in text(desk.get(DESK))


def ending(last: date) -> None:
    files = dict(default_policy().files)
    files["certificates.toml"] = files["certificates.toml"].replace("2025-12-31", last.isoformat())
    versions.publish(from_files(files), effective=timezone.localdate(), by="Dana")


def test_they_are_warned_sixty_days_before(dana: Any, policy: Any) -> None:
    today = timezone.localdate()
    ending(today + timedelta(days=61))
    assert not certificate_endings(versions.current().policy, today)
    assert remind_of_endings(today) == 0
    assert remind_of_endings(today + timedelta(days=1)) == 1
    assert remind_of_endings(today + timedelta(days=2)) == 0
    deliver()
    letter = mail.outbox[-1]
    assert "Privacy seal (demo): the certificate ends on" in letter.subject
    assert "ends in 60 days" in letter.body and PUBLIC in letter.body


def given(**more: Any) -> dict[str, Any]:
    return {
        "rule": "guideline:support",
        "happened_on_day": "3",
        "happened_on_month": "November",
        "happened_on_year": "2026",
        "happened": "A note was left open on a screen.",
        "consequence": "Talked over; read the guideline again.",
        **more,
    }


def test_a_broken_rule_is_written_down_with_its_consequence(desk: Client, bob: Any, client_of: Any) -> None:
    page = text(desk.post(BROKEN, given(concerns=str(bob.post().pk)), follow=True))
    for said in ("Guidelines for support staff", "Bob Martin", "left open on a screen", "Talked over"):
        assert said in page
    hers = text(client_of(bob).get("/me/"))
    assert "It was written down that a rule was broken, and what follows" in hers
    with gate.purpose("own-data", reader=reader_of(bob), about=bob.person):
        assert Infringement.objects.get().consequence == "Talked over; read the guideline again."


def test_it_may_concern_nobody_in_particular(desk: Client, dana: Any) -> None:
    page = text(desk.post(BROKEN, given(rule="safeguard:media", concerns="nobody"), follow=True))
    assert "nobody in particular" in page
    assert Infringement.objects.get().person_id == dana.person_id


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("rule", "Choose the rule that was broken"),
        ("concerns", "Choose a colleague, or nobody in particular"),
        ("happened", "Write what happened"),
        ("consequence", "Write what follows from it"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_kept(desk: Client, bob: Any, field: str, sentence: str) -> None:
    answer = desk.post(BROKEN, {**given(concerns="nobody"), field: ""})
    assert answer.status_code == 422 and sentence in text(answer)
    if field != "happened":
        assert "A note was left open on a screen." in text(answer)
    assert not Infringement.objects.exists()


def test_it_is_the_controllers_and_the_officers_alone(bob: Any, client_of: Any) -> None:
    assert client_of(bob).get(BROKEN).status_code == 403
    assert client_of(bob).post(BROKEN, given(concerns="nobody")).status_code == 403
