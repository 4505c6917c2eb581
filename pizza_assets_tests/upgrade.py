"""`python -m pizza_assets_tests.upgrade [COMMIT] [WEEKS]`: an early release is installed, then this code in its place.

The earlier code is exported from git and makes weeks with the packages that are installed now. Then this code says what
is stale, runs with the same settings and instance, and runs once more. Prints what was made anew and why; the exit code
is 1 if a run fails, if a week has other orders than before, or if the second run makes a finished week anew.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pizza_assets_tests.conftest import PROJECT_ROOT

FIRST_RELEASE = "91a0601"
Orders = dict[str, tuple[str, int]]
"""Week to the label and the number of its orders."""

_PROGRAM = "import sys; from pizza_assets.cli import main; sys.exit(main(sys.argv[1:]))"


def main() -> int:
    commit, weeks = (*sys.argv[1:3], *(FIRST_RELEASE, "3")[len(sys.argv[1:3]) :])
    with tempfile.TemporaryDirectory() as folder:
        code, home = Path(folder) / "earlier", Path(folder) / "home"
        for made in (code, home):
            made.mkdir()
        archive = subprocess.run(["git", "archive", commit], cwd=PROJECT_ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", str(code)], input=archive, check=True)
        (home / "dagster.yaml").write_bytes((code / "dagster.yaml").read_bytes())
        _pizza(code, home, "run", "--weeks", weeks)
        before = _status(home)
        print(_pizza(PROJECT_ROOT, home, "status"))
        _pizza(PROJECT_ROOT, home, "run", "--weeks", weeks)
        after, stored = _status(home), _contents(home)
        _pizza(PROJECT_ROOT, home, "backfill", "--stale-only")
        return _judged(before, after, stored, _contents(home))


def _judged(
    before: Orders,
    after: Orders,
    stored: dict[str, bytes],
    again: dict[str, bytes],
) -> int:
    finished = sorted(before)[:-1]
    other = [week for week in finished if before[week] != after.get(week)]
    anew = sorted(name for name in stored if again.get(name) != stored[name] and any(week in name for week in finished))
    print(f"{len(finished)} finished weeks: {len(other)} with other orders, {len(anew)} files made anew without need")
    return 1 if other or anew else 0


def _status(home: Path) -> Orders:
    """The label and the number of the orders of each stored week."""
    rows = json.loads(_pizza(PROJECT_ROOT, home, "status", "--json"))["weeks"]
    return {row["week"]: (row["orders"]["data_source"], row["orders"]["row_count"]) for row in rows}


def _contents(home: Path) -> dict[str, bytes]:
    """The stored weekly tables by name."""
    return {str(path): path.read_bytes() for path in sorted(home.glob("data/**/week=*/*.parquet"))}


def _pizza(code: Path, home: Path, *arguments: str) -> str:
    environ = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    environ |= {"PIZZA_MATCHES": "mock", "PYTHONPATH": str(code)}
    command = [sys.executable, "-c", _PROGRAM, *arguments]
    ended = subprocess.run(command, cwd=home, env=environ, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with {ended.returncode}:\n{ended.stdout}\n{ended.stderr}")
    return ended.stdout


if __name__ == "__main__":
    raise SystemExit(main())
