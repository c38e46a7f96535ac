"""The desk is for staff alone, and a staff reader exists nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from kept.accounts.models import User
from kept.accounts.signing_in.reauthentication import recent
from kept.accounts.signing_in.staff import staff_required
from kept.accounts.tests.conftest import again

pytestmark = pytest.mark.django_db


def test_a_customer_is_refused(newcomer: Any) -> None:
    assert newcomer.get("/desk/").status_code == 403


def test_a_visitor_is_asked_to_sign_in(visitor: Any) -> None:
    assert visitor.get("/desk/").url == "/account/login/?next=/desk/"


def test_staff_read_in_their_role_there_and_as_themselves_elsewhere(newcomer: Any) -> None:
    user = User.objects.get()
    user.employ(role="support", entity="cet-power")
    reader = newcomer.get("/desk/").wsgi_request.reader
    assert (reader.role, reader.entity, reader.actor) == ("support", "cet-power", user.subject)
    assert newcomer.get("/account/").wsgi_request.reader.role == "self"


def test_a_post_that_ended_opens_nothing(newcomer: Any) -> None:
    user = User.objects.get()
    user.employ(role="support", entity="cet-power").leave()
    assert newcomer.get("/desk/").status_code == 403


def test_a_new_post_ends_the_old_one(newcomer: Any) -> None:
    user = User.objects.get()
    first = user.employ(role="support", entity="cet-power")
    second = user.employ(role="sales", entity="cet-power")
    first.refresh_from_db()
    assert first.until == second.since and user.post() == second


def test_a_page_may_ask_for_a_role(newcomer: Any) -> None:
    user = User.objects.get()

    @staff_required(roles=("controller",))
    def page(request: Any) -> HttpResponse:
        return HttpResponse("in")

    request = RequestFactory().get("/desk/x/")
    request.post_held = user.employ(role="support", entity="cet-power")
    with pytest.raises(PermissionDenied, match="Your role is support"):
        page(request)
    request.post_held = user.employ(role="controller", entity="cet-power")
    assert page(request).content == b"in"


def test_proving_oneself_holds_for_five_minutes(newcomer: Any, monkeypatch: Any) -> None:
    assert not recent(newcomer.get("/account/").wsgi_request)
    again(newcomer)
    request = newcomer.get("/account/").wsgi_request
    assert recent(request)
    present = __import__("time").time()
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: present + 301)
    assert not recent(request)
