"""The basket, and what a product's page says of buying it. No ID is needed, and no script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kept.accounts.requests import KnownRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.portal.form_parts.door import stores_under
from kept.products.hooks import product_panel
from kept.products.models import Product
from kept.touchpoints.orders.basket import contents as baskets
from kept.touchpoints.orders.basket.contents import MOST_LINES, PURPOSE, Contents, Wanted
from kept.touchpoints.orders.basket.priced import Priced, accepted, price_it, problem_with, sales_region
from kept.touchpoints.orders.prices import vat
from kept.touchpoints.orders.prices.models import Stock
from kept.touchpoints.orders.prices.price_list import prices_of

PIECES = "pieces-"
FORM = ["GET", "HEAD", "POST"]


@product_panel("orders.price", "orders/parts/price.html")
def price_panel(request: HttpRequest, product: Product) -> dict[str, Any] | None:
    """What it costs here, and the way into the basket; None for what is no longer made."""
    if not product.buyable:
        return None
    company = ruling(request).policy.company
    region = sales_region(company)
    price = prices_of([product.pk], region=region.id).get(product.pk)
    country = company.entities[region.entity].country
    return {
        "product": product,
        "price": price,
        "stock": Stock.objects.filter(product=product).first(),
        "treatment": vat.treatment(seller=country, to=country),
        "gross": price and price.amount + vat.of(price.amount, vat.rate_in(country, price.since))
        if price and vat.is_member(country)
        else None,
    }


@login_not_required
@never_cache
@require_http_methods(FORM)
@stores_under(PURPOSE)
def basket(request: KnownRequest) -> HttpResponse:
    """What is in it; ``add`` puts something in, ``remove`` takes it out, ``accept`` agrees to new prices."""
    before = baskets.load(request)
    if request.method != "POST":
        return _show(request, before)
    if "accept" in request.POST:
        return _saved(request, accepted(before, _priced(request, before)))
    if slug := request.POST.get("remove"):
        product = _called(slug)
        return _saved(request, before.put(Wanted(product.pk, 0, vat.NONE)) if product else before)
    if slug := request.POST.get("add"):
        return _added(request, before, slug)
    return _changed(request, before)


def _called(slug: str) -> Product | None:
    """By the last part of its address, as a form of ours sends it."""
    return Product.objects.filter(slug=slug).first() if slug_re.fullmatch(slug) else None


def _priced(request: KnownRequest, contents: Contents) -> Priced:
    return price_it(contents, ruling(request).policy.company)


def _show(
    request: KnownRequest, contents: Contents, *, status: int = 200, wrong: dict[int, str] | None = None
) -> HttpResponse:
    """``wrong``: by product what is wrong with the number that was typed, which stands there again."""
    seen = _priced(request, contents)
    rows = [
        {
            "line": one,
            "typed": request.POST.get(f"{PIECES}{one.product.slug}", one.quantity) if wrong else one.quantity,
            "trouble": (wrong or {}).get(one.product.pk, one.trouble),
        }
        for one in seen.lines
    ]
    company = ruling(request).spoken.company
    context = {"seen": seen, "rows": rows, "wrong": wrong, "seller": company.entities[_entity(company)]}
    return render(request, "orders/basket.html", context, status=status)


def _entity(company: Any) -> str:
    return str(sales_region(company).entity)


def _saved(request: KnownRequest, contents: Contents) -> HttpResponse:
    answer = redirect("basket")
    baskets.save(request, answer, contents)
    return answer


def _added(request: KnownRequest, before: Contents, slug: str) -> HttpResponse:
    product = _called(slug)
    region = sales_region(ruling(request).policy.company).id
    price = prices_of([product.pk], region=region).get(product.pk) if product else None
    if product is None or price is None or not product.buyable:
        messages.error(request, _("This product cannot be ordered here. Ask for an offer."))
        return redirect("basket")
    there = before.of(product.pk)
    quantity = _whole(request.POST.get("pieces", "")) + (there.quantity if there else 0)
    wrong = problem_with(quantity, price, Stock.objects.filter(product=product).first())
    if not there and len(before.lines) >= MOST_LINES:
        wrong = _("A basket holds {n} products. Order these first.").format(n=MOST_LINES)
    if wrong:
        messages.error(request, wrong)
        return redirect(product)
    messages.success(request, _("{product} is in your basket.").format(product=product.name))
    return _saved(request, before.put(Wanted(product.pk, quantity, there.shown if there else price.amount)))


def _changed(request: KnownRequest, before: Contents) -> HttpResponse:
    seen = _priced(request, before)
    after, wrong = before, {}
    for one in seen.lines:
        typed = request.POST.get(f"{PIECES}{one.product.slug}", str(one.quantity)).strip()
        quantity = _whole(typed)
        trouble = "" if typed == "0" else problem_with(quantity, one.price, one.stock)
        if trouble:
            wrong[one.product.pk] = trouble
        else:
            after = after.put(Wanted(one.product.pk, quantity, one.shown))
    if wrong:
        return _show(request, before, status=422, wrong=wrong)
    if "go" not in request.POST:
        return _saved(request, after)
    answer = redirect("checkout" if _priced(request, after).orderable else "basket")
    baskets.save(request, answer, after)
    return answer


def _whole(typed: str) -> int:
    """-1 for what is no whole number."""
    text = typed.strip().replace("\u202f", "").replace(" ", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1
