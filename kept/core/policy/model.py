"""The nouns of a policy, frozen.

``loader`` builds them from files and has checked every reference between them.

Those of the company stand in ``places``, those of the wording in ``wording``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kept.core.policy.duration import Duration
from kept.core.policy.places import Company
from kept.core.policy.reading import translations
from kept.core.policy.reading.answer_templates import AnswerTemplate
from kept.core.policy.safeguards import Certificate, Safeguard
from kept.core.policy.verdict import Rule
from kept.core.policy.wording import Clause, Guideline, Text
from kept.core.policy.working_time.business_hours import Hours
from kept.sentences import Sentence, sentence

BASES = ("contract", "consent", "legitimate-interests", "legal-obligation", "vital-interests", "public-task")
BASIS_NAMES = {
    "contract": sentence("contract"),
    "consent": sentence("consent"),
    "legitimate-interests": sentence("legitimate interests"),
    "legal-obligation": sentence("legal obligation"),
    "vital-interests": sentence("vital interests"),
    "public-task": sentence("public task"),
}
CHOICES = ("none", "opt-out", "opt-in")
RECIPIENT_KINDS = ("group", "provider", "partner", "authority")
COOKIE_KINDS = ("essential", "preference", "measurement", "advertising")
PEOPLE = ("customer", "employee", "prospect", "visitor", "supplier_vendor", "job_applicant")
"""Whose data a purpose is about, by the taxonomy's own words; customers, where nothing else is said."""
REMIND = (23, 10, 3)
"""Of thirty days: on the seventh, the twentieth and the twenty-seventh."""
ESCALATE = 2
STORAGES = ("cookie", "local-storage", "session-storage")
SERVICES = {
    "process-information": sentence("process information"),
    "extend-credit": sentence("extend credit"),
    "fulfil-orders": sentence("fulfil orders"),
    "deliver-products": sentence("deliver products"),
    "enhance-data": sentence("manage and enhance customer data"),
    "customer-service": sentence("give customer service"),
    "assess-interest": sentence("assess interest in products and services"),
    "research": sentence("do customer research or satisfaction surveys"),
}
"""The closed list of P15. To sell and to rent are not in it, and nothing can add them."""
_SALE = re.compile(r"\b(sell|selling|sale|sold|rent|rental|renting)\b", re.IGNORECASE)


def sells(purpose: str) -> bool:
    """Whether a purpose by that name would sell or rent: it cannot be written down, nor asked for (P13)."""
    return bool(_SALE.search(purpose.replace("_", " ")))


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of data that may be held."""

    id: str
    title: str
    fideslang: str
    sensitive: bool
    example: str
    named: tuple[str, ...] = ()
    """How the wording calls it, in any of its languages, beside its title: by this a clause is compared with
    the tables.
    """


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why data is held: what it may use, who may read it, how long, and whether the person has a choice."""

    id: str
    title: str
    basis: str
    fideslang: str
    """Key of the same use in the public taxonomy of that name."""
    people: tuple[str, ...]
    """Whose data it is, in words of that taxonomy."""
    uses: tuple[str, ...]
    read_by: tuple[str, ...]
    entities: tuple[str, ...]
    """Legal entities whose staff may read. Empty: every entity of the company."""
    shared_with: tuple[str, ...]
    """Recipient ids and recipient kinds."""
    keep: str
    """ISO 8601, counted from ``from_event``."""
    from_event: str
    choice: str
    clause: str
    place: str
    """Id of the touchpoint in code. Where it is not installed, the purpose is dormant."""
    touchpoint: str
    """The same place as people call it."""
    right: bool
    """Serves a right of the person.

    It is never restricted, and does not count as a reason to hold anything.
    """
    signal: bool
    """A browser's signal (Sec-GPC) counts as the person's no."""
    why: str
    """One sentence to the person, shown beside each field."""
    event: str
    """``from_event`` in words: "your case is closed"."""
    since: date | None
    until: date | None
    duration: Duration

    def kept_until(self) -> Sentence:
        """How long, in words: "3 years after your case is closed"."""
        if not self.duration:
            return sentence("until {event}", event=self.event)
        return sentence("{duration} after {event}", duration=self.duration.in_words(), event=self.event)


@dataclass(frozen=True, slots=True)
class Contract:
    reference: str
    since: date
    until: date | None

    def in_force(self, at: date) -> bool:
        return self.since <= at and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True)
class Transfer:
    """The mechanism under which data reaches a country outside the EEA.

    Whether the law still knows it is ``law``'s to say.
    """

    mechanism: str
    since: date
    until: date | None

    def in_force(self, at: date) -> bool:
        return self.since <= at and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True)
