"""*Your data* by kind: what is folded costs nothing until it is opened, and is there without a script."""

from __future__ import annotations

from cProfile import Profile
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser

from kept.accounts.models import SecurityEvent
from kept.core.consent.models import StandingRow
from kept.core.register import declarations
from kept.core.register.declarations import DECLARED
from kept.core.register.generation import generation
from kept.core.vault import gate
from kept.desk.models import Matter
from kept.rights.access import sections
from kept.rights.tests.conftest import everything, in_words, said, write_many
from kept.testing import reader_of

EMPTY = 40
QUERIES = 15
"""Of the page that somebody opens most, whatever is known of them."""
DEARER = 1.10
LOG = "/me/data/accounts_securityevent/"


def note(user: Any, what: str) -> None:
    with gate.purpose("security", reader=reader_of(user), about=user.person, source="sign-in"):
        SecurityEvent.objects.create(subject=user.person_id, what=what)


def cost(client: Client) -> int:
    """Calls that the page makes, the second time: what is worked out once is there. Counted, not timed:
    a busy machine changes nothing.
    """
    client.get("/me/")
    with Profile() as profile:
        assert client.get("/me/").status_code == 200
    return sum(one.callcount for one in profile.getstats())


@pytest.fixture
def empty(transactional_db: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """plant() makes forty further tables about people, and nothing in them."""
    made: list[type[models.Model]] = []

    def plant() -> list[Any]:
        monkeypatch.setattr(DECLARED, "holds", list(DECLARED.holds))
        for number in range(EMPTY):
            fields = {"subject": models.UUIDField(db_index=True), "what": models.TextField()}
            of = type("Meta", (), {"app_label": "rights"})
            made.append(
                type(f"Empty{number}", (models.Model,), {"__module__": __name__, "Meta": of, **fields})
            )
            declarations.holds(
                made[-1],
                subject="subject",
                purposes=["security"],
                columns={"what": "security.sign-in"},
                title=f"Empty {number}",
            )
        with connection.schema_editor() as editor:
            for model in made:
                editor.create_model(model)
        return made

    yield plant
    with connection.schema_editor() as editor:
        for model in made:
            editor.delete_model(model)
    for model in made:
        del apps.all_models["rights"][model._meta.model_name or ""]
    apps.clear_cache()


def test_the_page_asks_fifteen_times_at_most_whatever_is_known(hers: Client, alice: Any) -> None:
    note(alice, "Passkey added")
    write_many(alice, 60)
    hers.get("/me/")
    with CaptureQueriesContext(connection) as queries:
        page = said(hers.get("/me/"))
    assert len(queries) <= QUERIES, [one["sql"][:80] for one in queries.captured_queries]
    assert "60 records" in page and "Alice Lambert" in page and "Matter of record" not in page


@pytest.mark.django_db(transaction=True)
def test_forty_empty_tables_cost_a_tenth_at_most(
    hers: Client, alice: Any, empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(alice, "Passkey added")
    hers.get("/me/")
    few_tables, number = DECLARED.holds, generation()
    with CaptureQueriesContext(connection) as few:
        hers.get("/me/")
    empties = empty()
    many_tables = DECLARED.holds
    page = said(hers.get("/me/"))
    assert generation() != number and "Empty 3" not in page
    with CaptureQueriesContext(connection) as many:
        hers.get("/me/")
    assert len(many) == len(few)
    dear = cost(hers)
    monkeypatch.setattr(DECLARED, "holds", few_tables)
    assert dear <= cost(hers) * DEARER
    monkeypatch.setattr(DECLARED, "holds", many_tables)
    empties[3]._base_manager.create(subject=alice.person_id, what="Something after all")
    assert "Empty 3" in said(hers.get("/me/"))
    assert "Something after all" in said(hers.get("/me/data/rights_empty3/"))


def test_many_records_come_a_page_at_a_time_and_none_twice(hers: Client, alice: Any) -> None:
    write_many(alice, 2 * sections.PAGE + 3)
    first = hers.get("/me/data/desk_matter/")
    assert f"1 to {sections.PAGE} of {2 * sections.PAGE + 3}" in said(first)
    assert first.content.count(b'<details class="record">') == sections.PAGE
    everywhere = everything(hers)
    for number in range(2 * sections.PAGE + 3):
        assert everywhere.count(f"Matter of record {number}<") == 1
    with CaptureQueriesContext(connection) as few:
        hers.get("/me/data/desk_matter/")
    write_many(alice, 0)
    with CaptureQueriesContext(connection) as later:
        hers.get(f"/me/data/desk_matter/?from={sections.PAGE + 1}")
    assert len(later) == len(few)


def test_a_record_that_holds_nothing_any_more_stands_where_it_is_counted(hers: Client, alice: Any) -> None:
    page = hers.get("/me/data/consent_standingrow/").content.decode()
    rows = StandingRow.objects.filter(subject=alice.person_id)
    rows.update(consents=[], objections=[], restrictions=[], given_under={})
    emptied = hers.get("/me/data/consent_standingrow/").content.decode()
    assert "1 record" in in_words(page) and "1 record" in in_words(emptied)
    assert emptied.count("<article>") == 1 and in_words(emptied).count("Nothing stands here.") == 1


def test_a_page_whose_records_were_deleted_meanwhile_leads_to_the_last(hers: Client, alice: Any) -> None:
    write_many(alice, sections.PAGE + 2)
    address = hers.get("/me/data/desk_matter/").content.decode().split('" rel="next"')[0].split('"')[-1]
    Matter.objects.filter(number__gte=5000 + sections.PAGE).delete()
    page = said(hers.get(address))
    assert "Nothing stands here." not in page and "Matter of record 3" in page
    assert f"{sections.PAGE + 1} to" not in page


@pytest.mark.parametrize("start", ["0", "-3", "x", "²", "9999999", "9" * 4000])
def test_a_hostile_place_to_begin_is_answered(hers: Client, alice: Any, start: str) -> None:
    note(alice, "Passkey added")
    assert hers.get(LOG, {"from": start}).status_code == 200


def test_what_is_about_nobody_has_no_page(hers: Client) -> None:
    for table in ("products_product", "ledger_act", "nothing", str(uuid4())):
        assert hers.get(f"/me/data/{table}/").status_code == 404
    assert "Nothing stands here." in said(hers.get("/me/data/desk_matter/"))


def test_nobody_elses_records_are_opened(hers: Client, alice: Any, charlie: Any, client_of: Any) -> None:
    note(alice, "Passkey added")
    assert "Passkey added" in said(hers.get(LOG))
    assert "Passkey added" not in in_words(everything(client_of(charlie)))
    assert "Passkey added" not in said(client_of(charlie).get(LOG))


def test_without_a_script_a_link_leads_to_each(hers: Client, alice: Any) -> None:
    note(alice, "Passkey added")
    assert f'<a href="{LOG}">' in hers.get("/me/").content.decode()
    page = said(hers.get(LOG))
    assert "Passkey added" in page and "Back to your data" in page and "why · who · until when" in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_opened_it_is_fetched_once_and_stands_in_its_place(
    chromium: Browser, live_server: Any, hers: Client, alice: Any
) -> None:
    note(alice, "Passkey added")
    context = chromium.new_context()
    context.add_cookies(
        [{"name": name, "value": one.value, "url": live_server.url} for name, one in hers.cookies.items()]
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/me/")
    part = page.locator(f'details[data-opens="{LOG}"]')
    assert not [url for url in asked if url.endswith(LOG)] and part.locator(".opens").count() == 1
    part.locator("> summary").click()
    part.locator(".records").wait_for()
    assert part.locator(".opens").count() == 0
    assert "Passkey added" in (part.text_content() or "")
    for _ in range(2):
        part.locator("> summary").click()
    assert len([url for url in asked if url.endswith(LOG)]) == 1
    context.close()
