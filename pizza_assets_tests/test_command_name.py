"""Commands in messages are named as they must be typed here."""

import subprocess
import sys
from pathlib import Path

import pytest

from pizza_assets.analysis.forecast.order_history import HORIZON_DAYS
from pizza_assets.cli import main
from pizza_assets.cli.commands.forecast import MOST_DAYS
from pizza_assets.command_name import typed


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program `pizza` in an environment that is not on PATH, below the working directory."""
    path = tmp_path / ".venv" / "bin" / "pizza"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    return path


def test_a_program_that_is_not_on_the_path_is_named_with_its_folder(program: Path, monkeypatch) -> None:
    for started in (".venv/bin/pizza", "./.venv/bin/pizza", str(program)):
        monkeypatch.setattr(sys, "argv", [started, "run"])
        assert typed("status") == ".venv/bin/pizza status"


def test_a_program_on_the_path_needs_no_folder(program: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(program.parent))
    for started in (str(program), ".venv/bin/pizza"):
        monkeypatch.setattr(sys, "argv", [started])
        assert typed("status") == "pizza status"


def test_another_pizza_on_the_path_is_not_meant(program: Path, tmp_path: Path, monkeypatch) -> None:
    other = tmp_path / "bin" / "pizza"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n", encoding="utf-8")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(other.parent))
    monkeypatch.setattr(sys, "argv", [str(program)])
    assert typed("status") == ".venv/bin/pizza status"


def test_elsewhere_the_whole_path_is_named_and_quoted(program: Path, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "two words"
    folder.mkdir()
    moved = program.rename(folder / "pizza")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(sys, "argv", [str(moved)])
    assert typed("status") == f"'{moved}' status"


def test_the_module_is_named_with_its_python(program: Path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", str(program.with_name("python")))
    monkeypatch.setattr(sys, "argv", ["/site-packages/pizza_assets/cli/__main__.py"])
    assert typed("status") == ".venv/bin/python -m pizza_assets.cli status"


@pytest.mark.parametrize("started", ["/usr/bin/dagster", "-c", ""])
def test_in_other_programs_only_the_name_is_known(started: str, monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", [started])
    assert typed("status") == "pizza status"


def test_more_days_than_forecasts_reach_are_refused_with_the_most(capsys: pytest.CaptureFixture[str]) -> None:
    assert MOST_DAYS == HORIZON_DAYS
    assert main(["forecast", "--days", "99"]) == 2
    assert "'99' is not a whole number from 1 to 14" in capsys.readouterr().err


def test_a_reader_that_has_enough_is_no_error() -> None:
    """The pipe is closed before anything is written; without care, Python complains about it at its exit."""
    command = (
        "import sys; from pizza_assets.cli import forecasting, main; "
        "forecasting.forecast = lambda *_: print('a line'); sys.stdin.read(); sys.exit(main(['forecast']))"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", command], stdin=pipe, stdout=pipe, stderr=pipe) as started:
        assert started.stdin is not None
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.close()
        started.stdin.close()
        assert (started.stderr.read(), started.wait()) == (b"", 0)


def test_the_digest_names_the_command_that_makes_a_forecast(
    program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [str(program), "digest"])
    assert main(["digest"]) != 0
    assert "run `.venv/bin/pizza run` first" in capsys.readouterr().err
