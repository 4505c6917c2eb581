"""Removes from an environment what no run reads: tests of packages, headers, pip's own caches.

`python trim.py ENVIRONMENT` in the image's build; nothing that is imported by the product is touched.
"""

import shutil
import sys
from pathlib import Path

PACKAGES_WITH_TESTS = ("numpy", "pandas", "pyarrow", "scipy", "statsmodels", "patsy")
"""Only these: elsewhere a folder named `tests` may be part of the package."""


def trim(environment: Path) -> int:
    """Remove it; returns how many bytes went."""
    before = size(environment)
    for packages in environment.glob("lib/python*/site-packages"):
        for name in PACKAGES_WITH_TESTS:
            for folder in [*(packages / name).rglob("tests"), *(packages / name).rglob("include")]:
                shutil.rmtree(folder, ignore_errors=True)
    for cache in list(environment.rglob("__pycache__")):
        shutil.rmtree(cache)
    return before - size(environment)


def size(folder: Path) -> int:
    """Bytes of all files below it."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


if __name__ == "__main__":
    print(f"{trim(Path(sys.argv[1])) / 1e6:.0f} MB removed")
