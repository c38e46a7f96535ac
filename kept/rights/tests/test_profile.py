"""The profile: each value with its origin, corrected where it stands, nothing lost on an error."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.columns.values import provenance
from kept.core.vault.history import timeline
from kept.people.models import Person
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
ADDRESS = "/me/profile/"
GIVEN = {
    "name": "Alice Lambert",
    "phone": "",
    "country": "",
    "street": "",
    "postcode": "",
    "city": "",
    "area": "",
    "language": "en",
}
HOME = {"country": "BE", "street": "Rue Exemple 1", "postcode": "4020", "city": "Liège"}


def about(user: Any) -> Any:
    return gate.purpose("own-data", reader=reader_of(user), about=user.person)


def test_it_shows_each_value_with_origin_and_date(client_of: Any, alice: Any) -> None:
    page = client_of(alice).get(ADDRESS).content.decode()
    assert 'value="Alice Lambert"' in page
    assert f"From sign-up, {timezone.localdate():%-d %B %Y}" in page
    assert "why · who · until when" in page and "alice@example.com" in page


def test_it_corrects_what_differs_and_leaves_the_rest(client_of: Any, alice: Any) -> None:
    client = client_of(alice)
    page = client.post(ADDRESS, {**GIVEN, **HOME, "phone": "02/555 01 23"}, follow=True).content.decode()
    assert "Your profile is corrected." in page and "From your profile" in page
    person = Person.objects.get(pk=alice.person.pk)
    assert (
        provenance(person, "name").source == "sign-up"
        and provenance(person, "phone").source == "your profile"
    )
    with about(alice):
        assert (person.phone, person.country, person.address["city"]) == ("+3225550123", "BE", "Liège")


def test_the_correction_stands_on_her_timeline(client_of: Any, alice: Any) -> None:
    client_of(alice).post(ADDRESS, {**GIVEN, "name": "Alice Lambert-Maes"})
    with about(alice):
        assert timeline(alice.person.pk, limit=5)[0].kind == "changed"


def test_the_greeting_follows_the_name(client_of: Any, alice: Any) -> None:
    client = client_of(alice)
    client.get(ADDRESS)
    assert (
        "<b>Alix</b>" in client.post(ADDRESS, {**GIVEN, "name": "Alix Lambert"}, follow=True).content.decode()
    )


def test_what_is_taken_out_is_forgotten(client_of: Any, alice: Any) -> None:
    client = client_of(alice)
    client.post(ADDRESS, {**GIVEN, **HOME, "phone": "02 555 01 23"})
    client.post(ADDRESS, GIVEN)
    person = Person.objects.get(pk=alice.person.pk)
    with about(alice):
        assert (
            person.phone is None
            and person.phone_typed is None
            and person.address is None
            and person.country is None
        )


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Enter your name"),
        ({"phone": "call me"}, "Enter a phone number, like 02 123 45 67 or +32 2 123 45 67"),
        ({**HOME, "country": ""}, "Choose a country"),
        ({**HOME, "postcode": "999999"}, "Enter a postcode, like"),
        ({"language": "xx"}, "Choose a language from the list"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    client_of: Any, alice: Any, typed: dict[str, str], sentence: str
) -> None:
    answer = client_of(alice).post(ADDRESS, {**GIVEN, "name": "Alice L", **typed})
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "<title>Error: " in page
    assert typed.get("name", "x") == "" or 'value="Alice L"' in page
    assert Person.objects.get(pk=alice.person.pk).language == "en"


def test_it_requires_sign_in(client: Any, policy: Any) -> None:
    assert client.get(ADDRESS)["Location"].startswith("/account/login/")


def test_a_page_asks_few_queries(client_of: Any, alice: Any, django_assert_max_num_queries: Any) -> None:
    client = client_of(alice)
    client.get(ADDRESS)
    with django_assert_max_num_queries(16):
        client.get(ADDRESS)


def test_a_second_tab_puts_no_old_value_back(client_of: Any, alice: Any) -> None:
    client = client_of(alice)
    old = client.get(ADDRESS).context["form"].seen_now
    assert client.post(ADDRESS, {**GIVEN, **HOME, "seen": old}).status_code == 302
    answer = client.post(ADDRESS, {**GIVEN, "name": "Alice Anders", "city": "Namur", "seen": old})
    said = answer.content.decode()
    assert (
        answer.status_code == 422
        and "changed to “Liège”. You sent “Namur”" in said
        and "changed to “Rue Exemple 1”. You sent “nothing”" in said
    )
    fresh = answer.context["form"].seen_now
    assert client.post(ADDRESS, {**GIVEN, **HOME, "city": "Namur", "seen": fresh}).status_code == 302
    with about(alice):
        assert Person.objects.get(pk=alice.person.pk).address["city"] == "Namur"
    for broken in ("[]", "{", "[" * 4000):
        assert client.post(ADDRESS, {**GIVEN, "seen": broken}).status_code == 302
