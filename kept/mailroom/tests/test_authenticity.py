"""A sender is proven by a signature of the domain in From over all that is read of the mail, and by nothing
less.
"""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kept.mailroom.judging.authenticity import LATER, NOT_PROVEN, PROVEN, _organisation, judge
from kept.mailroom.judging.name_lookups import NoAnswerNow
from kept.mailroom.tests.letters import mail, record, signed, zone, zone_of


def test_a_signed_mail_of_a_domain_with_a_policy_is_proven() -> None:
    said = judge(signed(mail()), zone_of())
    assert (said.result, said.domain) == (PROVEN, "mail.example")


def test_a_domain_that_asks_for_nothing_is_proven_by_its_signature_as_well() -> None:
    assert judge(signed(mail()), zone_of(policy="")).result == PROVEN
    assert judge(signed(mail()), zone_of(policy="v=DMARC1; p=none")).result == PROVEN


def test_a_mail_without_a_signature_is_not() -> None:
    assert judge(mail(), zone_of()).result == NOT_PROVEN


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"Please", b"PLEASE"), (b"Who has", b"Who had"), (b"Eve Example", b"Eva Example")],
    ids=["its text", "its subject", "its sender"],
)
def test_one_changed_letter_is_seen(before: bytes, after: bytes) -> None:
    assert judge(signed(mail()).replace(before, after), zone_of()).result == NOT_PROVEN


def test_a_signature_of_another_domain_proves_nothing() -> None:
    raw = signed(mail(), "evil.example")
    known = zone({"s._domainkey.evil.example": record(), "_dmarc.mail.example": "v=DMARC1; p=reject"})
    assert judge(raw, known).result == NOT_PROVEN
    assert judge(raw, zone({"s._domainkey.evil.example": record()})).result == NOT_PROVEN


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("mail.internal", "evil.internal", False),
        ("a.mail.internal", "mail.internal", True),
        ("a.co.uk", "b.co.uk", False),
        ("a.shop.co.uk", "b.shop.co.uk", True),
        ("example.com", "example.org", False),
    ],
)
def test_whose_a_domain_is(one: str, other: str, same: bool) -> None:
    assert (_organisation(one) == _organisation(other)) is same


def test_a_subdomain_is_aligned_unless_the_policy_is_strict() -> None:
    raw = signed(mail(), "lists.mail.example")
    key = {"s._domainkey.lists.mail.example": record()}
    assert judge(raw, zone({**key, "_dmarc.mail.example": "v=DMARC1; p=reject"})).result == PROVEN
    strict = {**key, "_dmarc.mail.example": "v=DMARC1; p=reject; adkim=s"}
    assert judge(raw, zone(strict)).result == NOT_PROVEN


def test_the_one_that_holds_counts_wherever_it_stands() -> None:
    raw = signed(signed(mail()), "provider.example")
    known = {"s._domainkey.provider.example": record(), "s._domainkey.mail.example": record()}
    assert judge(raw, zone(known)).result == PROVEN


def test_text_below_a_signature_that_ends_before_it_is_nobodys() -> None:
    raw = signed(mail(), length=True)
    assert judge(raw, zone_of()).result == NOT_PROVEN
    assert judge(raw + b"Pay at once.\r\n", zone_of()).result == NOT_PROVEN


def test_a_subject_that_was_not_signed_may_be_anybodys() -> None:
    assert judge(signed(mail(), leave_out=(b"subject",)), zone_of()).result == NOT_PROVEN
    assert judge(b"Subject: Q-1111-1111\r\n" + signed(mail()), zone_of()).result == NOT_PROVEN


@pytest.mark.parametrize(
    "head",
    [b"From: Bob <bob@example.com>\r\n", b"from:\r\n bob@example.com\r\n"],
    ids=["a second From", "folded"],
)
def test_two_senders_prove_nothing(head: bytes) -> None:
    assert judge(head + signed(mail()), zone_of()).result == NOT_PROVEN


def test_two_addresses_in_one_from_prove_nothing() -> None:
    raw = signed(mail(From="eve@mail.example, bob@example.com"))
    assert judge(raw, zone_of()).result == NOT_PROVEN


def test_a_name_server_that_is_away_is_asked_again() -> None:
    def away(name: str) -> list[str]:
        raise NoAnswerNow

    assert judge(signed(mail()), away).result == LATER
    assert judge(mail(), away).result == NOT_PROVEN, "nothing is asked where nothing is signed"


def test_many_signatures_ask_no_more_than_a_few_names() -> None:
    asked: list[str] = []

    def counting(name: str) -> list[str]:
        asked.append(name)
        return []

    raw = signed(mail())
    head = raw[: raw.index(b"From:")]
    judge(head * 100 + raw, counting)
    assert 0 < len(asked) <= 5


@pytest.mark.parametrize("blanks", [b" " * 3_000_000, b"\t " * 1_000_000, b" " * 900 + b"\r\n"])
def test_a_mail_of_blanks_keeps_nobody_busy(blanks: bytes) -> None:
    raw = signed(mail(), canonicalize=(b"relaxed", b"relaxed"))
    begun = process_time()
    assert judge(raw + blanks + b"x\r\n", zone_of()).result == NOT_PROVEN
    assert process_time() - begun < 5


def test_a_signature_of_blanks_keeps_nobody_busy() -> None:
    raw = signed(mail())
    begun = process_time()
    long = raw.replace(b" b=", b" b=A" + b"\t" * 150_000 + b"!", 1)
    assert judge(long, zone_of()).result == NOT_PROVEN
    assert process_time() - begun < 2


def test_blanks_are_folded_as_the_standard_has_it() -> None:
    raw = signed(mail("Please  tell \t me. \n\n  Now"), canonicalize=(b"relaxed", b"relaxed"))
    assert judge(raw, zone_of()).result == PROVEN
    assert judge(raw.replace(b"Please  tell", b"Please \ttell"), zone_of()).result == PROVEN
    assert judge(raw.replace(b"me. \r\n", b"me.\r\n"), zone_of()).result == PROVEN


@given(st.binary(max_size=400))
def test_no_bytes_are_too_broken(raw: bytes) -> None:
    said = judge(b"From: eve@mail.example\r\nDKIM-Signature: " + raw + b"\r\n\r\nx", _nobody)
    assert said.result == NOT_PROVEN


@given(st.binary(max_size=40))
@example(b" a head that begins with a blank")
@example(b"\r\n")
def test_no_beginning_is_too_broken(first: bytes) -> None:
    assert judge(first + b"\r\n" + signed(mail()), _nobody).result in {PROVEN, NOT_PROVEN}


def _nobody(name: str) -> list[Any]:
    return []
