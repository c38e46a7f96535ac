"""A file on its way in a real browser: a broken line, a page loaded anew, a refusal, and no script at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from kept.accounts.models import User
from kept.testing import PASSWORD, found_by_axe, in_every_size
from kept.touchpoints.support.models import Attachment, Case, CaseUpload
from kept.touchpoints.support.tests.test_uploads import kept

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOG = b"12:01 alarm 214\n" * 100_000


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def context(
    request: Any, chromium: Browser, live_server: Any, alice: Any, catalogue: Any
) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        base_url=live_server.url, java_script_enabled=request.param, bypass_csp=request.param
    )
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/account/login/")
    page.fill("#id_login", "alice@example.com")
    page.fill("#id_password", PASSWORD)
    page.click("main button:has-text('Sign in')")
    page.wait_for_url("**/me/")
    page.goto("/support/new/")
    return page


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "alarm.log"
    file.write_bytes(LOG)
    return file


def fill(page: Page) -> None:
    page.check("[name=machine][value=none]")
    page.select_option("[name=topic]", "fault")
    page.check("[name=severity][value=question]")
    page.fill("[name=title]", "Alarm 214")
    page.fill("[name=text]", "Alarm 214 after start, the log is here.")


def send(page: Page) -> None:
    page.click(".choices button:has-text('Send')")
    page.wait_for_selector("text=We have your case")


def look(page: Page) -> None:
    for size in in_every_size(page):
        assert found_by_axe(page) == [], size
        wide, window = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= window, size


@pytest.mark.parametrize("context", [False], indirect=True)
def test_without_a_script_the_file_goes_with_the_form(page: Page, alice: User, log: Path) -> None:
    fill(page)
    page.set_input_files("[name=attachments]", log)
    send(page)
    assert kept(alice, Case.objects.get()) == [("alarm.log", LOG)]


@pytest.mark.parametrize("context", [True], indirect=True)
def test_a_broken_line_costs_a_piece_and_a_reload_nothing(page: Page, alice: User, log: Path) -> None:
    pieces: list[int] = []

    def broken(route: Route) -> None:
        """The first piece arrives, the second is lost on the line, and so is every one after it."""
        patched = route.request.method == "PATCH"
        if patched:
            pieces.append(int(route.request.headers["upload-offset"]))
        route.abort() if patched and len(pieces) > 1 else route.continue_()

    page.route("**/support/uploads/*-*/", broken)
    page.set_input_files("[name=attachments]", log)
    page.wait_for_selector("text=It goes on by itself in a moment")
    look(page)
    (upload,) = CaseUpload.objects.all()
    assert upload.taken == pieces[1] > 0
    page.unroute_all()
    page.reload()
    page.wait_for_selector("text=it goes on from there")
    look(page)
    page.set_input_files("[name=attachments]", log)
    page.wait_for_selector("[data-uploads] input[name=uploads]:enabled")
    assert CaseUpload.objects.get().done, "the same one went on"
    look(page)
    fill(page)
    send(page)
    assert kept(alice, Case.objects.get()) == [("alarm.log", LOG)] and not CaseUpload.objects.exists()


@pytest.mark.parametrize("context", [True], indirect=True)
def test_what_we_do_not_take_says_why_and_costs_nothing_that_was_typed(page: Page, tmp_path: Path) -> None:
    fill(page)
    for name, content in (("run.exe", b"MZ"), ("odd.log", b"MZ\x90\0"), ("film.mp4", b"\0\0")):
        (tmp_path / name).write_bytes(content)
    page.set_input_files(
        "[name=attachments]", [tmp_path / "run.exe", tmp_path / "odd.log", tmp_path / "film.mp4"]
    )
    page.wait_for_function("document.querySelectorAll('.uploads [data-failed]').length === 3")
    told = page.inner_text(".uploads")
    assert (
        told.count("We cannot take program files. Put logs in a .zip.") == 2
        and "film.mp4 is none of PDF" in told
    )
    look(page)
    page.locator(".uploads li", has_text="film.mp4").get_by_role("button", name="Remove").click()
    page.wait_for_function("document.querySelectorAll('.uploads li').length === 2")
    send(page)
    assert Case.objects.count() == 1 and not Attachment.objects.exists()
