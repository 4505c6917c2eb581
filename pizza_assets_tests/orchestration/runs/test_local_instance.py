"""The instance of a folder: created when it is missing, explained when it can't be used."""

import errno
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, closing
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy.exc import OperationalError

from pizza_assets.errors import ConfigurationError, InstanceUnusable
from pizza_assets.orchestration.runs.local_instance import CONFIGURATION, local_instance
from pizza_assets_tests.conftest import PROJECT_ROOT, absent

RUNS, SCHEDULES, EVENTS = (
    f".dagster/storage/{name}" for name in ("history/runs.db", "schedules/schedules.db", "history/runs/index.db")
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an instance that was used."""
    folder = tmp_path_factory.mktemp("used")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("DAGSTER_HOME", raising=False)
        with local_instance() as instance:
            use(instance)
    return folder


def use(instance: dg.DagsterInstance) -> str:
    """Use every database; returns the id of a new run."""
    instance.all_instigator_state()
    instance.get_asset_keys()
    run = instance.create_run_for_job(dg.job(name="job")(lambda: None))
    instance.report_engine_event("an event", run)
    return run.run_id


def test_an_empty_folder_gets_an_instance(tmp_path: Path) -> None:
    with local_instance() as instance:
        made = use(instance)
        assert not instance.telemetry_enabled
        assert instance.run_retries_enabled
        queue = instance.get_concurrency_config().run_queue_config
        assert queue is not None
        assert queue.max_concurrent_runs == 1
    assert {path.name for path in tmp_path.iterdir()} == {"dagster.yaml", ".dagster"}
    with local_instance(creates=False) as instance:
        assert [run.run_id for run in instance.get_runs()] == [made]


def test_the_packaged_configuration_is_that_of_the_repository() -> None:
    assert CONFIGURATION.read_bytes() == (PROJECT_ROOT / "dagster.yaml").read_bytes()


def test_an_own_configuration_is_kept() -> None:
    Path("dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with local_instance() as instance:
        assert not instance.run_retries_enabled
    assert Path("dagster.yaml").read_text() == "telemetry: {enabled: false}\n"


def test_several_at_once_open_a_new_one() -> None:
    def open_and_use(_: int) -> str:
        with local_instance() as instance:
            return use(instance)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(open_and_use, range(4)))
    with local_instance() as instance:
        assert {run.run_id for run in instance.get_runs()} == set(made)


def test_who_only_reads_creates_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no dagster.yaml in .*run this in the folder in which you ran"):
        local_instance(creates=False).__enter__()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("database", [RUNS, SCHEDULES, EVENTS])
def test_a_damaged_database_is_named_with_its_remedy(database: str, used: Path, tmp_path: Path) -> None:
    shutil.copytree(used, tmp_path, dirs_exist_ok=True)
    for path in Path(database).parent.glob(f"{Path(database).name}-*"):
        path.unlink()
    Path(database).write_bytes(b"no database at all, but long enough to be read as one" * 200)
    with pytest.raises(InstanceUnusable) as caught, local_instance() as instance:
        use(instance)
    assert f"can't be used: {tmp_path / database}: file is not a database" in str(caught.value)
    assert "move it away" in str(caught.value)
    Path(database).unlink()
    with local_instance() as instance:
        use(instance)


def test_a_database_that_can_not_be_opened_is_not_called_damaged(used: Path, tmp_path: Path) -> None:
    shutil.copytree(used, tmp_path, dirs_exist_ok=True)
    Path(RUNS).unlink()
    Path(RUNS).mkdir()  # root may open any file
    with pytest.raises(InstanceUnusable) as caught, local_instance() as instance:
        use(instance)
    assert "unable to open database file" in str(caught.value)
    assert f"permissions of {tmp_path / '.dagster'}" in str(caught.value)
    assert "move it away" not in str(caught.value)


def test_a_database_without_its_tables_is_not_told_as_one_without_space(used: Path, tmp_path: Path) -> None:
    shutil.copytree(used, tmp_path, dirs_exist_ok=True)
    with closing(sqlite3.connect(RUNS)) as database, database:
        database.execute("DROP TABLE runs")
    with pytest.raises(
        InstanceUnusable, match=r"no such table: runs.*dagster instance migrate.*move it away"
    ) as caught:
        use_instance()
    assert str(tmp_path / ".dagster") in str(caught.value)
    assert "free space" not in str(caught.value)


def use_instance() -> None:
    with local_instance() as instance:
        use(instance)


WRONG_CONFIGURATIONS = {
    "a text": b"hello",
    "no YAML": b"a: [b",
    "another encoding": b"a: \xff\xfe",
    "an unknown key": b"stor: 1\n",
    "an unknown class": b"local_artifact_storage:\n  module: not_there\n  class: X\n",
}


@pytest.mark.parametrize("content", WRONG_CONFIGURATIONS.values(), ids=WRONG_CONFIGURATIONS)
@pytest.mark.parametrize("by_home", [False, True], ids=["here", "DAGSTER_HOME"])
def test_a_wrong_configuration_is_named_with_its_remedy(
    content: bytes, by_home: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("dagster.yaml").write_bytes(content)
    if by_home:
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with pytest.raises(ConfigurationError) as caught:
        use_instance()
    assert str(caught.value).startswith(f"{tmp_path / 'dagster.yaml'} can't be used (")
    assert "correct it, or move it away" in str(caught.value)
    assert len(str(caught.value)) < 800
    Path("dagster.yaml").unlink()
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    use_instance()


def test_an_instance_that_is_no_folder_is_told_with_its_path(tmp_path: Path) -> None:
    Path(".dagster").write_text("a file")
    with pytest.raises(InstanceUnusable, match=r"correct the permissions of .*\.dagster.*run the same command again"):
        use_instance()
    Path(".dagster").unlink()
    use_instance()


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Makes a folder read-only, also for root; all are writable again at the end."""
    mounted: list[Path] = []

    def make(folder: Path) -> None:
        subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
        mounted.append(folder)
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)

    (trial := tmp_path / "trial").mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "--bind", str(trial), str(trial)], check=False).returncode:
        absent("mounting a folder as read-only needs root")
    mounted.append(trial)
    yield make
    for folder in reversed(mounted):
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.integration  # mounts
@pytest.mark.parametrize("part", [".dagster", ".dagster/storage", "."])
def test_a_read_only_instance_is_told_with_path_and_remedy(
    part: str, used: Path, tmp_path: Path, read_only: Callable[[Path], None]
) -> None:
    home = tmp_path / "home"
    shutil.copytree(used, home)
    read_only(home / part)
    with chdir(home), pytest.raises(InstanceUnusable) as caught:
        use_instance()
    assert f"the Dagster instance in {home / '.dagster'} can't be used" in str(caught.value)
    assert f"correct the permissions of {home / '.dagster'}" in " ".join(str(caught.value).split())


