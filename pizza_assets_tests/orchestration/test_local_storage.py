"""The event log that keeps its databases open stores the same as Dagster's own, even after a kill."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from pizza_assets.orchestration import local_storage
from pizza_assets.orchestration.local_storage import MOST_OPEN, LocalEventLog
from pizza_assets_tests.support.dagster_server import ROOT

PATIENCE_SECONDS = 30
OURS = """
storage:
  custom:
    module: pizza_assets.orchestration.local_storage
    class: LocalStorage
    config:
      base_dir: storage
telemetry:
  enabled: false
"""
KILLED_WRITER = """
import os, signal
import dagster as dg
with dg.DagsterInstance.from_config(os.getcwd()) as instance:
    run = instance.create_run_for_job(dg.job(name="job")(lambda: None))
    instance.report_engine_event("the last words", run)
    print(run.run_id, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@dg.asset
def an_asset() -> None: ...


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.chdir(tmp_path)
    Path("dagster.yaml").write_text(OURS)
    with dg.DagsterInstance.from_config(str(tmp_path)) as found:
        yield found


def dagsters_own(folder: Path) -> SqliteEventLogStorage:
    return SqliteEventLogStorage(str(folder / "storage" / "history" / "runs"))


WITHOUT_THE_PACKAGE = """
import os, sys
sys.modules["pizza_assets"] = None
import dagster as dg
with dg.DagsterInstance.from_config(os.getcwd()) as instance:
    print(*(run.run_id for run in instance.get_runs()))
"""


def test_the_setting_for_a_webserver_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines that dagster.yaml offers open what this package's storage wrote."""
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "dagster.yaml").read_text()
    Path("dagster.yaml").write_text(text)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        run = instance.create_run_for_job(dg.job(name="job")(lambda: None))
    command = [sys.executable, "-c", WITHOUT_THE_PACKAGE]
    begin, end = text.index("  custom:"), text.index("\n\nlocal_artifact_storage:")
    offered = text[:begin] + text[end:]
    for line in ("sqlite:", "  base_dir: .dagster/storage"):
        assert f"  # {line}\n" in offered
        offered = offered.replace(f"  # {line}\n", f"  {line}\n")
    Path("dagster.yaml").write_text(offered)
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == f"{run.run_id}\n"


def test_the_projects_instance_uses_local_storage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dagster.yaml").write_text((ROOT / "dagster.yaml").read_text())
    with dg.DagsterInstance.from_config(str(tmp_path)) as found:
        assert isinstance(found.event_log_storage, LocalEventLog)


def test_dagsters_own_event_log_reads_the_same_events(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    done = dg.materialize([an_asset], instance=instance)
    ours = instance.all_logs(done.run_id)
    theirs = [record.event_log_entry for record in dagsters_own(tmp_path).get_records_for_run(done.run_id).records]
    assert len(ours) > 5
    assert theirs == list(ours)
    event = dagsters_own(tmp_path).get_latest_materialization_events([an_asset.key])[an_asset.key]
    assert event is not None
    assert event.run_id == done.run_id


def test_a_killed_writer_loses_nothing(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED_WRITER]
    killed = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert killed.returncode == -9, killed.stderr
    run_id = killed.stdout.strip()
    assert [entry.message for entry in instance.all_logs(run_id)] == ["the last words"]


def test_watchers_of_a_run_get_every_event(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    run = instance.create_run_for_job(dg.job(name="job")(lambda: None))
    instance.report_engine_event("first", run)
    heard: list[str] = []
    has_heard = threading.Event()

    def hear(entry: dg.EventLogEntry, _: str) -> None:
        heard.append(entry.message)
        if entry.message == "second":
            has_heard.set()

    watching = dagsters_own(tmp_path)
    watching.watch(run.run_id, None, hear)
    try:
        instance.report_engine_event("second", run)
        assert has_heard.wait(PATIENCE_SECONDS), heard
    finally:
        watching.end_watch(run.run_id, hear)
        watching.dispose()


def test_databases_of_old_runs_are_closed_and_reopened(instance: dg.DagsterInstance) -> None:
    runs = [instance.create_run_for_job(dg.job(name="job")(lambda: None)) for _ in range(MOST_OPEN + 3)]
    for number, run in enumerate(runs):
        instance.report_engine_event(str(number), run)
    log = instance.event_log_storage
    assert isinstance(log, LocalEventLog)
    assert len(log._engines) == MOST_OPEN
    assert [[entry.message for entry in instance.all_logs(run.run_id)] for run in runs] == [
        [str(number)] for number in range(len(runs))
    ]


def test_a_table_that_was_found_is_not_looked_for_again(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not instance.event_log_storage.has_table("table_of_tomorrow")
    assert dg.materialize([an_asset], instance=instance).success
    monkeypatch.setattr(SqliteEventLogStorage, "has_table", lambda *_: pytest.fail("looked for again"))
    assert dg.materialize([an_asset], instance=instance).success


def test_a_column_that_was_found_is_not_looked_for_again(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = instance.event_log_storage
    assert isinstance(log, LocalEventLog)
    assert not log.has_asset_key_col("column_of_tomorrow")
    assert dg.materialize([an_asset], instance=instance).success
    monkeypatch.setattr(
        SqliteEventLogStorage,
        "_has_asset_key_col_on_connection",
        lambda *_: pytest.fail("looked for again"),
    )
    assert dg.materialize([an_asset], instance=instance).success


def test_wiped_logs_are_gone(instance: dg.DagsterInstance) -> None:
    done = dg.materialize([an_asset], instance=instance)
    instance.event_log_storage.wipe()
    assert instance.all_logs(done.run_id) == []
    assert dg.materialize([an_asset], instance=instance).success


def test_a_locked_database_is_given_up_after_the_time_of_one_statement(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster sets it up in eleven tries, each of which waited for 30 seconds: more than 5 minutes without a word."""
    instance.get_asset_keys()
    waits: list[float] = []
    monkeypatch.setattr(local_storage, "BUSY_SECONDS", 1.1)

    def watched(address: str, connect_args: dict[str, float]) -> Engine:
        engine = create_engine(address, connect_args=connect_args)
        event.listen(engine, "do_connect", lambda *_: waits.append(connect_args["timeout"]))
        return engine

    monkeypatch.setattr(local_storage, "create_engine", watched)
    index = tmp_path / "storage" / "history" / "runs" / "index.db"
    with dg.DagsterInstance.from_config(str(tmp_path)) as second, closing(sqlite3.connect(index)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        instance.dispose()
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OperationalError, match="database is locked"):
            second.get_asset_keys()
    assert len(waits) >= 2
    assert sum(waits) < 1.2
