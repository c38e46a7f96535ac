"""The walk: every address as a visitor, a customer and each post at the desk; the choices about cookies; what
lies behind the forms.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from kept.accounts.signing_in.posts import roles_of_staff
from kept.core.ledger import versions
from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import NotMeasured
from kept.core.register.proving.walk_findings import FAILED, Walked
from kept.operations.processes import static_files
from kept.operations.processes.free_memory import give_back
from kept.operations.serving.assembly import assembled
from kept.operations.serving.guard import Application
from kept.operations.walk import people
from kept.operations.walk.browser import VISITOR, Answer, Browser
from kept.operations.walk.form_filling import filled
from kept.operations.walk.journeys import choices, foreign_visitors, guidelines, own_data, product_finder
from kept.operations.walk.log_silence import quiet
from kept.operations.walk.response_checks import Invented, Judge, asked_by, route
from kept.operations.walk.routes import Route, routes
from kept.operations.walk.scratch_database import aside
from kept.portal.visitors.device_consent import NAME
from kept.sentences import sentence

EACH = 2
"""How many addresses of one route each of them opens."""
MOST = 1500
"""Requests after which a walk ends, whatever is left."""
STAFF = "staff"
DESK = "desk/"
"""What staff are led through; as people, they see what every customer sees."""
AT_THE_DESK = ("support", "controller")
TOKENLESS = ("/account/login/", "/privacy/ask/", "/me/")
# What would end the walk of whoever presses it, or write outside of the database. Their pages are opened like
# any other.
NOT_PRESSED = frozenset(
    {
        "account_logout",
        "account_change_password",
        "account_set_password",
        "account_email",
        "account_session_ending",
        "erasure",
        "cookie-choice",
    },
)


NOT_GATHERED = sentence(
    "The style sheets and scripts of the pages are not gathered in this home yet, so no page could be asked"
    " for. `kept run` gathers them when it starts; where the worker runs alone, `kept manage collectstatic"
    " --no-input` does."
)


def walk(application: Application | None = None) -> Walked:
    """Walk once.

    Leaves no trace: see ``scratch_database``. Raises NotMeasured where no page can be written yet.
    """
    if not static_files.are_gathered():
        raise NotMeasured(NOT_GATHERED)
    begun, at = perf_counter(), timezone.now()
    with aside(), quiet():
        judge = _walked(application or assembled())
    walked = Walked(at, perf_counter() - begun, judge.counts, tuple(judge.findings))
    del judge
    give_back()
    return walked


@dataclass
class _Places:
    """Where one of them still has to go. ``opened``: how many addresses of each route she has seen."""

    open: deque[str] = field(default_factory=deque)
    known: set[str] = field(default_factory=set)
    opened: dict[str, int] = field(default_factory=dict)
    pressed: set[tuple[str, str]] = field(default_factory=set)

    def add(self, path: str) -> None:
        if path not in self.known:
            self.known.add(path)
            self.open.append(path)


def _walked(application: Application) -> Judge:
    policy = versions.current().policy
    customer, other = people.invented(sentence("a customer")), people.invented(sentence("another customer"))
    staff = {role: people.invented(f"{STAFF} ({role})") for role in roles_of_staff(policy.company)}
    judge = Judge(policy, [customer, other, *staff.values()], secure=settings.SECURE)
    for one in (customer, other):
        people.customer(one)
    for role, one in staff.items():
        people.member_of_staff(one, policy, role)
    everywhere = routes()
    reached = set[str]()
    for one in (customer, other, *staff.values()):
        browser = signed_in(judge, application, one, staff=one in staff.values())
        if browser is not None and one in staff.values():
            guidelines.acknowledge(judge, browser, next(role for role, each in staff.items() if each is one))
        if browser is not None and one is not other:
            reached |= _stroll(judge, browser, everywhere if one is customer else _desk(everywhere, one.who))
    # After all the others, so that what a page remembers of them is there to be found.
    visitor = Browser(application, settings.KEPT_SITE, judge.look)
    judge.browsers.append(visitor)
    reached |= _stroll(judge, visitor, everywhere)
    _send_unasked(visitor, everywhere)
    choices.walk(judge, application, customer, signed_in)
    product_finder.walk(judge, application)
    own_data.walk(judge, application, signed_in)
    guidelines.walk(judge, application, signed_in, everywhere)
    for journey in walk_findings.JOURNEYS.values():
        journey(Walking(judge, application))
    if any(one.pattern == foreign_visitors.STAYING.lstrip("/") for one in everywhere):
        foreign_visitors.walk(judge, application)
    judge.count("routes", len({one.pattern for one in everywhere}))
    judge.count("reached", len(reached & {one.pattern for one in everywhere}))
    return judge


@dataclass(frozen=True, slots=True)
class Walking:
    """What a touchpoint's own journey walks with (``walk_findings.Walking``)."""

    judge: Judge
    application: Application

    def customer(self, who: str) -> Browser | None:
        one = people.invented(who)
        people.customer(one)
        self.judge.people.append(one)
        return signed_in(self.judge, self.application, one)

    def again(self, browser: Browser, who: str, jar: Mapping[str, str]) -> Browser | None:
        asked = choices.asked_for(self.judge.policy) if NAME in jar else frozenset[str]()
        found = signed_in(self.judge, self.application, self.person(browser))
        if found is not None:
            found.who, found.jar = who, found.jar | dict(jar)
            self.judge.says_yes(found, asked)
        return found

    def person(self, browser: Browser) -> Invented:
        return self.judge.herself[id(browser)]

    def says_yes(self, browser: Browser) -> bool:
        return choices.says_yes(self.judge, browser)

    def sees(self, browser: Browser, told: Mapping[str, str]) -> None:
        own_data.is_shown(self.judge, browser, told)

    def count(self, kind: str) -> None:
        self.judge.count(kind)

    def found(self, kind: str, asked: str, browser: Browser, what: str) -> None:
        self.judge.found(kind, asked_by(asked, browser.who), what)


