"""The command line: answers at once, and says what is wrong without a traceback."""

import gc
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pizza_assets import __version__
from pizza_assets.cli import forecasting, main
from pizza_assets.cli.commands import COMMANDS
from pizza_assets.cli.program import NEW_OBJECTS_BETWEEN_COLLECTIONS, pizza
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.runs.local_instance import CONFIGURATION
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.workbench import Workbench
from pizza_assets_tests.conftest import PROJECT_ROOT
from pizza_assets_tests.support.worlds import World


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)


def test_a_wrong_setting_is_named_and_nothing_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIZZA_TIMEZONE", "Mars/Base")
    assert main(["run"]) == 2
    assert "PIZZA_TIMEZONE='Mars/Base' is not a time zone" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["run"], ["backfill", "--from", "2026-08-04"]])
def test_a_refused_start_leaves_nothing_behind(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIZZA_MATCHES", "mock")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "missing"))
    assert main(arguments) == 2
    assert "DAGSTER_HOME is" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_storage_that_can_not_be_made_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("PIZZA_MATCHES", "mock")
    monkeypatch.setenv("PIZZA_STORAGE", str(tmp_path / "file" / "data"))
    assert main(["run"]) == 1
    assert f"{tmp_path}/file/data: can't be written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("kind", ["links in a circle", "too long", "a current folder that is gone"])
def test_a_storage_that_is_no_path_is_refused_in_words(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "circle").symlink_to("circle")
    paths = {"links in a circle": str(tmp_path / "circle"), "too long": "a" * 300}
    monkeypatch.setenv("PIZZA_STORAGE", paths.get(kind, "data"))
    if kind not in paths:
        (gone := tmp_path / "gone").mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
    assert main(["status"]) == 2
    assert "can't be used as a folder" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)


def test_status_of_a_folder_without_an_instance_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 2
    assert "no dagster.yaml in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--from", "4.8.2026"], "is not a date; write it as 2026-08-04"),
        (["run", "--from", "0001-01-01"], "is outside the years 1900 to 2100"),
        (["run", "--weeks", "0"], "'0' is not a whole number from 1 to 5200"),
        (["backfill", "--to", "August"], "is not a date; write it as 2026-08-04"),
        (["restore", "2026-08-04", "--before", "2026-08-12T18:00"], "has no time zone; write 2026-08-12T18:00Z"),
        (["forecast", "--json", "--csv"], "choose one of --json and --csv"),
        (["forecast", "--csv", "--json"], "choose one of --json and --csv"),
        (["check"], "name files, or a table with --table"),
        (["check", "orders.csv"], "'orders.csv' does not exist"),
        (["quicksight"], "Usage: pizza quicksight"),
        (["statsu"], "Did you mean 'status'?"),
        (["quicksight", "paln"], "Did you mean 'plan'?"),
        (["run", "--week", "3"], "Did you mean '--weeks'?"),
    ],
)
def test_wrong_arguments_are_explained(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.out == ""


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"]])
def test_pizza_alone_prints_help_that_names_every_command(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    words = capsys.readouterr().out.split()
    assert words[:2] == ["Usage:", "pizza"]
    assert [command.name for command in COMMANDS if command.name not in words] == []


@pytest.mark.parametrize("help_option", ["-h", "--help"])
@pytest.mark.parametrize("path", [["run"], ["quicksight"], ["quicksight", "plan"]])
def test_every_level_has_help(path: list[str], help_option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*path, help_option]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: pizza {' '.join(path)}")


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"pizza {__version__}\n"


def test_ctrl_c_says_that_the_command_can_be_repeated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(forecasting, "forecast", interrupted)
    assert main(["forecast"]) == 130
    assert capsys.readouterr().err == (
        "pizza: interrupted; everything stored so far is complete, run the same command again to resume\n"
    )


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecasting, "forecast", lambda *_: int("a bug"))
    with pytest.raises(ValueError, match="a bug"):
        main(["forecast"])


def test_garbage_is_not_looked_for_at_every_import() -> None:
    before = gc.get_threshold()
    try:
        assert main(["--version"]) == 0
        assert gc.get_threshold() == NEW_OBJECTS_BETWEEN_COLLECTIONS
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)


