"""What `pizza run` and `pizza backfill` say before and after collecting; the collecting itself is replaced."""

import shutil
from collections.abc import Collection
from io import StringIO
from pathlib import Path
from typing import TextIO

import pytest

from pizza_assets.cli import collecting, main
from pizza_assets.orchestration.runs.backfill import Backfill, Collected, Request
from pizza_assets.orchestration.runs.progress import Progress
from pizza_assets_tests.conftest import PROJECT_ROOT
from pizza_assets_tests.sources.orders.exports import HEADER, ORDER_ROWS, csv_text, write

ORDER = ("a1", "2025-08-15 19:00", "12.50", 1, "Leeds", "s1")
BINARY = "broken.csv: the file is binary, not text; export it as CSV, JSON or Parquet"


@pytest.fixture
def said_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What was printed on stderr when collecting began; in a project with a good order file and a binary one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    shutil.copy(PROJECT_ROOT / "dagster.yaml", tmp_path)
    write(tmp_path / "inbox", "good.csv", csv_text(HEADER, [ORDER]))
    write(tmp_path / "inbox", "broken.csv", b"\x00\xff no export \x00")
    settings = {"ORDERS": "files", "ORDERS_PATH": "inbox", "ORDERS_MAPPING": "orders.toml", "MATCHES": "mock"}
    for name, value in settings.items():
        monkeypatch.setenv(f"PIZZA_{name}", value)
    write(tmp_path, "orders.toml", ORDER_ROWS)
    said: list[str] = []

    def collect(_: Backfill, request: Request) -> Collected:
        said.extend(capsys.readouterr().err.splitlines())
        return Collected(tuple(week.key for week in request.weeks))

    monkeypatch.setattr(Backfill, "collect", collect)
    monkeypatch.setattr(collecting, "run_analysis", lambda *_: None)
    return said


@pytest.mark.parametrize(
    "command", [["run"], ["run", "--from", "2025-08-12"], ["backfill", "--from", "2025-08-12", "--to", "2025-08-19"]]
)
def test_an_unreadable_file_is_named_before_collecting_and_at_the_end(
    command: list[str], said_before: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A run may take hours, and the file was named in its last lines only."""
    assert main(command) == 1
    assert said_before == [f"warning: order file {BINARY}"]
    assert f"\nWarning  {BINARY}\n" in capsys.readouterr().out


def test_of_many_unreadable_files_the_first_are_named_and_the_others_counted(
    said_before: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(30):
        write(tmp_path / "inbox", f"empty{number:02}.csv", "")
    assert main(["run"]) == 1
    assert len(said_before) == 11
    assert (
        said_before[1] == "warning: order file empty00.csv: the file is empty (0 bytes); export it again or remove it"
    )
    assert said_before[-1] == "warning: 21 more order files can't be read; all are named at the end"
    assert capsys.readouterr().out.count("\nWarning  empty") == 30


def test_without_an_unreadable_file_nothing_is_said(said_before: list[str], tmp_path: Path) -> None:
    (tmp_path / "inbox" / "broken.csv").unlink()
    assert main(["run"]) == 0
    assert said_before == []


@pytest.mark.parametrize(("orders", "is_counted"), [("files", False), ("mock", True)])
def test_progress_leaves_out_mock_orders_where_none_is_made(
    orders: str, is_counted: bool, said_before: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside real orders it said "mock_orders: 53 of 53 weeks"."""
    counted: list[str] = []

    class Recorded(Progress):
        def __init__(self, weeks: int, stream: TextIO, assets: Collection[str]) -> None:
            super().__init__(weeks, stream, assets)
            counted.extend(assets)

    monkeypatch.setattr(collecting, "Progress", Recorded)
    monkeypatch.setenv("PIZZA_ORDERS", orders)
    main(["run", "--from", "2025-08-12", "--to", "2025-08-19"])
    assert "raw_orders" in counted
    assert ("mock_orders" in counted) == is_counted


def test_only_tables_of_the_given_assets_are_counted() -> None:
    stream = StringIO()
    progress = Progress(1, stream, ["raw_orders", "insights"])
    for asset in ("raw_orders", "mock_orders"):
        progress.stored(asset, "2025-08-12")
    progress.stored("insights", None)
    assert stream.getvalue() == "raw_orders: 1 of 1 week\ninsights: done\n"
