"""One question, asked of every value: allowed, or refused with clause, reason and whom to ask."""

from __future__ import annotations

import timeit
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.core.policy.decide import Allowed, Reader, Refused, Standing, decide
from kept.core.policy.loader import load
from kept.core.policy.model import Policy
from kept.core.policy.tests.conftest import BAKERY, CET_POWER, Edit
from kept.core.policy.verdict import UNEMPLOYED

TODAY = date(2026, 11, 23)
BOB = Reader("support", "cet-power")
ALICE = Reader("self")
JOB = Reader("system")
NOTHING_SAID = Standing()
PHONE = (
    '"contact.email", "contact.phone", "contact.preferences", "equipment.serial", "equipment.purchase",'
    ' "support.content"'
)
NO_PHONE = PHONE.replace('"contact.phone", ', "")


def ask(
    policy: Policy,
    purpose: str,
    category: str,
    reader: Reader = BOB,
    standing: Standing = NOTHING_SAID,
    under: Policy | None = None,
    at: date = TODAY,
) -> Allowed | Refused:
    return decide(policy, purpose, category, reader, standing, under, at)


def reason_of(answer: Allowed | Refused) -> str:
    assert isinstance(answer, Refused)
    return answer.reason


def test_support_may_read_a_phone_number(cet: Policy) -> None:
    assert ask(cet, "support", "contact.phone") == Allowed("4.2")


def test_it_refuses_what_the_purpose_does_not_use(cet: Policy) -> None:
    assert ask(cet, "support", "contact.address") == Refused(
        "4.2",
        "“Help with a product” may not use “Postal address”.",
        "The data controller for Europe, privacy@example.com",
    )


def test_it_refuses_another_role(cet: Policy) -> None:
    assert (
        reason_of(ask(cet, "support", "contact.phone", Reader("marketing", "cet-power")))
        == "“Help with a product” is not for marketing staff to read."
    )
    assert (
        reason_of(ask(cet, "sales", "contact.phone"))
        == "“Answering a sales enquiry” is not for support staff to read."
    )


def test_staff_need_an_employer_the_policy_names(cet: Policy) -> None:
    assert isinstance(
        ask(cet, "support", "contact.phone", Reader("support", "cet-energy-solutions")), Allowed
    )
    for employer in ("", "somebody-else"):
        assert (
            reason_of(ask(cet, "support", "contact.phone", Reader("support", employer)))
            == "“Help with a product” is not open to staff whose company the policy does not name."
        )


def test_a_purpose_may_belong_to_one_entity(cet: Policy, edited: Edit) -> None:
    local = edited(
        cet,
        "purposes.toml",
        'why = "So that the people who help',
        'entities = ["cet-power"]\nwhy = "So that the people who help',
    )
    assert isinstance(ask(local, "support", "contact.phone"), Allowed)
    refused = ask(local, "support", "contact.phone", Reader("support", "cet-energy-solutions"))
    assert refused == Refused(
        "4.2",
        "“Help with a product” is not open to staff of CE+T Energy Solutions.",
        "The data controller for North America, privacy.northamerica@example.com",
    )


def test_it_refuses_an_unknown_purpose_by_the_clause_about_purposes(cet: Policy) -> None:
    assert ask(cet, "curiosity", "contact.phone") == Refused(
        "4.1",
        "The policy knows no purpose named “curiosity”, and nothing is used without one.",
        "The data controller for Europe, privacy@example.com",
    )
    assert isinstance(ask(cet, "support", "shoe.size"), Refused)


