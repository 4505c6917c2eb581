"""The command line: answers at once, and says what is wrong without a traceback."""

import shutil
from pathlib import Path

import pytest

from pizza_assets.cli import main
from pizza_assets.cli.parser import COMMANDS
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets_tests.conftest import PROJECT_ROOT


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)


def test_a_wrong_setting_is_named_and_nothing_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIZZA_TIMEZONE", "Mars/Base")
    assert main(["run"]) == 2
    assert "PIZZA_TIMEZONE='Mars/Base' is no time zone" in capsys.readouterr().err


def test_a_folder_without_an_instance_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--weeks", "1"]) == 2
    assert "no dagster.yaml here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--from", "4.8.2026"], "is no date; write it as 2026-08-04"),
        (["run", "--weeks", "0"], "is no whole number from 1"),
        (["backfill", "--to", "August"], "is no date; write it as 2026-08-04"),
        ([], "required"),
    ],
)
def test_wrong_arguments_are_explained(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_swapped_dates_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--from", "2026-08-18", "--to", "2026-08-04"]) == 2
    assert "swap --from and --to" in capsys.readouterr().err


def test_open_without_a_page_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["open"]) == 1
    assert "run `pizza run` first" in capsys.readouterr().err


def test_forecast_without_one_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", "--days", "3"]) == 1
    assert "run `pizza run` first" in capsys.readouterr().err


def test_open_prints_the_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with LocalFolder(tmp_path / "data").writing("quicksight-ready/dashboard-data/dashboard.html") as file:
        file.write(b"<html>")
    assert main(["open", "--print"]) == 0
    assert capsys.readouterr().out.strip().endswith("data/quicksight-ready/dashboard-data/dashboard.html")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["backfill"], "pizza: name the first week with --from DATE"),
        (["backfill", "--stale-only"], "pizza: nothing is stored yet; name the first week with --from DATE"),
        (["backfill", "--from", "2030-01-01"], "week 2030-01-01 has not begun"),
    ],
)
def test_a_backfill_needs_weeks(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_status_of_nothing_says_what_to_do(project: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 0
    assert "none stored; run `pizza run`" in capsys.readouterr().out


def test_a_dry_run_stores_nothing(project: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backfill", "--from", "2026-08-04", "--to", "2026-08-18", "--dry-run"]) == 0
    assert "3 weeks from 2026-08-04 to 2026-08-18 would be made" in capsys.readouterr().out
    assert LocalFolder(tmp_path / "data").keys("") == []


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with an instance, and mock sources."""
    shutil.copy(PROJECT_ROOT / "dagster.yaml", tmp_path)
    monkeypatch.setenv("PIZZA_MATCHES", "mock")


def test_the_list_of_commands_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["dance"])
    assert ", ".join(map(repr, COMMANDS)) in capsys.readouterr().err
