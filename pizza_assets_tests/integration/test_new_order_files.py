"""Order files added while the daemon runs and is killed twice: each valid one is stored exactly once."""

import shutil
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from pizza_assets.orchestration.resources import build_tables
from pizza_assets.settings import Settings
from pizza_assets.storage.tables import WeekTables
from pizza_assets_tests.support.dagster_server import ROOT, DagsterServer, start_server
from pizza_assets_tests.support.order_export import write_export

pytestmark = pytest.mark.integration

FIRST_DAY = date(2026, 6, 2)
FILES, BAD, PER_DAY, ORDERS_PER_FILE = 500, 7, 20, 4


def drop(inbox: Path, number: int) -> None:
    """One file; every 70th can't be read."""
    if number % (FILES // BAD) == 3:
        (inbox / f"{number:03}.csv").write_bytes(b"\x00\xff no export \x00")
        return
    day = FIRST_DAY + timedelta(days=number // PER_DAY)
    rows = [f"{number}-{n},{day} 1{n}:30,10.00,1" for n in range(ORDERS_PER_FILE)]
    (inbox / f"{number:03}.csv").write_text("\n".join(["id,at,total,pizzas", *rows]))


def good() -> set[str]:
    return {f"{n}-{m}" for n in range(FILES) if n % (FILES // BAD) != 3 for m in range(ORDERS_PER_FILE)}


def stored(environ: dict[str, str]) -> list[str]:
    tables = build_tables(Settings.from_environment(environ))
    return list(WeekTables(tables, "raw_orders", tables.weeks("raw_orders")).rows()["order_id"])


def kill(server: DagsterServer) -> None:
    family = server.family()
    for process in family:
        process.kill()
    server.process.wait()


def runs(server: DagsterServer, job: str) -> list[dict]:
    return server.query(
        """query($job: String!) { runsOrError(filter: {pipelineName: $job}) { ... on Runs { results {
             runId status tags { key value } } } } }""",
        job=job,
    )["runsOrError"]["results"]


def test_each_good_file_is_stored_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("dagster.yaml", "workspace.yaml"):
        shutil.copy(ROOT / name, home)
    settings = write_export(tmp_path, [])
    inbox = tmp_path / "inbox"
    (inbox / "orders.csv").unlink()
    environ = {**settings, "PIZZA_STORAGE": str(tmp_path / "data"), "PIZZA_MATCHES": "mock"}
    server = _started(home, environ)
    try:
        for number in range(FILES // 2):
            drop(inbox, number)
        _wait(lambda: runs(server, "read_order_files"), "the first reading", server)
        kill(server)  # in the middle of it, or between reading and collecting
        for number in range(FILES // 2, FILES):
            drop(inbox, number)
        server = _started(home, environ)
        _wait(lambda: runs(server, "collect_weeks"), "the first collecting", server)
        kill(server)
        server = _started(home, environ)
        _wait(lambda: set(stored(environ)) == good(), "every order", server)
        _wait(lambda: _is_quiet(server), "the end of all runs", server)
        readings = runs(server, "read_order_files")
        log = "".join(_log(server, reading["runId"]) for reading in readings)  # that of a killed reading is empty
    finally:
        kill(server)
    ids = stored(environ)
    assert sorted(ids) == sorted(good())
    assert "003.csv" in log, "files that can't be read are named"
    keys = [tag["value"] for run in readings for tag in run["tags"] if tag["key"] == "dagster/run_key"]
    assert len(readings) <= 2 + 2 * 2, "two states of the inbox, and what a killed run was tried again"
    assert len(set(keys)) <= 2


def _started(home: Path, environ: dict[str, str]) -> DagsterServer:
    import os

    kept = {key: value for key, value in os.environ.items() if key != "DAGSTER_HOME"}
    return start_server(home, {**kept, **environ})


def _wait(found, what: str, server: DagsterServer, seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found():
            return
        time.sleep(0.5)
    states = {job: runs(server, job) for job in ("read_order_files", "collect_weeks", "analyse")}
    raise AssertionError(f"{what} did not come in {seconds} s: {states}")


def _is_quiet(server: DagsterServer) -> bool:
    found = [run["status"] for job in ("read_order_files", "collect_weeks") for run in runs(server, job)]
    return all(status in {"SUCCESS", "FAILURE", "CANCELED"} for status in found)


def _log(server: DagsterServer, run_id: str) -> str:
    events = server.query(
        """query($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events {
             ... on MessageEvent { message } } } } }""",
        id=run_id,
    )["logsForRun"]["events"]
    return "\n".join(event.get("message") or "" for event in events)