class TestChoice:
    def test_opt_in_needs_a_yes(self, cet: Policy) -> None:
        assert "needs the person’s yes" in reason_of(ask(cet, "news", "contact.email", JOB))
        assert ask(cet, "news", "contact.email", JOB, Standing(consents=frozenset({"news"}))) == Allowed(
            "4.11"
        )
        assert isinstance(
            ask(cet, "news", "contact.email", JOB, Standing(consents=frozenset({"research"}))), Refused
        )

    def test_a_later_no_outweighs_a_yes(self, cet: Policy) -> None:
        both = Standing(consents=frozenset({"news"}), objections=frozenset({"news"}))
        assert "has said no" in reason_of(ask(cet, "news", "contact.email", JOB, both))

    def test_opt_out_holds_until_a_no(self, cet: Policy) -> None:
        assert isinstance(ask(cet, "visits", "visit.derived", JOB), Allowed)
        assert "has said no" in reason_of(
            ask(cet, "visits", "visit.derived", JOB, Standing(objections=frozenset({"visits"})))
        )

    def test_no_choice_is_no_choice(self, cet: Policy) -> None:
        assert isinstance(
            ask(cet, "support", "contact.phone", BOB, Standing(objections=frozenset({"support"}))), Allowed
        )

    def test_a_restriction_stops_use(self, cet: Policy) -> None:
        assert "has restricted" in reason_of(
            ask(cet, "support", "contact.phone", BOB, Standing(restrictions=frozenset({"support"})))
        )

    def test_a_restriction_stops_neither_the_law_nor_the_persons_rights(self, cet: Policy) -> None:
        everything = Standing(restrictions=frozenset(cet.purposes), objections=frozenset(cet.purposes))
        assert isinstance(ask(cet, "safety", "contact.email", JOB, everything), Allowed)
        assert isinstance(ask(cet, "own-data", "contact.phone", ALICE, everything), Allowed)


class TestOldLimits:
    def test_a_narrowing_is_obeyed_and_named(self, cet: Policy, edited: Edit) -> None:
        narrowed = edited(cet, "purposes.toml", PHONE, NO_PHONE)
        answer = ask(narrowed, "support", "contact.phone", under=cet)
        assert answer == Refused(
            "4.2",
            "“Help with a product” may not use “Phone number”.",
            "The data controller for Europe, privacy@example.com",
        )

    def test_data_collected_before_a_widening_keeps_its_limits(self, cet: Policy, edited: Edit) -> None:
        narrow = edited(cet, "purposes.toml", PHONE, NO_PHONE)
        assert isinstance(ask(cet, "support", "contact.phone", under=cet), Allowed)
        reason = reason_of(ask(cet, "support", "contact.phone", under=narrow))
        assert (
            reason
            == "It was collected under an earlier version of the policy, and keeps its limits. “Help with a"
            " product” may not use “Phone number”."
        )

    def test_a_purpose_invented_later_does_not_reach_back(self, cet: Policy, bakery: Policy) -> None:
        answer = ask(cet, "support", "contact.phone", under=bakery)
        assert isinstance(answer, Refused) and answer.clause == bakery.company.purpose_clause
        assert answer.who_to_ask == "The data controller for Europe, privacy@example.com"

    def test_a_right_reaches_back(self, cet: Policy, bakery: Policy) -> None:
        assert isinstance(ask(cet, "own-data", "contact.phone", ALICE, under=bakery), Allowed)

    def test_a_no_given_under_an_opt_out_is_kept_when_the_choice_is_taken_away(
        self, cet: Policy, edited: Edit
    ) -> None:
        later = edited(cet, "purposes.toml", 'choice = "opt-out"\nsignal = true', 'choice = "none"')
        said_no = Standing(objections=frozenset({"visits"}))
        assert isinstance(ask(later, "visits", "visit.derived", JOB, said_no, under=cet), Refused)
        assert isinstance(ask(later, "visits", "visit.derived", JOB, said_no), Allowed)


def test_a_purpose_has_its_days(cet: Policy, edited: Edit) -> None:
    season = edited(
        cet,
        "purposes.toml",
        'why = "So that the people who help',
        'since = 2026-11-01\nuntil = 2026-11-30\nwhy = "So that the people who help',
    )
    days = {
        date(2026, 10, 31): Refused,
        date(2026, 11, 1): Allowed,
        date(2026, 11, 30): Allowed,
        date(2026, 12, 1): Refused,
    }
    assert {day: type(ask(season, "support", "contact.phone", at=day)) for day in days} == days
    assert (
        reason_of(ask(season, "support", "contact.phone", at=date(2026, 12, 1)))
        == "“Help with a product” is not in use on 1 December 2026."
    )


