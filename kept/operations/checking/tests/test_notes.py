"""A checkpoint is found in whatever a mail program made of the mail."""

from __future__ import annotations

import base64
import quopri
from contextlib import suppress
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kept.core.ledger.notes import signed_note
from kept.operations.checking import notes
from kept.operations.checking.tests.ledgers import Book

BOOK = Book(41)
NOTE = BOOK.checkpoint()
MAIL = (
    f"Dear Alice,\n\nyour registration is done.\n\n-- \nOur ledger on the day of this mail. Keep it.\n{NOTE}"
)
HEAD = b"From: portal@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


def sent(text: str, encoding: str) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "portal@example.com", "Your registration"
    letter.set_content(text, cte=encoding)
    return letter.as_bytes()


def html(text: str) -> bytes:
    letter = EmailMessage()
    letter["From"] = "portal@example.com"
    letter.set_content("nothing here")
    letter.add_alternative(
        "<div>" + "</div><div>".join(text.splitlines()).replace("—", "&mdash;") + "</div>", subtype="html"
    )
    return letter.as_bytes()


signature = NOTE.splitlines()[-1]
FORMS = {
    "as it is": NOTE.encode(),
    "in a mail": MAIL.encode(),
    "with Windows' lines": MAIL.replace("\n", "\r\n").encode(),
    "quoted": "".join(f"> {line}\n" for line in MAIL.splitlines()).encode(),
    "quoted twice": "".join(f">> > {line}\n" for line in MAIL.splitlines()).encode(),
    "quoted without a space": "".join(f">{line}\n" for line in MAIL.splitlines()).encode(),
    "indented": "".join(f"    {line}   \n" for line in MAIL.splitlines()).encode(),
    "without its blank line": NOTE.replace("\n\n", "\n").encode(),
    "with every line doubled": NOTE.replace("\n", "\n\n").encode(),
    "without its last line break": NOTE.strip().encode(),
    "wrapped at the space": (
        MAIL.replace(
            signature, signature[: signature.rindex(" ")] + "\n" + signature[signature.rindex(" ") + 1 :]
        ).encode()
    ),
    "wrapped at 76": MAIL.replace(signature, signature[:76] + "\n" + signature[76:]).encode(),
    "wrapped twice": (
        MAIL.replace(signature, signature[:50] + "\n" + signature[50:90] + "\n" + signature[90:]).encode()
    ),
    "with a hyphen for the dash": NOTE.replace("—", "-").encode(),
    "with an en dash": NOTE.replace("—", "–").encode(),
    "with hard spaces": NOTE.replace("— ", "—\u00a0").encode(),
    "8bit": sent(MAIL, "8bit"),
    "quoted-printable": sent(MAIL, "quoted-printable"),
    "base64": sent(MAIL, "base64"),
    "html": html(MAIL),
    "quoted-printable, pasted": quopri.encodestring(MAIL.encode()),
    "with another signature after it": (
        (NOTE + "— witness.example " + base64.b64encode(b"w" * 76).decode() + "\n").encode()
    ),
    "with another signature before it": (
        NOTE.replace("\n\n", "\n\n— witness.example " + base64.b64encode(b"w" * 76).decode() + "\n").encode()
    ),
    "with a signature of the writer": (MAIL + "\n-- \nAlice Lambert\n").encode(),
    "after another's words": b"size\n12\nno root\n\n" + MAIL.encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_it_is_found_and_verifies(form: str) -> None:
    found = notes.in_bytes(FORMS[form])
    assert found, form
    assert [signed_note.open_note(one, BOOK.public) for one in found] == [
        NOTE.partition("\n\n")[0] + "\n"
    ] * len(found)


def test_lines_that_later_versions_add_are_part_of_it() -> None:
    longer = BOOK.checkpoint(more="2026-11-29T08:00:00.000000+00:00\nafter 40 " + "A" * 43 + "=\n")
    (found,) = notes.in_text(longer)
    assert signed_note.open_note(found, BOOK.public)


def test_every_mail_of_a_folder() -> None:
    many = [BOOK.checkpoint(size) for size in range(1, 30)]
    assert (
        notes.in_bytes(
            "\n".join(f"From portal Mon\nSubject: x\n\nHello\n-- \n{one}\n" for one in many).encode()
        )
        == many
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 5000,
        b"From: x\n\n" + b"\xff\xfe" * 5000,
        b"\n" * 200_000,
        b"> " * 200_000,
        b"<" * 300_000,
        b"=" * 300_000,
        ("— " + "A" * 500_000).encode(),
        ("A" * 43 + "=\n").encode() * 20_000,
        ("x\n1\n" + "A" * 43 + "=\n").encode() * 5_000,
        HEAD
        + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        + b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 3000,
        HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5000,
        HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+AAA-",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 100_000,
        HEAD + b"Content-Type: multipart/mixed\r\n\r\nx",
        b"x\n99999999999999999999999999\n" + b"A" * 43 + b"=\n\n" + "— x ".encode() + b"A" * 92 + b"\n",
    ],
    ids=range(16),
)
def test_nothing_is_found_in_what_is_made_to_keep_it_busy(raw: bytes) -> None:
    assert notes.in_bytes(raw) == []


@given(some.binary(max_size=300), some.integers(0, len(NOTE)))
def test_whatever_stands_around_it_or_in_it(noise: bytes, at: int) -> None:
    raw = NOTE.encode()
    for one in notes.in_bytes(raw[:at] + noise + raw[at:]):
        with suppress(signed_note.SignatureWrong):
            assert signed_note.open_note(one, BOOK.public).startswith("portal.example.com/ledger\n41\n")
