"""The first minutes of a newcomer who tries the demo: whoever waits for a code is told where its mail is, and
a second try helps.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
NEW = {"name": "Alice Lambert", "email": "alice@example.com", "password1": "otter lantern gravel"}


@pytest.mark.parametrize("demo", [True, False])
def test_the_page_that_waits_for_a_code_leads_to_the_mail_of_the_demo(
    policy: Any, settings: Any, demo: bool
) -> None:
    settings.KEPT_DEMO = demo
    client = Client()
    page = client.post("/account/signup/", NEW, follow=True).content.decode()
    assert "type the code here" in page and ("stays on this machine" in page) is demo
    page = client.post("/account/password/reset/", {"email": NEW["email"]}, follow=True).content.decode()
    assert ("stays on this machine" in page) is demo


def test_a_second_sign_up_in_a_row_says_that_the_first_code_counts(policy: Any) -> None:
    Client().post("/account/signup/", NEW, follow=True)
    answer = Client().post("/account/signup/", NEW, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200 or "it still counts" in page
