"""How memory is allocated in a run: by glibc's malloc, which keeps what was freed, up to a limit (decision 0072).

Without effect where another library allocates (macOS, Windows, musl).
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

LARGEST_FROM_HEAP = 128 << 20
"""Larger arrays have pages of their own, which are returned as soon as they are freed."""
MOST_GROWTH = 128 << 20
"""By how much a process may grow until its free memory is returned to the system."""
_LARGEST_OF_OLD_GLIBC = 32 << 20
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h
_SETTINGS = ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES")


def keep_freed_memory() -> None:
    """Let the next array use the memory of the last one, instead of returning it to the system and asking again.

    All threads, and Arrow, share one heap, since separate heaps can't share their free memory. Only for processes that
    end after a run, or run again: what was freed below something still in use is returned by FreedMemory alone. Nothing
    is set if one of _SETTINGS is in the environment.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is None:
        return
    import pyarrow

    if not mallopt(_M_MMAP_THRESHOLD, LARGEST_FROM_HEAP):
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_OF_OLD_GLIBC)
    mallopt(_M_TRIM_THRESHOLD, 2 * LARGEST_FROM_HEAP)
    mallopt(_M_ARENA_MAX, 1)
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())


class FreedMemory:
    """Returns the free memory of this process to the system, wherever it lies in the heap, once it has become much.

    Without this a run needs the largest heap of all its steps and, since each leaves gaps that do not fit the next
    one's arrays, more than that.
    """

    def __init__(self) -> None:
        self._resident = _resident_bytes()

    def return_surplus(self) -> None:
        """Return it if the process has grown by more than MOST_GROWTH since it was last returned."""
        malloc_trim = _of_glibc("malloc_trim")
        if malloc_trim is None or _resident_bytes() - self._resident <= MOST_GROWTH:
            return
        malloc_trim(0)
        self._resident = _resident_bytes()


def _of_glibc(name: str) -> Callable[..., int] | None:
    """A function of glibc's malloc; None without it, or if the environment says how memory is allocated."""
    if sys.platform != "linux" or any(setting in os.environ for setting in _SETTINGS):
        return None
    import ctypes

    return getattr(ctypes.CDLL(None), name, None)


def _resident_bytes() -> int:
    """The memory that this process has; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
