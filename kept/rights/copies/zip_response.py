"""A ZIP as an answer: written into a file without a name, so that whatever happens nothing readable is left
on the disk.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from typing import BinaryIO, cast

from django.http import FileResponse


def zipped(write: Callable[[BinaryIO], None], *, day: date) -> FileResponse:
    """What ``write`` puts into a file that is gone when the answer is.

    Raises what ``write`` raises, with nothing left behind.
    """
    with ExitStack() as open_files:
        out = cast(BinaryIO, open_files.enter_context(tempfile.TemporaryFile()))
        write(out)
        out.seek(0)
        answer = FileResponse(
            out, as_attachment=True, filename=f"your-data-{day}.zip", content_type="application/zip"
        )
        # From here on the answer closes the file.
        open_files.pop_all()
    return answer
