"""Arrays that are made and freed again and again use the same memory in a run, unless glibc is told otherwise."""

import os
import platform
import subprocess
import sys

import pytest

CALLED = "from pizza_assets.freed_memory import keep_freed_memory; keep_freed_memory()"
MADE_AND_FREED = """
import resource
import numpy as np

def make_and_free():
    np.ones(500_000) + np.ones(500_000)
    np.ones(2_500_000) + np.ones(2_500_000)

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

make_and_free()
make_and_free()
before = faults()
for _ in range(20):
    make_and_free()
print(faults() - before)
"""

LEFT_WITH_GAPS = """
import resource
from pathlib import Path
import numpy as np
from pizza_assets.freed_memory import FreedMemory

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() >> 20

freed, before = FreedMemory(), resident_mb()
arrays = [np.ones(125_000) for _ in range({arrays})]
kept = arrays[::50]
del arrays
grown = resident_mb() - before
freed.return_surplus()
print(grown, resident_mb() - before)
"""


def page_faults(first: str, **environ: str) -> int:
    """How often a process gets a new page while it makes and frees arrays of 4 and 20 MB, 20 times."""
    return int(printed(first + MADE_AND_FREED, **environ))


def growth(arrays: int) -> list[int]:
    """By how many MB a process has grown after it freed most of these arrays of 1 MB; without and with their return."""
    code = f"{CALLED}\n{LEFT_WITH_GAPS.replace('{arrays}', str(arrays))}"
    return [int(megabytes) for megabytes in printed(code).split()]


def printed(code: str, **environ: str) -> str:
    ours = {name: text for name, text in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_", "ARROW_"))}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=False, env=ours | environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


needs_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's malloc is set")


@needs_glibc
def test_freed_arrays_are_used_again_unless_the_environment_says_otherwise() -> None:
    usual = page_faults("")
    assert page_faults(CALLED) < usual / 10
    assert page_faults(CALLED, MALLOC_ARENA_MAX="2") > usual / 2


@needs_glibc
def test_free_memory_between_arrays_in_use_is_returned_once_it_is_much() -> None:
    grown, left = growth(arrays=300)
    assert grown > 250
    assert left < 50


@needs_glibc
def test_little_free_memory_is_kept() -> None:
    grown, left = growth(arrays=90)
    assert left == grown > 60
