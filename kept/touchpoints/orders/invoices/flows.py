"""An invoice issued, and taken back by a credit note: numbered without a gap by company and year.

The number is taken under the lock of its counter, in the transaction that writes the paper: one that fails
gives its number back, and the next one waits for it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from kept.core.ledger import versions
from kept.touchpoints.orders.invoices.models import Counter, Invoice
from kept.touchpoints.orders.prices import vat


def issue(order: Any) -> Invoice:
    """The invoice of an order: the one there is, or a new one. Joins the open act and its transaction."""
    there: Invoice | None = order.invoices.filter(kind=Invoice.Kind.INVOICE).first()
    return there or _write(order, kind=Invoice.Kind.INVOICE, share=Decimal(1))


def credit(order: Any, amount: Decimal) -> Invoice | None:
    """A credit note over so much of an order's total; None where nothing was invoiced.

    Joins the open act and its transaction.
    """
    invoice = order.invoices.filter(kind=Invoice.Kind.INVOICE).first()
    if invoice is None or not amount:
        return None
    return _write(order, kind=Invoice.Kind.CREDIT, share=-amount / order.total, corrects=invoice)


def next_number(entity: str, year: int) -> int:
    """The next one, which nobody else gets. Inside a transaction."""
    Counter.objects.get_or_create(entity=entity, year=year)
    # An update locks the row until the transaction ends, on every database.
    Counter.objects.filter(entity=entity, year=year).update(last=F("last") + 1)
    return Counter.objects.get(entity=entity, year=year).last


def _write(order: Any, *, kind: str, share: Decimal, corrects: Invoice | None = None) -> Invoice:
    today = timezone.localdate()
    seller = versions.current().policy.company.entities[order.entity]
    paper = Invoice(
        keeper=order.person_id,
        buyer=order.person_id,
        order=order,
        corrects=corrects,
        kind=kind,
        entity=order.entity,
        country=seller.country,
        year=today.year,
        serial=next_number(order.entity, today.year),
        issued=today,
        counts_from=date(today.year, 12, 31),
        language=order.language,
        name=order.name,
        company=order.company,
        address=order.delivery,
    )
    paper.content = _content(order, share)
    paper.save(force_insert=True)
    return paper


def _content(order: Any, share: Decimal) -> dict[str, Any]:
    """All that the paper says besides whose it is; amounts as text, which JSON rounds not."""
    part = share.copy_abs()
    net = (order.net * part).quantize(vat.CENT)
    total = (order.total * part).quantize(vat.CENT)
    sign = -1 if share < 0 else 1
    return {
        "order": order.number,
        "purchase_order": order.purchase_order or "",
        "ordered": timezone.localdate(order.placed_at).isoformat(),
        "currency": order.currency,
        "lines": [
            {
                "code": one.product.code,
                "name": one.product.name,
                "quantity": one.quantity,
                "price": str(one.price),
                "net": str(one.net),
            }
            for one in order.ordered_lines.select_related("product")
        ],
        "rate": str(order.vat_rate),
        "why": order.vat_why,
        "net": str(net * sign),
        "vat": str((total - net) * sign),
        "total": str(total * sign),
    }
