"""What the room of cookies can prove: its own parts, and then the answers of the running portal to people who
choose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import MappingProxyType

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import Proof, proof
from kept.portal.visitors import device_consent, greeting
from kept.portal.visitors.device_consent import ASK, PREFERENCE, TELL, Chosen
from kept.rights.cookies import hooks, set_cookies
from kept.rights.cookies.cookie_words import kinds
from kept.sentences import Sentence, joined, sentence

SHEET = "portal/banner.css"
NAME = "Alice"


def visitor(
    said: Chosen | None = None, *, cookies: Sequence[tuple[str, str]] = (), signal: bool = False
) -> HttpRequest:
    """A request as a browser would send it that gave this answer."""
    request = HttpRequest()
    request.method, request.path_info = "GET", "/"
    request.COOKIES = dict(cookies) | ({device_consent.NAME: device_consent.write(said)} if said else {})
    if signal:
        request.META["HTTP_SEC_GPC"] = "1"
    return request


def answered(*, yes: bool, to: Sequence[str]) -> Chosen:
    """An answer of today to some kinds."""
    today = timezone.localdate()
    return Chosen(
        MappingProxyType(dict.fromkeys(to, yes)),
        policy=versions.seen(),
        notice="0" * 64,
        language="en",
        day=today,
        until=today,
    )


@proof(
    "cookies.greeting_chosen",
    promise=("greeting-cookies", "system-consent"),
    title=sentence("Nobody is greeted from a device without a yes"),
    unseen=sentence("What a browser does with a cookie once it has it."),
    moment=False,
    every=walk_findings.EVERY,
)
def greeting_chosen() -> Proof:
    """The greeting, tried with and without a yes, with a cookie that is not ours, and on a page a cache could
    keep.
    """
    ours, forged = (greeting.COOKIE, greeting.seal(NAME)), (greeting.COOKIE, greeting.seal(NAME)[:-1])
    yes, no = answered(yes=True, to=[PREFERENCE]), answered(yes=False, to=[PREFERENCE])
    page = HttpResponse(b"", content_type="text/html")
    hooks.look(visitor(yes, cookies=[ours]), page)
    tries = {
        sentence("without an answer"): greeting.remembered(visitor(cookies=[ours])) is None,
        sentence("after a no"): greeting.remembered(visitor(no, cookies=[ours])) is None,
        sentence("by a forged cookie"): greeting.remembered(visitor(yes, cookies=[forged])) is None,
        sentence("after a yes"): greeting.remembered(visitor(yes, cookies=[ours])) == NAME,
        sentence("the cookie after a no"): greeting.COOKIE in set_cookies.strays(visitor(no, cookies=[ours])),
        sentence("a page in a cache"): "no-store" in page.get("Cache-Control", ""),
    }
    own = _told(
        tries,
        sentence(
            "The greeting was tried with a yes, without one, after a no, with a forged cookie and before a"
            " cache."
        ),
    )
    text = sentence(
        "{greetings} answers greeted somebody by name, and no cache may keep one; {greetings tried} devices"
        " were tried."
    )
    return walk_findings.and_walked(own, ("greeting",), text=text, needs=("greetings tried",))


@proof(
    "cookies.equal_choices",
    promise=("cookie-banner", "system-consent"),
    title=sentence("Yes and no are the same button with another word"),
    unseen=sentence("How the buttons look in a browser that ignores our style sheet."),
    moment=False,
    every=walk_findings.EVERY,
)
def equal_choices() -> Proof:
    """The banner of the version in force, drawn and read."""
    policy = versions.current().policy
    asked = tuple(kind.id for kind in kinds(policy))
    if not asked:
        return Proof(
            None,
            sentence("nothing to ask"),
            sentence("Only essential cookies are in use, so nobody is asked anything."),
        )
    tries: dict[Sentence, bool] = {}
    for mode in {ASK, *(region.cookies for region in policy.company.regions.values())}:
        seen = _read("".join(hooks.drawn(policy, mode, asked, False)))
        values = {choice["value"] for choice in seen.buttons}
        alike = {
            tuple(sorted((name, text) for name, text in choice.items() if name != "value"))
            for choice in seen.buttons
        }
        tries[sentence("equal buttons ({mode})", mode=mode)] = len(alike) == 1 and values == (
            {"no"} if mode == TELL else {"yes", "no"}
        )
        tries[sentence("one form ({mode})", mode=mode)] = seen.forms == 1
        tries[sentence("a link to more ({mode})", mode=mode)] = reverse("cookies") in seen.links
        tries[sentence("nothing ticked beforehand ({mode})", mode=mode)] = not seen.ticked
    tries[sentence("it floats over nothing")] = _in_the_flow()
    own = _told(
        tries,
        sentence(
            "The banner was drawn and read: equal buttons in one form, a link to more, nothing ticked, in the"
            " flow of the page."
        ),
    )
    text = sentence("On the first page it was read as it left, and yes, no and not any more were pressed.")
    return walk_findings.and_walked(own, ("banner",), text=text, needs=("banners", "refusals"))


def _told(tries: dict[Sentence, bool], kept: Sentence) -> Proof:
    failed = [name for name, held in tries.items() if not held]
    if failed:
        return Proof(
            False,
            sentence("{failed} of {all} tries failed", failed=len(failed), all=len(tries)),
            sentence("This did not hold: {failed}.", failed=joined(failed, ", ")),
        )
    return Proof(True, sentence("{n} of {n} tries", n=len(tries)), kept)


def _in_the_flow() -> bool:
    file = finders.find(SHEET)
    if not isinstance(file, str):
        return False
    with open(file, encoding="utf-8") as sheet:
        return "position:" not in sheet.read()


@dataclass
class _Seen:
    buttons: list[dict[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    forms: int = 0
    ticked: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen = _Seen()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: text or "" for name, text in attrs}
        if tag == "button":
            self.seen.buttons.append(said)
        elif tag == "a":
            self.seen.links.append(said.get("href", ""))
        self.seen.forms += tag == "form"
        self.seen.ticked |= "checked" in said


def _read(page: str) -> _Seen:
    reader = _Reader()
    reader.feed(page)
    return reader.seen
