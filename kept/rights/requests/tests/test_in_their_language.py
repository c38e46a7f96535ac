"""A request speaks the language they asked to be answered in; the desk and the ledger keep theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.outbox.models import Message
from kept.rights.requests import flows
from kept.rights.requests.at_the_desk import by_hand, request_page
from kept.rights.requests.models import Request, Step
from kept.rights.requests.tests.conftest import hers, unknown

pytestmark = pytest.mark.django_db


def mails(request: Request) -> list[tuple[str, str]]:
    """What was written to whoever asked: headings and bodies, oldest first."""
    assert request.keeper is not None
    with gate.purpose("requests", reader=SystemReader(job="outbox.send"), about=Job("test")):
        return [
            (str(one.heading), str(one.body))
            for one in Message.objects.filter(subject=request.keeper).order_by("queued_at")
        ]


@pytest.mark.parametrize(
    ("language", "received", "longer"),
    [
        ("fr", "Nous avons reçu", "Il nous faut plus de temps"),
        ("de", "Wir haben", "Wir brauchen länger"),
        ("nl", "Wij hebben", "Wij hebben meer tijd nodig"),
        ("es", "We received", "We need longer"),
    ],
)
def test_a_mail_speaks_the_language_they_asked_in(
    desk: Any, language: str, received: str, longer: str
) -> None:
    request = unknown(language=language, kind="access").request
    flows.extend(request=request, by=desk, reason="Trois archives.")
    (first, _), (second, body) = mails(request)
    assert first.startswith(received) and second.startswith(longer)
    assert "Trois archives." in body


def test_days_are_written_in_it_too(desk: Any) -> None:
    request = unknown(language="fr", kind="access").request
    [(_, body)] = mails(request)
    with translation.override("fr"):
        assert f"{request.due.day} " in body and "accès" in body
    assert not any(word in body for word in ("January", "December", "Answer due"))


def test_a_step_is_kept_in_english_and_said_to_each_in_theirs(desk: Any) -> None:
    request = unknown(kind="access").request
    flows.ask_identity(request=request, by=desk)
    flows.give_up_identity(request=request, by=desk)
    step = request.steps.get(kind=Step.Kind.IDENTITY_GIVEN_UP)
    assert step.what == "We no longer ask who it is; the clock stood for 0 days"
    with translation.override("de"):
        assert str(step.said) == "Wir fragen nicht mehr, wer es ist; die Frist ruhte 0 Tage"
    Step.objects.filter(pk=step.pk).update(message=None, what="The letter was posted")
    step.refresh_from_db()
    with translation.override("nl"):
        assert step.said == "De brief is gepost", "a row from before is known by its English words"


def test_what_is_typed_in_dutch_leaves_english_on_record(desk: Any, alice: User) -> None:
    request = unknown(kind="access").request
    with translation.override("nl"):
        by_hand.confirm(request=request, by=desk, asker="self", check="call-back", email="alice@example.com")
    assert request.steps.get(kind=Step.Kind.CHECKED).what == (
        "Checked by hand: The person asks. We called the number we know"
    )


@pytest.mark.parametrize("language", ["fr", "de", "nl"])
def test_her_own_page_says_nothing_in_english(
    alice: User, client_of: Callable[[User], Client], desk: Any, language: str
) -> None:
    request = hers(alice).request
    flows.extend(request=request, by=desk, reason="…")
    flows.answer(request=request, by=desk, text="…")
    browser = client_of(alice)
    for path in ("/me/requests/", f"/me/requests/{request.pk}/"):
        said = browser.get(f"/{language}{path}").content.decode()
        assert f'lang="{language}"' in said
        for english in ("What was done", "Extended under", "Answered", "The law comes", "Access", "Due "):
            assert english not in said, f"{path}: {english}"


def test_an_answer_names_the_authority_in_the_language_it_is_written_in(policy: Any) -> None:
    """Whoever answers reads the desk in another one."""
    request = unknown(language="fr").request
    ruling = versions.current().policy
    with translation.override("de"):
        said = request_page.filled(versions.spoken(), request, "refused")
    french, german = (
        ruling.in_language(language).company.regions[request.region].controller.authority
        for language in ("fr", "de")
    )
    assert french in said and german not in said


def test_the_page_a_mail_leads_to_is_in_that_language(policy: Any) -> None:
    request = unknown(language="nl").request
    assert "/nl/privacy/status/" in mails(request)[0][1]
    assert "/nl/" not in mails(unknown(language="es").request)[0][1]
