"""A disk that fills up during a run: the message names path and remedy, and the next run on a larger one ends right.

The storage is a small disk in memory, which only root may mount. `make full-disk` tries ten sizes instead of three.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from pizza_assets_tests.conftest import PROJECT_ROOT, absent

pytestmark = pytest.mark.integration

IS_THOROUGH = hypothesis.settings.get_current_profile_name() == "thorough"
WEEKLY, EXTRACT, PAGE = 400, 1_500, 4_500
SIZES = (40, 200, WEEKLY, 800, EXTRACT, 2_200, 3_000, 3_700, 4_100, PAGE) if IS_THOROUGH else (WEEKLY, EXTRACT, PAGE)
"""Kilobytes: too small for the first week, for the weekly tables, for the extracts, for the page."""
ENOUGH = "400m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A mount point; what is mounted there is unmounted at the end."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or _mount("size=1m", folder).returncode != 0:
        absent("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("size", SIZES)
def test_a_full_disk_is_told_with_path_and_remedy(size: int, disk: Path, tmp_path: Path) -> None:
    assert _mount(f"remount,size={size}k", disk).returncode == 0
    full = _run(disk, tmp_path)
    assert full.returncode == 1, full.stderr
    assert "Traceback" not in full.stdout + full.stderr
    said = " ".join((full.stdout + full.stderr).split())  # in lines of 100 characters
    assert f"{disk}/data" in said
    assert "check the free space and permissions of PIZZA_STORAGE" in said
    assert _mount(f"remount,size={ENOUGH}", disk).returncode == 0
    assert _run(disk, tmp_path).returncode == 0
    assert "Weeks     2 stored" in (checked := _pizza(disk, tmp_path, "status", "--verify")).stdout
    assert checked.returncode == 0
    assert not list(disk.rglob(".writing-*"))


def _run(disk: Path, tmp_path: Path) -> "subprocess.CompletedProcess[str]":
    return _pizza(disk, tmp_path, "run", "--weeks", "1")


def _pizza(disk: Path, tmp_path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    environ = {
        **{name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"},
        "PIZZA_MATCHES": "mock",
        "PIZZA_STORAGE": str(disk / "data"),
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    command = [sys.executable, "-m", "pizza_assets.cli", *arguments]
    return subprocess.run(command, cwd=home, env=environ, capture_output=True, text=True, check=False)


def _mount(options: str, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    program = shutil.which("mount") or "mount"
    return subprocess.run(
        [program, "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
    )
