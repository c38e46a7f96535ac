"""The nouns of the catalogue. Figures are numbers in base units (V, VA, W, °C, %, mm, kg, h), never text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kept.products.drawings import DRAWINGS, Drawing
from kept.products.markets import THE_SEVEN

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# What a document's language is called in that language.
LANGUAGES = {"en": "English", "fr": "français", "de": "Deutsch", "nl": "Nederlands"}


class MarketQuerySet(models.QuerySet["Market"]):
    def ensure_the_seven(self) -> None:
        """Make the seven markets, or bring their words up to date."""
        rows = [
            Market(slug=served.slug, name=served.name, serves=served.serves, order=order)
            for order, served in enumerate(THE_SEVEN, start=1)
        ]
        Market.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["slug"], update_fields=["name", "serves", "order"]
        )

    def counted(self) -> MarketQuerySet:
        """Each market with ``products``: how many of its products can be bought today. One query."""
        return self.annotate(
            products=models.Count("product", filter=~models.Q(product__lifecycle=Product.Lifecycle.OBSOLETE))
        )


class Market(models.Model):
    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=60)
    serves = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField(default=0)

    objects = MarketQuerySet.as_manager()

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name


class Mark(models.Model):
    """An approval a product carries (EN 50155) or an interface it speaks (SNMP)."""

    class Kind(models.TextChoices):
        APPROVAL = "approval", _("Approval")
        INTERFACE = "interface", _("Interface")

    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=Kind)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product"]):
    def whole(self) -> ProductQuerySet:
        """Products with markets and marks: three queries, however many products."""
        return self.prefetch_related("markets", "marks")

    def current(self) -> ProductQuerySet:
        """What can be bought today."""
        return self.exclude(lifecycle=Product.Lifecycle.OBSOLETE)


class Product(models.Model):
    class Kind(models.TextChoices):
        INVERTER = "inverter", _("Inverter")
        UPS = "ups", _("UPS")
        CONVERTER = "converter", _("Converter")
        RECTIFIER = "rectifier", _("Rectifier")

    class Current(models.TextChoices):
        AC = "AC", "AC"
        DC = "DC", "DC"

    class Mounting(models.TextChoices):
        RACK = "rack", _("19-inch rack")
        FLOOR = "floor", _("Floor")
        WALL = "wall", _("Wall")
        DIN = "din", _("DIN rail")
        VEHICLE = "vehicle", _("Vehicle")

    class Lifecycle(models.TextChoices):
        ACTIVE = "active", _("Active")
        LAST_BUY = "last-buy", _("Last buy")
        OBSOLETE = "obsolete", _("Obsolete")

    code = models.CharField("part number", max_length=32, unique=True)
    old_codes = models.CharField(
        "former part numbers", max_length=120, blank=True, help_text="separated by spaces"
    )
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    line = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=Kind)
    summary = models.CharField(max_length=200)
    markets = models.ManyToManyField(Market)
    marks = models.ManyToManyField(Mark)
    drawing_name = models.CharField(max_length=16, choices=[(name, name) for name in DRAWINGS])

    lifecycle = models.CharField(max_length=10, choices=Lifecycle, default=Lifecycle.ACTIVE)
    last_buy = models.DateField("last day to buy", null=True, blank=True)
    replacement = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces"
    )
    support_until = models.DateField("security updates until")
    warranty_months = models.PositiveSmallIntegerField(default=24)

    input_current = models.CharField(max_length=2, choices=Current)
    input_nominal = models.DecimalField("V", max_digits=7, decimal_places=1)
    input_min = models.DecimalField("V", max_digits=7, decimal_places=1)
    input_max = models.DecimalField("V", max_digits=7, decimal_places=1)
    input_phases = models.PositiveSmallIntegerField(null=True, blank=True, help_text="empty for DC")
    output_current = models.CharField(max_length=2, choices=Current)
    output_nominal = models.DecimalField("V", max_digits=7, decimal_places=1)
    output_phases = models.PositiveSmallIntegerField(null=True, blank=True, help_text="empty for DC")
    rated_va = models.DecimalField(
        "VA", max_digits=10, decimal_places=1, null=True, blank=True, help_text="empty for a DC output"
    )
    rated_w = models.DecimalField("W", max_digits=10, decimal_places=1)
    efficiency = models.DecimalField("%", max_digits=4, decimal_places=1)
    temperature_min = models.SmallIntegerField("°C")
    temperature_max = models.SmallIntegerField("°C")
    altitude = models.PositiveIntegerField("m, without derating", default=1000)
    ip = models.CharField("IP code", max_length=2)
    mounting = models.CharField(max_length=10, choices=Mounting)
    width = models.DecimalField("mm", max_digits=6, decimal_places=1)
    height = models.DecimalField("mm", max_digits=6, decimal_places=1)
    depth = models.DecimalField("mm", max_digits=6, decimal_places=1)
    weight = models.DecimalField("kg", max_digits=6, decimal_places=1)
    mtbf = models.PositiveIntegerField("h", null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["line", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(input_min__lte=models.F("input_nominal"))
                & models.Q(input_max__gte=models.F("input_nominal")),
                name="input_range_holds_nominal",
            ),
            models.CheckConstraint(
                condition=models.Q(temperature_min__lt=models.F("temperature_max")),
                name="temperature_range_is_one",
            ),
            models.CheckConstraint(
                condition=models.Q(efficiency__gt=0, efficiency__lte=100), name="efficiency_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("product", args=[self.slug])

    @property
    def others(self) -> StrOrPromise:
        """What leads to the other products of its kind."""
        return _OTHERS[self.kind]

    @property
    def drawing(self) -> Drawing:
        return DRAWINGS[self.drawing_name]

    @property
    def buyable(self) -> bool:
        return self.lifecycle != self.Lifecycle.OBSOLETE


_OTHERS: dict[str, StrOrPromise] = {
    Product.Kind.INVERTER: _("Other inverters"),
    Product.Kind.UPS: _("Other UPS"),
    Product.Kind.CONVERTER: _("Other converters"),
    Product.Kind.RECTIFIER: _("Other rectifiers"),
}


class Document(models.Model):
    class Kind(models.TextChoices):
        DATASHEET = "datasheet", _("Datasheet")
        MANUAL = "manual", _("Manual")
        DRAWING = "drawing", _("Dimension drawing")
        DECLARATION = "declaration", _("Declaration of conformity")
        SAFETY = "safety", _("Safety instructions")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=12, choices=Kind)
    language = models.CharField(max_length=8, help_text="BCP 47, like en or nl-BE")
    title = models.CharField(max_length=120)
    issue = models.CharField(max_length=4, default="A")
    issued = models.DateField()

    class Meta:
        ordering = ["kind", "title", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "kind", "language", "title"], name="one_document_per_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"

    @property
    def language_name(self) -> str:
        return LANGUAGES.get(self.language, self.language)
