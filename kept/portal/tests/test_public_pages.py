"""Public pages are drawn once, and never once too rarely: what changes anywhere stands on the next one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kept.core.register.declarations import DECLARED
from kept.core.register.models import ProofAnswer
from kept.core.register.proving import proof_results, proofs
from kept.outbox.tests.process import another
from kept.portal import page_hooks, public_pages
from kept.portal.page_hooks import Notice
from kept.portal.public_pages import PAGES
from kept.products import demo
from kept.products import views as product_views
from kept.products.models import Product
from kept.products.query_counter import watching
from kept.rights.cookies.tests.conftest import AGENT

pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC = ("/", "/products/", "/privacy/", "/privacy/promises/", "/privacy/changes/", "/privacy/recipients/")
QUERIES = 4
"""Of a page that was drawn before: the versions there are, what the proofs said, what the catalogue says."""
ELSEWHERE = """
import re
from django.utils import timezone
from kept.core.ledger import versions
from kept.core.policy.loader import from_files
files = dict(versions.current().policy.files)
for name in files:
    files[name] = files[name].replace("Privacy policy", "Privacy policy of tomorrow")
versions.publish(from_files(files), effective=timezone.localdate(), by="Dana")
print("done")
"""


def browser(**headers: str) -> Client:
    return Client(headers={"user-agent": AGENT, **headers})


def drawn(answer: Any) -> bool:
    """Whether anything was drawn for an answer."""
    return bool(answer.templates)


@pytest.mark.parametrize("address", PUBLIC)
def test_it_is_drawn_once_and_stays_the_same(policy: Any, address: str) -> None:
    first, other = browser().get(address), browser()
    with CaptureQueriesContext(connection) as queries:
        again = other.get(address)
    assert drawn(first) and not drawn(again) and again.content == first.content
    assert len(queries) <= QUERIES
    assert {**again.headers} == {**first.headers}
    assert again["ETag"] and again["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("address", PUBLIC)
def test_who_has_it_is_sent_nothing_again(policy: Any, address: str) -> None:
    held = browser().get(address)["ETag"]
    answer = browser(if_none_match=held).get(address)
    assert answer.status_code == 304 and answer.content == b"" and answer["ETag"] == held
    assert browser(if_none_match='W/"another"').get(address).status_code == 200


def test_a_version_published_in_another_process_is_read_at_once(policy: Any) -> None:
    held = {address: browser().get(address) for address in PUBLIC}
    done = another(ELSEWHERE)
    assert done.stdout.strip() == "done", done.stderr
    for address, before in held.items():
        after = browser(if_none_match=before["ETag"]).get(address)
        assert after.status_code == 200 and drawn(after), address
        assert b"version 2" in after.content and b"version 2" not in before.content


def test_what_a_proof_says_is_read_at_once_and_gets_old(policy: Any) -> None:
    proof_results.prove(list(proofs.PROOFS)[:3])
    before = browser().get("/privacy/promises/").content
    assert browser().get("/privacy/promises/").content == before
    one = ProofAnswer.objects.order_by("proof").first()
    assert one is not None
    ProofAnswer.objects.filter(pk=one.pk).update(state=proofs.BROKEN, text="Seven", at=timezone.now())
    assert b"Seven" in browser().get("/privacy/promises/").content
    number = proof_results.edition()
    ProofAnswer.objects.update(at=timezone.now() - proof_results.WORTH + timedelta(seconds=0.5))
    fresh = proof_results.edition()
    later = timezone.now() + timedelta(seconds=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: later)
        assert len({number, fresh, proof_results.edition()}) == 3, "an hour is over, though no row changed"


def test_a_product_that_changed_is_read_at_once(policy: Any) -> None:
    demo.load()
    product = Product.objects.current().earliest("pk")
    address = f"/products/{product.slug}/"
    for page in ("/products/", address):
        assert product.name.encode() in browser().get(page).content
        assert not drawn(browser().get(page))
    Product.objects.filter(pk=product.pk).update(name="Quite another")
    for page in ("/products/", address):
        assert b"Quite another" in browser().get(page).content
    Product.objects.filter(pk=product.pk).delete()
    assert browser().get(address).status_code == 404
    assert b"Quite another" not in browser().get("/products/").content


def test_what_changed_while_it_was_drawn_and_changed_back_is_not_kept(
    policy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.load()
    first = Product.objects.current().earliest("pk")
    mine, name = Product.objects.filter(pk=first.pk), first.name

    def meanwhile() -> Any:
        mine.update(name="Quite another")
        return watching()

    with monkeypatch.context() as patch:
        patch.setattr(product_views, "watching", meanwhile)
        drawn_then = browser().get("/products/")
    assert b"Quite another" in drawn_then.content and "ETag" not in drawn_then
    mine.update(name=name)
    assert b"Quite another" not in browser().get("/products/").content


def test_an_older_version_that_was_rewritten_is_never_handed_out_as_it_was(policy: Any) -> None:
    done = another(ELSEWHERE)
    assert done.stdout.strip() == "done", done.stderr
    address = "/privacy/versions/1/"
    held = browser().get(address)
    assert not drawn(browser().get(address))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_version SET identity = %s WHERE number = 1", ["0" * 64])
    client = browser(if_none_match=held["ETag"])
    client.raise_request_exception = False
    after = client.get(address)
    assert after.status_code not in {200, 304}, "its own page says that it is not what was published"


def test_a_touchpoint_that_is_taken_away_is_gone_at_once(
    policy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser().get("/privacy/promises/")
    monkeypatch.setattr(DECLARED, "touchpoints", DECLARED.touchpoints[:-1])
    assert drawn(browser().get("/privacy/promises/"))


def test_whoever_is_known_is_never_handed_anybodys_page(policy: Any, alice: Any, client_of: Any) -> None:
    hers = client_of(alice)
    for address in PUBLIC:
        browser().get(address)
        answer = hers.get(address)
        assert drawn(answer) and b"<b>Alice</b>" in answer.content
        assert "ETag" not in answer and "no-store" in answer["Cache-Control"]
        assert b"<b>Alice" not in browser().get(address).content


def test_a_browser_that_carries_more_than_an_answer_is_drawn_for(policy: Any) -> None:
    browser().get("/privacy/")
    for name in ("kept_region", "kept_name", "kept_session", "kept_known", "someone_elses"):
        client = browser()
        client.cookies[name] = "x"
        answer = client.get("/privacy/")
        assert drawn(answer) and "ETag" not in answer, name


def test_what_was_asked_for_is_not_kept(policy: Any) -> None:
    for _ in range(2):
        assert drawn(browser().get("/products/?q=secret")), "what somebody searched for"
    assert not any(b"secret" in page for page in PAGES._held.values())


def test_languages_and_signals_are_kept_apart(policy: Any) -> None:
    pages = [browser().get(address).content for address in ("/privacy/", "/fr/privacy/", "/de/privacy/")]
    pages.append(browser(sec_gpc="1").get("/privacy/").content)
    assert len(set(pages)) == 4
    again = [browser().get(address) for address in ("/privacy/", "/fr/privacy/", "/de/privacy/")]
    assert [answer.content for answer in again] == pages[:3] and not any(map(drawn, again))


def test_a_page_with_a_token_or_a_cookie_is_not_kept(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(public_pages._SHARED, "privacy-ask", ())
    for _ in range(2):
        answer = browser().get("/privacy/ask/")
        assert drawn(answer) and "ETag" not in answer and b"csrfmiddlewaretoken" in answer.content
    cookie = HttpResponse("x")
    assert public_pages._may_be_kept(HttpRequest(), HttpResponse("x"))
    cookie.set_cookie("a", "b")
    assert not public_pages._may_be_kept(HttpRequest(), cookie)
    assert not public_pages._may_be_kept(HttpRequest(), HttpResponse("x", status=404))


def test_what_is_told_to_one_visitor_is_not_kept(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Notice("cookies/said.html", {"told": ""})
    monkeypatch.setitem(page_hooks._NOTICES, "own", (5, lambda request: own))
    for _ in range(2):
        assert drawn(browser().get("/privacy/"))


def test_pages_make_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_pages, "MOST", 25)
    pages = public_pages.Pages()
    for key in "abc":
        pages.put(key, b"x" * 10)
    assert pages.get("a") is None and pages.get("b") == b"x" * 10
    pages.put("d", b"x" * 10)
    assert pages.get("c") is None and pages.get("b") is not None
