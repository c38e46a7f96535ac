"""Readers and boxes: what binds whoever reads, and sealing what belongs to no row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kept.core.vault.errors import PurposeRequired, SealBroken, VaultError
from kept.core.vault.readers import Memberships, SelfReader, StaffReader, SystemReader
from kept.core.vault.sealing.sealed_box import Box
from kept.core.vault.session_proofs import SessionProof, SignedIn, own
from kept.core.vault.tickets import redeem

SOON = datetime.now(UTC) + timedelta(hours=1)


def _signed_in(subject: UUID) -> Any:
    return own(subject, SessionProof(subject, "session"))


def test_oneself_is_minted_by_a_session_alone() -> None:
    subject = uuid4()
    assert own(subject, SessionProof(subject, "session")).covers(subject)
    for proof in (SessionProof(uuid4(), "session"), None, "session"):
        with pytest.raises(PurposeRequired):
            own(subject, proof)  # type: ignore[arg-type]
    with pytest.raises(PurposeRequired):
        SessionProof(subject, "")
    assert "session" not in repr(SessionProof(subject, "the session key")).replace("SessionProof", "")


def test_nobody_writes_themselves_down_as_somebody_else(alice: Any) -> None:
    """Who may import what mints a proof is a contract of imports; a reader that is at hand makes no other."""
    me = _signed_in(uuid4())
    for written in (
        lambda: SelfReader(role="self", subject=alice.pk),
        lambda: SignedIn(role="self", subject=alice.pk),
        lambda: SignedIn(role="self", subject=alice.pk, mark=me.mark),
        lambda: replace(me, subject=alice.pk),
        lambda: replace(me, organisations=frozenset({alice.pk})),
    ):
        with pytest.raises(VaultError, match="Nobody makes themselves somebody"):
            written()
    assert replace(me) == me


@pytest.mark.parametrize("role", ["self", "system"])
def test_nobody_is_employed_as_somebodys_self(role: str) -> None:
    with pytest.raises(VaultError, match="employed"):
        StaffReader(role=role, entity="cet-power", actor=uuid4())


def test_a_job_is_nobodys_self() -> None:
    with pytest.raises(VaultError, match="nobody's self"):
        SystemReader(role="self", job="outbox.deliver")


def test_whoever_founds_an_organisation_covers_it_and_no_other(alice: Any) -> None:
    me, fresh = _signed_in(uuid4()), uuid4()
    assert me.founding(fresh).covers(fresh) and not me.covers(fresh)
    with pytest.raises(VaultError, match="exists already"):
        me.founding(alice.pk)


def test_a_request_lets_its_job_read(home: Any) -> None:
    subject = uuid4()
    ticket = SessionProof(subject, "session").ticket("copy 7", until=SOON)
    assert redeem(ticket, "copy 7", subject) == _signed_in(subject)
    for altered, request, whose in (
        (ticket, "copy 8", subject),
        (ticket, "copy 7", uuid4()),
        ("9" + ticket, "copy 7", subject),
        ("", "copy 7", subject),
        ("é.é", "copy 7", subject),
    ):
        with pytest.raises(PurposeRequired):
            redeem(altered, request, whose)
    old = SessionProof(subject, "session").ticket("copy 7", until=SOON - timedelta(days=1))
    with pytest.raises(PurposeRequired, match="too old"):
        redeem(old, "copy 7", subject)


def test_a_box_opens_for_what_it_was_bound_to(home: Any) -> None:
    box = Box("accounts.sessions")
    sealed = box.seal(b"alice@example.com", bound_to="key 1")
    assert b"alice" not in sealed and sealed != box.seal(b"alice@example.com", bound_to="key 1")
    assert box.open(sealed, bound_to="key 1") == b"alice@example.com"
    assert box.open(box.seal(b"")) == b""
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for wrong, other, bound in (
        (sealed, box, "key 2"),
        (sealed, Box("accounts.secrets"), "key 1"),
        (altered, box, "key 1"),
        (b"", box, ""),
        (b"x" * 90, box, ""),
    ):
        with pytest.raises(SealBroken):
            other.open(wrong, bound_to=bound)


def test_marks_are_keyed_hashes(home: Any) -> None:
    assert len({Box("a").mark("1"), Box("a").mark("2"), Box("b").mark("1")}) == 3
    assert len(Box("a").mark("x" * 1000)) == 32


def test_organisations_are_asked_for_once_and_only_when_looked_into() -> None:
    me, hers, other = uuid4(), uuid4(), uuid4()
    asked: list[int] = []

    def ask() -> set[UUID]:
        asked.append(1)
        return {hers}

    reader = own(me, SessionProof(me, "session"), Memberships(ask))
    assert reader.covers(me) and asked == []
    assert (
        reader.covers(hers) and not reader.covers(other) and reader.organisations == {hers} and asked == [1]
    )
