"""A mail is read as it comes: what its files say is what they said, and a large one takes no more memory than
is kept of it.
"""

from __future__ import annotations

import base64
import io
import os
import tracemalloc
from typing import Any

import pytest
from django.utils import timezone

from kept.mailroom.reading.mail_parser import read
from kept.mailroom.reading.mail_stream import SMALL, read_incoming

MOST, LIMIT = 40_000_000, 1_000_000
HEAD = b"From: Alice <alice@example.com>\r\nSubject: Files\r\nMIME-Version: 1.0\r\n"
PART = (
    b"--x\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: BASE64\r\nContent-Disposition:"
    b" attachment; filename=f.pdf\r\n\r\n"
)


def mail(*files: bytes, ends: bytes = b"\r\n") -> bytes:
    parts = b"".join(PART + base64.encodebytes(file).replace(b"\n", ends) for file in files)
    return (
        HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHello\r\n" + parts + b"--x--\r\n"
    )


@pytest.mark.parametrize("ends", [b"\r\n", b"\n", b" \r\n", b"\r\n*junk*\r\n"])
@pytest.mark.parametrize("size", [10, SMALL, SMALL + 1, 700_001, 700_002])
def test_files_are_what_was_sent(settings: Any, size: int, ends: bytes) -> None:
    settings.KEPT_UPLOAD_LIMIT = LIMIT
    sent = [b"%PDF-" + os.urandom(size) for _ in range(2)]
    letter = read(mail(*sent, ends=ends.replace(b"*junk*", b"\xff~")), now=timezone.now())
    assert [one.content for one in letter.enclosed] == sent
    assert letter.text == "Hello" and letter.left_out == ()


def test_one_that_is_too_large_is_named_with_its_size(settings: Any) -> None:
    settings.KEPT_UPLOAD_LIMIT = LIMIT
    letter = read(mail(b"%PDF-" + bytes(2_499_995), b"%PDF-small"), now=timezone.now())
    assert letter.left_out == ("f.pdf: 2.5 MB, and the limit is 1 MB",)
    assert [len(one.content) for one in letter.enclosed] == [10]


def test_a_mark_of_somebody_else_leads_to_no_file(settings: Any) -> None:
    found = read_incoming(io.BytesIO(mail(b"%PDF-" + bytes(600_000))), most=MOST, limit=LIMIT)
    (mark,) = found.files
    assert mark not in mail(b"%PDF-" + bytes(600_000)).decode("latin-1")
    assert found.files[mark].size == 600_005


class Pipe(io.RawIOBase):
    """45 MB that are nowhere: one file of 33."""

    def __init__(self, begin: bytes, line: bytes, lines: int) -> None:
        self.left, self.line, self.lines = begin, line, lines

    def readline(self, size: int | None = -1, /) -> bytes:
        if self.left:
            said, self.left = self.left.split(b"\n", 1)
            return said + b"\n"
        self.lines -= 1
        return self.line if self.lines >= 0 else b""

    def read(self, size: int = -1, /) -> bytes:
        return self.readline()


@pytest.mark.parametrize("begin", [PART[5:], b"Content-Type: text/html\r\n\r\n"], ids=["file", "text"])
def test_little_memory_is_taken(begin: bytes) -> None:
    tracemalloc.start()
    try:
        found = read_incoming(Pipe(HEAD + begin, b"QUJD" * 2000 + b"\r\n", 5_600), most=MOST, limit=LIMIT)  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.cut and peak < 14_000_000
