"""Fixtures for all tests, and settings that make a test process fast."""

import gc
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from pizza_assets_tests.support.worlds import World, Worlds

PROJECT_ROOT = Path(__file__).parents[1]

# pytest-xdist runs a process per core, so BLAS needs no threads of its own. Must be set before numpy is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
gc.disable()  # until everything is imported: modules are never garbage


# how long an example takes depends on the machine, so it is no reason to fail
for name, max_examples in {"quick": 25, "thorough": 100}.items():  # `support/examples.py` says when
    hypothesis.settings.register_profile(
        name, max_examples=max_examples, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
hypothesis.settings.load_profile("quick")

# files of integration tests that take minutes, the longest first
SLOW_FILES = (
    "test_s3_torture.py", "test_torture.py", "test_lambda_runs.py", "test_s3_pipeline.py", "test_new_order_files.py",
    "test_ui.py", "test_s3_stores.py", "test_lambda_refresh.py", "test_page_in_browser.py", "test_backfill_command.py",
    "test_backfill.py", "test_pipeline.py", "test_forecasts.py", "test_real_sources.py", "test_pizzaplace.py",
    "test_s3_claims.py", "test_walks_in_browser.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first: pytest-xdist distributes whole files in this order; a slow one at the end leaves cores idle.

    By default it starts with the files that have the most tests, which are not the slow ones.
    """
    turns = {name: turn for turn, name in enumerate(SLOW_FILES)}
    items.sort(key=lambda item: turns.get(item.path.name, len(turns)))


def pytest_collection_finish() -> None:
    """From now on the collector looks only at objects that tests create, not at a million objects of modules."""
    gc.collect()
    gc.freeze()
    gc.enable()


def absent(reason: str) -> None:
    """Skip the test for this reason; with PIZZA_REQUIRE_ALL=1, fail instead."""
    if os.environ.get("PIZZA_REQUIRE_ALL") == "1":
        pytest.fail(f"required, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def nothing_waits_for_the_disk() -> Iterator[None]:
    """Don't flush SQLite and stored files to disk: it takes milliseconds each time, and tests need no protection.

    Programs that tests start and kill still flush.
    """
    connect = sqlite3.dbapi2.connect

    def unsynchronized(*args: Any, **options: Any) -> sqlite3.Connection:
        opened = connect(*args, **options)
        opened.execute("PRAGMA synchronous = OFF")
        return opened

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", unsynchronized)
        patch.setattr(sqlite3.dbapi2, "connect", unsynchronized)
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(scope="session")
def shared_by_processes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this test session that all processes of pytest-xdist see."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def worlds(shared_by_processes: Path) -> "Worlds":
    """Stored data, made once per session. The fixtures `collected` and `analysed` are copies of the usual ones."""
    from pizza_assets_tests.support.worlds import Worlds

    return Worlds(shared_by_processes)


@pytest.fixture
def collected(worlds: "Worlds", tmp_path: Path) -> "World":
    """The weeks WEEKS of support/pipeline.py, collected from mock sources."""
    from pizza_assets_tests.support.pipeline import collect_mock_weeks

    return worlds.copy("collected", collect_mock_weeks, tmp_path)


@pytest.fixture
def analysed(worlds: "Worlds", tmp_path: Path) -> "World":
    """The same weeks, with all results of the analysis."""
    from pizza_assets_tests.support.pipeline import collect_and_analyse_mock_weeks

    return worlds.copy("analysed", collect_and_analyse_mock_weeks, tmp_path)


@pytest.fixture(scope="session", autouse=True)
def chart_library_is_bundled_once(shared_by_processes: Path) -> Iterator[None]:
    """Share one bundle of the page's chart library: making it takes seconds and 150 MB in every process."""
    import vl_convert
    from filelock import FileLock

    kept, bundle = shared_by_processes / "chart-library.js", vl_convert.javascript_bundle

    def kept_bundle() -> str:
        with FileLock(f"{kept}.lock"):
            if not kept.exists():
                kept.write_text(bundle(), encoding="utf-8")
        return kept.read_text(encoding="utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vl_convert, "javascript_bundle", kept_bundle)
        yield


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for the test's temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real input files, which is not part of the project."""
    folder = Path(os.environ.get("PIZZA_SHARED_DATA", PROJECT_ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        absent(f"the data folder {folder.name} is absent; set PIZZA_SHARED_DATA")
    return folder
