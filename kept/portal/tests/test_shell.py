"""The shell around every page: only what is there is linked, and only what was counted is shown."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import path

from kept.core.ledger import versions
from kept.core.register.proving import proof_results, proofs
from kept.core.register.proving.proofs import Proof
from kept.portal import navigation, promise_tally
from kept.portal.context import Portal
from kept.portal.marks import component_sheet

pytestmark = pytest.mark.django_db

urlpatterns = [
    path("", component_sheet.components, name="home"),
    path("products/", component_sheet.components),
    path("privacy/", component_sheet.components),
]


@pytest.mark.urls(__name__)
class TestBar:
    def test_a_portal_without_a_board_shows_no_board(self, policy: Any) -> None:
        page = Client().get("/").content.decode()
        bar = page[page.index('<nav aria-label="Main">') : page.index("</nav>")]
        assert re.findall(r'href="([^"]+)"', bar) == ["/products/"]

    def test_the_place_one_is_at_is_marked(self) -> None:
        assert [place.current for place in navigation.bar("/products/")] == ["page"]
        assert [place.current for place in navigation.bar("/products/model-10/")] == ["true"]
        assert [place.current for place in navigation.bar("/")] == [""]

    def test_the_foot_links_only_what_is_there(self, policy: Any) -> None:
        cells = {cell.name: cell for cell in Portal(RequestFactory().get("/")).title_block}
        assert cells["Privacy"].address == "/privacy/" and cells["Promises"].address == ""
        assert cells["Privacy"].text == "Policy, version 1"


def test_the_controller_is_the_regions(policy: Any) -> None:
    shell = Portal(RequestFactory().get("/"))
    assert (
        next(cell.address for cell in shell.title_block if cell.name == "Your controller") == "/privacy/ask/"
    )


@pytest.mark.urls(__name__)
def test_without_the_form_the_controller_is_written_to(policy: Any) -> None:
    shell = Portal(RequestFactory().get("/"))
    address = next(cell.address for cell in shell.title_block if cell.name == "Your controller")
    assert address == f"mailto:{versions.current().policy.company.controller_of(shell.region.entity).email}"


def test_cookies_are_those_the_policy_names(policy: Any) -> None:
    request = RequestFactory().get("/")
    named = next(iter(versions.current().policy.cookies.values())).name.rstrip("*")
    request.COOKIES = {named: "1", "of-another-program-on-localhost": "1"}
    assert Portal(request).cookies == 1


def test_the_count_is_what_the_proofs_said_last(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = versions.current().policy
    promise = next(promise for promise in rules.promises.values() if len(promise.proofs) == 1)
    said = {"kept": True}
    registered = proofs.Registered(
        promise.proofs[0], (promise.id,), "of this test", lambda: Proof(said["kept"], "1", "counted")
    )
    monkeypatch.setattr(proofs, "PROOFS", {registered.id: registered})
    assert promise_tally.tally(rules).kept == 0
    proof_results.prove()
    counted = promise_tally.tally(rules)
    assert counted.kept >= 1 and counted.broken == 0 and counted.all == len(rules.promises)
    said["kept"] = False
    assert promise_tally.tally(rules) == counted
    proof_results.prove()
    assert promise_tally.tally(rules).kept == 0 and promise_tally.tally(rules).broken == counted.kept


def test_a_visitor_is_offered_to_sign_in(policy: Any) -> None:
    page = Client().get("/").content.decode()
    assert "<b>Sign in</b>" in page


def test_a_visit_to_the_first_page_leaves_nothing_on_the_device(policy: Any) -> None:
    assert not Client().get("/").cookies


def test_the_headers_are_strict(policy: Any) -> None:
    answer = Client().get("/")
    assert (
        "default-src 'none'" in answer["Content-Security-Policy"]
        and "unsafe" not in answer["Content-Security-Policy"]
    )
    assert (
        "camera=()" in answer["Permissions-Policy"]
        and "publickey-credentials-get=(self)" in answer["Permissions-Policy"]
    )
    assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