POLICIES = [load(CET_POWER), load(BAKERY)]
purposes = st.sampled_from([*POLICIES[0].purposes, *POLICIES[1].purposes, "curiosity"])
categories = st.sampled_from([*POLICIES[0].categories, *POLICIES[1].categories, "shoe.size"])
readers = st.builds(
    Reader,
    st.sampled_from([*POLICIES[0].company.roles, "baker", "thief"]),
    st.sampled_from(["", "cet-power", "shop", "nobody"]),
)
some = st.frozensets(purposes, max_size=3)
standings = st.builds(Standing, some, some, some)


@given(
    st.sampled_from(POLICIES),
    purposes,
    categories,
    readers,
    standings,
    st.sampled_from([None, *POLICIES]),
    st.dates(),
)
def test_laws_that_always_hold(
    policy: Policy,
    purpose: str,
    category: str,
    reader: Reader,
    standing: Standing,
    under: Policy | None,
    at: date,
) -> None:
    answer = decide(policy, purpose, category, reader, standing, under, at)
    assert answer == decide(policy, purpose, category, reader, standing, under, at)
    if isinstance(answer, Refused):
        assert (
            answer.reason.endswith(".")
            and "@" in answer.who_to_ask
            and (policy.clause(answer.clause) or (under and under.clause(answer.clause)))
        )
        return
    stated = policy.purposes[purpose]
    assert category in stated.uses and reader.role in stated.read_by and answer.clause == stated.clause
    if stated.right:
        return
    assert stated.choice != "opt-in" or purpose in standing.consents
    assert stated.choice == "none" or purpose not in standing.objections
    if under:
        assert isinstance(decide(under, purpose, category, reader, standing, None, at), Allowed)
    more_said = replace(
        standing,
        objections=standing.objections | {purpose},
        restrictions=standing.restrictions | {purpose},
        consents=frozenset(),
    )
    stopped = isinstance(decide(policy, purpose, category, reader, more_said, under, at), Refused)
    assert stopped == (stated.basis != "legal-obligation")


@given(st.sampled_from(POLICIES), purposes, categories, readers, standings, st.dates())
def test_the_reason_is_the_true_one(
    policy: Policy, purpose: str, category: str, reader: Reader, standing: Standing, at: date
) -> None:
    """Mending what the reason names changes the answer or the reason: it never names something that is in
    order.
    """
    answer = decide(policy, purpose, category, reader, standing, None, at)
    if not isinstance(answer, Refused):
        return
    if answer.reason.startswith("The person has said no"):
        mended = replace(standing, objections=frozenset())
    elif answer.reason.startswith("The person has restricted"):
        mended = replace(standing, restrictions=frozenset())
    elif answer.reason.endswith("needs the person’s yes, and there is none."):
        mended = replace(standing, consents=standing.consents | {purpose})
    else:
        stated = policy.purposes.get(purpose)
        named = {
            "knows no purpose": stated is None,
            "may not use": stated is not None and category not in stated.uses,
            "is not for": stated is not None and reader.role not in stated.read_by,
            "is not open to": reader.role not in UNEMPLOYED and reader.entity not in policy.company.entities,
        }
        assert any(words in answer.reason and true for words, true in named.items())
        return
    assert decide(policy, purpose, category, reader, mended, None, at) != answer


@pytest.mark.parametrize("category", ["contact.phone", "contact.address"])
def test_it_takes_five_microseconds_at_most(cet: Policy, category: str) -> None:
    older = load(CET_POWER)
    times = timeit.repeat(
        lambda: decide(cet, "support", category, BOB, NOTHING_SAID, older, TODAY), number=2000, repeat=20
    )
    assert min(times) / 2000 * 1e6 <= 5
