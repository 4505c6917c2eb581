"""Data stored by the previous release can be read, are stale only on purpose, and are rebuilt to the same bytes.

`fixtures/release_before/stored` was written by commit 91a0601: two weeks of mock data in three markets, and the
analysis of them, at the moment `support.pipeline.NOW`; `correlation_results` and `insights` by a later one that added
columns. It is regenerated only for a release that changes what it stores, by that release's code:

    with dg.DagsterInstance.ephemeral() as instance:
        world = Pipeline(folder, PIZZA_MARKETS=".../markets.toml", PIZZA_FIRST_WEEK="2026-08-04")
        world.collect(instance, WEEKS)
        world.analyse(instance)
"""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import dagster as dg
import pyarrow.parquet as pq
import pytest

from pizza_assets.models import TABLES
from pizza_assets.storage.layout import PLACES, week_key, week_keys, whole_key
from pizza_assets_tests.support.pipeline import Pipeline

FIXTURE = Path(__file__).parents[1] / "fixtures" / "release_before"
WEEKS = ["2026-08-18", "2026-08-25"]
WEEKLY = [asset for asset, place in PLACES.items() if place.weekly and asset != "raw_orders"]
RAISED = ("raw_matches", "raw_match_events")
"""Real matches have other names and statuses than before; the mock ones stored here are the same bytes."""
WHOLE = [asset for asset in PLACES if (FIXTURE / "stored" / whole_key(asset)).exists()]


def weekly_objects() -> Iterator[tuple[str, str, str]]:
    """Asset, week and key of every stored week; the key of that release is the first."""
    for asset in WEEKLY:
        for week in WEEKS:
            yield asset, week, week_keys(asset, week, label_of(asset))[0]


def label_of(asset: str) -> str | None:
    return "mock" if PLACES[asset].labelled else None


def world(folder: Path) -> Pipeline:
    return Pipeline(folder, PIZZA_MARKETS=str(FIXTURE / "markets.toml"), PIZZA_FIRST_WEEK="2026-08-04")


@pytest.fixture
def stored(tmp_path: Path) -> Pipeline:
    """Today's code over a copy of what was stored then."""
    return world(copytree(FIXTURE / "stored", tmp_path / "stored"))


def test_every_table_of_the_earlier_release_can_be_read(stored: Pipeline) -> None:
    for asset, week, key in weekly_objects():
        found = stored.tables.read_week(asset, week)
        assert found is not None, key
        model = TABLES[PLACES[asset].table]
        written = pq.read_table(FIXTURE / "stored" / key, partitioning=None).to_pandas()
        assert found.rows.astype(object).equals(model.conform(written).astype(object)), key
    assert len(WHOLE) > 10
    for asset in WHOLE:
        model = TABLES[PLACES[asset].table]
        written = pq.read_table(FIXTURE / "stored" / whole_key(asset), partitioning=None).to_pandas()
        assert list(written.columns) == model.column_names(), asset
        assert len(stored.tables.read_whole(asset)) == len(written), asset


def test_no_stored_week_is_stale_but_of_the_tables_whose_code_version_was_raised(stored: Pipeline) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        staleness = stored.staleness(instance)
        reasons = {(asset, week): staleness.of_week(asset, stored.week(week)) for asset, week, _ in weekly_objects()}
    raised = {(asset, week): "made by code version 1, now 2" for asset in RAISED for week in WEEKS}
    assert {which: why for which, why in reasons.items() if why is not None} == raised


def test_the_same_weeks_are_made_to_the_same_bytes(tmp_path: Path) -> None:
    today = world(tmp_path / "today")
    with dg.DagsterInstance.ephemeral() as instance:
        assert not today.collect(instance, WEEKS).failures
    for asset, week, key in weekly_objects():
        then, now = FIXTURE / "stored" / key, tmp_path / "today" / week_key(asset, week, label_of(asset))
        if pq.read_metadata(then).created_by == pq.read_metadata(now).created_by:
            assert then.read_bytes() == now.read_bytes(), key
        else:  # another version of the Parquet library writes other bytes of the same rows
            assert pq.read_table(then, partitioning=None).equals(pq.read_table(now, partitioning=None)), key