@pytest.mark.integration  # mounts
def test_a_read_only_folder_without_an_instance_is_told_with_its_path(
    tmp_path: Path, read_only: Callable[[Path], None]
) -> None:
    (home := tmp_path / "home").mkdir()
    read_only(home)
    with chdir(home), pytest.raises(InstanceUnusable, match=r"Read-only.*set DAGSTER_HOME") as caught:
        use_instance()
    assert str(home) in str(caught.value)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.ENOENT])
def test_only_files_of_the_instance_that_can_not_be_written_are_its_fault(number: int, tmp_path: Path) -> None:
    own, other = OSError(number, "why", ".dagster/compute_logs/a"), OSError(number, "why", str(tmp_path / "data" / "a"))
    expected = InstanceUnusable if number != errno.ENOENT else OSError
    with pytest.raises(expected, match="why"), local_instance():
        raise own
    with pytest.raises(OSError, match="why"), local_instance():
        raise other


@pytest.mark.parametrize("cause", ["database or disk is full", "attempt to write a readonly database"])
def test_a_healthy_instance_is_not_to_be_moved_away(cause: str, used: Path, tmp_path: Path) -> None:
    shutil.copytree(used, tmp_path, dirs_exist_ok=True)
    with pytest.raises(InstanceUnusable) as caught, local_instance():
        raise OperationalError("INSERT", {}, sqlite3.OperationalError(cause))
    assert f"{cause}. No damage was found: free space" in str(caught.value)
    assert "move it away" not in str(caught.value)


@pytest.mark.integration  # SQLite waits for five seconds
def test_a_locked_database_is_explained(used: Path, tmp_path: Path) -> None:
    shutil.copytree(used, tmp_path, dirs_exist_ok=True)
    with closing(sqlite3.connect(RUNS, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(InstanceUnusable) as caught, local_instance() as instance:
            use(instance)
    assert f"the Dagster instance in {tmp_path / '.dagster'} is in use (database is locked)" in str(caught.value)
