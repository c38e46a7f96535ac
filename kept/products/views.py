"""The catalogue's pages.

They work without identity, without JavaScript, and store nothing: the finder counts and says so.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kept.products.figures import compare, figures, in_short
from kept.products.finder import Finder
from kept.products.hooks import panels
from kept.products.models import Product
from kept.products.query_counter import watching

MOST_COMPARED = 4


@login_not_required
@require_safe
def finder(request: HttpRequest) -> HttpResponse:
    """``/products/?market=telecom&takes=48+V+DC``: the whole state is in the address."""
    with watching() as witness:
        found = Finder(dict(request.GET.lists()), list(Product.objects.whole()))
        cards = [(product, in_short(product)) for product in found.results]
    # Whatever a middleware before us may have begun to store about this visit counts too.
    session = getattr(request, "session", None)
    writes = witness.writes + bool(session is not None and session.modified)
    answer = {
        "found": found,
        "cards": cards,
        "facets": found.facets,
        "reads": witness.reads,
        "writes": writes,
        "demo": settings.KEPT_DEMO,
    }
    return render(request, "products/finder.html", answer, status=400 if found.problems else 200)


@login_not_required
@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product. A former part number leads on to the present one, for good."""
    shown = (
        Product.objects.whole()
        .prefetch_related("documents")
        .select_related("replacement")
        .filter(slug=slug)
        .first()
    )
    if shown is None:
        return _former(slug)
    return render(
        request,
        "products/product.html",
        {
            "product": shown,
            "figures": figures(shown),
            "panels": panels(request, shown),
            "demo": settings.KEPT_DEMO,
        },
    )


@login_not_required
@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    """``/products/compare/?m=<slug>&m=<slug>``: two to four products side by side; ``only=differences``
    leaves out what is alike.
    """
    asked = list(dict.fromkeys(request.GET.getlist("m")))
    known = {
        product.slug: product
        for product in Product.objects.whole().filter(slug__in=asked[: MOST_COMPARED + 1])
    }
    products = [known[slug] for slug in asked if slug in known][:MOST_COMPARED]
    only = request.GET.get("only") == "differences"
    problem = _cannot_compare(asked, known)
    answer = {
        "products": products,
        "rows": compare(products, differences_only=only),
        "only": only,
        "problem": problem,
        "demo": settings.KEPT_DEMO,
    }
    return render(request, "products/compare.html", answer, status=400 if problem else 200)


def _cannot_compare(asked: list[str], known: dict[str, Product]) -> str:
    if len(asked) > MOST_COMPARED:
        return _("Choose {most} products at most. The first {most} are shown").format(most=MOST_COMPARED)
    if len(known) < len(asked):
        return _("One of these products is not in the catalogue. The others are shown")
    if len(asked) < 2:
        return _("Choose two to four products in the list, then “Compare”")
    return ""


def _former(slug: str) -> HttpResponse:
    for code, former in Product.objects.exclude(old_codes="").values_list("slug", "old_codes"):
        if slug in {slugify(old) for old in former.split()}:
            return HttpResponsePermanentRedirect(Product(slug=code).get_absolute_url())
    raise Http404(_("No product has this part number."))
