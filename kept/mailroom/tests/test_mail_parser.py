"""E-mail as it really comes, and as nobody should send it: there is a letter, or a NoLetter, and soon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from time import process_time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kept.mailroom.reading import mail_parser, text_extraction
from kept.mailroom.reading.mail_parser import Letter, NoLetter
from kept.rights.asking.mail.intake import REFERENCE

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HEAD = b"From: Eve Example <eve@example.org>\r\nSubject: Who has my address?\r\n"
PDF, PNG = b"%PDF-1.4 a letter", b"\x89PNG\r\n\x1a\n picture"


def read(raw: bytes, **more: Any) -> Letter:
    return mail_parser.read(raw, now=NOW, **more)


def made(**parts: Any) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Eve Example <eve@example.org>", "Who has my address?"
    mail.set_content(parts.get("text", "Please tell me.\n"))
    return mail


def test_it_works() -> None:
    one = read(
        HEAD + b"To: privacy@example.com\r\nMessage-ID: <1@example.org>\r\nDate: Wed, 25 Nov 2026 10:00:00"
        b" +0100\r\n\r\nPlease tell me.\r\n"
    )
    assert (one.sender, one.name, one.subject, one.text) == (
        "eve@example.org",
        "Eve Example",
        "Who has my address?",
        "Please tell me.",
    )
    assert (
        one.received_at == datetime(2026, 11, 25, 9, tzinfo=UTC)
        and one.to == {"privacy@example.com"}
        and not one.automatic
    )


@pytest.mark.parametrize(
    ("lines", "moment"),
    [
        (
            (
                b"Received: by mx.example.com; Fri, 20 Nov 2026 08:00:00 +0100\r\nDate: Sun, 1 Nov 2026"
                b" 08:00:00 +0000\r\n"
            ),
            datetime(2026, 11, 20, 7, tzinfo=UTC),
        ),
        (
            (
                b"Received: a; Tue, 24 Nov 2026 08:00:00 +0000\r\nReceived: b; Mon, 23 Nov 2026 08:00:00"
                b" +0000\r\n"
            ),
            datetime(2026, 11, 24, 8, tzinfo=UTC),
        ),
        (b"Date: Sun, 1 Jan 2006 08:00:00 +0000\r\n", NOW - timedelta(days=5)),
        (b"Date: Fri, 1 Jan 2038 08:00:00 +0000\r\n", NOW),
        (b"Received: by mx; Fri, 1 Jan 2038 08:00:00 +0000\r\n", NOW),
        (b"Date: yesterday\r\n", NOW),
        (b"Date: Wed, 25 Nov 99999 10:00:00 +9999\r\n", NOW),
        (b"", NOW),
    ],
)
def test_the_day_of_receipt_is_our_servers_never_after_now_and_no_senders_trick(
    lines: bytes, moment: datetime
) -> None:
    assert read(lines + HEAD + b"\r\nHello").received_at == moment


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        (b"", "Grüße".encode("cp1252"), "Grüße"),
        (b"", "Grüße".encode(), "Grüße"),
        (b"Content-Type: text/plain; charset=iso-8859-15", "10 €".encode("iso-8859-15"), "10 €"),
        (b"Content-Type: text/plain; charset=utf-8", "Grüße".encode("cp1252"), "Grüße"),
        (b"Content-Type: text/plain; charset=no-such-thing", b"Hello", "Hello"),
        (b"Content-Type: text/plain; charset=rot13", b"Hello", "Hello"),
        (b"Content-Type: text/plain; charset=unicode_escape", b"\\ud800", "\\ud800"),
        (b"Content-Type: text/plain; charset=utf-16", "hé".encode("utf-16"), "hé"),
        (b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64", b"SGVsbG8=\r\n!!!", "Hello"),
        (b"Content-Type: text/plain\r\nContent-Transfer-Encoding: nonsense", b"Hello", "Hello"),
        (
            b"Content-Type: text/html",
            b"<p>One<br>two</p><script>bad()</script><a href='https://x.example/'>there</a>",
            "One\ntwo\nthere (https://x.example/)",
        ),
        (
            b"Content-Type: text/html",
            b"<header>Top</header><ul><li>a<li>b</ul>&euro; &#0; &amp;lt;",
            "Top\n\n- a\n- b\n€ \ufffd &lt;",
        ),
        (b"", b"a\x00b\x1b[31mc\xe2\x80\xaed", "ab[31mcd"),
        (b"Content-Type: multipart/mixed; boundary=x", b"no boundary at all", "no boundary at all"),
    ],
)
def test_whatever_its_letters_are_it_is_read(kind: bytes, body: bytes, text: str) -> None:
    assert read(HEAD + kind + (b"\r\n" if kind else b"") + b"\r\n" + body).text == text


def test_of_two_forms_the_plain_one_and_the_files_of_both() -> None:
    mail = made()
    mail.add_alternative("<p>In HTML</p>", subtype="html")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="Brief für Sie.pdf")
    one = read(mail.as_bytes())
    assert one.text == "Please tell me." and [(file.name, file.media_type) for file in one.enclosed] == [
        ("Brief für Sie.pdf", "application/pdf")
    ]


def test_an_empty_plain_form_gives_way_to_the_html() -> None:
    mail = made(text="  \n")
    mail.add_alternative("<p>In HTML</p>", subtype="html")
    assert read(mail.as_bytes()).text == "In HTML"


def test_a_forwarded_mail_is_read_too() -> None:
    mail = made()
    mail.add_attachment(made(text="The first mail"))
    assert read(mail.as_bytes()).text == "Please tell me.\n\nThe first mail"


def test_files_are_what_their_bytes_say_and_what_is_left_out_is_said(settings: Any) -> None:
    settings.KEPT_UPLOAD_LIMIT = 1_000_000
    mail = made()
    mail.add_attachment(b"MZ program", maintype="application", subtype="pdf", filename="invoice.pdf")
    mail.add_attachment(PNG, maintype="application", subtype="octet-stream", filename="../../etc/photo")
    mail.add_attachment(PDF + b"x" * 1_200_000, maintype="application", subtype="pdf", filename="big.pdf")
    for number in range(6):
        mail.add_attachment(PDF, maintype="application", subtype="pdf", filename=f"{number}.pdf")
    one = read(mail.as_bytes())
    assert [file.media_type for file in one.enclosed] == [
        "application/octet-stream",
        "image/png",
        *["application/pdf"] * 4,
    ]
    assert one.left_out == (
        "big.pdf: 1.3 MB, and the limit is 1 MB",
        "4.pdf: more than 5 files",
        "5.pdf: more than 5 files",
    )


@pytest.mark.parametrize(
    ("head", "sender", "name", "subject"),
    [
        (
            b"From: =?utf-8?q?Ev=C3=A9?= <eve@example.org>\r\nSubject: =?iso-8859-1?b?R3L832U=?=",
            "eve@example.org",
            "Evé",
            "Grüße",
        ),
        (
            b"From: eve@example.org\r\nSubject: =?nonsense?q?x?= =?utf-8?b?broken",
            "eve@example.org",
            "",
            "=?nonsense?q?x?= =?utf-8?b?broken",
        ),
        (
            b'From: "Eve\r\n Bcc: bob@example.org" <EVE@Example.org>\r\nSubject: a\r\n\tb',
            "eve@example.org",
            "Eve Bcc: bob@example.org",
            "a b",
        ),
        (
            b"From: =?utf-8?q?a=0d=0aBcc=3a?= <eve@example.org>\r\nSubject: =?utf-8?q?a=0d=0aTo=3a_x?=",
            "eve@example.org",
            "a Bcc:",
            "a To: x",
        ),
        (b"Reply-To: eve@example.org\r\nSubject: x", "eve@example.org", "", "x"),
        (b"From: undisclosed;\r\nReturn-Path: <eve@example.org>\r\nSubject: x", "eve@example.org", "", "x"),
        (b"From: a@example.org, b@example.org\r\nSubject: x", "a@example.org", "", "x"),
    ],
)
def test_heads_are_read_and_begin_no_header_of_their_own(
    head: bytes, sender: str, name: str, subject: str
) -> None:
    one = read(head + b"\r\n\r\nHello")
    assert (one.sender, one.name) == (sender, name) and "\n" not in one.subject
    assert one.subject == subject or subject.startswith("=?nonsense")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"hello",
        b"Subject: x\r\n\r\nNobody",
        b"From: nobody\r\n\r\nx",
        b"From: eve@example.org\r\n\r\n \r\n",
    ],
)
def test_what_nobody_could_be_answered_is_no_letter(raw: bytes) -> None:
    with pytest.raises(NoLetter):
        read(raw)


@pytest.mark.parametrize(
    "lines",
    [
        b"Auto-Submitted: auto-replied",
        b"Precedence: bulk",
        b"Precedence: LIST",
        b"List-Id: <news.example.org>",
        b"Return-Path: <>",
        b"X-Autoreply: yes",
        b"Message-ID: <1@portal.example.com>",
        b"Content-Type: multipart/report; boundary=x",
    ],
)
def test_machines_are_answered_by_nobody(lines: bytes) -> None:
    assert read(HEAD + lines + b"\r\n\r\nHello", host="portal.example.com").automatic


def test_our_own_address_is_an_echo_and_a_human_is_none() -> None:
    assert read(HEAD + b"\r\nHello", ours=frozenset({"eve@example.org"})).automatic
    assert read(b"From: MAILER-DAEMON@example.org\r\n\r\nHello").automatic
    assert not read(HEAD + b"Auto-Submitted: no\r\n\r\nHello", host="portal.example.com").automatic


def test_references_are_found_few_and_in_our_own_form() -> None:
    one = read(
        HEAD.replace(b"Who", b"Re: q-7kq4-m2xd Who")
        + b"\r\nsee Q-0000-0000, Q-OOOO-0000, XQ-1111-1111, Q-2222-2222, Q-3333-3333"
    )
    assert one.references(REFERENCE) == ["Q-7KQ4-M2XD", "Q-0000-0000", "Q-2222-2222"]


def _nested(levels: int) -> bytes:
    return HEAD + b"".join(
        f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n'.encode()
        for level in range(levels)
    )


@pytest.mark.parametrize(
    "raw",
    [
        _nested(5000),
        _nested(mail_parser.BOUNDARIES) + b"\r\n" + b"x\r\n" * 100_000,
        HEAD + b"\r\n" + b"x" * 20_000_000,
        HEAD + b"\r\n" + b"\n" * 5_000_000,
        HEAD + b"X: y\r\n" * 200_000 + b"\r\nHello",
        b"From: " + b"a@b.com, (" * 50_000 + b"\r\n\r\nHello",
        HEAD + b"To: " + b"(" * 50_000 + b"\r\n\r\nHello",
        HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 300_000,
        HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a href=" * 150_000,
        HEAD + b"Content-Type: text/html\r\n\r\n<" + b"a" * 900_000,
        HEAD + b"Content-Type: text/html\r\n\r\n" + (b"<a href=" + b" " * 1_950 + b">") * 500,
        HEAD.replace(b"Who", b"=?utf-8?q?a?= " * 20_000) + b"\r\nHello",
        HEAD + b"\r\n" + b"x" * (mail_parser.LARGEST + 10),
        HEAD
        + b"Content-Type: text/plain"
        + b"".join(b"; a*%d*=x" % number for number in range(5_000))
        + b"\r\n\r\nHello",
    ],
    ids=[
        "nested",
        "busy",
        "20 MB",
        "lines",
        "heads",
        "from",
        "to",
        "comments",
        "tags",
        "a tag",
        "blanks",
        "words",
        "larger",
        "parameters",
    ],
)
def test_what_is_made_to_keep_a_parser_busy_does_not(raw: bytes) -> None:
    begun = process_time()
    try:
        one = read(raw)
    except NoLetter:
        one = None
    assert process_time() - begun < 10
    assert one is None or len(one.text) <= mail_parser.LONGEST_TEXT


LINES = st.sampled_from(
    [
        b"From: eve@example.org",
        b"From: =?utf-8?b?",
        b"Content-Type: multipart/alternative; boundary=b",
        b"Content-Type: text/html; charset=\xff",
        b"--b",
        b"--b--",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Transfer-Encoding: uuencode",
        b"begin 644 x",
        b"",
        b"Content-Type: message/rfc822",
        b"Content-Disposition: attachment; filename*=utf-16''%00%d8",
        b"Content-Disposition: attachment; filename*0*=a''b",
        b"Date: Q",
        b"Received: ;",
        b"Subject: =?utf-16?b?2D0=?=",
        b"Content-Type: text/plain; charset*=x''y",
        b"%PDF-1.4",
        b"<p>&#xd800;</p>",
        b"To: <<>>, :;",
        b" folded",
    ]
)


@settings(max_examples=400, deadline=None)
@example([b"From: eve@example.org", b"Content-Type: text/plain; charset*=x''y", b"\x80"])
@given(st.lists(LINES | st.binary(max_size=40), max_size=25))
def test_any_bytes_are_a_letter_or_none(lines: list[bytes]) -> None:
    try:
        one = read(b"\r\n".join(lines))
    except NoLetter:
        return
    said = (
        one.subject
        + one.text
        + one.name
        + "".join(one.left_out)
        + "".join(file.name for file in one.enclosed)
    )
    said.encode()
    assert (
        "\x00" not in said
        and "\n" not in one.subject + one.name
        and one.received_at <= NOW
        and one.sender.isprintable()
    )


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_page_becomes_text(page: str) -> None:
    text = text_extraction.of_html(page)
    text.encode()
    assert "\x00" not in text and text == text.strip()
