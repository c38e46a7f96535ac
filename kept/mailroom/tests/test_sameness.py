"""The same mail by two ways is one; another mail under the same Message-ID is another."""

from __future__ import annotations

from typing import Any

import pytest

from kept.core.vault.subject_keys import keys
from kept.mailroom.judging.sameness import mark_of
from kept.mailroom.tests.letters import mail

pytestmark = pytest.mark.usefixtures("home")


def marked(raw: bytes, step: int = 7) -> str:
    return mark_of(raw[at : at + step] for at in range(0, len(raw), step))


def test_what_servers_write_on_top_changes_nothing() -> None:
    on_top = b"Received: from a by b; Sun, 29 Nov 2026 10:00:00 +0000\r\nDelivered-To: x@example.com\r\n"
    assert marked(mail()) == marked(on_top + mail())


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_it_does_not_hang_on_how_it_was_cut(step: int) -> None:
    assert marked(mail(), step) == marked(mail(), 13)


@pytest.mark.parametrize(
    "other",
    [
        mail("Please tell me!"),
        mail(Subject="Other"),
        mail(From="bob@example.com"),
        mail(Message_ID="<2@mail.example>"),
        mail(Message_ID=""),
    ],
    ids=["its text", "its subject", "its sender", "its name", "without a name"],
)
def test_another_mail_is_another(other: bytes) -> None:
    assert marked(other) != marked(mail())


def test_a_folded_header_is_the_same_line() -> None:
    assert marked(mail(Subject="Who has\r\n my address?")) == marked(mail())


def test_the_mark_is_keyed(settings: Any, tmp_path: Any) -> None:
    before = marked(mail())
    settings.KEPT_MASTER_KEY_FILE = tmp_path / "other.key"
    keys.make_master_key(settings.KEPT_MASTER_KEY_FILE)
    assert marked(mail()) != before


def test_a_head_without_end_is_bounded() -> None:
    assert marked(b"x" * 600_000, 65_536)
