"""What every answer must be, whoever asked: read from what left, by rules of its own and never by the code
that made the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from urllib.parse import unquote, urljoin, urlsplit

from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from kept.core.policy.model import Policy
from kept.core.register.declarations import DECLARED
from kept.core.register.proving.walk_findings import FAILED, Finding
from kept.operations.walk.browser import Answer, Browser, Cookie
from kept.operations.walk.page_parser import Form
from kept.portal.form_parts.asked_fields import MARK
from kept.portal.languages import choice
from kept.portal.marks import external_links
from kept.portal.visitors.device_consent import ESSENTIAL
from kept.rights.cookies import set_cookies
from kept.sentences import Sentence, sentence

COOKIE, HEADER, ELSEWHERE, FORM, LINK, PERSONAL, GREETING, FIELD = (
    "cookie",
    "header",
    "elsewhere",
    "form",
    "link",
    "personal",
    "greeting",
    "field",
)
UNKNOWN = sentence("an unknown address")
_PLAIN = re.compile(r"[\w.*-]{1,60}")
# What a style sheet or a script of ours could fetch from somebody else.
_FETCHED = re.compile(
    rb"""(?:url\(\s*["']?|@import\s+["']|import\(?\s*["']|fetch\(\s*["'`]|sendBeacon\(\s*["'`])((?:https?:)?//[^"'`)\s]+)"""
)
_OWN_SOURCES = frozenset({"'self'", "'none'"})
_MUST = ("default-src", "form-action", "frame-ancestors", "base-uri")
_QUIET_REFERRERS = frozenset({"same-origin", "no-referrer"})


@dataclass
class Invented:
    """Somebody of the walk's own: ``words`` that stand nowhere but where they are shown to her, and where
    nobody else may see them.
    """

    who: str
    first_name: str
    name: str
    email: str
    phone: str
    password: str

    @property
    def words(self) -> tuple[str, ...]:
        return (self.first_name, self.name.split()[-1], self.email.partition("@")[0], self.phone[-9:])


@dataclass
class Judge:
    """``people``: everybody invented.

    ``yes``: the kinds of cookie each browser said yes to, by the walk's own book.
    """

    policy: Policy
    people: list[Invented]
    secure: bool
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    yes: dict[int, frozenset[str]] = field(default_factory=dict)
    herself: dict[int, Invented] = field(default_factory=dict)
    staff: set[int] = field(default_factory=set)
    known: set[tuple[str, str, str]] = field(default_factory=set)
    browsers: list[Browser] = field(default_factory=list)
    """Kept while the walk lasts: what is known of each hangs on its identity."""

    def look(self, browser: Browser, answer: Answer) -> None:
        """Every rule, for one answer."""
        place = where(answer, browser)
        self.count("requests")
        for rule in RULES:
            for kind, what in rule(self, browser, answer):
                self.found(kind, place, what)

    def found(self, kind: str, place: str, what: str) -> None:
        """Once for each place and fault: who else met it there is not told again."""
        key = (kind, place.partition(" as ")[0], what)
        if key not in self.known:
            self.known.add(key)
            self.findings.append(Finding(kind, place, what))

    def count(self, what: str, many: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + many

    def says_yes(self, browser: Browser, kinds: frozenset[str]) -> None:
        self.yes[id(browser)] = kinds


def where(answer: Answer, browser: Browser) -> str:
    """The route and who asked; never the address itself, which may hold what somebody typed."""
    return asked_by(f"{answer.method} /{route(answer.path)}", browser.who)


def asked_by(request: str, who: str) -> Sentence:
    return sentence("{request} as {who}", request=request, who=who)


def route(path: str) -> str:
    try:
        return resolve(path.partition("?")[0]).route
    except Resolver404:
        return UNKNOWN


Told = Iterator[tuple[str, str]]


def cookies(judge: Judge, browser: Browser, answer: Answer) -> Told:
    """Each one that left: in the table, of a kind she said yes to, no longer than it says, for this site and
    no script.
    """
    for cookie in answer.cookies:
        judge.count("cookies")
        yield from ((COOKIE, what) for what in _wrong(judge, cookie, judge.yes.get(id(browser), frozenset())))
    for name in answer.refused:
        yield COOKIE, sentence("tried to set the cookie {cookie}, which was taken out", cookie=_said(name))


def _wrong(judge: Judge, cookie: Cookie, yes: frozenset[str]) -> Iterator[str]:
    name, kind = _said(cookie.name), set_cookies.kind_of(cookie.name)
    row = next((one for one in judge.policy.cookies.values() if one.matches(cookie.name)), None)
    if kind is None:
        yield sentence("sets the cookie {cookie}, which nobody declared", cookie=name)
        return
    if row is None:
        yield sentence("sets the cookie {cookie}, which the policy’s table lacks", cookie=name)
        return
    if cookie.taken:
        return
    if kind != ESSENTIAL and kind not in yes:
        yield sentence("sets the cookie {cookie} without a yes to {kind} cookies", cookie=name, kind=kind)
    if "domain" in cookie.attributes:
        yield sentence("sets the cookie {cookie} for other sites as well", cookie=name)
    if "httponly" not in cookie.attributes or "samesite" not in cookie.attributes:
        yield sentence("sets the cookie {cookie} so that scripts or other sites could use it", cookie=name)
    if judge.secure and "secure" not in cookie.attributes:
        yield sentence("sets the cookie {cookie} for lines that are not encrypted", cookie=name)
    today = timezone.localdate()
    days = (row.lifetime.after(today) - today).days if row.lifetime else 0
    lives = cookie.attributes.get("max-age", "0")
    if (
        ("expires" in cookie.attributes and "max-age" not in cookie.attributes)
        or not lives.isdigit()
        or int(lives) > (days + 1) * 86_400
    ):
        yield sentence("sets the cookie {cookie} for longer than the policy’s table says", cookie=name)


def headers(judge: Judge, browser: Browser, answer: Answer) -> Told:
    """What a browser may do with the page; every other answer is at least what it says it is."""
    judge.count("answers")
    if answer.header("x-content-type-options") != "nosniff":
        yield HEADER, sentence("leaves without X-Content-Type-Options")
    if not answer.is_html:
        return
    judge.count("pages")
    policy = {
        name: sources
        for name, *sources in (
            part.split() for part in answer.header("content-security-policy").split(";") if part.split()
        )
    }
    missing = [name for name in _MUST if name not in policy]
    open_ = [name for name, sources in policy.items() if not set(sources) <= _OWN_SOURCES]
    if missing or open_:
        yield (
            HEADER,
            sentence(
                "leaves with a Content-Security-Policy that does not hold ({names})",
                names=", ".join([*missing, *open_]),
            ),
        )
    if answer.header("referrer-policy") not in _QUIET_REFERRERS:
        yield HEADER, sentence("tells other sites where the reader came from (Referrer-Policy)")
    if answer.header("x-frame-options") != "DENY":
        yield HEADER, sentence("may be shown inside another page (X-Frame-Options)")
    if (
        not answer.header("permissions-policy")
        or answer.header("cross-origin-opener-policy") != "same-origin"
    ):
        yield HEADER, sentence("leaves without Permissions-Policy or Cross-Origin-Opener-Policy")
    if judge.secure and "max-age" not in answer.header("strict-transport-security"):
        yield HEADER, sentence("leaves without Strict-Transport-Security")
    for what in sorted(set(answer.page.inline)):
        yield HEADER, sentence("has code or style written into the page ({name})", name=_said(what))


def loads(judge: Judge, browser: Browser, answer: Answer) -> Told:
    """Nothing that a page fetches by itself comes from anybody else, and nothing sends the reader on."""
    page = answer.page
    judge.count("loads", len(page.loads))
    for element, address in page.loads:
        if not browser.is_here(address, answer.path):
            yield (
                ELSEWHERE,
                sentence("loads something from {host} ({element})", host=_host(address), element=element),
            )
    for address in page.sends_on:
        yield ELSEWHERE, sentence("sends the reader on by itself, to {host}", host=_host(address))
    if page.pings:
        yield ELSEWHERE, sentence("tells somebody of each click (ping)")
    if answer.header("link") or answer.header("refresh"):
        yield ELSEWHERE, sentence("makes the browser fetch something by a header")
    if answer.header("content-type").startswith(
        ("text/css", "text/javascript", "application/javascript", "image/svg")
    ):
        for found in _FETCHED.findall(answer.body):
            yield (
                ELSEWHERE,
                sentence("loads something from {host}", host=_host(found.decode("utf-8", "replace"))),
            )


def forms(judge: Judge, browser: Browser, answer: Answer) -> Told:
    """Whatever is typed goes to this site, and not into an address where it is somebody’s."""
    for form in answer.page.forms:
        judge.count("forms")
        for address in (form.action, *form.actions):
            if address and not browser.is_here(address, answer.path):
                yield FORM, sentence("has a form that sends what is typed to {host}", host=_host(address))
    for one in answer.page.stray:
        if one.type not in {"hidden", "button"}:
            yield (
                FORM,
                sentence(
                    "asks for {name} outside of any form", name=_said(one.name) or sentence("something")
                ),
            )


def fields(judge: Judge, browser: Browser, answer: Answer) -> Told:
    """Every control of every form, against what a form class or a template's room declared."""
    if MARK.encode() in answer.body:
        yield FIELD, sentence("leaves a question out, because nobody declared it")
    for form in answer.page.forms:
        written = _written(answer, form)
        for one in form.asked:
            judge.count("fields")
            if one.name not in answer.drawn and not any(
                fnmatchcase(one.name, pattern) for pattern in written
            ):
                yield FIELD, sentence("asks for {name}, which nobody declared", name=_said(one.name))


def _written(answer: Answer, form: Form) -> Iterable[str]:
    try:
        name = resolve(urlsplit(urljoin(answer.path, form.action or answer.path)).path).url_name
    except Resolver404:
        return ()
    return DECLARED.asks.get(name or "", {})


def links(judge: Judge, browser: Browser, answer: Answer) -> Told:
    """A link that leads off the site says whose site it is."""
    sites = external_links.sites(judge.policy)
    for link in answer.page.links:
        if link.address.startswith("#") or browser.is_here(link.address, answer.path):
            continue
        whose = sites.whose(link.address)
        if whose == external_links.OWN:
            # A mail address, or a name of this very site.
            continue
        judge.count("links")
        with translation.override(answer.header("content-language") or choice.SOURCE):
            words = str(external_links.WORDS[whose])
        if words not in link.text or not set(external_links.REL.split()) <= set(
            link.marks.get("rel", "").split()
        ):
            yield (
                LINK,
                sentence("leads to {host} without saying whose site that is", host=_host(link.address)),
            )
    to = answer.header("location")
    if to and not browser.is_here(to, answer.path):
        yield LINK, sentence("sends the reader to {host}", host=_host(to))


def personal(judge: Judge, browser: Browser, answer: Answer) -> Told:
    """Nobody’s name, address or number in an address of this site, and nobody else’s on a page."""
    addresses = [*answer.page.addresses, answer.header("location")]
    plain = unquote(
        "\n".join(each for each in addresses if not each.casefold().startswith(("mailto:", "tel:")))
    ).casefold()
    if any(word.casefold() in plain for one in judge.people for word in one.words):
        yield PERSONAL, sentence("has somebody’s name, address or number in an address")
    herself = judge.herself.get(id(browser))
    text = answer.body.decode("utf-8", "replace").casefold()
    shown = [] if id(browser) in judge.staff else [one for one in judge.people if one is not herself]
    for one in shown:
        if any(word.casefold() in text for word in one.words):
            yield PERSONAL, sentence("shows {who} to {whom}", who=one.who, whom=browser.who)


def greetings(judge: Judge, browser: Browser, answer: Answer) -> Told:
    """A page that names somebody is kept by no cache."""
    herself = judge.herself.get(id(browser))
    if herself is None or not answer.is_html or herself.first_name.encode() not in answer.body:
        return
    judge.count("greetings")
    if not {"no-store", "private"} & set(re.split(r"[\s,]+", answer.header("cache-control"))):
        yield GREETING, sentence("greets by name, and a cache may keep it")


def failures(judge: Judge, browser: Browser, answer: Answer) -> Told:
    if answer.status >= 500:
        yield FAILED, sentence("ends in an error ({status})", status=answer.status)


RULES: tuple[Callable[[Judge, Browser, Answer], Told], ...] = (
    cookies,
    headers,
    loads,
    forms,
    fields,
    links,
    personal,
    greetings,
    failures,
)


_ELSEWHERE = sentence("another place")


def _host(address: str) -> str:
    try:
        return _said(urlsplit(address.strip().replace("\\", "/")).hostname or _ELSEWHERE) or _ELSEWHERE
    except ValueError:
        return _ELSEWHERE


def _said(name: str) -> str:
    """A name that code made, as far as it may be told."""
    return name if _PLAIN.fullmatch(name) else sentence("of an unusual name")
