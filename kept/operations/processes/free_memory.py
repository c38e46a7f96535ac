"""Memory that was needed for a moment, given back to the machine: a walk through the portal holds a thousand
pages, and the worker is there for weeks.
"""

from __future__ import annotations

import ctypes
import gc
import sys


def give_back() -> None:
    """Collect what nothing leads to any more, and have the C library return what is free (malloc_trim(3))."""
    gc.collect()
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "malloc_trim"):
        library.malloc_trim(0)
