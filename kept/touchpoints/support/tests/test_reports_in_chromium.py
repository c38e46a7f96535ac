"""Promise and fact, for everybody and at the desk, in a real browser: at three widths, in both themes."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from kept.accounts.models import User
from kept.desk.staff.tests.test_in_chromium import looked_at, sign_in
from kept.products import demo
from kept.products.models import Product
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.models import CaseOutcome
from kept.touchpoints.support.tests.test_reports import Q2, Q4, lines

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_everybody_and_bob_read_how_quickly_it_was(chromium: Browser, live_server: Any, bob: User) -> None:
    demo.load()
    one, other = Product.objects.order_by("pk").values_list("slug", flat=True)[:2]
    lines(14, Q2, product=one)
    lines(31, product=one, reopened=True, stars=4)
    lines(45, product=other, queue=topics.QUESTION, market="north-america", first=16, done=80, stars=5)
    lines(12, queue=topics.UNPROTECTED, first=2, done=16)
    lines(6, queue=topics.SALES, done=640)
    lines(1, Q4)
    assert CaseOutcome.objects.count() == 109
    page = chromium.new_context(base_url=live_server.url).new_page()
    page.goto("/support/")
    page.get_by_role("link", name="How quickly we answered").click()
    assert page.get_by_text("promised: within 8 opening hours").count() == 2
    looked_at(page, "reports-public")
    page.goto("/de/support/reports/")
    looked_at(page, "reports-public-de")
    bobs = sign_in(chromium.new_context(base_url=live_server.url), "bob@example.com")
    bobs.goto("/desk/cases/")
    bobs.get_by_role("link", name="Reports").click()
    assert bobs.get_by_text("Others are left out", exact=False).count() >= 1
    looked_at(bobs, "reports-desk")
    for context in chromium.contexts:
        context.close()
