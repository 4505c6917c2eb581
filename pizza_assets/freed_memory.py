"""How memory is allocated in a run: by glibc's malloc, which keeps what was freed (decision 0072).

Without effect where another library allocates (macOS, Windows, musl).
"""

import os
import sys

LARGEST_FROM_HEAP = 128 << 20
"""Larger arrays have pages of their own, which are returned as soon as they are freed."""
_LARGEST_OF_OLD_GLIBC = 32 << 20
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h
_SETTINGS = ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES")


def keep_freed_memory() -> None:
    """Let the next array use the memory of the last one, instead of returning it to the system and asking again.

    All threads, and Arrow, share one heap, since separate heaps can't share their free memory. Only for processes that
    end after a run, or run again: what was freed below something still in use is not returned. Nothing is set if one of
    _SETTINGS is in the environment.
    """
    if sys.platform != "linux" or any(name in os.environ for name in _SETTINGS):
        return
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    import pyarrow

    if not mallopt(_M_MMAP_THRESHOLD, LARGEST_FROM_HEAP):
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_OF_OLD_GLIBC)
    mallopt(_M_TRIM_THRESHOLD, 2 * LARGEST_FROM_HEAP)
    mallopt(_M_ARENA_MAX, 1)
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
