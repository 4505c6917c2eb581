"""Deletes files from an environment that no run needs, packages' tests and headers, and compiles the others.

Called as `python trim.py ENVIRONMENT` when the image is built; deletes nothing that the product imports. A function
that starts cold would compile every module that it imports, and could not store the result.
"""

import compileall
import py_compile
import shutil
import sys
from pathlib import Path

PACKAGES_WITH_TESTS = ("numpy", "pandas", "pyarrow", "scipy", "statsmodels", "patsy")
"""In other packages a folder named `tests` may be needed."""


def trim(environment: Path) -> int:
    """Trim the environment; return the number of bytes deleted."""
    before = size(environment)
    for packages in environment.glob("lib/python*/site-packages"):
        for name in PACKAGES_WITH_TESTS:
            for folder in [*(packages / name).rglob("tests"), *(packages / name).rglob("include")]:
                shutil.rmtree(folder, ignore_errors=True)
    return before - size(environment)


def compile_packages(environment: Path) -> None:
    """Compile all modules, without the times of their files: layers of the same packages have the same bytes.

    Some packages contain templates that can't be compiled; nobody imports them.
    """
    for cache in list(environment.rglob("__pycache__")):
        shutil.rmtree(cache)
    for packages in environment.glob("lib/python*/site-packages"):
        compileall.compile_dir(packages, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def size(folder: Path) -> int:
    """The total size of all files below the folder, in bytes."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


if __name__ == "__main__":
    print(f"{trim(Path(sys.argv[1])) / 1e6:.0f} MB removed")
    compile_packages(Path(sys.argv[1]))
