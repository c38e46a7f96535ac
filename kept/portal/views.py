"""The first page: what the company makes, and what it holds, as the running system counts it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kept.portal import navigation
from kept.products.models import Market, Product


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The door: find, products by market, and the state of the promises."""
    shown = Product.objects.current().first()
    context = {
        "markets": Market.objects.counted(),
        "count": Product.objects.current().count(),
        "shown": shown,
        "links": {name: navigation.there(address) for name, address in LINKS},
    }
    return render(request, "portal/home.html", context)


LINKS = (("products", "/products/"), ("policy", "/privacy/"), ("promises", "/privacy/promises/"), ("me", "/me/"), ("copy", "/me/copy/"))
