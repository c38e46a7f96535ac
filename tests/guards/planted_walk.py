"""In a copy of the program that has one touchpoint more: it is there wherever it said so.

Prints what is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 (Django must be set up first)
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from kept.touchpoints.borrowing.models import Loan  # noqa: E402

from kept.accounts.models import User  # noqa: E402
from kept.core.ledger import fold  # noqa: E402
from kept.core.register.checking.check import findings  # noqa: E402
from kept.core.register.checking.findings import Level  # noqa: E402
from kept.core.vault import gate  # noqa: E402
from kept.core.vault.readers import StaffReader  # noqa: E402
from kept.operations.backups import make  # noqa: E402
from kept.operations.setting_up import portal_setup  # noqa: E402
from kept.portal.navigation import AT_PRODUCT, offers  # noqa: E402
from kept.rights.access import records  # noqa: E402
from kept.rights.requests import flows as requests  # noqa: E402
from kept.rights.requests.course import fulfilment_registry  # noqa: E402
from kept.testing import customer, default_policy, reader_of, staff  # noqa: E402

SHOWN = {
    "/": (
        'href="/borrowing/">Borrowing</a>',
        "Lent today",
        "Machines at work elsewhere",
        'href="/borrowing/">Borrow a machine</a>',
    ),
    "/me/": ("<dt>Borrow</dt>", "Machines you borrowed"),
    "/me/data/borrowing_loan/": ("M10-0042",),
    "/me/timeline/?show=changed": ("Machine lent for a week.",),
    "/borrowing/": ("M10-0042", 'aria-current="page"'),
    "/privacy/request/": ('value="fetching"', "Fetch the machines you lent me"),
    "/me/requests/": ("Fetching",),
}


def lend(alice: User) -> None:
    person = alice.person
    assert person is not None
    with gate.purpose("registration", reader=reader_of(alice), about=person, source="the desk") as act:
        act.kind = "lent"
        Loan.objects.create(person=person, serial="M10-0042")
        act.touch(person.pk, what="Machine lent for a week")
    Path(settings.KEPT_BORROWING).mkdir(exist_ok=True)
    (Path(settings.KEPT_BORROWING) / "machines.txt").write_text("seven\n")
    (Path(settings.KEPT_BORROWING) / "scratch.tmp").write_text("not kept\n")


def fetched(alice: User) -> str:
    """What the desk is told when it has a right of the touchpoint carried out."""
    dana = staff("Dana Maes", "dana@example.com", "controller")
    by = StaffReader(role="controller", entity="cet-power", actor=dana.subject)
    received = requests.receive(
        kind="fetching",
        text="Please fetch it.",
        channel="letter",
        country="BE",
        reader=by,
        person=alice.person,
    )
    return fulfilment_registry.carry_out(received.request, by=by)


def rooms(alice: User) -> list[str]:
    """The rooms whose tables know something of her, in the order she sees them."""
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        found = list(records.groups(alice.subject, default_policy()))
    return [group.table.partition(".")[0].partition("_")[0] for group in found if group.records]


def wrong(to: Path) -> Iterator[str]:
    call_command("makemigrations", "borrowing", verbosity=0)
    with portal_setup.founded(by="Dana", at=timezone.now()):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
        yield from (str(finding) for finding in findings() if finding.level is Level.STRUCTURAL)
        alice = customer("Alice Lambert", "alice@example.com")
        lend(alice)
        if not fetched(alice).endswith(" by controller."):
            yield "its right is not carried out"
        fold.fold()
        client = Client(HTTP_HOST="localhost")
        client.force_login(alice)
        for page, words in SHOWN.items():
            text = client.get(page).content.decode()
            yield from (f"{page} does not say {word}" for word in words if word not in text)
        if [entry.text for entry in offers(AT_PRODUCT)][-1:] != ["Borrow a machine"]:
            yield "a product's page does not lead there"
        apps = rooms(alice)
        if apps.index("borrowing") > apps.index("accounts"):
            yield f"its table stands behind what the program keeps: {apps}"
        held = make.back_up(to).manifest.long
        if (held.files.get("borrowing"), held.tables.get("borrowing_loan")) != (1, 1):
            yield f"the backup holds {dict(held.files)} and {held.tables.get('borrowing_loan')} loans"


found = list(wrong(Path(sys.argv[1])))
print("\n".join(found) or "lent")
sys.exit(bool(found))
