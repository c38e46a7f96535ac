"""How quickly cases were answered, as staff see it by queue, market and product, and as everybody sees it
beside what is promised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.accounts.signing_in.staff import staff_required
from kept.core.policy.model import Policy
from kept.core.policy.working_time.business_hours import CLOCK
from kept.portal.public_pages import share
from kept.products.models import Product
from kept.sentences import counted, sentence
from kept.touchpoints.support.cases import service_levels, topics
from kept.touchpoints.support.reports import figures
from kept.touchpoints.support.reports.models import BEYOND, HOURS

QUEUES = {**topics.SEVERITIES, topics.SALES: topics.KIND_TITLES[topics.SALES]}
TITLES = {
    figures.QUEUE: sentence("By queue"),
    figures.MARKET: sentence("By market"),
    figures.PRODUCT: sentence("By product"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is read: within how many hours half, and nine in ten. None: not told, or not promised by
    this.
    """

    name: str
    row: figures.Row
    first: tuple[str, str] | None
    done: tuple[str, str] | None
    promised: tuple[str, str] | None


@login_not_required
@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """What is promised beside what was so, for everybody."""
    told = figures.quarters((figures.ALL, figures.QUEUE))
    context = {"quarters": _read(told, ruling(request).spoken)}
    return render(request, "support/reports.html", context)


@never_cache
@require_safe
@staff_required(roles=(*topics.ROLES, "controller"))
def desk(request: DeskRequest) -> HttpResponse:
    """The same by market and product too. Nothing of anybody is in it, and no member of staff."""
    told = figures.quarters((figures.ALL, *TITLES))
    context = {"quarters": _read(told, ruling(request).spoken)}
    return render(request, "support/desk/reports.html", context)


def _promised(queue: str) -> tuple[str, str]:
    """Until the first answer, and until it is done, by the policy of today. An enquiry is promised what a
    question is.
    """
    level = service_levels.terms_of("").level(queue if queue in topics.SEVERITIES else "")
    return _promise(level.first, level.counted), _promise(level.done, level.counted)


def _promise(hours: int, by: str) -> str:
    if by == CLOCK:
        return counted("within {n} hour, day and night", "within {n} hours, day and night", hours)
    return counted("within {n} opening hour", "within {n} opening hours", hours)


def _read(told: Iterable[figures.Quarter], policy: Policy) -> list[dict[str, Any]]:
    """Each quarter with how many cases there were at all, and its tables."""
    named = _names(policy)
    return [
        {
            "since": quarter.since,
            "all": next(iter(_lines(quarter.tables[figures.ALL], named[figures.ALL])), None),
            "tables": [
                {"by": by, "title": title, "lines": lines, "others": by in quarter.others}
                for by, title in TITLES.items()
                if by in quarter.tables
                for lines in [_lines(quarter.tables[by], named[by], promised=by == figures.QUEUE)]
            ],
        }
        for quarter in told
    ]


def _names(policy: Policy) -> dict[str, Callable[[str], str]]:
    products: dict[str, str] = {}

    def product(slug: str) -> str:
        if not products:
            products.update(Product.objects.values_list("slug", "name"))
        return products.get(slug, slug) or sentence("No product named")

    def market(id: str) -> str:
        region = policy.company.regions.get(id)
        return region.title if region else id

    return {
        figures.ALL: str,
        figures.QUEUE: lambda key: QUEUES.get(key, key),
        figures.MARKET: market,
        figures.PRODUCT: product,
    }


def _lines(rows: Iterable[figures.Row], name: Callable[[str], str], *, promised: bool = False) -> list[Line]:
    return [
        Line(
            name(row.key),
            row,
            _spread(row.first),
            _spread(row.done),
            _promised(row.key) if promised else None,
        )
        for row in rows
    ]


def _spread(hours: tuple[int, int] | None) -> tuple[str, str] | None:
    return (_hours(hours[0]), _hours(hours[1])) if hours else None


def _hours(step: int) -> str:
    if step == BEYOND:
        return counted("more than {n} hour", "more than {n} hours", HOURS[-1])
    return counted("{n} hour", "{n} hours", step)


share("support-reports", lambda: str(figures.newest()))
