"""The one person a letter or a call is about, by what we know of them: also without any e-mail address."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy

from kept.core.register.hooks.desk import FINDERS
from kept.core.vault.columns.values import show
from kept.people import addresses
from kept.people.models import Person
from kept.rights.requests.course.verbs import NotYet

MOST = 50
NOBODY = gettext_lazy(
    "We know nobody, or several people, whom all of this fits. Check it as it stands in their data, or add"
    " what else is known"
)


def one_person(
    *, email: str = "", phone: str = "", number: str = "", name: str = "", postcode: str = ""
) -> Person:
    """Whoever fits everything that is given.

    Inside an act that may look people up. Raises NotYet for nobody, and for several.
    """
    found: dict[UUID, Person] | None = None
    for people in _clues(email=email, phone=phone, number=number, name=name):
        fits = {person.pk: person for person in people}
        found = fits if found is None else {pk: person for pk, person in found.items() if pk in fits}
    left = [person for person in (found or {}).values() if not postcode or _lives_at(person, postcode)]
    if len(left) != 1:
        raise NotYet(f"{NOBODY}.")
    return left[0]


def _clues(*, email: str, phone: str, number: str, name: str) -> list[list[Person]]:
    clues = []
    if email:
        clues.append(list(Person.objects.find(email=email)[:MOST]))
    if phone:
        clues.append(Person.objects.at_phone(phone)[:MOST])
    if number:
        subjects = [subject for finder in FINDERS.values() for subject in finder.find(number)]
        clues.append(list(Person.objects.filter(pk__in=subjects)[:MOST]))
    if name:
        clues.append(Person.objects.search(limit=MOST, name=name))
    return clues


def _lives_at(person: Person, postcode: str) -> bool:
    """Whether this is the postcode of the address we know, however it is spaced, with or without the sign of
    its country.
    """
    address, country = show(person, "address"), show(person, "country")
    known = str(address.get("postcode", "")) if isinstance(address, dict) else ""
    return bool(known) and _bare(known, str(country or "")) == _bare(postcode, str(country or ""))


def _bare(postcode: str, country: str) -> str:
    tidy = addresses.tidy({"postcode": postcode}, country)["postcode"]
    return "".join(sign for sign in tidy.casefold() if sign.isalnum())
