"""The proofs of P35 and S12 turn when the promise is broken."""

from __future__ import annotations

import dataclasses

import pytest

from kept.core.register.proving import proofs
from kept.portal.regions import hooks, places
from kept.portal.regions import proofs as ours
from kept.portal.regions.places import country_name

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy")]
CHOICE, EVERYBODY = "regions.stay_or_go", "regions.everybody_has_one"


def test_they_are_kept() -> None:
    choice = proofs.run(CHOICE)
    assert (
        choice.state == proofs.KEPT
        and choice.figure == "3 countries offered a choice"
        and "3 visitors from there" in choice.text
    )
    said = proofs.run(EVERYBODY)
    assert said.state == proofs.KEPT and "iptocc" in said.text


def test_a_country_that_is_offered_nothing_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ours,
        "offer",
        lambda policy, current, code, path, query: (
            None if code == "CA" else hooks.offer(policy, current, code, path, query)
        ),
    )
    said = proofs.run(CHOICE)
    assert (
        said.state == proofs.BROKEN
        and country_name("CA") in said.text
        and country_name("US") not in said.text
    )


@pytest.mark.parametrize(
    "change",
    [
        ('class="quiet"', 'class="grave"'),
        ("<form", '<meta http-equiv="refresh" content="0"><form'),
        ("/region/staying/", "/elsewhere/"),
        ('data-outward="group"', ""),
    ],
)
def test_a_suggestion_that_leaves_no_choice_breaks_it(
    monkeypatch: pytest.MonkeyPatch, change: tuple[str, str]
) -> None:
    draw = ours.render_to_string
    monkeypatch.setattr(ours, "render_to_string", lambda *args: draw(*args).replace(*change))
    assert proofs.run(CHOICE).state == proofs.BROKEN


def test_a_site_nobody_is_led_to_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "elsewhere", lambda *args: None)
    said = proofs.run(EVERYBODY)
    assert said.state == proofs.BROKEN and said.figure.startswith("3 of ")


def test_a_sister_site_that_offers_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    current = ours.versions.current()
    policy = dataclasses.replace(
        current.policy, company=dataclasses.replace(current.policy.company, sister_sites=())
    )
    monkeypatch.setattr(ours.versions, "current", lambda: dataclasses.replace(current, policies=(policy,)))
    assert proofs.run(EVERYBODY).state == proofs.BROKEN and proofs.run(CHOICE).state == proofs.BROKEN
