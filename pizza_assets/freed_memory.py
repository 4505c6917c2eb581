"""How glibc's malloc treats freed memory. Without effect where another library allocates (macOS, Windows, musl)."""

import ctypes
import os
import sys

LARGEST_FROM_HEAP = 128 << 20
"""Larger arrays have pages of their own, which are returned as soon as they are freed."""
_LARGEST_OF_OLD_GLIBC = 32 << 20
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h
_SETTINGS = ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES")


def keep_freed_memory() -> None:
    """Let the next array use the memory of the last one, instead of returning it to the system and asking again.

    Keeps up to 2 * LARGEST_FROM_HEAP. All threads share one heap, and Arrow uses it, too: of several, each keeps what
    the others can't use. Not if one of glibc's own environment variables says otherwise.
    """
    if sys.platform != "linux" or any(name in os.environ for name in _SETTINGS):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    if not mallopt(_M_MMAP_THRESHOLD, LARGEST_FROM_HEAP):
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_OF_OLD_GLIBC)
    mallopt(_M_TRIM_THRESHOLD, 2 * LARGEST_FROM_HEAP)
    mallopt(_M_ARENA_MAX, 1)
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # read when pyarrow is imported
