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


def page_faults(first: str, **environ: str) -> int:
    """How often a process gets a new page while it makes and frees arrays of 4 and 20 MB, 20 times."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_", "ARROW_"))}
    command = [sys.executable, "-c", first + MADE_AND_FREED]
    done = subprocess.run(command, check=False, env=ours | environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's malloc is set")
def test_freed_arrays_are_used_again_unless_the_environment_says_otherwise() -> None:
    usual = page_faults("")
    assert page_faults(CALLED) < usual / 10
    assert page_faults(CALLED, MALLOC_ARENA_MAX="2") > usual / 2
