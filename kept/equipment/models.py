"""Units, their history, and who holds them.

The history of a machine stays with the machine; the history of people goes with the people.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any, ClassVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.core.vault.errors import KeyErased
from kept.dates import latest
from kept.equipment import serials
from kept.equipment.errors import AlreadyHeld, NotHeld, NotInService, WrongPurchaseDate, made_later
from kept.equipment.events import UnitEvent
from kept.equipment.warranty_dates import add_months, warranty_begins
from kept.people.models import Organisation, Person
from kept.products.models import Product
from kept.sentences import sentence

__all__ = ["Holder", "Holding", "Unit", "UnitEvent"]

Holder = Person | Organisation


class UnitQuerySet(models.QuerySet["Unit"]):
    def numbered(self, text: str) -> Unit | None:
        """The unit with this serial number, typed in any notation; None when it is unknown or no serial
        number.
        """
        serial = serials.read(text).serial
        return self.select_related("product").filter(serial=serial).first() if serial else None

    def produce(
        self, *, serial: str, product: Product, made: date | None = None, shipped: date | None = None
    ) -> Unit:
        """Enter a unit into the serial master, with its first events.

        Raises IntegrityError when the serial number is taken.
        """
        with transaction.atomic():
            unit: Unit = self.create(serial=serial, product=product, made=made, shipped=shipped)
            UnitEvent.objects.bulk_create(unit.first_events())
        return unit


class Unit(models.Model):
    """One machine. ``serial`` is seven figures, the last a check digit (see serials.py)."""

    serial = models.CharField(max_length=serials.LENGTH, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="units")
    made = models.DateField(null=True, blank=True)
    shipped = models.DateField(null=True, blank=True)
    # The machine's own, from the day a holder hands it on: whoever holds it next must not begin its warranty
    # anew.
    warranty_began = models.DateField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["serial"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(made=None)
                | models.Q(shipped=None)
                | models.Q(shipped__gte=models.F("made")),
                name="shipped_after_made",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As it stands on the label: ``1204-88-2``."""
        return serials.display(self.serial)

    @property
    def holding(self) -> Holding | None:
        """The open holding, if anybody holds it."""
        found: Holding | None = self.holdings.current().first()
        return found

    @property
    def state(self) -> str:
        """The latest of its dated states; "" before the first."""
        latest = self.events.last()
        return latest.state if latest else ""

    def first_events(self) -> list[UnitEvent]:
        states = ((UnitEvent.State.PRODUCED, self.made), (UnitEvent.State.SHIPPED, self.shipped))
        return [UnitEvent(unit=self, state=state, at=_midnight(day)) for state, day in states if day]

    def mark(self, state: str, *, at: datetime | None = None) -> UnitEvent:
        """Enter a dated state: replaced, scrapped, stolen … Whoever holds it still does; see ``release``."""
        return self.events.create(state=state, at=at or timezone.now())

    def check_purchase(self, purchased: date | None) -> None:
        """Raises WrongPurchaseDate with the sentence for the form."""
        if purchased is None:
            return
        if purchased > timezone.localdate():
            raise WrongPurchaseDate(_("Purchase date must be today or in the past"))
        # A month that was said without its day may still be after the day it was made.
        if self.made and latest(purchased) < self.made:
            raise WrongPurchaseDate(made_later(self.made))

    def register_to(
        self,
        *,
        holder: Holder,
        purchased: date | None = None,
        source: str = "registration",
        at: datetime | None = None,
    ) -> Holding:
        """The unit is the holder's from now on, its warranty counts from ``purchased`` or from today.

        Joins the open act; one transaction. Raises AlreadyHeld (also when two try at once), NotInService,
        WrongPurchaseDate.
        """
        self._in_service()
        self.check_purchase(purchased)
        at = at or timezone.now()
        holding = self._holding(holder, source=source, at=at)
        holding.purchase_date = purchased
        holding.warranty_from = (
            self.warranty_began
            or self._first_registered()
            or warranty_begins(purchased, timezone.localdate(at))
        )
        with transaction.atomic():
            _store(holding)
            self.mark(UnitEvent.State.REGISTERED, at=at)
        _record(holding, sentence("Product registered"))
        return holding

    def transfer_to(self, *, holder: Holder, source: str = "transfer", at: datetime | None = None) -> Holding:
        """From its present holder to another: the machine's history and its warranty move, the purchase date
        of the old holder does not.

        Joins the open act, which must be allowed to read the old holder's warranty date. Raises NotHeld,
        NotInService.
        """
        self._in_service()
        before = self.holding
        if before is None:
            raise NotHeld(_("Nobody holds this unit. Register it instead."))
        at = at or timezone.now()
        after = self._holding(holder, source=source, at=at)
        with transaction.atomic():
            after.warranty_from = self._keep_warranty(before)
            before.end(at=at)
            _store(after)
            self.mark(UnitEvent.State.TRANSFERRED, at=at)
        _record(before, sentence("Product handed on"))
        _record(after, sentence("Product taken over"))
        return after

    def release(self, *, at: datetime | None = None) -> Holding:
        """Its holder holds it no more: sold to nobody we know, or scrapped.

        Its warranty runs on. Joins the open act. Raises NotHeld.
        """
        holding = self._held()
        with transaction.atomic():
            self._keep_warranty(holding)
            holding.end(at=at)
        _record(holding, sentence("Product given away"))
        return holding

    def scrap(self, *, at: datetime | None = None) -> Holding:
        """It is out of service for good, and nobody's. Joins the open act. Raises NotHeld, NotInService."""
        self._in_service()
        at = at or timezone.now()
        with transaction.atomic():
            self.mark(UnitEvent.State.SCRAPPED, at=at)
            return self.release(at=at)

    def undo_registration(self) -> Holding:
        """As if it had never been registered: free again, and its warranty has not begun.

        Joins the open act. Raises NotHeld.
        """
        holding = self._held()
        with transaction.atomic():
            holding.end()
            self.events.filter(state=UnitEvent.State.REGISTERED, at=holding.since).delete()
        _record(holding, sentence("Product given back"))
        return holding

    def take_back(self, before: Holding, *, handed_on_at: datetime) -> None:
        """As if ``before`` had never ended: whoever took it over since holds it no more. Joins the open act.

        ``handed_on_at`` names the events that are taken back with it. Raises AlreadyHeld when somebody else
        registers it meanwhile.
        """
        present = self.holding
        with transaction.atomic():
            if present is not None:
                present.end()
            before.until = None
            _store(before, update_fields=["until"])
            gone = (UnitEvent.State.TRANSFERRED, UnitEvent.State.SCRAPPED)
            self.events.filter(state__in=gone, at=handed_on_at).delete()
        if present is not None:
            _record(present, sentence("Product taken back by whoever had handed it on"))
        _record(before, sentence("Product taken back"))

    def _held(self) -> Holding:
        holding = self.holding
        if holding is None:
            raise NotHeld(_("Nobody holds this unit."))
        return holding

    def _keep_warranty(self, holding: Holding) -> date | None:
        """When the warranty began becomes the machine's own. Returns it."""
        self.warranty_began = self._warranty_of(holding)
        self.save(update_fields=["warranty_began"])
        return self.warranty_began

    def _holding(self, holder: Holder, *, source: str, at: datetime) -> Holding:
        whose = {"person": holder} if isinstance(holder, Person) else {"organisation": holder}
        return Holding(unit=self, source=source, since=at, **whose)

    def _warranty_of(self, holding: Holding) -> date | None:
        """When the warranty began, also when the one who registered it is forgotten."""
        try:
            began: date | None = holding.warranty_from
        except KeyErased:
            began = None
        return began or self.warranty_began or self._first_registered()

    def _first_registered(self) -> date | None:
        """The warranty is the machine's: a second registration does not begin it anew."""
        first = self.events.filter(state=UnitEvent.State.REGISTERED).values_list("at", flat=True).first()
        return timezone.localdate(first) if first else None

    def _in_service(self) -> None:
        if self.events.filter(state__in=[UnitEvent.State.SCRAPPED, UnitEvent.State.STOLEN]).exists():
            raise NotInService(_("This unit is reported as scrapped or stolen."))


