"""The walk sees what leaves: each fault of a broken portal is found, a whole one has none, and nothing is
left behind.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.staticfiles.finders import get_finders
from django.db import connection
from django.urls import clear_url_caches
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.proving import proof_results, proofs, walk_findings
from kept.core.register.proving.walk_findings import Walked
from kept.operations.processes import static_files
from kept.operations.serving.assembly import assembled
from kept.operations.serving.guard import Guard
from kept.operations.walk import scratch_database
from kept.operations.walk.walker import NOT_GATHERED, walk
from kept.testing import customer
from kept.touchpoints.visits import hooks as visits

BROKEN = "kept.operations.tests.broken"
_known: dict[str, Walked] = {}
WALKING = (
    "operations.no_cookie_without_yes",
    "cookies.greeting_chosen",
    "cookies.equal_choices",
    "promises.links_marked",
    "regions.stay_or_go",
    "operations.stays_here",
    "operations.answers_guarded",
    "operations.asks_declared",
    "registrations.filled_in_by_the_browser",
    "registrations.to_the_end",
    "registrations.asked_once",
    "rights.seen_and_corrected",
)


@pytest.fixture
def whole(policy: Any) -> Walked:
    """One walk through the portal as it is, for all tests of this file: it takes seconds."""
    return _known.get("whole") or _known.setdefault("whole", walk())


@pytest.fixture
def broken(policy: Any, settings: Any) -> Walked:
    """One walk through the portal of ``broken.py``, as in production: what nobody declared is taken out, and
    is no error.
    """
    if "broken" not in _known:
        settings.UNDECLARED_COOKIES_RAISE = settings.UNDECLARED_FIELDS_RAISE = False
        settings.ROOT_URLCONF = BROKEN
        settings.MIDDLEWARE = [f"{BROKEN}.SetsACookie", *settings.MIDDLEWARE]
        clear_url_caches()
        try:
            _known["broken"] = walk()
        finally:
            clear_url_caches()
    return _known["broken"]


def test_nothing_is_wrong_with_the_portal_as_it_is(whole: Walked) -> None:
    assert [str(one) for one in whole.findings] == []
    assert whole.counts["reached"] >= whole.counts["routes"] - 4
    for seen in (
        "cookies",
        "forms",
        "links",
        "greetings",
        "banners",
        "refusals",
        "acceptances",
        "withdrawals",
        "forgeries",
        "suggestions",
        "devices tried",
    ):
        assert whole.counts.get(seen), seen


@pytest.mark.parametrize("id", WALKING)
def test_the_promise_is_kept_with_the_size_of_the_sample(
    whole: Walked, id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_findings, "WALKERS", [lambda: whole])
    said = proofs.run(id)
    assert said.state == proofs.KEPT and f"{whole.counts['requests']} requests" in said.text, said


FOUND = [
    ("cookie", "raw-cookie/", "sets the cookie raw, which nobody declared"),
    ("cookie", "undeclared/", "tried to set the cookie undeclared"),
    ("cookie", "raw-optional/", "sets the cookie kept_seen without a yes"),
    ("cookie", "privacy/", "sets the cookie outer"),
    ("cookie", "an unknown address", "sets the cookie on_errors"),
    ("form", "posts-elsewhere/", "sends what is typed to buyer.example.net"),
    ("form", "posts-by-button/", "sends what is typed to buyer.example.net"),
    ("form", "stray/", "asks for email outside of any form"),
    ("elsewhere", "script/", "from tracker.example.net (script)"),
    ("elsewhere", "image/", "from tracker.example.net (img)"),
    ("elsewhere", "font/", "from fonts.example.net (link)"),
    ("elsewhere", "prefetch/", "from tracker.example.net (link)"),
    ("elsewhere", "srcset/", "from tracker.example.net (img)"),
    ("elsewhere", "by-header/", "by a header"),
    ("elsewhere", "style/", "from tracker.example.net"),
    ("elsewhere", "sends-on/", "sends the reader on by itself"),
    ("elsewhere", "ping/", "tells somebody of each click"),
    ("header", "inline/", "written into the page"),
    ("header", "naked/", "Content-Security-Policy"),
    ("header", "naked/", "X-Frame-Options"),
    ("link", "link/", "leads to other.example.net"),
    ("link", "slashes/", "leads to other.example.net"),
    ("link", "redirect/", "sends the reader to buyer.example.net"),
    ("personal", "shows/", "in an address"),
    ("personal", "shows/", "shows a customer to a"),
    ("greeting", "products/", "a cache may keep it"),
    ("field", "by-hand/", "asks for shoe_size, which nobody declared"),
    ("field", "by-hand/", "asks for taste, which nobody declared"),
    ("field", "undrawn/", "leaves a question out"),
    ("failed", "fails/", "ends in an error (500)"),
]


@pytest.mark.parametrize(("kind", "place", "what"), FOUND)
def test_each_fault_is_found(broken: Walked, kind: str, place: str, what: str) -> None:
    there = [str(one) for one in broken.findings if one.kind == kind and f"/{place} as" in one.where]
    assert any(what in one for one in there), there


@pytest.mark.parametrize("id", WALKING)
def test_each_proof_turns(broken: Walked, whole: Walked, id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {
        "operations.no_cookie_without_yes": "cookie",
        "cookies.greeting_chosen": "greeting",
        "promises.links_marked": "link",
        "operations.stays_here": "form",
        "operations.asks_declared": "field",
        "operations.answers_guarded": "personal",
    }
    own = tuple(one for one in broken.findings if one.kind == kinds.get(id, "failed"))
    monkeypatch.setattr(
        walk_findings, "WALKERS", [lambda: Walked(whole.at, whole.seconds, whole.counts, own)]
    )
    said = proofs.run(id)
    assert said.state == proofs.BROKEN and str(own[0]) in said.text, said


def test_nothing_is_said_of_what_was_not_there(whole: Walked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        walk_findings, "WALKERS", [lambda: Walked(whole.at, 1.0, {**whole.counts, "withdrawals": 0}, ())]
    )
    assert (
        "the walk met nothing of it: withdrawals"
        in proofs.run("operations.no_cookie_without_yes").text.casefold()
    )
    monkeypatch.setattr(
        walk_findings, "WALKERS", [lambda: Walked(whole.at, 1.0, {**whole.counts, "loads": 0}, ())]
    )
    assert proofs.run("operations.stays_here").state == proofs.WAITING


def test_one_round_walks_once_and_a_finding_is_looked_at_twice(
    whole: Walked, broken: Walked, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked = [broken, whole]
    monkeypatch.setattr(walk_findings, "WALKERS", [lambda: walked.pop(0)])
    said = proofs.ask(["operations.stays_here", "operations.answers_guarded"])
    assert walked == [] and {one.state for one in said.values()} == {proofs.KEPT}


# ---- what it leaves behind ---------------------------------------------------------------------------------


def rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        counted = {}
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            counted[model._meta.db_table] = cursor.fetchone()[0]
    return counted


def files(home: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(home.rglob("*")) if path.is_file()}


class StopsAt:
    """The application, until somebody pulls the plug after so many requests."""

    def __init__(self, most: int) -> None:
        self.left, self.inner = most, assembled()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return self.inner(environ, start_response)


def test_it_leaves_no_trace_though_it_is_killed_in_the_middle(
    home: Path, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Any] = []
    monkeypatch.setattr(visits, "sender", lambda root: counted.append(root))
    before, lay, live = rows(), files(home), connection.connection
    with pytest.raises(KeyboardInterrupt):
        walk(StopsAt(320))
    assert rows() == before and files(home) == lay and counted == [] and connection.connection is live


def test_its_database_holds_the_policy_and_nobody(alice: Any) -> None:
    with scratch_database.aside():
        inside = rows()
        customer("Somebody Else", "somebody@example.net")
    assert inside["ledger_version"] == 1 and inside["people_person"] == 0 and inside["ledger_act"] == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_person")
        assert cursor.fetchone() == (1,)


def test_the_log_is_not_filled_with_what_it_provokes(policy: Any, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(KeyboardInterrupt):
        walk(StopsAt(60))
    assert "Not Found" not in caplog.text


def test_one_fault_behind_every_page_is_logged_once(policy: Any, caplog: pytest.LogCaptureFixture) -> None:
    def breaks(environ: Any, start_response: Any) -> Any:
        raise ValueError("what somebody typed")

    found = walk(Guard(breaks)).findings
    assert any("ends in an error (500)" in str(one) for one in found)
    assert [record.name for record in caplog.records] == ["kept.web"]


# ---- a home without what pages need ------------------------------------------------------------------------


@pytest.fixture
def hashed(policy: Any, settings: Any, tmp_path: Path) -> Path:
    """Files under hashed names, as the program serves them; none are gathered yet.

    The manifest of those that are.
    """
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "kept.operations.processes.static_files.HashedFiles"},
    }
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    return Path(settings.STATIC_ROOT / "staticfiles.json")


def gathered(files: dict[str, str]) -> str:
    return json.dumps({"version": "1.1", "paths": files, "hash": ""})


@pytest.mark.parametrize("manifest", [None, gathered({}), gathered({"portal/kept.css": "portal/kept.1.css"})])
def test_without_gathered_files_nothing_is_measured_and_the_page_says_why(
    hashed: Path, manifest: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """None at all; or those of an older program, which lack some."""
    if manifest is not None:
        hashed.write_text(manifest)
    proof_results.prove(WALKING)
    said = proof_results.latest(versions.current().policy).answers
    assert {(said[id].state, said[id].text) for id in WALKING} == {(proofs.UNMEASURED, NOT_GATHERED)}
    assert caplog.records == []


def test_once_they_are_gathered_it_is_measured_within_a_minute(hashed: Path) -> None:
    proof_results.prove(WALKING)
    assert not set(WALKING) & set(proof_results.due(timezone.now()))
    assert set(WALKING) <= set(proof_results.due(timezone.now() + proof_results.AGAIN))
    ours = [path for finder in get_finders() for path, _ in finder.list([])]
    hashed.write_text(gathered(dict(zip(ours, ours, strict=True))))
    assert static_files.are_gathered()
