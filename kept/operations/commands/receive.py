"""kept receive [FILE]: one e-mail to the published address, from a file or from standard input, so that a
mail server can pipe to it.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from kept.mailroom.reading.mail_parser import NoLetter
from kept.operations.silence.failure_sentences import sentence_of
from kept.rights.asking.mail import intake
from kept.terminal import Stop

HELP = "Take in one e-mail to the published address, as a privacy question."
BAD_DATA, TRY_AGAIN = 65, 75
"""EX_DATAERR and EX_TEMPFAIL of sysexits.h: mail servers send the one back, and keep the other for later."""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="the mail as it came (RFC 5322); left out, or -: standard input",
    )


def run(options: Namespace) -> int:
    with ExitStack() as opened:
        stream = _stream(options.file, opened)
        try:
            result = intake.take_in(stream)
        except NoLetter as no:
            raise Stop(f"Not taken in. {no}", code=BAD_DATA) from None
        except (
            Exception
        ) as trouble:  # whatever it is, nothing was taken in: a mail server keeps the mail and comes again
            said = sentence_of(trouble) or f"It could not be taken in now ({type(trouble).__name__})."
            raise Stop(f"{said} The mail server should send it again later.", code=TRY_AGAIN) from None
    reference = (
        f": {result.request.reference}"
        if result.request
        else f": it is {result.why}. It waits at the desk to be sorted."
    )
    print(f"{result.what[:1].upper()}{result.what[1:]}{reference}")
    return 0


def _stream(file: Path | None, opened: ExitStack) -> BinaryIO:
    """Read as it comes, so that a mail of any size takes little memory."""
    if file is None or str(file) == "-":
        return sys.stdin.buffer
    try:
        return opened.enter_context(file.open("rb"))
    except OSError as wrong:
        raise Stop(f"{file} cannot be read: {wrong.strerror}.") from None
