"""What is in the basket of whoever asks: a person's is kept with us, a guest's in their browser.

The cookie holds numbers alone: ``<id>.<product>x<pieces>x<cents>``. Nobody vouches for it, and it is not
believed: prices are looked up anew, and what it says of a price only tells which one its owner saw last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from kept.accounts.requests import KnownRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.vault import gate
from kept.core.vault.readers import SelfReader
from kept.products.models import Product
from kept.rights.cookies import set_cookies
from kept.sentences import sentence
from kept.touchpoints.orders.basket.models import Basket, Item

COOKIE = "kept_basket"
PURPOSE = "orders"
MOST_LINES, MOST_PIECES = 20, 9_999
_LINE = re.compile(r"(\d{1,9})x(\d{1,4})x(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Wanted:
    """``shown``: what one piece cost when its owner last saw it."""

    product: int
    quantity: int
    shown: Decimal


@dataclass(frozen=True, slots=True)
class Contents:
    id: UUID
    lines: tuple[Wanted, ...] = ()

    def of(self, product: int) -> Wanted | None:
        return next((one for one in self.lines if one.product == product), None)

    def put(self, line: Wanted) -> Contents:
        """With this line in the place of the one of the same product; 0 pieces take it out."""
        others = [line if one.product == line.product else one for one in self.lines]
        lines = others if self.of(line.product) else [*others, line]
        return replace(self, lines=tuple(one for one in lines if one.quantity))


def load(request: KnownRequest) -> Contents:
    """Whoever signed in finds in it what they had put there before as a guest."""
    guest = _from_cookie(request)
    if not isinstance(request.reader, SelfReader):
        return guest
    basket = Basket.objects.filter(person=request.reader.subject).first()
    if basket is None:
        return guest
    kept = Contents(basket.pk, tuple(_rows(basket)))
    return replace(kept, lines=(*kept.lines, *(one for one in guest.lines if not kept.of(one.product))))


def save(request: KnownRequest, answer: HttpResponse, contents: Contents) -> None:
    """Keep it where it belongs. Raises NotAllowed where its owner restricted this use."""
    if not isinstance(request.reader, SelfReader):
        until = set_cookies.lasts_until(ruling(request).policy, COOKIE, timezone.localdate())
        set_cookies.put(answer, COOKIE, _as_cookie(contents), until=until)
        return
    with (
        gate.purpose(PURPOSE, reader=request.reader, about=request.person, source="basket") as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        act.may_use("order.content", act.key(request.reader.subject))
        keep(request.reader.subject, contents)
        act.touch(request.reader.subject, what=sentence("You changed your basket"))
    forget(request, answer)


def keep(person: UUID, contents: Contents) -> None:
    """Joins the caller's transaction."""
    # A guest's basket keeps its id, unless a browser says one that is somebody else's.
    foreign = Basket.objects.filter(pk=contents.id).exclude(person=person).exists()
    basket, _made = Basket.objects.select_for_update().get_or_create(
        person_id=person, defaults={"id": uuid4() if foreign else contents.id}
    )
    basket.touched_at = timezone.now()
    basket.save(update_fields=["touched_at"])
    basket.basket_items.all().delete()
    # What a browser kept may be gone from the catalogue, or never have been in it.
    known = set(
        Product.objects.filter(pk__in=[one.product for one in contents.lines]).values_list("pk", flat=True)
    )
    Item.objects.bulk_create(
        Item(basket=basket, product_id=one.product, quantity=one.quantity, shown=one.shown)
        for one in contents.lines
        if one.product in known
    )


def forget(request: KnownRequest, answer: HttpResponse) -> None:
    if COOKIE in request.COOKIES:
        set_cookies.take(answer, COOKIE)


def _rows(basket: Basket) -> Iterable[Wanted]:
    return [Wanted(one.product_id, one.quantity, one.shown) for one in basket.basket_items.all()]


def _from_cookie(request: KnownRequest) -> Contents:
    """An empty one where the cookie is none of ours."""
    id, *lines = request.COOKIES.get(COOKIE, "")[:2_000].split(".")
    found = [_LINE.fullmatch(one) for one in lines[:MOST_LINES]]
    try:
        known = Contents(UUID(hex=id))
    except ValueError:
        return Contents(uuid4())
    for one in found:
        if one is not None:
            known = known.put(Wanted(int(one[1]), int(one[2]), Decimal(one[3]) / 100))
    return known


def _as_cookie(contents: Contents) -> str:
    lines = [f"{one.product}x{one.quantity}x{int(one.shown * 100)}" for one in contents.lines]
    return ".".join((contents.id.hex, *lines))
