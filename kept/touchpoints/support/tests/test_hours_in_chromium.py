"""What is promised before a case is sent, and a phone that rings, in a real browser: at three widths, in both
themes, and without scripts.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from kept.accounts.models import User
from kept.core.vault import gate
from kept.desk.staff.tests.test_in_chromium import looked_at, sign_in
from kept.products import demo
from kept.testing import reader_of
from kept.touchpoints.support.calls.models import Call
from kept.touchpoints.support.tests.conftest import opened

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_alice_reads_until_when_and_bob_takes_a_call(
    chromium: Browser, live_server: Any, alice: User, bob: User, settings: Any
) -> None:
    demo.load()
    settings.KEPT_DEMO = True
    with gate.purpose("account", reader=reader_of(alice), about=alice.person):
        alice.person.correct("phone", "+32 4 345 00 17")
    case = opened(alice, severity="degraded")
    context = chromium.new_context(base_url=live_server.url)
    hers = sign_in(context, "alice@example.com")
    hers.goto("/support/")
    assert hers.get_by_text("We answer within 4 hours, day and night.").count() == 1
    looked_at(hers, "support-hours")
    hers.goto("/de/support/")
    looked_at(hers, "support-hours-de")
    hers.goto(f"/support/cases/{case.reference}/")
    assert hers.get_by_text("Done by").count() == 1
    looked_at(hers, "case-until-when")
    bobs = sign_in(chromium.new_context(base_url=live_server.url), "bob@example.com")
    bobs.goto("/desk/cases/")
    looked_at(bobs, "queue-by-due")
    bobs.goto("/desk/calls/")
    for _time in range(20):
        if bobs.get_by_text("Somebody we know").count():
            break
        bobs.get_by_role("button", name="Let the phone ring").click()
    looked_at(bobs, "ringing")
    plain = sign_in(
        chromium.new_context(base_url=live_server.url, java_script_enabled=False), "bob@example.com"
    )
    plain.goto("/desk/calls/")
    plain.locator("li", has_text="Somebody we know").get_by_role("button", name="Take the call").first.click()
    plain.get_by_role("button", name="Alice Lambert").wait_for(timeout=5000)
    bobs.goto(f"/desk/calls/{Call.objects.get().pk}/")
    looked_at(bobs, "call-taken")
    for one in chromium.contexts:
        one.close()
