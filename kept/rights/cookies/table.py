"""What the page shows: the policy's table row by row, with what is on this device now, and an answer in
words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kept.core.policy.model import Cookie, Policy
from kept.core.policy.render import COOKIE_WORDS
from kept.core.register.dormancy import dormant
from kept.core.register.explanations import clause_url
from kept.portal.visitors.device_consent import SIGNALLED, Chosen
from kept.rights.cookies.cookie_words import NAMES, kinds
from kept.sentences import listed

MOST = 10
_KEPT = {
    "cookie": gettext_lazy("By our server, in a cookie no script can read"),
    "local-storage": gettext_lazy("By a script, in your browser’s store"),
    "session-storage": gettext_lazy("By a script, in your browser’s store for this tab"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that may be put on a device.

    ``here``: its names among what this request carried; None where only the browser could tell.
    """

    cookie: Cookie
    purpose: str
    kept: str
    lives: str
    kind: str
    clause: str
    dormant: bool
    here: tuple[str, ...] | None

    @property
    def clause_url(self) -> str:
        return clause_url(self.clause)


def rows(policy: Policy, sent: Iterable[str]) -> list[Row]:
    """What is in use first, each in the order of the policy."""
    found = [_row(policy, cookie, sent) for cookie in policy.cookies.values()]
    return sorted(found, key=lambda row: row.dormant)


def _row(policy: Policy, cookie: Cookie, sent: Iterable[str]) -> Row:
    purpose = policy.purposes[cookie.purpose]
    lives = cookie.lifetime.in_words() if cookie.lifetime else _("Until the browser closes")
    here = (
        tuple(sorted(name for name in sent if cookie.matches(name))) if cookie.storage == "cookie" else None
    )
    return Row(
        cookie,
        purpose.title,
        str(_KEPT[cookie.storage]),
        lives,
        COOKIE_WORDS[cookie.kind],
        purpose.clause,
        dormant(cookie),
        here,
    )


def others(policy: Policy, sent: Iterable[str]) -> list[str]:
    """Names this browser sent that the table does not have: not ours, or from before. At most ten."""
    return sorted(
        name for name in sent if not any(cookie.matches(name) for cookie in policy.cookies.values())
    )[:MOST]


def as_code(names: Iterable[str]) -> SafeString:
    """One after the other, as a page writes what a machine calls them."""
    return format_html_join(", ", "<code>{}</code>", ((name,) for name in names))


@dataclass(frozen=True, slots=True)
class Confirmation:
    """``said``: one sentence; ``signalled``: kinds her browser's signal keeps off all the same."""

    said: str
    signalled: str
    receipt: str


def confirmation(policy: Policy, said: Chosen) -> Confirmation:
    """What was chosen, in words."""
    answers = {kind.id: said.kinds[kind.id] for kind in kinds(policy) if kind.id in said.kinds}
    yes = listed(NAMES[kind] for kind, allowed in answers.items() if allowed)
    no = listed(NAMES[kind] for kind, allowed in answers.items() if not allowed)
    off = listed(
        NAMES[kind.id]
        for kind in kinds(policy)
        if kind.id in SIGNALLED and said.signal and not said.of(kind.id)
    )
    return Confirmation(_said(yes, no), off, said.receipt)


def _said(yes: str, no: str) -> str:
    if not no:
        return _("You said yes to {kinds} cookies.").format(kinds=yes)
    if not yes:
        return _("You said no to {kinds} cookies.").format(kinds=no)
    return _("You said yes to {allowed} cookies and no to {refused} cookies.").format(allowed=yes, refused=no)
