"""Units: registered once, handed on with their warranty, never shown to be somebody else's."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kept.core.ledger.history import entries_of
from kept.core.vault.errors import NotAllowed, PurposeRequired
from kept.core.vault.gate import purpose
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.subject_keys import keys
from kept.dates import Month
from kept.equipment.errors import AlreadyHeld, NotHeld, NotInService, WrongPurchaseDate
from kept.equipment.models import Holding, Unit, UnitEvent
from kept.equipment.warranty_dates import add_months
from kept.people.models import Organisation
from kept.people.tests.conftest import herself

pytestmark = pytest.mark.django_db
State = UnitEvent.State
BOUGHT = date(2025, 5, 3)


def registering(person, *organisations):
    return purpose(
        "registration", reader=herself(person.pk, *organisations), about=person, source="registration"
    )


def the_program():
    return purpose(
        "registration",
        reader=SystemReader(job="registrations.transfer"),
        about=Job("registrations.transfer: claim 7"),
        source="transfer",
    )


def states(unit: Unit) -> list[str]:
    return list(unit.events.values_list("state", flat=True))


def test_a_unit_is_found_however_its_number_is_typed(unit):
    for typed in ("1204-88-2", "sn 12 04 88 2", "I204882", "12O4–88–2"):
        assert Unit.objects.numbered(typed) == unit
    assert Unit.objects.numbered("1204-88-3") is None
    assert Unit.objects.numbered("no number") is None
    assert str(unit) == unit.number == "1204-88-2"


def test_registering_makes_it_hers_and_seals_the_dates(unit, alice_person):
    with registering(alice_person):
        holding = unit.register_to(holder=alice_person, purchased=BOUGHT)
        assert (holding.purchase_date, holding.warranty_until) == (BOUGHT, date(2028, 5, 3))
    assert unit.holding == holding
    assert states(unit) == [State.PRODUCED, State.SHIPPED, State.REGISTERED]
    with connection.cursor() as cursor:
        cursor.execute("SELECT purchase_date FROM equipment_holding")
        assert b"2025-05-03" not in bytes(cursor.fetchone()[0])


def test_outside_a_purpose_nothing_is_registered(unit, alice_person):
    with pytest.raises(PurposeRequired):
        unit.register_to(holder=alice_person, purchased=BOUGHT)
    assert unit.holding is None and State.REGISTERED not in states(unit)


def test_her_own_record_says_it(unit, alice_person):
    with registering(alice_person):
        unit.register_to(holder=alice_person, purchased=BOUGHT)
    latest = entries_of(keys.alias(alice_person.pk))[0]
    assert latest.detail["what"] == "Product registered"
    assert set(latest.detail["categories"]) == {"equipment.purchase", "equipment.serial"}


def test_what_is_held_is_not_registered_again_and_nothing_is_left_behind(unit, alice_person, charlie_person):
    with registering(alice_person):
        unit.register_to(holder=alice_person, purchased=BOUGHT)
    with registering(charlie_person), pytest.raises(AlreadyHeld):
        unit.register_to(holder=charlie_person, purchased=BOUGHT)
    assert Holding.objects.count() == 1
    assert states(unit).count(State.REGISTERED) == 1


def test_the_database_allows_one_open_holding(unit, alice_person, charlie_person):
    Holding.objects.create(unit=unit, person=alice_person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(unit=unit, person=charlie_person)


def test_a_holding_belongs_to_one_holder(unit):
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(unit=unit)


@pytest.mark.parametrize(
    ("purchased", "sentence"),
    [
        (date(2024, 2, 29), "This unit was made in March 2024. Enter a later date."),
        (timezone.localdate() + timedelta(days=1), "Purchase date must be today or in the past"),
    ],
)
def test_a_purchase_date_that_cannot_be(unit, alice_person, purchased, sentence):
    with registering(alice_person), pytest.raises(WrongPurchaseDate) as wrong:
        unit.register_to(holder=alice_person, purchased=purchased)
    assert str(wrong.value) == sentence


def test_without_a_purchase_date_the_warranty_counts_from_the_registration(unit, alice_person):
    with registering(alice_person):
        holding = unit.register_to(holder=alice_person)
        assert (holding.purchase_date, holding.warranty_until) == (None, add_months(timezone.localdate(), 36))


@pytest.mark.parametrize("state", [State.SCRAPPED, State.STOLEN])
def test_what_is_scrapped_or_stolen_is_not_registered(unit, alice_person, state):
    unit.mark(state)
    with registering(alice_person), pytest.raises(NotInService):
        unit.register_to(holder=alice_person)


def test_handing_on_moves_the_warranty_and_not_the_purchase_date(unit, alice_person, charlie_person):
    with registering(alice_person):
        unit.register_to(holder=alice_person, purchased=BOUGHT)
    with the_program():
        unit.transfer_to(holder=charlie_person)
    with registering(charlie_person):
        (holding,) = Holding.objects.of(charlie_person.pk)
        assert (holding.purchase_date, holding.warranty_until) == (None, date(2028, 5, 3))
    assert states(unit)[-1] == unit.state == State.TRANSFERRED
    assert Holding.objects.of(alice_person.pk)[0].until is not None


def test_the_new_holder_cannot_read_the_old_holders_dates(unit, alice_person, charlie_person):
    with registering(alice_person):
        unit.register_to(holder=alice_person, purchased=BOUGHT)
    with registering(charlie_person), pytest.raises(NotAllowed):
        str(Holding.objects.get().purchase_date)


def test_the_warranty_survives_that_its_first_holder_is_forgotten(unit, alice_person, charlie_person):
    with registering(alice_person):
        unit.register_to(holder=alice_person, purchased=BOUGHT)
    keys.destroy(alice_person.pk)
    with the_program():
        holding = unit.transfer_to(holder=charlie_person)
        assert holding.warranty_from == timezone.localdate()


def test_giving_back_leaves_the_unit_free(unit, alice_person, charlie_person):
    with registering(alice_person):
        unit.register_to(holder=alice_person, purchased=BOUGHT)
        unit.release()
    assert unit.holding is None
    with registering(charlie_person):
        assert unit.register_to(holder=charlie_person).person == charlie_person
        with pytest.raises(NotHeld):
            Unit.objects.create(serial="0000000", product=unit.product).release()


def test_what_is_the_organisations_stays_with_it(unit, alice_person):
    works = Organisation(controller="cet-power")
    with purpose("account", reader=herself(alice_person.pk, works.pk), about=alice_person):
        works = Organisation.objects.found(id=works.pk, name="Moulin Télécom", by=alice_person)
    with registering(alice_person, works.pk):
        unit.register_to(holder=works, purchased=BOUGHT)
    keys.destroy(alice_person.pk)
    alice_person.delete()
    with the_program():
        assert unit.holding.holder == works
        assert unit.holding.purchase_date == BOUGHT


def test_a_fleet_opens_with_one_query_for_keys(unit, alice_person, django_assert_num_queries):
    with registering(alice_person):
        unit.register_to(holder=alice_person, purchased=BOUGHT)
        for number in range(5):
            Unit.objects.produce(serial=f"000000{number}", product=unit.product).register_to(
                holder=alice_person, purchased=BOUGHT
            )
    with registering(alice_person), django_assert_num_queries(2):
        assert len([holding.warranty_until for holding in Holding.objects.of(alice_person.pk)]) == 6


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 12, 15), 24, date(2027, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 11, 30), 1, date(2025, 12, 30)),
    ],
)
def test_months_are_counted_as_a_warranty_counts_them(day, months, later):
    assert add_months(day, months) == later


def test_a_month_may_be_the_one_it_was_made_in(unit):
    Unit.objects.filter(pk=unit.pk).update(made=date(2024, 6, 6), shipped=None)
    unit.refresh_from_db()
    unit.check_purchase(Month.of(2024, 6))
    with pytest.raises(WrongPurchaseDate, match="June 2024"):
        unit.check_purchase(Month.of(2024, 5))


def test_a_month_is_kept_as_a_month_and_its_warranty_counts_from_the_last_day_it_may_mean(unit, alice_person):
    with registering(alice_person):
        unit.register_to(holder=alice_person, purchased=Month.of(2025, 5))
        holding = Holding.objects.get()
        assert repr(holding.purchase_date) == "Month(2025, 5)"
        assert (holding.warranty_from, holding.warranty_until) == (date(2025, 5, 31), date(2028, 5, 31))
