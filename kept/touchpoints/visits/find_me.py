"""*Find me*: why nobody can be found in the visits, shown on what is really stored; and the address a
followed link is told to.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from kept.touchpoints.visits import hooks, log_folder
from kept.touchpoints.visits.pages import find_me_page
from kept.visits_log import scrub

LONGEST = 300


@login_not_required
@require_safe
@never_cache
def find_me(request: HttpRequest) -> HttpResponse:
    """Columns with one row that was stored, beside what this very request would have become.

    Nothing of it is kept.
    """
    return render(request, "visits/find_me.html", find_me_page.page(request, log_folder.places()))


@login_not_required
@require_GET
@never_cache
def left(request: HttpRequest) -> HttpResponse:
    """``?to=host&from=/page/``: a script tells that a link to another site was followed.

    What is no host is refused.
    """
    host = scrub.host(request.GET.get("to", "")[:LONGEST])
    if not host or host != request.GET.get("to", "").lower().removeprefix("www."):
        return HttpResponse(
            "Name the site alone, like to=www.example.com.\n",
            status=400,
            content_type="text/plain; charset=utf-8",
        )
    hooks.counted_exit(request, host=host, path=request.GET.get("from", "")[:LONGEST])
    return HttpResponse(status=204)
