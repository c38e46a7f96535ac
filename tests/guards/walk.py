"""A smoke walk through the whole portal in an empty KEPT_HOME: found it, migrate, check, prove, open every
page. Prints what is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import django

django.setup()

from django.apps import apps  # noqa: E402 (Django must be set up first)
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from kept.core.ledger import fold, versions  # noqa: E402
from kept.core.register.checking.check import findings  # noqa: E402
from kept.core.register.checking.findings import Level  # noqa: E402
from kept.core.register.proving import proofs  # noqa: E402
from kept.operations.setting_up.portal_setup import founded  # noqa: E402
from kept.testing import customer, staff  # noqa: E402

VISITOR = (
    "/",
    "/products/",
    "/privacy/",
    "/privacy/promises/",
    "/privacy/changes/",
    "/privacy/recipients/",
    "/privacy/checkpoint",
    "/account/login/",
)
CUSTOMER = ("/", "/me/", "/me/profile/", "/me/timeline/", "/me/copy/", "/account/")
STAFF = ("/desk/",)


def wrong() -> Iterator[str]:
    with founded(by="Dana", at=timezone.now()):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
        yield from (str(finding) for finding in findings() if finding.level is Level.STRUCTURAL)
        fold.fold()
        alice, bob = (
            customer("Alice Lambert", "alice@example.com"),
            staff("Bob Martin", "bob@example.com", "support"),
        )
        for user, pages in ((None, VISITOR), (alice, CUSTOMER), (bob, STAFF)):
            client = Client(HTTP_HOST="localhost")
            if user:
                client.force_login(user)
            answers = ((page, client.get(page).status_code) for page in pages)
            yield from (f"{page} answers {status}" for page, status in answers if status != 200)
        states = proofs.run_all(versions.current().policy)
        yield from (
            f"{answer.id} is broken: {answer.text}"
            for answer in states.answers.values()
            if answer.state == proofs.BROKEN
        )


found = list(wrong())
print("\n".join(found) or f"walked with {len(apps.get_app_configs())} apps")
sys.exit(bool(found))
