"""Compares a storage folder after a rerun with that of an undisturbed run."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from pizza_assets_tests.torture.cases import DIFFERENCE, LEFTOVER, Finding

TEMPORARY = ".writing-*"


def parquet_checksums(storage: Path) -> dict[str, str]:
    """Every Parquet file by its path below `storage`."""
    return {
        file.relative_to(storage).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(storage.rglob("*.parquet"))
        if not file.match(TEMPORARY)
    }


def differences(storage: Path, undisturbed: Mapping[str, str]) -> list[Finding]:
    """Files that are missing, extra or different compared with an undisturbed run; and temporary files."""
    found = parquet_checksums(storage)
    return [
        Finding(DIFFERENCE, f"{name}: {_difference(name, found, undisturbed)}")
        for name in sorted(found.keys() | undisturbed.keys())
        if found.get(name) != undisturbed.get(name)
    ] + [Finding(LEFTOVER, path.relative_to(storage).as_posix()) for path in sorted(storage.rglob(TEMPORARY))]


def _difference(name: str, found: Mapping[str, str], undisturbed: Mapping[str, str]) -> str:
    if name not in found:
        return "missing"
    return "other bytes" if name in undisturbed else "should not be there"
