"""What a process works out once for *Your data* outlives nothing that changes it: a version, an ending, an
erasure, a declaration.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from kept.accounts.models import SecurityEvent
from kept.core.register.declarations import DECLARED
from kept.core.register.dormancy import dormant
from kept.core.register.generation import generation
from kept.core.register.inventory import classified
from kept.core.register.terms.deletion_days import death, moments_of
from kept.core.register.terms.lifetimes import Clock, reasons
from kept.core.vault import gate
from kept.desk.models import OPEN_FOR, Matter
from kept.operations.demo.demo_world import World
from kept.outbox.tests.process import another
from kept.portal.marks import durations
from kept.rights.tests.conftest import everything, help_her, in_words
from kept.testing import default_policy, reader_of

ELSEWHERE = """
import re
from django.utils import timezone
from kept.accounts.models import SecurityEvent
from kept.core.ledger import versions
from kept.core.policy.loader import from_files
from kept.desk.models import Matter
files = dict(versions.current().policy.files)
keep = r'(\\[security\\].*?keep = ")[^"]+'
files["purposes.toml"] = re.sub(keep, r"\\g<1>P30D", files["purposes.toml"], count=1, flags=re.DOTALL)
versions.publish(from_files(files), effective=timezone.localdate(), by="Dana")
Matter.objects.get().close()
SecurityEvent.objects.get(pk=sys.argv[2]).delete()
print("done")
"""


def note(user: Any, what: str) -> SecurityEvent:
    with gate.purpose("security", reader=reader_of(user), about=user.person):
        return SecurityEvent.objects.create(subject=user.person_id, what=what)


@pytest.mark.django_db(transaction=True)
def test_what_another_process_changes_stands_on_the_next_page(hers: Any, alice: Any, bob: Any) -> None:
    """A shorter term, the end of a case, and a row that is gone: each at once, though this process has worked
    all of it out.
    """
    note(alice, "Passkey added"), (gone := note(alice, "Recovery code used"))
    help_her(World(Random(1), 0, timezone.now()), bob, alice)
    today, keep, long_ago = (
        timezone.localdate(),
        default_policy().purposes,
        timezone.now() - timedelta(days=400),
    )
    Matter.objects.update(worked_at=long_ago)
    case = keep["support"].duration
    still_open = durations.written(timezone.localdate(case.after(long_ago + OPEN_FOR)))
    before = in_words(everything(hers))
    assert "Recovery code used" in before and f"Deleted on {still_open}" in before
    assert f"Deleted on {durations.written(keep['security'].duration.after(today))}" in before
    done = another(ELSEWHERE, str(gone.pk))
    assert done.stdout.strip() == "done", done.stderr
    after = in_words(everything(hers))
    assert "Passkey added" in after and "Recovery code used" not in after
    matter = Matter.objects.get()
    assert matter.closed_at is not None
    assert (
        f"Deleted on {durations.written(timezone.localdate(case.after(matter.closed_at)))}" in after
        and still_open not in after
    )
    assert f"Deleted on {durations.written(today + timedelta(days=30))}" in after
    assert "under version 1 of the policy" in after, "what was collected before says so"


@pytest.mark.django_db
def test_what_is_declared_later_counts_at_once(
    policy: Any, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, clock = note(alice, "Passkey added"), Clock()
    events = next(table for table in classified() if table.model is SecurityEvent)
    what = next(column for column in events.columns if column.attribute == "what")

    def dies() -> Any:
        [moments] = moments_of([events], alice.person_id, clock)
        return death(clock, events, what, moments[event.pk], 1)

    number = generation()
    assert dies().day is not None and generation() == number
    monkeypatch.setattr(
        DECLARED, "ends", [said for said in DECLARED.ends if said.target is not SecurityEvent]
    )
    assert dies().day is None, "nothing says any more when it happened"
    assert generation() != number


def test_a_touchpoint_that_is_taken_away_sleeps_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    policy, purpose = default_policy(), default_policy().purposes["registration"]
    kept = [
        (table, column)
        for table in classified()
        for column in table.columns
        if purpose in reasons(policy, table, column)
    ]
    assert kept and not dormant(purpose)
    monkeypatch.setattr(
        DECLARED, "touchpoints", [one for one in DECLARED.touchpoints if one.id != purpose.place]
    )
    monkeypatch.setattr(
        apps, "app_configs", {label: app for label, app in apps.app_configs.items() if label != purpose.place}
    )
    assert dormant(purpose)
    assert [column.name for table, column in kept if purpose in reasons(policy, table, column)] == []
