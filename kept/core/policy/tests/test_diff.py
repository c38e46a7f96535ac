"""Two policies compared by meaning: nothing widens unseen, a comma is only a comma."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.core.policy.comparing import diff_company, diff_tables
from kept.core.policy.comparing.compare import Field
from kept.core.policy.comparing.diff import Change, consents_that_lapse, counts_from, diff
from kept.core.policy.decide import Allowed, Reader, Standing, decide
from kept.core.policy.loader import PolicyError, from_files, load
from kept.core.policy.model import Category, Clock, Company, Cookie, Policy, Promise, Purpose, Recipient
from kept.core.policy.places import Entity, Region
from kept.core.policy.tests.conftest import CET_POWER, Edit
from kept.sentences import sentence

PHONE = (
    '"contact.email", "contact.phone", "contact.preferences", "equipment.serial", "equipment.purchase",'
    ' "support.content"'
)
NO_PHONE = PHONE.replace('"contact.phone", ', "")


def only(changes: list[Change]) -> Change:
    assert len(changes) == 1, changes
    return changes[0]


def test_the_same_version_has_no_changes(cet: Policy) -> None:
    assert diff(cet, from_files(cet.files)) == []


def test_taking_the_phone_from_support_narrows(cet: Policy, edited: Edit) -> None:
    narrowed = edited(cet, "purposes.toml", PHONE, NO_PHONE)
    assert only(diff(cet, narrowed)) == Change(
        "narrowed",
        "purpose",
        "support.uses.contact.phone",
        "contact.phone",
        "",
        False,
        "“Help with a product” may no longer use phone number (clause 4.2).",
    )
    back = only(diff(narrowed, cet))
    assert (back.kind, back.material, back.sentence) == (
        "widened",
        True,
        "“Help with a product” may now use phone number (clause 4.2).",
    )


CASES = {
    "longer": (
        "purposes.toml",
        'keep = "P3Y"\nfrom = "case.closed"',
        'keep = "P4Y"\nfrom = "case.closed"',
        "widened",
        "support.keep",
    ),
    "shorter": (
        "purposes.toml",
        'keep = "P3Y"\nfrom = "case.closed"',
        'keep = "P30M"\nfrom = "case.closed"',
        "narrowed",
        "support.keep",
    ),
    "other event": (
        "purposes.toml",
        'keep = "P3Y"\nfrom = "case.closed"',
        'keep = "P1Y"\nfrom = "event.happened"',
        "widened",
        "support.keep",
    ),
    "reader": (
        "purposes.toml",
        '["self", "sales", "system"]\nshared_with = ["mail-provider", "hosting-provider", "group"]',
        (
            '["self", "sales", "marketing", "system"]\nshared_with = ["mail-provider", "hosting-provider",'
            ' "group"]'
        ),
        "widened",
        "sales.read_by.marketing",
    ),
    "signal taken": (
        "purposes.toml",
        'choice = "opt-out"\nsignal = true',
        'choice = "opt-out"',
        "widened",
        "visits.signal",
    ),
    "choice taken": (
        "purposes.toml",
        'choice = "opt-out"\nsignal = true',
        'choice = "none"',
        "widened",
        "visits.choice",
    ),
    "recipient reached": (
        "purposes.toml",
        '"group", "service-partner"]',
        '"group", "service-partner", "survey-house"]',
        "widened",
        "support.shared_with.survey-house",
    ),
    "service": (
        "recipients.toml",
        '["research", "assess-interest"]',
        '["research"]',
        "narrowed",
        "survey-house.services.assess-interest",
    ),
    "kind of data": (
        "recipients.toml",
        'receives = ["identity.name", "contact.email"]',
        'receives = ["identity.name", "contact.email", "survey.answer"]',
        "widened",
        "survey-house.receives.survey.answer",
    ),
    "country": ("recipients.toml", 'country = "FR"', 'country = "DE"', "widened", "service-partner.country"),
    "contract renewed": (
        "recipients.toml",
        'reference = "Contract 8 (example)", from = 2026-01-01, until = 2030-12-31',
        'reference = "Contract 8 (example)", from = 2026-01-01, until = 2031-12-31',
        "reworded",
        "survey-house.dates",
    ),
    "cookie lives longer": ("cookies.toml", '"P14D"', '"P1M"', "widened", "session.lifetime"),
    "promise": (
        "promises.toml",
        "We never sell your data, and never rent it",
        "We rarely sell your data, and never rent it",
        "reworded",
        "no-sale.statement",
    ),
    "proof": (
        "promises.toml",
        'proofs = ["vault.sealed", "ledger.intact", "breaches.told_in_time", "operations.answers_guarded"]',
        'proofs = ["vault.sealed", "breaches.told_in_time", "operations.answers_guarded"]',
        "widened",
        "guarded.proofs.ledger.intact",
    ),
    "clock": (
        "clocks.toml",
        'title = "A privacy question is answered"\nwithin = "P30D"',
        'title = "A privacy question is answered"\nwithin = "P20D"',
        "narrowed",
        "question.within",
    ),
    "shorter notice": (
        "clocks.toml",
        'before it counts"\nwithin = "P30D"',
        'before it counts"\nwithin = "P3D"',
        "widened",
        "widening.within",
    ),
    "controller": (
        "company.toml",
        'email = "privacy.northamerica@example.com"',
        'email = "na@example.com"',
        "reworded",
        "north-america.controller",
    ),
    "region": (
        "company.toml",
        '["US", "US-CA", "CA", "MX"]',
        '["US", "US-CA", "CA"]',
        "widened",
        "north-america.countries",
    ),
    "cookies without asking": (
        "company.toml",
        'title = "North America"',
        'title = "North America"\ncookies = "notice"',
        "widened",
        "north-america.cookies",
    ),
    "category": (
        "categories.toml",
        "sensitive = true",
        "sensitive = false",
        "widened",
        "seminar.needs.sensitive",
    ),
    "clause": (
        "text/en.md",
        "We never sell your data. We",
        "We seldom sell your data. We",
        "reworded",
        "en.5.1",
    ),
    "guideline": (
        "guidelines/support/guideline.toml",
        "version = 1",
        "version = 2",
        "reworded",
        "support.version",
    ),
    "words of a guideline": (
        "guidelines/support/en.md",
        "Open a matter before you look.",
        "Open a matter first.",
        "reworded",
        "support.words",
    ),
    "safeguard looked at more seldom": (
        "safeguards.toml",
        'every = "P6M"\n\n[media]',
        'every = "P5Y"\n\n[media]',
        "widened",
        "machine-room.every",
    ),
    "certificate": (
        "certificates.toml",
        "until = 2025-12-31",
        "until = 2026-12-31",
        "reworded",
        "privacy-seal",
    ),
    "answered later": ("hours.toml", "first = 8", "first = 9", "widened", "degraded.first"),
    "done sooner": ("hours.toml", "done = 40", "done = 39", "narrowed", "degraded.done"),
    "no longer by night": (
        "hours.toml",
        'counted = "clock"',
        'counted = "desk"',
        "widened",
        "unprotected.counted",
    ),
    "opening hours": (
        "hours.toml",
        '"08:00-17:00"]\nholidays',
        '"08:00-16:00"]\nholidays',
        "reworded",
        "north-america",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_edit_is_named(case: str, cet: Policy, edited: Edit) -> None:
    file, old, new, kind, key = CASES[case]
    change = only(diff(cet, edited(cet, file, old, new)))
    assert (change.kind, change.key) == (kind, key)
    assert change.sentence.endswith(".")
    if kind == "widened":
        assert change.material


def test_a_firmer_basis_widens(cet: Policy, edited: Edit) -> None:
    """On a legal obligation nobody can restrict the use any more."""
    passage = (
        'basis = "legitimate-interests"\nfideslang = "essential.legal_obligation"\npeople = ["customer",'
        ' "employee"]\nuses = ["log.lookup", "consent.record"]'
    )
    change = only(
        diff(
            cet,
            edited(
                cet, "purposes.toml", passage, passage.replace("legitimate-interests", "legal-obligation")
            ),
        )
    )
    assert (change.kind, change.key, change.material) == ("widened", "auditing.basis", True)


def test_a_comma_is_editorial_and_a_word_is_not(cet: Policy, edited: Edit) -> None:
    comma = only(
        diff(
            cet,
            edited(
                cet, "text/en.md", "We never sell your data. We never", "We never sell your data; we never"
            ),
        )
    )
    assert (comma.kind, comma.material, comma.sentence) == (
        "reworded",
        False,
        "Clause 5.1 has other marks, and the same words.",
    )
    word = only(diff(cet, edited(cet, "text/en.md", "We never sell your data.", "We sell your data.")))
    assert word.material


def test_a_comment_is_another_version_and_editorial(cet: Policy, edited: Edit) -> None:
    change = only(diff(cet, edited(cet, "clocks.toml", "# The company's own", "# Our own")))
    assert (change.what, change.key, change.material) == ("file", "clocks.toml", False)


def test_a_right_cut_down_is_announced(cet: Policy, edited: Edit) -> None:
    change = only(
        diff(
            cet,
            edited(
                cet,
                "purposes.toml",
                '"rights.request", "security.sign-in", "log.lookup", "work.record", "payment.card"',
                '"rights.request", "security.sign-in", "work.record", "payment.card"',
            ),
        )
    )
    assert (change.kind, change.key, change.material) == ("narrowed", "own-data.uses.log.lookup", True)


def test_a_yes_lapses_when_its_purpose_widens(cet: Policy, edited: Edit) -> None:
    wider = edited(
        cet,
        "purposes.toml",
        'uses = ["research.occupation", "research.use"]',
        'uses = ["research.occupation", "research.use", "contact.email"]',
    )
    assert consents_that_lapse(wider, diff(cet, wider)) == ("research",)
    assert consents_that_lapse(cet, diff(wider, cet)) == ()


def test_a_widening_waits_and_a_narrowing_does_not(cet: Policy, edited: Edit) -> None:
    narrowed, today = edited(cet, "purposes.toml", PHONE, NO_PHONE), date(2026, 11, 23)
    assert counts_from(narrowed, diff(cet, narrowed), today) == today
    assert counts_from(cet, diff(narrowed, cet), today) == date(2026, 12, 23)


def test_a_new_company_is_all_change(cet: Policy, bakery: Policy) -> None:
    kinds = {change.kind for change in diff(cet, bakery)}
    assert kinds == {"widened", "narrowed", "reworded"}


# Any edit that lets one more question through must be named as a widening: shuffle the parts of purposes at
# random, and ask everything.
BASE = load(CET_POWER)
EDITS = [
    ('read_by = ["self", "support", "system"]', 'read_by = ["self", "support", "marketing", "system"]'),
    ('read_by = ["self", "controller", "officer", "system"]', 'read_by = ["self", "officer"]'),
    (PHONE, NO_PHONE),
    ('uses = ["research.occupation", "research.use"]', 'uses = ["research.use", "contact.phone"]'),
    ('choice = "opt-out"\nsignal = true', 'choice = "none"'),
    (
        (
            'basis = "legitimate-interests"\nfideslang = "essential.legal_obligation"\npeople = ["customer",'
            ' "employee"]\nuses = ["log.lookup", "consent.record"]'
        ),
        (
            'basis = "legal-obligation"\nfideslang = "essential.legal_obligation"\npeople = ["customer",'
            ' "employee"]\nuses = ["log.lookup", "consent.record"]'
        ),
    ),
    ("right = true\n", ""),
    ('clause = "4.9"', 'clause = "4.9"\nright = true'),
    ('clause = "4.3"', 'clause = "4.3"\nentities = ["cet-power"]'),
    ('clause = "4.2"', 'clause = "4.2"\nuntil = 2026-11-30'),
    (
        'clause = "4.8"\ntouchpoint = "seminars"\n\n[seminar-needs]',
        'clause = "4.8"\nsince = 2027-01-01\ntouchpoint = "seminars"\n\n[seminar-needs]',
    ),
]
READERS = [
    Reader(role, entity)
    for role, entity in product([*BASE.company.roles], ["cet-power", "cet-energy-solutions"])
]
STANDINGS = [
    Standing(),
    Standing(consents=frozenset(BASE.purposes)),
    Standing(objections=frozenset(BASE.purposes)),
    Standing(restrictions=frozenset(BASE.purposes)),
]
DAYS = [date(2026, 11, 23), date(2027, 1, 1)]


@cache
def made(edits: frozenset[int]) -> Policy:
    text = BASE.files["purposes.toml"]
    for number in sorted(edits):
        text = text.replace(*EDITS[number])
    return from_files({**BASE.files, "purposes.toml": text})


@cache
def granted(edits: frozenset[int]) -> frozenset[tuple[object, ...]]:
    """Every question that is allowed under these edits."""
    policy = made(edits)
    asked = (
        (name, *rest)
        for name, purpose in policy.purposes.items()
        for rest in product(purpose.uses, READERS, STANDINGS, DAYS)
    )
    return frozenset(
        question
        for question in asked
        if isinstance(decide(policy, *question[:4], None, question[4]), Allowed)
    )


@settings(max_examples=25, deadline=None)
@given(
    st.frozensets(st.integers(0, len(EDITS) - 1), max_size=4),
    st.frozensets(st.integers(0, len(EDITS) - 1), max_size=4),
)
def test_nothing_widens_unseen(one: frozenset[int], other: frozenset[int]) -> None:
    a, b = made(one), made(other)
    changes = diff(a, b)
    assert (changes == []) == (a == b)
    widened = {change.key.partition(".")[0] for change in changes if change.kind == "widened"}
    assert {str(question[0]) for question in granted(other) - granted(one)} <= widened
    narrowed = {change.key.partition(".")[0] for change in changes if change.kind in ("narrowed", "widened")}
    assert {str(question[0]) for question in granted(one) - granted(other)} <= narrowed


def test_each_random_edit_can_be_made() -> None:
    for number, (old, _) in enumerate(EDITS):
        assert old in BASE.files["purposes.toml"]
        try:
            assert made(frozenset({number})) != BASE
        except PolicyError as wrong:
            pytest.fail(str(wrong))


FIELDS = {
    Purpose: (*diff_tables._CHOICE, *diff_tables._SIGNAL, *diff_tables._PURPOSE),
    Category: diff_tables._CATEGORY,
    Recipient: diff_tables._RECIPIENT,
    Cookie: diff_tables._COOKIE,
    Promise: diff_tables._PROMISE,
    Clock: diff_tables._CLOCK,
    Entity: diff_company._ENTITY,
    Region: (*diff_company._REGION, Field("entity", sentence(""))),
    Company: diff_company._COMPANY,
}
ELSEWHERE = {
    # Compared as sets, as a term or as a window of days; or made from a field beside it.
    Purpose: {"uses", "read_by", "entities", "shared_with", "keep", "from_event", "event", "duration"}
    | {"place", "since", "until"},
    Recipient: {"services", "receives", "contract", "transfer"},
    Promise: {"proofs"},
    Clock: {"escalate"},
    # Tables of their own, and the languages there are a text of.
    Company: {"roles", "entities", "regions", "languages"},
}


@pytest.mark.parametrize("row", FIELDS)
def test_every_field_of_a_table_has_words_for_its_change(row: Any) -> None:
    """Else a change of it would pass for one of comments, spacing or order."""
    said = {field.name for field in FIELDS[row]} | ELSEWHERE.get(row, set()) | {"id"}
    assert {field.name for field in fields(row)} - said == set()


def test_where_a_promise_is_enforced_is_no_comment(cet: Policy, edited: Edit) -> None:
    moved = edited(cet, "promises.toml", 'enforced = "the gate, bound', 'enforced = "the door, bound')
    change = only(diff(cet, moved))
    assert (change.kind, change.key.rpartition(".")[2], change.material) == ("reworded", "enforced", False)