def test_help_and_completion_load_no_heavy_package() -> None:
    """Dagster, pandas and boto3 take seconds; completion runs the program at every press of the key."""
    code = (
        "import sys; from pizza_assets.cli import main; main(['run', '--help']); main(['run', '--weeks', '0']);"
        "print('loaded:', sorted({'dagster', 'pandas', 'numpy', 'boto3', 'duckdb'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("loaded: []\n")


def in_shell(line: str) -> "subprocess.CompletedProcess[str]":
    """What became of a line in which "$@" is the program."""
    command = ["sh", "-c", line, "sh", sys.executable, "-m", "pizza_assets.cli"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("command", ["--help", "quicksight plan --offline"])
def test_a_full_disk_below_the_output_is_told(command: str) -> None:
    done = in_shell(f'"$@" {command} > /dev/full')
    assert done.returncode == 1
    assert done.stderr.startswith("pizza: [Errno 28] No space left on device; free space on the disk")
    assert len(done.stderr.splitlines()) == 1, "nor does Python complain at its end"


def test_a_folder_that_may_not_be_read_is_told_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/private")

    monkeypatch.setattr(Workbench, "stored_span", refused)
    assert main(["status"]) == 1
    assert "'/private'; correct the permissions, or choose another place" in capsys.readouterr().err


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-", "2>&-"])
def test_closed_streams_are_no_place_for_files_and_no_crash(closed: str, tmp_path: Path) -> None:
    done = in_shell(f'"$@" forecast {closed}; echo "ended with $?"')
    assert done.stdout == "ended with 1\n"
    assert "Traceback" not in done.stderr
    code = (
        "import os; from pizza_assets.cli import main; main(['-h']); number = os.open('file', os.O_CREAT);"
        "print(number, file=open('n', 'w'))"
    )
    subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", sys.executable, "-c", code], check=True)
    assert int((tmp_path / "n").read_text()) > 2, "a file became a standard stream"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_complete_commands_and_options(shell: str) -> None:
    typed = {"bash": "pizza back", "zsh": "pizza back", "fish": "pizza back"}[shell]
    environment = {**os.environ, "COMP_WORDS": typed, "COMP_CWORD": "1" if shell != "fish" else "back"}
    program = [sys.executable, "-m", "pizza_assets.cli"]
    source = subprocess.run(
        program, env={**environment, "_PIZZA_COMPLETE": f"{shell}_source"}, capture_output=True, text=True, check=False
    )
    assert "_PIZZA_COMPLETE" in source.stdout
    completed = subprocess.run(
        program, env={**environment, "_PIZZA_COMPLETE": f"{shell}_complete"}, capture_output=True, text=True, check=True
    )
    assert "backfill" in completed.stdout
    assert "status" not in completed.stdout


def test_swapped_dates_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--from", "2026-08-18", "--to", "2026-08-04"]) == 2
    assert "--from 2026-08-18 is after --to 2026-08-04; swap the dates" in capsys.readouterr().err


def test_dates_in_one_week_may_come_in_any_order() -> None:
    begin, end = Workbench().weeks_of(date(2026, 8, 9), date(2026, 8, 5))
    assert begin == end == MatchWeek("2026-08-04", "Europe/London")


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
        (["backfill"], "pizza: a backfill begins with the week you choose; name the first week with --from DATE"),
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


def test_the_ui_is_dagster_dev_with_its_home_and_without_its_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: started.append([*command, os.environ["DAGSTER_HOME"]]))
    monkeypatch.setitem(os.environ, "DAGSTER_HOME", "")
    monkeypatch.setitem(os.environ, "PYTHONWARNINGS", "error::DeprecationWarning")
    main(["ui", "--port", "3001"])
    [[_, *module, program, dev, host, address, port, number, m, code, home]] = started
    assert module == ["-m", "pizza_assets.cli.stoppable"]
    assert Path(program).name == "dagster"
    assert [dev, host, address, port, number] == ["dev", "--host", "127.0.0.1", "--port", "3001"]
    assert [m, code, home] == ["-m", "pizza_assets.definitions", str(tmp_path)]
    assert os.environ["PYTHONWARNINGS"].startswith("error::DeprecationWarning,ignore:Function `dev_command`")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with an instance, and mock sources."""
    shutil.copy(PROJECT_ROOT / "dagster.yaml", tmp_path)
    monkeypatch.setenv("PIZZA_MATCHES", "mock")


def test_every_file_of_commands_is_registered() -> None:
    folder = PROJECT_ROOT / "pizza_assets" / "cli" / "commands"
    files = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    assert sorted(pizza.commands) == files


def test_weeks_that_have_not_begun_are_named_and_are_not_brought_up_to_date(
    collected: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`backfill --stale-only` refused to start, because the last stored week had not begun."""
    shutil.copy(CONFIGURATION, tmp_path / "dagster.yaml")
    monkeypatch.setenv("PIZZA_MATCHES", "mock")
    monkeypatch.setenv("PIZZA_STORAGE", str(collected.data))
    monkeypatch.setattr("pizza_assets.workbench.utc_now", lambda: datetime(2026, 8, 20, 12, tzinfo=UTC))
    assert main(["status"]) == 0
    said = capsys.readouterr()
    assert "2 stored weeks have not begun by this machine's clock (2026-08-20 12:00 UTC)" in said.err
    assert "2026-08-25, 2026-09-01" in said.err
    assert "one that was ahead made them: delete their folders week=…" in said.err
    assert "1 stored (2026-08-18 to 2026-08-18" in said.out
    assert main(["backfill", "--stale-only", "--dry-run"]) == 0
    monkeypatch.setattr("pizza_assets.workbench.utc_now", lambda: datetime(2026, 8, 26, 12, tzinfo=UTC))
    assert main(["status"]) == 0
    said = capsys.readouterr().err
    assert "1 stored week has not begun" in said
    assert "and is left out: 2026-09-01" in said
    monkeypatch.setattr("pizza_assets.workbench.utc_now", lambda: datetime(2026, 9, 20, 12, tzinfo=UTC))
    assert main(["status"]) == 0
    assert "not begun" not in capsys.readouterr().err
