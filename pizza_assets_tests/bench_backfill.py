"""A backfill from the Dagster UI against `pizza backfill`: `python -m pizza_assets_tests.bench_backfill 52`.

In alternating runs, each makes the same mock weeks and one analysis of them, in a new folder with a new instance.
Prints seconds, and fails unless the UI's is one run over all weeks, then one analysis, with the same bytes in every
weekly table.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pizza_assets.models.week import MatchWeek
from pizza_assets.storage.layout import PLACES
from pizza_assets_tests.support.dagster_server import DagsterServer, dagster_dev

FIRST = MatchWeek("2024-09-03", "Europe/London")
WEEKLY = [asset for asset, place in PLACES.items() if place.weekly]
PATIENCE_SECONDS = 3600
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}


@dataclass(frozen=True)
class Trial:
    """Wall seconds of one backfill with its analysis; in_runs: those in which a run was executing."""

    seconds: float
    in_runs: float
    bytes_of: dict[str, str]


def main(weeks: int, rounds: int) -> None:
    keys = [FIRST.shifted(n).key for n in range(weeks)]
    print(f"{weeks} weeks, {rounds} round(s), {os.cpu_count()} cores")
    for number in range(1, rounds + 1):
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            command, ui = by_command(Path(first), keys), by_ui(Path(second), keys)
        if command.bytes_of != ui.bytes_of:
            differing = {*command.bytes_of.items()} ^ {*ui.bytes_of.items()}
            raise SystemExit(f"different bytes: {sorted({key for key, _ in differing})}")
        print(
            f"round {number}: pizza backfill {command.seconds:.0f} s; UI {ui.in_runs:.0f} s in runs "
            f"({ui.in_runs / command.seconds:.2f}x), {ui.seconds - ui.in_runs:.0f} s outside, for the daemon's ticks; "
            f"{len(ui.bytes_of)} files with the same bytes",
            flush=True,
        )


def by_command(folder: Path, weeks: list[str]) -> Trial:
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "pizza_assets.cli", "backfill", "--from", weeks[0], "--to", weeks[-1]],
        cwd=folder,
        env={**os.environ, **_environ(folder), "DAGSTER_HOME": ""},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    seconds = time.monotonic() - started
    return Trial(seconds, seconds, weekly_bytes(folder))


def by_ui(folder: Path, weeks: list[str]) -> Trial:
    with dagster_dev(folder / "home", _environ(folder)) as server:
        started = time.monotonic()
        backfill = server.backfill(WEEKLY, weeks)
        if server.wait_for_backfill(backfill, PATIENCE_SECONDS) != "COMPLETED_SUCCESS":
            raise SystemExit("the backfill failed")
        runs = _ended_runs(server)
        seconds = time.monotonic() - started
    tags = [{tag["key"]: tag["value"] for tag in run["tags"]} for run in runs]
    if [one.get("dagster/backfill", one.get("pizza/job")) for one in tags] != [backfill, "analyse"]:
        raise SystemExit(f"not one run and one analysis, but {tags}")
    return Trial(seconds, sum(run["endTime"] - run["startTime"] for run in runs), weekly_bytes(folder))


def _ended_runs(server: DagsterServer) -> list[dict[str, Any]]:
    """All runs, oldest first, once there are two and all have ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = server.query(
            "{ runsOrError { ... on Runs { results { status startTime endTime tags { key value } } } } }"
        )["runsOrError"]["results"]
        if len(found) > 1 and all(run["status"] in ENDED for run in found):
            return found[::-1]
        time.sleep(1)
    raise SystemExit("no analysis has followed")


def weekly_bytes(folder: Path) -> dict[str, str]:
    """Key to SHA-256 of every stored week."""
    stored = (folder / "data").rglob("week=*/*.parquet")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in stored}


def _environ(folder: Path) -> dict[str, str]:
    return {"PIZZA_STORAGE": str(folder / "data"), "PIZZA_MATCHES": "mock", "PIZZA_ORDERS": "mock"}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weeks", type=int, nargs="?", default=52)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    main(arguments.weeks, arguments.rounds)