class Recipient:
    id: str
    title: str
    legal_name: str
    kind: str
    country: str
    services: tuple[str, ...]
    entity: str
    """For a group company: its id in company.toml."""
    contract: Contract | None
    transfer: Transfer | None
    told_otherwise: str
    """The notice shown when data was collected, where this recipient is bound differently (P15)."""
    endpoint: str = ""
    """Where its machine takes disclosures, corrections and erasures. Empty: people tell it."""
    receives: tuple[str, ...] = ()
    """The kinds of data its task needs, out of what a purpose may use. Empty: all of those."""

    keys: tuple[str, ...] = ()
    """What it signs its acknowledgements with, the newest first. Empty: it signs none."""

    def may_have(self, category: str) -> bool:
        return not self.receives or category in self.receives


@dataclass(frozen=True, slots=True)
class Cookie:
    id: str
    name: str
    """A name, or a pattern that ends in ``*``."""
    purpose: str
    setter: str
    lifetime: Duration | None
    """None: until the browser closes."""
    kind: str
    storage: str
    place: str

    def matches(self, name: str) -> bool:
        """Whether a cookie is this one.

        Over https every name begins with __Host-, which ties it to this very host (RFC 6265bis, 4.1.3.2).
        """
        name = name.removeprefix("__Host-")
        return name.startswith(self.name[:-1]) if self.name.endswith("*") else name == self.name


@dataclass(frozen=True, slots=True)
class Promise:
    id: str
    row: str
    """The stable row of the list of promises: "P13", "S1"."""
    statement: str
    clause: str
    proofs: tuple[str, ...]
    rule: str
    """What must hold for the promise to be kept, in one sentence."""
    enforced: str
    """Where the program enforces it."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline of the company's own, never longer than the law's."""

    id: str
    title: str
    within: Duration
    clause: str
    remind: tuple[int, ...] = REMIND
    """So many days before the date the controller is reminded."""
    escalate: int = ESCALATE
    """So many days before the date the privacy officer is told as well."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Policy:
    """A whole policy folder, checked, in one of its languages.

    Two policies are equal when their files say the same, byte for byte, and they speak the same language.
    """

    company: Company
    touchpoints: Mapping[str, str]
    """The places where data is asked for, by their id, as people call them."""
    events: Mapping[str, str]
    """The days terms run from, in words that follow "after"."""
    categories: Mapping[str, Category]
    purposes: Mapping[str, Purpose]
    recipients: Mapping[str, Recipient]
    cookies: Mapping[str, Cookie]
    promises: Mapping[str, Promise]
    clocks: Mapping[str, Clock]
    guidelines: Mapping[str, Guideline]
    texts: Mapping[str, Text]
    files: Mapping[str, str]
    """The source, {relative path: text}: enough to build this policy again, for ever."""
    identity: str
    """SHA-256 over the canonical form of ``files``, in hex."""
    rules: Mapping[str, Rule]
    """Purposes as ``decide`` reads them."""
    answers: Mapping[str, Mapping[str, AnswerTemplate]]
    """Templates for answers: language → id → template. Often empty."""
    words: Mapping[str, Mapping[str, str]]
    """What the tables say in other languages: language → place ("purposes.account.title") → words."""
    safeguards: Mapping[str, Safeguard]
    certificates: Mapping[str, Certificate]
    hours: Hours
    language: str
    """The language of the words in this object; the original speaks the company's first one."""

    def __repr__(self) -> str:
        return f"<Policy of {self.company.name}, {self.identity[:12]}>"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Policy) and self.identity == other.identity and self.language == other.language
        )

    def __hash__(self) -> int:
        return hash((self.identity, self.language))

    def in_language(self, language: str) -> Policy:
        """This policy as it reads in a language: for people, never for a decision.

        Where it is not written in that language it speaks its first one, and ``language`` says so.
        """
        wanted = translations.readable(self, language)
        return self if wanted == self.language else translations.spoken(self, wanted)

    def text(self, language: str = "") -> Text:
        """The wording in a language, or in the one this policy speaks where that is not written."""
        return (
            self.texts.get(language) or self.texts.get(self.language) or self.texts[self.company.languages[0]]
        )

    def clauses(self, language: str = "") -> tuple[Clause, ...]:
        return self.text(language).clauses

    def clause(self, number: str, language: str = "") -> Clause | None:
        return next((clause for clause in self.clauses(language) if clause.id == number), None)

    def guidelines_for(self, role: str) -> tuple[Guideline, ...]:
        """What somebody of this role must have acknowledged before they read anything of anybody."""
        return tuple(one for one in self.guidelines.values() if role in one.roles)

    def promise_of_row(self, row: str) -> Promise | None:
        return next((promise for promise in self.promises.values() if promise.row == row), None)

    def recipients_of(self, purpose: str) -> tuple[Recipient, ...]:
        """Everyone a purpose may reach: recipients named one by one, and all of a kind it names."""
        named = self.purposes[purpose].shared_with
        return tuple(
            recipient
            for recipient in self.recipients.values()
            if recipient.id in named or recipient.kind in named
        )
