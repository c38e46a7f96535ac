"""The site map of the portal's tests: the whole site, the component sheets, and pages that go wrong on
purpose.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from kept.core.policy.verdict import Refused
from kept.core.vault.errors import KeyErased, MatterRequired, NotAllowed, ReasonRequired, SealBroken
from kept.portal.urls import SHEETS
from kept.products.models import Product
from kept.urls import urlpatterns as site

REFUSED = Refused("6.3", "Phone numbers are not used for research.", "the privacy officer")


def raising(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    @login_not_required
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


@login_not_required
def looked_for(request: HttpRequest) -> HttpResponse:
    """What somebody sent, asked of the database as it came."""
    return HttpResponse(str(Product.objects.filter(slug=request.GET["slug"]).count()))


@login_not_required
def many(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)


urlpatterns = [
    *site,
    *SHEETS,
    path("raises/not-allowed/", raising(NotAllowed(REFUSED))),
    path("raises/matter/", raising(MatterRequired("closed"))),
    path("raises/reason/", raising(ReasonRequired("none"))),
    path("raises/erased/", raising(KeyErased("gone"))),
    path("raises/broken/", raising(SealBroken("Alice, +32 4 123 45 67"))),
    path("raises/denied/", raising(PermissionDenied("The desk is for staff."))),
    path("raises/bad/", raising(SuspiciousOperation("odd"))),
    path("raises/many/", many),
    path("raises/no-text/", looked_for),
]
