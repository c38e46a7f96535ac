"""The first page: what the company makes, and what it holds, as the running system counts it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kept.portal import navigation
from kept.portal.public_pages import share
from kept.products import edition
from kept.products.drawings import Drawing
from kept.products.models import Market, Product

LINKS = {
    "products": "/products/",
    "policy": "/privacy/",
    "promises": "/privacy/promises/",
    "me": "/me/",
    "copy": "/me/copy/",
}


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The door: find, products by market, and the state of the promises."""
    shown = Product.objects.current().first()
    context = {
        "markets": Market.objects.counted(),
        "count": Product.objects.current().count(),
        "shown": shown,
        "frame": frame(shown.drawing) if shown else "",
        "links": {name: navigation.there(address) for name, address in LINKS.items()},
    }
    return render(request, "portal/home.html", context)


def frame(drawing: Drawing) -> str:
    """The viewBox that holds a drawing and its two dimension lines, and nothing more: the first page gives it
    the room.
    """
    left, top = drawing.left - 68, drawing.top - 44 if drawing.top > 20 else -40
    return f"{left:g} {top:g} {drawing.right + 10 - left:g} {drawing.bottom + 8 - top:g}"


# The catalogue's pages are drawn in this shell, and stand below it.
for name in ("home", "products", "product"):
    share(name, edition.edition)
