"""What a purchase keeps, and why."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from kept.core.register import declarations as register
from kept.core.register.terms.event_dates import Latest
from kept.outbox.models import Message as Mailed
from kept.people import contact_copies
from kept.people.models import Organisation, Person
from kept.rights.access import value_names
from kept.sentences import sentence
from kept.touchpoints.orders.models import (
    Attempt,
    Basket,
    Counter,
    Invoice,
    Item,
    OpenPayment,
    Order,
    OrderLine,
    Packed,
    Parcel,
    PracticeCharge,
    Price,
    Signal,
    Step,
    Stock,
)
from kept.touchpoints.orders.payment.open_payments import hand_over

ORDERED = "order.content"
PURPOSES = ("orders",)
WORDS = sentence("One of our own words, from a short list.")
WHICH = sentence("Which order it belongs to.")
STAFF = sentence("The role of the member of staff; who they are is theirs.")
OURS = sentence("Which company of the group sells.")
LAW = sentence("What the paper says of itself; it names nobody.")

register.touchpoint("orders", purposes=("orders", "accounting"), near=register.HERS)
register.cookie("kept_basket")
register.nobody(Price, because=sentence("What products cost, by region and customer group."))
register.nobody(Stock, because=sentence("How many pieces of a product lie ready, and when another is made."))
register.nobody(Signal, because=sentence("The number of an event at a processor, so that it counts once."))
register.nobody(
    OpenPayment,
    because=sentence("An amount a processor has still to pay back, without whose it was: they were erased."),
)
register.nobody(Counter, because=sentence("The last number of an invoice, by company and year."))
register.nobody(
    PracticeCharge, because=sentence("An invented charge at the processor to practise with: an amount.")
)
register.holds(
    Basket,
    subject="person_id",
    purposes=PURPOSES,
    title=sentence("Your basket"),
    columns={"touched_at": ORDERED},
    label=lambda row: sentence("Last changed on {day}", day=timezone.localdate(row.touched_at)),
)
register.holds(
    Item,
    subject="basket__person_id",
    purposes=PURPOSES,
    title=sentence("What is in your basket"),
    columns=dict.fromkeys(("product", "quantity", "shown"), ORDERED),
    nobody={"basket": sentence("The basket it lies in, which is declared itself.")},
    label=lambda row: row.product.name,
)
OF_AN_ORDER = (
    *("number", "language", "method", "currency", "net", "vat", "vat_rate", "vat_why", "consumer"),
    *("placed_at", "paid_at", "cancelled_at", "withdrawn_at", "dispatched_at", "delivered_at", "closed_at"),
)
register.holds(
    Order,
    subject="person_id",
    purposes=PURPOSES,
    title=sentence("Your orders"),
    columns=dict.fromkeys(OF_AN_ORDER, ORDERED) | {"organisation": "identity.organisation"},
    clear={
        **dict.fromkeys(("language", "method", "currency", "vat_why"), WORDS),
        "number": sentence("Drawn by lot, and read out on the phone: it says nothing of anybody."),
    },
    nobody={
        "basket": sentence("A random number: from which basket it was ordered."),
        "entity": OURS,
        "told": sentence("Who was said to get which kinds of data; none of the data."),
        "code": sentence("The hash of a random code that only a mail holds."),
    },
    label=lambda row: sentence("Order {number}", number=row.number),
)
register.holds(
    OrderLine,
    subject="order__person_id",
    purposes=PURPOSES,
    title=sentence("What you ordered"),
    columns=dict.fromkeys(("product", "quantity", "price", "dispatched"), ORDERED),
    nobody={"order": WHICH, "from_stock": sentence("How many of them lay here.")},
    label=lambda row: sentence("Order {number}", number=row.order.number),
)
register.holds(
    Step,
    subject="order__person_id",
    purposes=PURPOSES,
    title=sentence("What happened to your orders"),
    columns=dict.fromkeys(("kind", "at"), ORDERED),
    clear={"kind": WORDS},
    nobody={"order": WHICH, "role": STAFF},
    label=lambda row: sentence("{what}, {day}", what=row.get_kind_display(), day=timezone.localdate(row.at)),
)
register.holds(
    Attempt,
    subject="keeper",
    purposes=PURPOSES,
    title=sentence("Payments of your orders"),
    columns=dict.fromkeys(
        ("amount", "currency", "opened_at", "ended_at", "outcome", "disputed_at", "refunded"), ORDERED
    ),
    clear=dict.fromkeys(("outcome", "currency"), WORDS),
    nobody={
        "order": WHICH,
        "processor": sentence("Which payment processor."),
        "reference": sentence("What the processor calls the payment; it names nobody."),
        "address": sentence("The page of the processor, named by a random number."),
        "refund_due": sentence("What is on its way back to you."),
    },
    label=lambda row: sentence("{day}", day=timezone.localdate(row.opened_at)),
)
register.holds(
    Parcel,
    subject="order__person_id",
    purposes=PURPOSES,
    title=sentence("Parcels of your orders"),
    columns=dict.fromkeys(("carrier", "tracking", "dispatched_at", "delivered_at"), ORDERED),
    clear=dict.fromkeys(
        ("carrier", "tracking"), sentence("What the carrier is called, and calls the parcel.")
    ),
    nobody={"order": WHICH},
    label=lambda row: sentence("{day}", day=timezone.localdate(row.dispatched_at)),
)
register.holds(
    Packed,
    subject="parcel__order__person_id",
    purposes=PURPOSES,
    title=sentence("What was in your parcels"),
    columns=dict.fromkeys(("unit", "quantity"), ORDERED),
    nobody=dict.fromkeys(("parcel", "line"), WHICH),
    label=lambda row: row.line.product.name,
)
register.holds(
    Invoice,
    subject=("keeper", "buyer"),
    purposes=("accounting",),
    title=sentence("Your invoices"),
    columns=dict.fromkeys(("kind", "year", "serial", "issued", "language"), ORDERED),
    clear=dict.fromkeys(("kind", "language"), WORDS),
    nobody={"order": WHICH, "corrects": WHICH, "entity": OURS, "country": LAW, "counts_from": LAW},
    label=lambda row: sentence("{kind} {number}", kind=row.get_kind_display(), number=row.number),
)
register.hold(
    Invoice,
    fields=("name", "company", "address", "content"),
    duty="Invoices and accounting vouchers",
    purpose="accounting",
    keeper="keeper",
    country=lambda row: row.country,
    since=lambda row: row.counts_from,
)

CLOSED = "order.delivered"
register.erases(Attempt, hand_over)
register.ends(Basket, CLOSED, at="touched_at")
register.ends(Item, CLOSED, at="basket__touched_at")
register.ends(Order, CLOSED, at="closed_at")
for of_an_order in (OrderLine, Step, Attempt, Parcel):
    register.ends(of_an_order, CLOSED, at="order__closed_at")
register.ends(Packed, CLOSED, at="parcel__order__closed_at")
register.ends(Invoice, "invoice.issued", at="counts_from")
register.ends(Person, CLOSED, at=Latest(Order, link="person", at="closed_at"))
register.ends(Person, "invoice.issued", at=None)
register.ends(
    Organisation, CLOSED, at=Latest(Order, link="person__memberships__organisation", at="closed_at")
)
register.ends(
    Mailed,
    CLOSED,
    at=Latest(Order, link="person", at="closed_at", outer="subject"),
    where=Q(purpose="orders"),
)
contact_copies.stays(
    Order,
    "name",
    "email",
    "phone",
    "delivery",
    because=sentence("What an order was delivered to. Until it leaves, the order's own page corrects it."),
)
contact_copies.stays(
    Invoice,
    "name",
    "address",
    because=sentence("An invoice stays as it was issued; a credit note takes it back."),
)
value_names.known_as(
    pgettext_lazy("value", "Basket"),
    pgettext_lazy("value", "Product"),
    pgettext_lazy("value", "Quantity"),
)

OF_A_BASKET = "What is put into the basket: numbers of a product of the catalogue."
CARRIED = "What was answered on the pages before, sealed; declared where it was asked."
register.asks(
    "basket",
    {
        "add": OF_A_BASKET,
        "pieces": OF_A_BASKET,
        "pieces-*": OF_A_BASKET,
        "remove": OF_A_BASKET,
        "accept": "That today's prices are agreed to.",
        "go": "That it goes on to the order.",
    },
)
register.asks(
    "checkout-step",
    {
        "said": CARRIED,
        "token": "Signed by us, so that no machine sends the form.",
        "show": "Which page is opened once more.",
        "total": "What it costs, as it stood above the button.",
    },
)
register.asks("practice-payment", {"outcome": "What the practice processor shall do."})
value_names.known_as(
    pgettext_lazy("value", "Shown"),
    pgettext_lazy("value", "Carrier"),
    pgettext_lazy("value", "Tracking"),
    pgettext_lazy("value", "Dispatched at"),
    pgettext_lazy("value", "Year"),
    pgettext_lazy("value", "Issued"),
    pgettext_lazy("value", "Company"),
    pgettext_lazy("value", "Content"),
    pgettext_lazy("value", "Amount"),
    pgettext_lazy("value", "Currency"),
    pgettext_lazy("value", "Disputed at"),
    pgettext_lazy("value", "Refunded"),
    pgettext_lazy("value", "Card"),
    pgettext_lazy("value", "Consumer"),
    pgettext_lazy("value", "Method"),
    pgettext_lazy("value", "Net"),
    pgettext_lazy("value", "Vat rate"),
    pgettext_lazy("value", "Vat why"),
    pgettext_lazy("value", "Placed at"),
    pgettext_lazy("value", "Paid at"),
    pgettext_lazy("value", "Cancelled at"),
    pgettext_lazy("value", "Withdrawn at"),
    pgettext_lazy("value", "Delivery"),
    pgettext_lazy("value", "Purchase order"),
    pgettext_lazy("value", "Price"),
    pgettext_lazy("value", "Dispatched"),
)
