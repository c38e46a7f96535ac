"""A product found without a name: each market leads to its own, and a part number to its one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from kept.operations.serving.guard import Application
from kept.operations.walk.browser import Browser
from kept.operations.walk.response_checks import Judge, asked_by
from kept.products.markets import THE_SEVEN
from kept.products.models import Product
from kept.sentences import sentence

CATALOGUE = "catalogue"


def walk(judge: Judge, application: Application) -> None:
    """As a visitor whom nobody knows."""
    try:
        address = reverse("products")
    except NoReverseMatch:
        return
    visitor = Browser(
        application, settings.KEPT_SITE, judge.look, who=sentence("a visitor who looks for a product")
    )
    judge.browsers.append(visitor)
    _finds(judge, visitor, address)


def _finds(judge: Judge, visitor: Browser, address: str) -> None:
    """Each of the seven markets leads to its products, all of them and no other, and a part number to its
    own, without a sign-in.
    """
    known = {product.get_absolute_url() for product in Product.objects.all()}
    for market in THE_SEVEN:
        sold = list(
            Product.objects.filter(markets__slug=market.slug)
            .exclude(lifecycle=Product.Lifecycle.OBSOLETE)
            .order_by("slug")
        )
        if sold:
            judge.count("markets asked")
            wanted = {one.get_absolute_url() for one in sold}
            shown = _found(judge, visitor, address, {"market": market.slug}, market.name) & known
            judge.count("products found", len(wanted & shown))
            if shown != wanted:
                where = asked_by(f"GET {address}", visitor.who)
                judge.found(
                    CATALOGUE,
                    where,
                    sentence(
                        "shows {n} products for {market}, where {all} are sold",
                        n=len(shown),
                        market=market.name,
                        all=len(wanted),
                    ),
                )
            if sold[0].get_absolute_url() not in _found(
                judge, visitor, address, {"q": sold[0].code}, sentence("a part number")
            ):
                judge.found(
                    CATALOGUE,
                    asked_by(f"GET {address}", visitor.who),
                    sentence("does not find a product by its part number"),
                )


def _found(judge: Judge, visitor: Browser, address: str, asked: dict[str, str], words: str) -> set[str]:
    answer = visitor.get(f"{address}?{urlencode(asked)}")
    if answer.status != 200:
        judge.found(
            CATALOGUE,
            asked_by(f"GET {address}", visitor.who),
            sentence("does not answer for {words} ({status})", words=words, status=answer.status),
        )
    return {link.address for link in answer.page.links}
