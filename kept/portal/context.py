"""What the shell of every page shows: the company, the bar, the ID, the title block.

Read when a template asks, not before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.ledger import versions
from kept.core.policy.places import Company, Entity, Region
from kept.core.register.declarations import DECLARED
from kept.core.register.explanations import clause_url
from kept.portal import navigation, page_hooks
from kept.portal.languages import choice
from kept.portal.navigation import ASK, CHOOSER, COOKIES
from kept.portal.promise_tally import Tally, tally
from kept.portal.regions import places
from kept.portal.visitors import greeting
from kept.portal.visitors.device_consent import PREFERENCE


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language of the portal, by its own name; ``address``: this page in it."""

    code: str
    name: str
    current: bool
    address: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the title block at the foot."""

    name: str
    text: str
    address: str = ""


def portal(request: HttpRequest) -> dict[str, Portal]:
    """Context processor: ``portal`` in every template."""
    return {"portal": shell(request)}


def shell(request: HttpRequest) -> Portal:
    """The one shell of a request: whoever has a notice to tell reads the policy in force from it, and costs
    no query of their own.
    """
    found: Portal = request.__dict__.setdefault("_shell", Portal(request))
    return found


class Portal:
    """The shell around one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def ruling(self) -> versions.Ruling:
        return ruling(self.request)

    @property
    def about(self) -> Company:
        return self.ruling.spoken.company

    @property
    def company(self) -> str:
        return self.about.name

    @property
    def id_name(self) -> str:
        return self.about.id_name

    @property
    def policy(self) -> int:
        """The number of the version in force."""
        return self.ruling.number

    @cached_property
    def promises(self) -> Tally:
        return tally(self.ruling.policy)

    @property
    def signed_in(self) -> bool:
        user = getattr(self.request, "user", None)
        return bool(user and user.is_authenticated)

    @cached_property
    def first_name(self) -> str:
        return greeting.first_name(self.request) if self.signed_in else ""

    @cached_property
    def remembered(self) -> str | None:
        """The first name of whoever is signed out, and wanted to be greeted all the same.

        None: nobody is greeted.
        """
        return None if self.signed_in or not self.not_me_address else greeting.remembered(self.request)

    @property
    def greets_here(self) -> bool:
        """Whether this device goes on greeting her by name once she has signed out."""
        return bool(self.not_me_address) and bool(greeting.remembered(self.request))

    @property
    def remembers_here(self) -> bool:
        """Whether this browser sent anything by which it knows her."""
        names = [cookie.name for cookie in DECLARED.cookies if cookie.kind == PREFERENCE]
        return any(fnmatchcase(sent, name) for sent in self.request.COOKIES for name in names)

    @property
    def not_me_address(self) -> str:
        """Where one click takes the greeting away."""
        return navigation.address_of("not-me")

    @property
    def sign_in_address(self) -> str:
        return navigation.address_of("account_login")

    @property
    def id_address(self) -> str:
        return next((address for address in ("/me/", "/account/") if navigation.there(address)), "/")

    @cached_property
    def languages(self) -> list[Spoken]:
        """What the chooser offers; nothing where nobody answers it."""
        if not self.languages_address:
            return []
        now, path = get_language(), self.request.path
        return [
            Spoken(code, name, code == now, settings.KEPT_SITE + choice.address(path, code))
            for code, name in settings.LANGUAGES
        ]

    @property
    def languages_address(self) -> str:
        return navigation.address_of("language")

    @property
    def here(self) -> str:
        """This page, for whoever comes back to it. Of a page that was sent, only its address."""
        return self.request.get_full_path() if self.request.method in {"GET", "HEAD"} else self.request.path

    @property
    def alternates(self) -> list[Spoken]:
        """The same page in every language, for whoever lists pages: the bare one for all others (x-default).

        What only one person reads is listed nowhere.
        """
        if self.signed_in or self.request.method not in {"GET", "HEAD"}:
            return []
        source = [one for one in self.languages if one.code == choice.SOURCE]
        return [*self.languages, *(replace(one, code="x-default") for one in source)]

    @property
    def notices(self) -> list[page_hooks.Notice]:
        return page_hooks.notices(self.request)

    @property
    def sets_a_cookie(self) -> bool:
        """Whether this page leaves one, because of what it tells."""
        return any(one.stored for one in self.notices)

    @property
    def scripts(self) -> list[str]:
        return page_hooks.scripts(self.request)

    @property
    def places(self) -> list[navigation.Place]:
        return navigation.bar(self.request.path)

    @cached_property
    def region(self) -> Region:
        """The region this site serves: the one whose site this is, else the company's first."""
        return places.here(self.about, settings.KEPT_SITE)

    @property
    def entity(self) -> Entity:
        return self.about.entities[self.region.entity]

    @property
    def cookies(self) -> int:
        """How many of the cookies the policy names this browser sent."""
        named = self.ruling.policy.cookies.values()
        return sum(any(cookie.matches(name) for cookie in named) for name in self.request.COOKIES)

    @property
    def _counted_cookies(self) -> str:
        n = self.cookies
        return _("{n} on this device").format(n=n) if n else _("None on this device")

    @property
    def cookies_address(self) -> str:
        """Where cookies are told of and chosen; without that page, the clause of promise P21."""
        if navigation.there(COOKIES):
            return COOKIES
        clause = next((one.clause for one in self.ruling.policy.promises.values() if one.row == "P21"), "")
        return clause_url(clause) if clause else "/privacy/"

    @property
    def title_block(self) -> list[Cell]:
        """The foot: region, policy, promises, cookies, controller. Only what is there is linked."""
        counted = self.promises
        cells = (
            Cell(_("Region"), self.region.title, CHOOSER),
            Cell(_("Privacy"), _("Policy, version {number}").format(number=self.policy), "/privacy/"),
            Cell(
                _("Promises"),
                _("{n} of {all} kept").format(n=counted.kept, all=counted.all),
                "/privacy/promises/",
            ),
            Cell(_("Cookies"), self._counted_cookies, self.cookies_address),
            *(Cell(str(entry.term), str(entry.text), entry.address) for entry in navigation.foot()),
            Cell(
                _("Your controller"),
                _("Ask a privacy question"),
                ASK if navigation.there(ASK) else f"mailto:{self.region.controller.email}",
            ),
        )
        return [
            (
                cell
                if cell.address.startswith("mailto:") or navigation.there(cell.address)
                else Cell(cell.name, cell.text)
            )
            for cell in cells
        ]

    @property
    def demo_mail(self) -> str:
        """Where the demo's mail is read; nothing in a real portal."""
        return navigation.address_of("demo-mail") if settings.KEPT_DEMO else ""

    @property
    def legal_line(self) -> str:
        said = _("{company}, {address}. This page asked nothing of anyone but this server.")
        return said.format(company=self.entity.name, address=", ".join(self.entity.address))