class HoldingManager(SealedManager):
    def current(self) -> Any:
        return self.filter(until=None)

    def of(self, *subjects: Any) -> Any:
        """The holdings of these persons and organisations, by id, newest first, with unit and product."""
        mine = models.Q(person_id__in=subjects) | models.Q(organisation_id__in=subjects)
        return self.filter(mine).select_related("unit__product").order_by("-since")


class Holding(SealedModel):
    """That a person or an organisation holds a unit, from a moment until a moment.

    At most one is open for each unit.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="holdings")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="holdings"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="holdings"
    )
    purchase_date = SealedField(
        models.DateField(null=True, blank=True),
        of="person|organisation",
        field_id="holding.purchase-date",
        category="equipment.purchase",
    )
    # First of its first holder; sealed anew for each later one, so that the date can be shown when the first
    # holder is forgotten.
    warranty_from = SealedField(
        models.DateField(null=True, blank=True),
        of="person|organisation",
        field_id="holding.warranty-from",
        category="equipment.purchase",
    )
    source = models.CharField(max_length=40, default="registration")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[HoldingManager] = HoldingManager()

    class Meta(SealedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(until=None), name="one_open_holding_per_unit"
            ),
            models.CheckConstraint(
                condition=models.Q(person=None) ^ models.Q(organisation=None), name="held_by_one"
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="holding_ends_after_it_began",
            ),
        ]

    @property
    def subject(self) -> Any:
        """Id of the data subject whose key seals the dates."""
        return self.person_id or self.organisation_id

    @property
    def holder(self) -> Holder:
        holder = self.person or self.organisation
        assert holder is not None  # the constraint held_by_one
        return holder

    @property
    def warranty_until(self) -> date | None:
        """The last day of the warranty. Opens warranty_from."""
        began = self.warranty_from
        return add_months(began, self.unit.product.warranty_months) if began else None

    def end(self, *, at: datetime | None = None) -> None:
        self.until = at or timezone.now()
        self.save(update_fields=["until"])


def _store(holding: Holding, *, update_fields: Collection[str] = ()) -> None:
    """The database decides who was first."""
    try:
        with transaction.atomic():
            holding.save(
                **({"update_fields": list(update_fields)} if update_fields else {"force_insert": True})
            )
    except IntegrityError:
        if Holding.objects.current().filter(unit=holding.unit).exists():
            raise AlreadyHeld(_("This unit is registered already.")) from None
        raise


def _record(holding: Holding, what: str) -> None:
    """Say in the open act's entry what happened to the holder.

    Whoever was forgotten has no entry any more.
    """
    act = gate.current("holding.unit")
    with suppress(KeyErased):
        act.touch(holding.subject, what=what, categories=["equipment.serial"])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
