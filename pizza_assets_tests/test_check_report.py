"""What `pizza check` says of an export that can't be used."""

from types import SimpleNamespace
from typing import Any

import pytest

from pizza_assets.cli.check_report import why_unusable


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"a.csv": "no header"}, "1 file can't be read, so its orders would be missing: fix"),
        (
            {"a.csv": "no header", "b.csv": "no header"},
            "2 files can't be read, so their orders would be missing: fix",
        ),
    ],
)
def test_files_that_cannot_be_read_are_counted(files: dict[str, str], told: str) -> None:
    """It said "1 file can't be read, so their weeks would not be stored"."""
    checked: Any = SimpleNamespace(weeks=("2026-08-04",), bad_files=files)
    assert (why_unusable(checked, 0.05) or "").startswith(told)
