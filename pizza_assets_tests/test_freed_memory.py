"""Arrays that are made and freed again and again use the same memory, unless glibc is told otherwise."""

import os
import platform
import subprocess
import sys

import pytest

ROUNDS = 20
MADE_AND_FREED = f"""
import resource
import pizza_assets
import numpy as np

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

np.ones(2_500_000)
before = faults()
for _ in range({ROUNDS}):
    np.ones(2_500_000)
print(faults() - before)
"""


def page_faults(**environ: str) -> int:
    """How often a process that imports the project gets a new page while it makes and frees ROUNDS arrays of 20 MB."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("MALLOC_")} | environ
    done = subprocess.run(
        [sys.executable, "-c", MADE_AND_FREED], check=False, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's malloc is set")
def test_freed_arrays_are_used_again_unless_the_user_says_otherwise() -> None:
    kept, returned = page_faults(), page_faults(MALLOC_TRIM_THRESHOLD_="131072", MALLOC_MMAP_THRESHOLD_="131072")
    assert kept < returned / ROUNDS
