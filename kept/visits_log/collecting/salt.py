"""The day's salt: 32 random bytes in one locked page of memory.

It is never written anywhere, and overwritten when its day is over.

Whoever does not have it can make no visitor number from an address, and once it is gone nobody can.
"""

from __future__ import annotations

import ctypes
import logging
import mmap
import os
import resource
import sys
from hashlib import blake2b

log = logging.getLogger("kept.collector")

LENGTH = 32
_PR_SET_DUMPABLE = 4


class Salt:
    """Made of the system's randomness, straight into the page: no copy of it lies in Python's own memory."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._bytes = memoryview(self._page)[:LENGTH]
        self._locked = _locked(self._page)
        self.renew()

    def renew(self) -> None:
        """Another salt in the place of the old one, which is gone."""
        with open("/dev/urandom", "rb", buffering=0) as random:
            if random.readinto(self._bytes) != LENGTH:
                raise OSError("The system gave no randomness.")

    def number(self, address: str, agent: str) -> int:
        """The visitor's number: 63 bits, so that every engine reads it as a whole number."""
        said = f"{address}\0{agent}".encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(said, digest_size=8, key=self._bytes).digest(), "big") >> 1

    def destroy(self) -> None:
        """Overwrite it. It makes no number afterwards that anybody could make again."""
        self._bytes[:] = bytes(LENGTH)

    @property
    def locked(self) -> bool:
        """Whether the page stays out of the swap."""
        return self._locked


def _locked(page: mmap.mmap) -> bool:
    for advice in ("MADV_DONTDUMP", "MADV_DONTFORK"):
        if hasattr(mmap, advice):
            page.madvise(getattr(mmap, advice))
    place = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CDLL(None, use_errno=True).mlock(ctypes.c_void_p(place), ctypes.c_size_t(len(page))) == 0


def leave_no_core() -> None:
    """This process leaves no image of its memory behind, and no other of the same user looks into it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        log.warning(
            "The collector's memory could not be closed to others (%s).", os.strerror(ctypes.get_errno())
        )