def _desk(everywhere: list[Route], who: str) -> list[Route]:
    """All of the desk for those who answer people; the others begin at its first page, and follow what it
    shows them.
    """
    whole = any(f"({role})" in who for role in AT_THE_DESK)
    return [one for one in everywhere if one.pattern.startswith(DESK) and (whole or one.pattern == DESK)]


def signed_in(
    judge: Judge, application: Application, one: Invented, *, staff: bool = False
) -> Browser | None:
    """A browser in which somebody has signed in, through the page for it; None, and a finding, where that
    fails.
    """
    browser = Browser(application, settings.KEPT_SITE, judge.look, who=one.who)
    judge.herself[id(browser)] = one
    judge.browsers.append(browser)
    if staff:
        judge.staff.add(id(browser))
    page = browser.get(reverse("account_login"))
    form = next(
        (form for form in page.page.forms if any(each.type == "password" for each in form.fields)), None
    )
    if form is not None:
        browser.submit(page, form, {"login": one.email, "password": one.password})
    if settings.SESSION_COOKIE_NAME in browser.jar and browser.get("/account/").status == 200:
        return browser
    judge.found(FAILED, one.who, sentence("could not sign in, so that much was not seen"))
    return None


def _stroll(judge: Judge, browser: Browser, to: Iterable[Route]) -> set[str]:
    """Each of these routes once, each link of ours to one not seen often enough, each form once.

    Which routes were reached.
    """
    places = _Places()
    for path in ("/", *(one.path for one in to if one.path), f"/{people.invented('nobody').first_name}/"):
        places.add(path)
    while places.open and judge.counts.get("requests", 0) < MOST:
        path = places.open.popleft()
        name = route(path)
        if places.opened.get(name, 0) >= EACH:
            continue
        places.opened[name] = places.opened.get(name, 0) + 1
        answer = browser.get(path)
        _go_on(places, browser, answer)
        _press(judge, places, browser, answer)
    # Hundreds of pages, each with its links and forms: twenty MiB that the next one would lie on top of.
    give_back()
    return set(places.opened)


def _send_unasked(browser: Browser, everywhere: Iterable[Route]) -> None:
    """What is sent without a token is refused by the same page everywhere, but where no token is asked for:
    there, each.
    """
    for one in everywhere:
        if one.path and (one.open or one.path in TOKENLESS):
            browser.send("POST", one.path, [])


def _go_on(places: _Places, browser: Browser, answer: Answer) -> None:
    """Where this page leads; of what it loads, each file once."""
    for address in [*(link.address for link in answer.page.links), answer.header("location")]:
        if address and browser.is_here(address, answer.path):
            parts = urlsplit(urljoin(answer.path, address))
            if browser.who.startswith(STAFF) and not parts.path.startswith(f"/{DESK}"):
                continue
            places.add(parts.path + (f"?{parts.query}" if parts.query else ""))
    if browser.who == VISITOR:
        for _, address in answer.page.loads:
            if address not in places.known and browser.is_here(address, answer.path):
                places.known.add(address)
                browser.get(urlsplit(urljoin(answer.path, address)).path)


def _press(judge: Judge, places: _Places, browser: Browser, answer: Answer) -> None:
    """Send each form of a page once, filled in as a person would, and see what comes of it."""
    for form in answer.page.forms:
        to = urlsplit(urljoin(answer.path, form.action or answer.path)).path
        key = (route(to), " ".join(sorted(one.name for one in form.fields)))
        if (
            key in places.pressed
            or form.method != "post"
            or not browser.is_here(form.action, answer.path)
            or _ends_it(to)
        ):
            continue
        places.pressed.add(key)
        judge.count("forms sent")
        button = next((each["value"] for each in form.buttons if each.get("name") and each.get("value")), "")
        after = browser.submit(
            answer, form, filled(form, judge.herself.get(id(browser)) or people.invented("nobody")), button
        )
        _go_on(places, browser, after)


def _ends_it(path: str) -> bool:
    ends = {reverse(name) for name in NOT_PRESSED if _is_there(name)}
    return path.partition("?")[0] in ends


def _is_there(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True
