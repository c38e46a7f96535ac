"""The check-out: who, for whom, where to, how it is paid, and everything once more above the button.

A page is answered by the next one. What was answered travels in the page itself, sealed (``answers``), so
that nothing is kept of whoever turns back.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kept.accounts.limits.rate_limits import letter_box, machine
from kept.accounts.requests import KnownRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.vault.readers import SelfReader
from kept.people import countries
from kept.portal.form_parts.door import stores_under
from kept.portal.form_parts.responses import invalid
from kept.touchpoints.orders import order_pages
from kept.touchpoints.orders.basket import contents as baskets
from kept.touchpoints.orders.basket.contents import Contents
from kept.touchpoints.orders.basket.priced import Priced, accepted, price_it, sales_region
from kept.touchpoints.orders.checkout import answers, flows, known, limits
from kept.touchpoints.orders.checkout.forms import (
    CARD,
    INVOICE,
    MYSELF,
    NEW,
    PURPOSE,
    BuyerForm,
    DeliveryForm,
    GuestForm,
    MethodForm,
    cannot_deliver,
)
from kept.touchpoints.orders.checkout.recipients import who_gets
from kept.touchpoints.orders.models import Order
from kept.touchpoints.orders.payment import flows as payment
from kept.touchpoints.orders.payment.processors import chosen

YOU, BUYER, DELIVERY, METHOD, CHECK = STEPS = ("you", "buyer", "delivery", "payment", "check")
TITLES = {
    YOU: gettext_lazy("Who are you?"),
    BUYER: gettext_lazy("Who buys it?"),
    DELIVERY: gettext_lazy("Where does it go?"),
    METHOD: gettext_lazy("How do you pay?"),
}
TOO_MANY = gettext_lazy(
    "So many orders were sent from here in the last hour that we take no more now. Wait an hour."
)
FORM = ["GET", "HEAD", "POST"]


class Journey:
    """One request on the way from a basket to an order."""

    def __init__(self, request: KnownRequest) -> None:
        self.request = request
        self.reader = request.reader if isinstance(request.reader, SelfReader) else None
        self.policy = ruling(request).policy
        self.contents: Contents = baskets.load(request)
        self.region = sales_region(self.policy.company)
        self.seller = self.policy.company.entities[self.region.entity]
        self.said: dict[str, Any] = answers.carried(request.POST.get("said", ""), self.contents.id) or {}

    @property
    def steps(self) -> tuple[str, ...]:
        return STEPS[1:] if self.reader else STEPS

    def seen(self) -> Priced:
        """As far as it is known where it goes, and whose tax it is."""
        country = self.said.get("address", {}).get("country", "")
        region = self.policy.company.region_of(country).id if country else ""
        return price_it(
            self.contents,
            self.policy.company,
            region=region,
            to=country.partition("-")[0],
            vat_number=self.said.get("vat", ""),
        )

    def refuses(self, country: str) -> str:
        """Another company of the group sells there, or nobody has a price for it."""
        company = self.policy.company
        region = company.region_of(country)
        if region.entity != self.region.entity:
            named = ruling(self.request).spoken.company.entities[region.entity].name
            return cannot_deliver(countries.name(country.partition("-")[0]), named, region.site)
        priced = price_it(self.contents, company, region=region.id)
        if priced.gone or not priced.lines:
            return _("We have no price for delivery there. Ask for an offer")
        return ""

    def form(self, step: str, *bound: Any) -> Any:
        """Filled in with what was answered before, else with what is known."""
        options: dict[str, Any] = {}
        if step == BUYER:
            options["organisations"] = known.organisations(self.reader)
        if step == DELIVERY:
            options["refuses"] = self.refuses
        if step == METHOD:
            options["company"], options["cards"] = self.said.get("buyer") != MYSELF, bool(chosen())
        if not bound:
            options["initial"], options["origins"] = known.initial(step, self.said, self.reader, self.request)
        forms = {YOU: GuestForm, BUYER: BuyerForm, DELIVERY: DeliveryForm, METHOD: MethodForm}
        return forms[step](*bound, **options)


@login_not_required
@never_cache
@require_http_methods(FORM)
@stores_under(PURPOSE)
def checkout(request: KnownRequest, step: str = "") -> HttpResponse:
    """Opened by its address it begins; each page is sent to its own address, and answered by the next."""
    on = Journey(request)
    if done := _ordered_already(on):
        return redirect("order", number=done.number)
    if not on.contents.lines or (not on.said and not on.seen().orderable):
        return redirect("basket")
    if not step or request.method != "POST":
        return _page(on, on.steps[0]) if not step else redirect("checkout")
    if step not in STEPS:
        raise Http404
    if step not in on.steps:
        # Signed in since that page was opened: who they are is known.
        return redirect("checkout")
    if _lost(on, step):
        messages.warning(
            request, _("This page was open for more than a day. Begin once more: your basket is kept.")
        )
        return redirect("checkout")
    if "show" in request.POST:
        return _page(on, step)
    return _pay(on) if step == CHECK else _answered(on, step)


def _lost(on: Journey, step: str) -> bool:
    """What the pages before asked is not there any more, or was said by somebody who may not say it now."""
    answers_of = {YOU: "email", BUYER: "buyer", DELIVERY: "address", METHOD: "method"}
    before = on.steps[: on.steps.index(step)]
    if any(answers_of[one] not in on.said for one in before):
        return True
    return BUYER in before and not known.may_buy(on.reader, on.said["buyer"])


def _ordered_already(on: Journey) -> Order | None:
    """A basket that was paid for: back and refresh lead to its order, never to a second one."""
    for order in Order.objects.filter(basket=on.contents.id).exclude(cancelled_at__isnull=False):
        if order.state != "unpaid" and order_pages.opens(on.request, order):
            return order
    return None


def _page(on: Journey, step: str, form: Any = None) -> HttpResponse:
    if step == CHECK:
        return _check(on)
    context = {
        "form": form or on.form(step),
        "step": step,
        "title": TITLES[step],
        "place": on.steps.index(step) + 1,
        "places": len(on.steps),
        "said": answers.carry(on.said, on.contents.id),
        "before": on.steps[on.steps.index(step) - 1] if step != on.steps[0] else "",
        "guest": on.reader is None,
        "no_card": step == METHOD and not chosen(),
    }
    return (
        invalid(on.request, "orders/step.html", context)
        if form
        else render(on.request, "orders/step.html", context)
    )


def _answered(on: Journey, step: str) -> HttpResponse:
    form = on.form(step, on.request.POST)
    if not form.is_valid():
        return _page(on, step, form)
    on.said |= form.answers
    if step == BUYER:
        on.said |= known.of_organisation(on.reader, on.said["buyer"])
        if on.said["buyer"] == MYSELF and on.said.get("method") == INVOICE:
            on.said.pop("method")
    return _page(on, on.steps[on.steps.index(step) + 1])


def _wish(on: Journey, seen: Priced) -> flows.Wish:
    spoken = (get_language() or "en").partition("-")[0]
    return flows.Wish(
        basket=on.contents.id,
        seen=seen,
        said=on.said,
        gets=_gets(on),
        entity=on.region.entity,
        seller_country=on.seller.country,
        language=on.request.person.language if on.reader and on.request.person else spoken,
    )


def _gets(on: Journey, *, spoken: bool = False) -> Any:
    policy = ruling(on.request).spoken if spoken else on.policy
    return who_gets(policy, card=on.said["method"] == CARD, country=on.said["address"]["country"])


def _check(on: Journey, *, status: int = 200, trouble: str = "", was: str = "") -> HttpResponse:
    seen = on.seen()
    context = {
        "seen": seen,
        "said": on.said,
        "carried": answers.carry(on.said, on.contents.id),
        "address": known.lines(on.said["address"]),
        "company": on.said["company"] if on.said["buyer"] != MYSELF else "",
        "card": on.said["method"] == CARD,
        "gets": _gets(on, spoken=True),
        "steps": on.steps,
        "trouble": trouble,
        "was": was,
        "new": NEW,
        "seller": on.seller,
        "demo": settings.KEPT_DEMO,
    }
    return render(on.request, "orders/check.html", context, status=status)


def _pay(on: Journey) -> HttpResponse:
    """What is agreed to is the total that stood above the button."""
    seen = on.seen()
    agreed = on.request.POST.get("total", "")
    if agreed != str(seen.total):
        trouble = _("The price has changed since you opened this page. Look at it, and press once more.")
        return _check(on, status=409, trouble=trouble, was=agreed)
    if troubled := next((one for one in seen.lines if one.trouble), None):
        return _check(on, status=409, trouble=f"{troubled.product.name}: {troubled.trouble}")
    if not _may_order_more(on):
        return _check(on, status=429, trouble=str(TOO_MANY))
    # She agreed to today's prices by the total: what the basket showed before no longer counts.
    on.contents = accepted(on.contents, seen)
    person = on.request.person if on.reader else flows.Newcomer(on.said["name"], on.said["email"])
    assert person is not None
    try:
        order = flows.place(
            reader=on.reader or flows.CLERK,
            person=person,
            wish=_wish(on, seen),
            opened=partial(order_pages.opens, on.request),
        )
    except flows.SoldOut as gone:
        return _check(on, status=409, trouble=str(gone))
    if on.reader is None:
        order_pages.remember(on.request, order)
    return paying(on.request, order)


def _may_order_more(on: Journey) -> bool:
    """Pieces of an unpaid order are nobody else's: with an ID, too, there is an end of it."""
    if on.reader is not None:
        return limits.PLACED.spend(f"person {on.reader.subject}")
    box = letter_box(on.said["email"])
    return limits.PLACED.spend(machine(on.request)) and limits.CONFIRMED.spend(box)


def paying(request: KnownRequest, order: Order) -> HttpResponse:
    """To the page of the processor; to the order, where nothing is to be paid now."""
    if order.method == Order.Method.INVOICE:
        answer = redirect("order", number=order.number)
        baskets.forget(request, answer)
        return answer
    try:
        return redirect(payment.begin(order).address)
    except payment.NotPayable:
        return redirect("order", number=order.number)
