"""Everything with PIZZA_STORAGE on S3: the same rows and bytes as in a folder, the commands, 1,200 weeks."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest

from pizza_assets.cli import main
from pizza_assets.errors import StorageError
from pizza_assets.orchestration.partitions import match_weeks
from pizza_assets.orchestration.resources import object_store
from pizza_assets.orchestration.runs.backfill import Collected
from pizza_assets.orchestration.sources import Sources
from pizza_assets.settings import Settings
from pizza_assets.storage.layout import PLACES, whole_key
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.s3_bucket import S3Bucket
from pizza_assets.storage.tables import TableStore, WeekTables
from pizza_assets.storage.verification import damages
from pizza_assets_tests.conftest import PROJECT_ROOT
from pizza_assets_tests.storage.rows import NOW, events, origin
from pizza_assets_tests.support.pipeline import WEEKS, Pipeline, as_real, poison
from pizza_assets_tests.support.s3_server import S3Server
from pizza_assets_tests.support.stored_week import write_week

pytestmark = pytest.mark.integration

NUMBERS = itertools.count()
SYNTHETIC_WEEKS = 1_200
SYNTHETIC_START = "2003-12-02"


@pytest.fixture
def address(moto: S3Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new bucket; the environment of this process is set up to reach it."""
    name = f"pipeline-{next(NUMBERS)}"
    moto.create_bucket(name)
    for variable, value in moto.environ().items():
        monkeypatch.setenv(variable, value)
    return f"s3://{name}/pizza"


def on_s3(address: str, moto: S3Server, folder: Path, sources: Callable[[Sources], None] | None = None) -> Pipeline:
    return Pipeline(address, sources, PIZZA_S3_ENDPOINT=moto.url, PIZZA_LOCAL_FOLDER=str(folder / "local"))


def contents(pipeline: Pipeline) -> dict[str, bytes]:
    """Every stored object except the facts, which contain the run; addresses are masked."""
    objects = pipeline.tables.objects
    root = objects.uri("").rstrip("/").encode()
    return {
        key: (objects.read(key) or b"").replace(root, b"ROOT")
        for key in objects.keys("")
        if not key.endswith(".facts.json") and not key.startswith(("staging/", "inbox/", "limits/"))
    }


def collected(pipeline: Pipeline) -> Collected:
    with dg.DagsterInstance.ephemeral() as instance:
        return pipeline.collect(instance, WEEKS)


def test_the_same_rows_and_bytes_as_in_a_folder(address: str, moto: S3Server, tmp_path: Path) -> None:
    """From sources to page: mock weeks, then real matches over them, then a week that fails."""
    pipelines = [Pipeline(tmp_path / "data"), on_s3(address, moto, tmp_path)]
    for pipeline in pipelines:
        with dg.DagsterInstance.ephemeral() as instance:
            assert pipeline.collect(instance, WEEKS).failures == {}
            assert pipeline.analyse(instance) is None
    local, bucket = map(contents, pipelines)
    assert {PLACES["dashboard_page"].table, "data-dictionary"} <= {Path(key).stem for key in local}
    assert local.keys() == bucket.keys()
    assert [key for key in local if local[key] != bucket[key]] == []
    objects = pipelines[1].tables.objects
    assert isinstance(objects, S3Bucket)
    assert damages(objects) == []
    manifest = objects.read("quicksight-ready/metadata/dashboard_matches.manifest.json") or b""
    assert f"{address}/quicksight-ready/dashboard-data/dashboard_matches.csv".encode() in manifest
    assert (objects.objects.metadata(whole_key("dashboard_page")) or {})["data-source"] == "mock"
    for pipeline in (Pipeline(tmp_path / "data", as_real), on_s3(address, moto, tmp_path, as_real)):
        assert collected(pipeline).failures == {}
        assert "raw-data/football-data/mock" not in " ".join(contents(pipeline))
    bad = poison(WEEKS[1], StorageError("junk"))
    for pipeline in (Pipeline(tmp_path / "data", bad), on_s3(address, moto, tmp_path, bad)):
        assert list(collected(pipeline).failures) == [WEEKS[1]]
    local, bucket = map(contents, pipelines)
    assert local == bucket


def test_the_commands_work_on_a_bucket(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("dagster.yaml", "workspace.yaml"):
        (tmp_path / name).write_text((PROJECT_ROOT / name).read_text())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("S3_BUCKET_NAME", address.split("/")[2])
    monkeypatch.setenv("PIZZA_MATCHES", "mock")
    assert main(["backfill", "--from", WEEKS[0], "--to", WEEKS[1]]) == 0
    said = capsys.readouterr().out
    assert f"Page     s3://{address.split('/')[2]}/quicksight-ready/dashboard-data/dashboard.html" in said
    assert main(["status", "--verify"]) == 0
    assert WEEKS[1] in capsys.readouterr().out
    assert main(["open", "--print"]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert page.is_relative_to(tmp_path / "data")
    assert b"<html" in page.read_bytes()


def test_1200_weeks_are_listed_and_read(address: str, moto: S3Server, tmp_path: Path) -> None:
    """More keys than fit on two pages of a listing, in a storage whose first week is long ago."""
    environ = {"PIZZA_STORAGE": address, "PIZZA_S3_ENDPOINT": moto.url, "PIZZA_FIRST_WEEK": SYNTHETIC_START}
    settings = Settings.from_environment(environ)
    weeks = match_weeks(settings).get_partition_keys()[:SYNTHETIC_WEEKS]
    assert (len(weeks), weeks[0]) == (SYNTHETIC_WEEKS, SYNTHETIC_START)
    folder, bucket = LocalFolder(tmp_path), object_store(settings)
    written, tables = TableStore(folder, lambda: NOW), TableStore(bucket, lambda: NOW)
    for number, week in enumerate(weeks):
        write_week(written, "raw_match_events", week, events("real", [number % 90]), origin("real"))
    keys = folder.keys("")
    assert isinstance(bucket, S3Bucket)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda key: bucket.objects.put(key, folder.read(key) or b""), keys))
    assert bucket.keys("") == keys
    assert tables.weeks("raw_match_events") == weeks
    rows = WeekTables(tables, "raw_match_events", weeks).rows()
    assert rows["minute"].tolist() == [number % 90 for number in range(SYNTHETIC_WEEKS)]
