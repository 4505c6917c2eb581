"""A report over many weeks reads the facts of each week once, and says the same."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from pizza_assets.orchestration.resources import build_staleness
from pizza_assets.orchestration.runs.status import Status, status_of
from pizza_assets.orchestration.sources import Sources
from pizza_assets.storage.layout import PLACES
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.tables_read_once import TablesReadOnce
from pizza_assets_tests.support.pipeline import WEEKS, Pipeline
from pizza_assets_tests.support.worlds import World

WEEKLY = [asset for asset, place in PLACES.items() if place.weekly]


class Counting(LocalFolder):
    """Counts how often each object is read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.reads: Counter[str] = Counter()

    def read(self, key: str) -> bytes | None:
        self.reads[key] += 1
        return super().read(key)


def status(world: World, tables: TableStore) -> Status:
    pipeline = Pipeline(world.data)
    with world.instance() as instance:
        staleness = build_staleness(
            pipeline.settings,
            tables,
            Sources(pipeline.settings, lambda: pipeline.now),
            pipeline.definitions,
            instance,
            lambda: pipeline.now,
        )
        weeks = [pipeline.week(key) for key in WEEKS]
        return status_of(tables, weeks, WEEKLY, staleness, pipeline.now)


def now() -> datetime:
    return datetime(2026, 11, 22, tzinfo=UTC)


def test_the_status_reads_facts_once_and_says_the_same(analysed: World) -> None:
    often, once = Counting(analysed.data), Counting(analysed.data)
    expected = status(analysed, TableStore(often, now))
    assert status(analysed, TablesReadOnce(once, now)) == expected
    facts = [key for key in once.reads if "/week=" in key and key.endswith(".json")]
    assert facts
    # mock orders lie where raw_orders does, so two assets have the same facts
    assert {once.reads[key] for key in facts if "orders/mock" not in key} == {1}
    assert max(once.reads[key] for key in facts) == 2
    assert max(often.reads[key] for key in facts) > 3
    extracts = [key for key in once.reads if key.endswith(".csv")]
    assert extracts
    assert {once.reads[key] for key in extracts} == {1}
    assert max(often.reads[key] for key in extracts) > 1
