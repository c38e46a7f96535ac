"""Registering a product, page by page: what she types is read kindly, never lost, and asked once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.columns.values import provenance
from kept.equipment.models import Holding, Unit
from kept.outbox.models import Message
from kept.people.models import Organisation, Person
from kept.testing import reader_of
from kept.touchpoints.registrations.models import Draft, Registration
from kept.touchpoints.registrations.tests.conftest import (
    ADDRESS,
    FREE,
    MACHINE,
    OTHER,
    YOU,
    register,
    started,
)

pytestmark = pytest.mark.django_db


def of(user: Any) -> Any:
    return gate.purpose("registration", reader=reader_of(user), about=user.person)


def test_it_works(hers: Any, alice: Any) -> None:
    made = register(hers)
    assert re.fullmatch(r"REG-\d{4}-[0-9A-Z]{6}", made.reference)
    assert Unit.objects.get(serial=FREE).holding.person == alice.person
    assert not Draft.objects.exists()
    page = hers.get(f"/me/products/registrations/{made.reference}/").content.decode()
    assert (
        made.reference in page and "Your product is registered" in page and "Undo this registration" in page
    )
    with of(alice):
        assert made.contact_phone == "02 555 01 23"
        assert made.contact_address["city"] == "Liège"
        assert alice.person.phone is None or Person.objects.get(pk=alice.person.pk).phone == "+3225550123"


def test_a_confirmation_with_the_reference_waits_in_the_outbox(hers: Any, alice: Any) -> None:
    made = register(hers)
    message = Message.objects.get(template="registrations/mail/registered.txt")
    with of(alice):
        assert message.to == "alice@example.com"
        assert made.reference in message.heading and "/me/products/registrations/" in message.body


def test_it_requires_sign_in(client: Any, policy: Any) -> None:
    for address in ("/me/products/", ADDRESS):
        assert client.get(address)["Location"].startswith("/account/login/")


def test_any_notation_of_the_serial_number_is_read(hers: Any) -> None:
    assert started(hers, " s/n 1204 – 88 2 ").endswith("/you/")


def test_a_letter_for_a_figure_is_asked_about(hers: Any) -> None:
    typed = {**MACHINE, "serial": "12O4-88-2"}
    asked = hers.post(ADDRESS, typed)
    page = asked.content.decode()
    assert (
        asked.status_code == 422
        and "We read this as 1204-88-2 (zero, not the letter O). Is that right?" in page
    )
    assert 'value="12O4-88-2"' in page
    no = hers.post(ADDRESS, {**typed, "reading": FREE, "right": "no"})
    assert no.status_code == 422 and "Type the serial number again" in no.content.decode()
    stale = hers.post(ADDRESS, {**typed, "reading": OTHER, "right": "yes"})
    assert stale.status_code == 422
    yes = hers.post(ADDRESS, {**typed, "reading": FREE, "right": "yes"})
    assert yes.status_code == 302 and yes["Location"].endswith("/you/")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            {"serial": "1204-88-3"},
            "This serial number has a typing error. Check characters 5 to 8 on the label.",
        ),
        ({"serial": ""}, "Enter a serial number, like 1204-88-2"),
        ({"purchased_year": "2099"}, "Purchase date must be today or in the past"),
        ({"purchased_year": "2023"}, "This unit was made in March 2024. Enter a later date."),
        ({"purchased_day": "31", "purchased_month": "2"}, "Purchase date must be a real date"),
        ({"purchased_day": "", "purchased_month": "", "purchased_year": ""}, "Enter the purchase date"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(hers: Any, typed: dict[str, str], sentence: str) -> None:
    answer = hers.post(ADDRESS, {**MACHINE, **typed})
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count(sentence) >= 2 and "<title>Error: " in page
    for value in ({**MACHINE, **typed})["serial"], ({**MACHINE, **typed})["purchased_year"]:
        assert not value or f'value="{value}"' in page
    assert not Draft.objects.filter(ended_at=None).exists()


def test_month_and_names_of_months_are_understood(hers: Any) -> None:
    answer = hers.post(
        ADDRESS, {**MACHINE, "purchased_day": "15 maart 2025", "purchased_month": "", "purchased_year": ""}
    )
    assert answer.status_code == 302


def test_a_month_without_its_day_is_shown_as_a_month(hers: Any) -> None:
    """What was "6 2024" was refused for a unit made on 6 June, and "7 2024" became 1 July 2024."""
    begun = hers.post(ADDRESS, {**MACHINE, "purchased_day": ""})
    answer = hers.post(begun["Location"], YOU, follow=True)
    page = answer.content.decode()
    assert '<time datetime="2025-05">May 2025</time>' in page and "1 May 2025" not in page


def test_a_number_is_read_by_the_country_beside_it(hers: Any, alice: Any) -> None:
    begun = hers.post(ADDRESS, MACHINE)
    french = {
        **YOU,
        "country": "FR",
        "phone": "06 12 34 56 78",
        "street": "1 rue Exemple",
        "postcode": "F-75001",
        "city": "Paris",
    }
    check = hers.post(begun["Location"], french)
    hers.post(check["Location"])
    with gate.purpose("account", reader=reader_of(alice), about=alice.person):
        person = Person.objects.get(pk=alice.person_id)
        assert (person.phone, person.address["postcode"]) == ("+33612345678", "75001")
        assert [found.pk for found in Person.objects.at_phone("0612345678")] == [person.pk]


def test_a_bad_phone_or_address_loses_nothing(hers: Any) -> None:
    answer = hers.post(
        started(hers, FREE), {**YOU, "phone": "call me", "postcode": "x", "street": "Rue Exemple 1"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert (
        "Enter a phone number, like 02 123 45 67 or +32 2 123 45 67" in page
        and 'value="call me"' in page
        and 'value="Rue Exemple 1"' in page
    )
    empty = hers.post(started(hers, FREE), {"holder": "myself", "keep": "profile"}).content.decode()
    for sentence in ("Choose a country", "Enter the street and number", "Enter the town or city"):
        assert empty.count(f">{sentence}</a>") == 1


def test_a_mine_already_is_linked(hers: Any) -> None:
    register(hers)
    answer = hers.post(ADDRESS, MACHINE)
    assert answer.status_code == 422 and f'href="/me/products/#unit-{FREE}"' in answer.content.decode()


def test_the_second_time_it_is_filled_in_with_its_origin(hers: Any) -> None:
    made = register(hers)
    page = hers.get(started(hers, OTHER)).content.decode()
    assert 'value="02 555 01 23"' in page and 'value="Liège"' in page
    today = f"{timezone.localdate():%-d %B %Y}"
    assert page.count(f"From your registration {made.reference}, {today}") == 5


def test_use_once_leaves_the_profile_alone(hers: Any, alice: Any) -> None:
    register(hers)
    register(hers, machine={"serial": OTHER}, you={"phone": "+32 470 12 34 56", "keep": "once"})
    person = Person.objects.get(pk=alice.person.pk)
    with of(alice):
        assert person.phone == "+3225550123"
        assert Registration.objects.order_by("registered_at").last().contact_phone == "+32 470 12 34 56"


def test_update_my_profile_changes_only_what_differs(hers: Any, alice: Any) -> None:
    first = register(hers)
    second = register(hers, machine={"serial": OTHER}, you={"phone": "+32 470 12 34 56"})
    person = Person.objects.get(pk=alice.person.pk)
    assert provenance(person, "phone").source == f"your registration {second.reference}"
    assert provenance(person, "address").source == f"your registration {first.reference}"


def test_for_a_new_organisation(hers: Any, alice: Any) -> None:
    register(hers, you={"holder": "new", "organisation": "Moulin Télécom", "vat": "BE 0123.456.749"})
    works = Organisation.objects.get()
    assert Unit.objects.get(serial=FREE).holding.organisation_id == works.pk
    assert alice.person.organisations() == {works.pk}
    page = hers.get("/me/products/").content.decode()
    assert "Moulin Télécom" in page
    register(hers, machine={"serial": OTHER}, you={"holder": str(works.pk)})
    assert Holding.objects.filter(organisation=works, until=None).count() == 2


def test_a_new_organisation_needs_its_name(hers: Any) -> None:
    answer = hers.post(started(hers, FREE), {**YOU, "holder": "new"})
    assert answer.status_code == 422 and "Enter the name of the organisation" in answer.content.decode()


def test_somebody_elses_organisation_is_not_on_the_list(hers: Any, his: Any) -> None:
    register(hers, you={"holder": "new", "organisation": "Moulin Télécom"})
    answer = his.post(started(his, OTHER), {**YOU, "holder": str(Organisation.objects.get().pk)})
    assert answer.status_code == 422 and "Choose whose it is from the list" in answer.content.decode()


def test_check_shows_everything_and_leads_back_with_it(hers: Any) -> None:
    you = started(hers, FREE)
    check = hers.post(you, YOU)["Location"]
    page = hers.get(check).content.decode()
    for said in ("1204-88-2", "3 May 2025", "02 555 01 23", "Rue Exemple 1", "4020 Liège", "Belgium"):
        assert said in page
    assert 'value="Rue Exemple 1"' in hers.get(you).content.decode()
    machine = you.replace("you/", "")
    assert 'value="1204-88-2"' in hers.get(machine).content.decode()
    again = hers.post(machine, {**MACHINE, "serial": OTHER})["Location"]
    assert 'value="Rue Exemple 1"' in hers.get(again).content.decode()
    assert hers.get(check).status_code == 302


def test_sent_twice_it_is_registered_once(hers: Any) -> None:
    check = hers.post(started(hers, FREE), YOU)["Location"]
    first, second = hers.post(check), hers.post(check)
    assert first["Location"] == second["Location"] and Registration.objects.count() == 1


def test_a_draft_is_its_authors_alone_and_dies_after_a_day(hers: Any, his: Any) -> None:
    you = started(hers, FREE)
    assert his.get(you).status_code == 404
    Draft.objects.update(started_at=timezone.now() - timedelta(hours=25))
    assert hers.get(you).status_code == 302


def test_check_before_the_answers_leads_to_them(hers: Any) -> None:
    you = started(hers, FREE)
    assert hers.post(you.replace("you/", "check/"))["Location"] == you
    assert not Registration.objects.exists()


def test_a_page_asks_few_queries(hers: Any, django_assert_max_num_queries: Any) -> None:
    register(hers)
    hers.get("/me/products/")
    you = started(hers, OTHER)
    with django_assert_max_num_queries(14):
        hers.get(ADDRESS)
    with django_assert_max_num_queries(26):
        hers.get(you)
    with django_assert_max_num_queries(40):
        hers.post(you, YOU)


def test_a_stale_tab_puts_no_old_phone_into_the_profile(hers: Client, alice: User) -> None:
    hers.post(ADDRESS, MACHINE)
    page = f"{ADDRESS}{Draft.objects.get().pk}/you/"
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        alice.person.correct("phone", "02 555 01 23")
    old = hers.get(page).context["form"].seen_now
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        alice.person.correct("phone", "02 555 09 99")
    answer = hers.post(page, {**YOU, "seen": old})
    assert (
        answer.status_code == 422
        and "02 555 09 99" in answer.content.decode()
        and "02 555 01 23" in answer.content.decode()
    )
    filled = hers.post(page, {**YOU, "seen": old, "fill": "1"})
    assert filled.context["form"].seen_now == old, (
        "what was shown stays what was shown, whatever the browser filled in since"
    )
    assert hers.post(page, {**YOU, "seen": answer.context["form"].seen_now}).status_code == 302
