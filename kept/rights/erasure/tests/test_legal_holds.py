"""What a law keeps leaves her name, serves the law alone and dies on its day; what others see goes or stays
as she chose.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.core.register import declarations as register
from kept.core.register import inventory
from kept.core.register.destroying import erasing
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased, NotAllowed
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.subject_keys import keys
from kept.rights.erasure import flows, legal_holds
from kept.rights.erasure.models import Erasure, LawHold
from kept.rights.erasure.preview import preview
from kept.rights.erasure.tests.models import ALL, Invoice, Post
from kept.testing import PASSWORD, reader_of

pytestmark = pytest.mark.django_db
BOOKS, TODAY = SystemReader(job="books"), Job("books")
LISTS = ("holds", "nobody", "erases", "shared", "law")


@pytest.fixture(scope="module", autouse=True)
def _tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for model in ALL:
                editor.create_model(model)
        yield
        with connection.schema_editor() as editor:
            for model in ALL:
                editor.delete_model(model)


@pytest.fixture(autouse=True)
def _shop(monkeypatch: pytest.MonkeyPatch, policy: Any) -> None:
    """A shop and a board are installed, and say what they hold."""

    class Installed:
        @staticmethod
        def get_models(**options: Any) -> list[Any]:
            return [*apps.get_models(**options), *ALL]

    monkeypatch.setattr(inventory, "apps", Installed)
    for name in LISTS:
        monkeypatch.setattr(register.DECLARED, name, list(getattr(register.DECLARED, name)))
    register.holds(
        Invoice,
        subject=("keeper", "buyer"),
        purposes=("accounting",),
        title="Invoices",
        columns={"issued": "order.content", "country": "order.content"},
    )
    register.hold(
        Invoice,
        fields=("number",),
        duty="Invoices and accounting vouchers",
        purpose="accounting",
        keeper="keeper",
        country=lambda row: row.country,
        since=lambda row: row.issued,
    )
    register.holds(
        Post,
        subject="author",
        purposes=("community",),
        title="Posts",
        columns={"text": "community.post"},
        clear={"text": "Public."},
    )
    register.shared(Post, title="Posts", anonymise=lambda subject, rows: rows.update(author=None))


def sold(to: User, *, issued: date | None = None, country: str = "BE") -> Invoice:
    with gate.purpose("accounting", reader=BOOKS, about=TODAY):
        return Invoice.objects.create(
            keeper=to.person.pk,
            buyer=to.person.pk,
            country=country,
            issued=issued or timezone.localdate(),
            number="2026-0017",
            wish="to the back door",
        )


def erased(user: User, **more: Any) -> None:
    flows.ask(
        subject=user.person.pk, controller="cet-power", reader=reader_of(user), wait=timedelta(0), **more
    )
    flows.work_due()
    assert Erasure.objects.get().destroyed_at, Erasure.objects.get().trouble


def read(invoice: Invoice, purpose: str = "accounting") -> str:
    with gate.purpose(purpose, reader=BOOKS, about=TODAY):
        return str(Invoice.objects.get(pk=invoice.pk).number)


def test_the_preview_says_which_field_under_which_law_until_when(alice: User) -> None:
    invoice = sold(alice)
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        (stays,) = preview(alice.person.pk, versions.current().policy).stays
    assert (stays.rows, stays.article, stays.purpose) == (
        1,
        "Belgian VAT Code, Art. 60",
        "Invoices the law makes us keep",
    )
    assert stays.until == invoice.issued.replace(year=invoice.issued.year + 10)


def test_it_leaves_her_name_and_serves_the_law_alone(alice: User) -> None:
    invoice, hers = sold(alice), alice.person.pk
    erased(alice)
    hold, kept = LawHold.objects.get(), Invoice.objects.get(pk=invoice.pk)
    assert keys.erased(hers) and erasing.left_of(hers) == {}
    assert (kept.keeper, kept.buyer) == (hold.pk, None) and hold.fields == ["test.invoice.number"]
    assert read(invoice) == "2026-0017"
    with gate.purpose("accounting", reader=BOOKS, about=TODAY):
        assert Invoice.objects.get(pk=invoice.pk).wish is None, "what the law does not ask for is gone"
    for other in ("own-data", "orders", "legal-demand"):
        with pytest.raises(NotAllowed):
            read(invoice, other)


def test_a_held_value_hides_behind_no_other_answer(alice: User, charlie: User) -> None:
    """An act remembers what it may read of whoever stands alike; a key of the law's never stands like
    anybody.
    """
    invoice, his = sold(alice), sold(charlie)
    erased(alice)
    with gate.purpose("own-data", reader=BOOKS, about=TODAY):
        assert Invoice.objects.get(pk=his.pk).number == "2026-0017"
        with pytest.raises(NotAllowed, match="A law keeps this"):
            Invoice.objects.get(pk=invoice.pk).number


def test_it_dies_on_its_day(alice: User) -> None:
    invoice = sold(alice)
    erased(alice)
    until = LawHold.objects.get().until
    assert legal_holds.let_go(until) == 0 and read(invoice) == "2026-0017"
    key = LawHold.objects.get().pk
    assert legal_holds.let_go(until + timedelta(days=1)) == 1
    assert not Invoice.objects.exists() and not LawHold.objects.exists() and keys.erased(key)


def test_what_is_past_its_date_or_under_no_law_goes_with_her(alice: User) -> None:
    sold(alice, country="US")
    sold(alice, issued=timezone.localdate().replace(year=2012, day=1))
    erased(alice)
    assert not Invoice.objects.exists() and not LawHold.objects.exists()


def test_one_hold_for_what_dies_on_the_same_day(alice: User) -> None:
    for _ in range(3):
        sold(alice)
    sold(alice, issued=timezone.localdate() - timedelta(days=90))
    erased(alice)
    assert sorted(LawHold.objects.values_list("rows", flat=True)) == [1, 3]


@pytest.mark.parametrize(("choice", "left"), [("delete", []), ("anonymise", ["Hello", "World"])])
def test_what_others_see_goes_or_stays_without_a_name(
    alice: User, charlie: User, client_of: Any, choice: str, left: list[str]
) -> None:
    for text in ("Hello", "World"):
        Post.objects.create(author=alice.person.pk, text=text)
    Post.objects.create(author=charlie.person.pk, text="His")
    client = client_of(alice)
    client.post("/account/reauthenticate/?next=/me/", {"password": PASSWORD})
    page = client.get("/me/erasure/").content.decode()
    assert "Posts (2)" in page and "Leave them, without my name" in page
    wrong = client.post("/me/erasure/", {"silence": "on"})
    assert (
        wrong.status_code == 422
        and "Choose what becomes of your posts" in wrong.content.decode()
        and "checked" in wrong.content.decode()
    )
    client.post("/me/erasure/", {"shared-erasure_post": choice})
    Erasure.objects.update(falls_at=timezone.now(), due_at=timezone.now())
    flows.work_due()
    assert list(Post.objects.filter(author=None).order_by("text").values_list("text", flat=True)) == left
    assert list(Post.objects.exclude(author=None).values_list("text", flat=True)) == ["His"]


def test_nobody_reads_it_in_her_name_again(alice: User) -> None:
    invoice, reader, hers = sold(alice), reader_of(alice), alice.person.pk
    erased(alice)
    with gate.purpose("own-data", reader=reader, about=hers), pytest.raises((NotAllowed, KeyErased)):
        Invoice.objects.get(pk=invoice.pk).number
