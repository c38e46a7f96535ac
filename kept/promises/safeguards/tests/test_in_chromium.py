"""The register in a real browser, on a narrow and a wide screen, light and dark, with axe."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from kept.accounts.models import User
from kept.desk.staff.tests.test_in_chromium import looked_at, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_dana_looks_at_a_safeguard_and_the_public_reads_it(
    chromium: Browser, live_server: Any, dana: User, bob: User
) -> None:
    context = chromium.new_context(base_url=live_server.url)
    danas = sign_in(context, "dana@example.com")
    danas.goto("/desk/safeguards/")
    looked_at(danas, "safeguards")
    danas.get_by_role("link", name="Disks and paper").click()
    danas.get_by_role("button", name="I looked at it today").click()
    looked_at(danas, "safeguard-refused")
    danas.get_by_label("What did you see?").fill("The records of November.")
    danas.get_by_role("button", name="I looked at it today").click()
    assert danas.get_by_text("you looked at it today").count() == 1
    danas.goto("/desk/safeguards/infringements/")
    danas.get_by_role("button", name="Write it down").click()
    looked_at(danas, "infringements-refused")
    public = chromium.new_context(base_url=live_server.url).new_page()
    public.goto("/privacy/safeguards/")
    assert public.get_by_text("The records of November.").count() == 0
    looked_at(public, "safeguards-public")
    for one in chromium.contexts:
        one.close()
