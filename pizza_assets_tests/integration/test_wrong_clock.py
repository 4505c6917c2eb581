"""A clock ten years ahead or back: words and documented exit codes, and the right clock ends right."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pizza_assets.orchestration.runs.local_instance import CONFIGURATION
from pizza_assets_tests.conftest import PROJECT_ROOT, absent
from pizza_assets_tests.support.worlds import World

pytestmark = pytest.mark.integration
EXPORT = "id,placed,paid,pizzas,city,store\na,2026-08-20 19:00,5.00,1,Leeds,s1\n"
CHECK = (
    "check orders.csv --label real --timezone UTC --currency GBP --chain dominos --refunds refuse --price-unit major"
)


class Machine:
    """A folder with stored weeks, in which `pizza` runs with its clock set off."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self._folder, self._environ = folder, environ
        self.said = ""

    def pizza(self, command: str, offset: str) -> int:
        """Run it; returns the exit code."""
        line = ["faketime", "-f", offset, sys.executable, "-m", "pizza_assets.cli", *command.split()]
        done = subprocess.run(
            line, cwd=self._folder, env=self._environ, capture_output=True, text=True, check=False, timeout=600
        )
        self.said = done.stdout + done.stderr
        assert "Traceback" not in self.said
        return done.returncode


@pytest.fixture
def machine(analysed: World, tmp_path: Path) -> Machine:
    if shutil.which("faketime") is None:
        absent("faketime is absent")
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(CONFIGURATION, home / "dagster.yaml")
    (home / "orders.csv").write_text(EXPORT)
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(PROJECT_ROOT)}
    return Machine(home, {**environ, "PIZZA_MATCHES": "mock", "PIZZA_STORAGE": str(analysed.data)})


@pytest.mark.parametrize(
    ("offset", "code", "words"),
    [
        ("+10y", 0, "Weeks 3 stored (2026-08-18 to 2026-09-01"),
        ("-10y", 1, "3 stored weeks have not begun by this machine's clock"),
    ],
)
def test_every_command_says_what_is_wrong(offset: str, code: int, words: str, machine: Machine) -> None:
    """What forecasts of another year say is tested in test_digest_command.py: these weeks are too few for one."""
    assert machine.pizza("forecast", offset) == 0, machine.said
    assert machine.pizza("digest", offset) == 1, machine.said
    assert machine.pizza("status", offset) == 0, machine.said
    assert words in " ".join(machine.said.split())
    assert machine.pizza(CHECK, offset) == code, machine.said


def test_weeks_from_a_clock_that_was_ahead_are_left_out_by_the_right_one(machine: Machine) -> None:
    assert machine.pizza("run --weeks 1", "+10y") == 0, machine.said
    assert machine.pizza("status", "+0") == 0
    assert "2 stored weeks have not begun" in machine.said
    assert "Weeks     3 stored (2026-08-18 to 2026-09-01" in machine.said
    assert machine.pizza("backfill --stale-only", "+0") == 0, machine.said
    assert "2 stored weeks have not begun" in " ".join(machine.said.split())
    assert machine.pizza("status", "+0") == 0
    assert "Analysis  up to date" in machine.said
    assert "0 stale weeks, 0 with a failed check" in machine.said
