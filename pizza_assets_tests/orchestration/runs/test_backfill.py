"""Backfills: chunks that equal one run, failed weeks, stale weeks only, and resuming after an interruption."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from pizza_assets.errors import BadAnswer
from pizza_assets.models import RawMatches
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.runs.backfill import Collected, Request, next_run
from pizza_assets.orchestration.runs.backfill_plan import plan_text
from pizza_assets.orchestration.runs.resumption import ALL_MADE_TAG, attempt_for
from pizza_assets.orchestration.runs.status import status_of, status_text
from pizza_assets.orchestration.runs.weekly_graph import WeeklyGraph
from pizza_assets.orchestration.sources import Sources
from pizza_assets.sources.base import SourceResult
from pizza_assets.storage import layout
from pizza_assets.storage.layout import week_key
from pizza_assets.storage.verification import damages
from pizza_assets_tests.support.order_export import write_export
from pizza_assets_tests.support.pipeline import Pipeline, PoisonedMatches, RelabelledMatches
from pizza_assets_tests.support.worlds import World, Worlds

WEEKS = ["2026-08-04", "2026-08-11", "2026-08-18", "2026-08-25", "2026-09-01", "2026-09-08"]
MARKETS = """
[[market]]
name = "Leeds"
timezone = "Europe/London"
teams = ["Leeds United"]
[[market]]
name = "Norwich"
timezone = "Europe/London"
teams = []
"""


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def two_markets(data: Path, sources: Callable[[Sources], None] | None = None, **options: object) -> Pipeline:
    markets = data.with_name("markets.toml")
    markets.parent.mkdir(parents=True, exist_ok=True)
    markets.write_text(MARKETS)
    return Pipeline(data, sources, **{"PIZZA_MARKETS": str(markets), **options})


@pytest.fixture
def pipeline(tmp_path: Path) -> Callable[..., Pipeline]:
    """A pipeline of two markets in a folder of the given name."""

    def build(folder: str = "data", sources: Callable[[Sources], None] | None = None, **options: object) -> Pipeline:
        return two_markets(tmp_path / folder, sources, **options)

    return build


def collect_two_markets(data: Path, instance: dg.DagsterInstance) -> None:
    assert two_markets(data).collect(instance, WEEKS).failures == {}


@pytest.fixture
def ready(worlds: Worlds, tmp_path: Path) -> World:
    """All weeks of two markets, in the folder `data` of the pipelines."""
    return worlds.copy("two markets", collect_two_markets, tmp_path)


def collect_at_the_edge(data: Path, instance: dg.DagsterInstance) -> None:
    assert two_markets(data, at_the_edge, **FAR_REACHING).collect(instance, WEEKS).runs == 1


@pytest.fixture
def whole(worlds: Worlds, tmp_path: Path) -> Pipeline:
    """All weeks in one run, with windows that reach over the edges of weeks."""
    world = worlds.copy("matches at the edges of weeks", collect_at_the_edge, tmp_path / "whole")
    return two_markets(world.data, at_the_edge, **FAR_REACHING)


def poisoned(*weeks: str) -> Callable[[Sources], None]:
    def apply(sources: Sources) -> None:
        sources.matches = PoisonedMatches(sources.mock_matches, set(weeks), BadAnswer("the answer holds junk"))

    return apply


STRICT = {"PIZZA_FALLBACK": "fail"}


FAR_REACHING = {"PIZZA_PRE_MINUTES": "600", "PIZZA_POST_MINUTES": "600"}


def at_the_edge(sources: Sources) -> None:
    """Leeds play just before or just after the edge of a week, every other week, so FAR_REACHING windows cross it."""

    class AtTheEdge(RelabelledMatches):
        is_remote = False

        def matches(self, week: MatchWeek) -> SourceResult:
            result = super().matches(week)
            own = result.rows[(result.rows[["home_team", "away_team"]] == "Leeds United").any(axis=1)]
            hours_from_turn = {0: 167, 2: 1}.get(date.fromisoformat(week.key).toordinal() // 7 % 4)
            if hours_from_turn is None:
                own = own.head(0)
            else:
                own = own.assign(kickoff_at=pd.Timestamp(week.starts_at + timedelta(hours=hours_from_turn)))
            return replace(result, rows=RawMatches.conform(own), events=result.events.head(0))

    sources.matches = AtTheEdge(sources.mock_matches)


@pytest.mark.parametrize("chunk_weeks", [pytest.param(1, marks=pytest.mark.integration), 4])
def test_chunks_give_the_same_result_as_one_run(
    pipeline: Callable[..., Pipeline], whole: Pipeline, instance: dg.DagsterInstance, chunk_weeks: int
) -> None:
    """Even where windows cross the edge of a week and of a chunk."""
    cut = pipeline("cut", at_the_edge, chunk_weeks=chunk_weeks, **FAR_REACHING)
    assert cut.collect(instance, WEEKS).runs > 3
    assert cut.checksums() == whole.checksums()
    of_week_before = of_week_after = 0
    for week in map(whole.week, WEEKS):
        merged = whole.tables.read_week("merged_orders", week.key)
        assert merged is not None
        of_week_before += int((merged.rows["kickoff_at"] < week.starts_at).sum())
        of_week_after += int((merged.rows["kickoff_at"] >= week.ends_at).sum())
    assert of_week_before > 0
    assert of_week_after > 0


@pytest.mark.integration
def test_weeks_with_a_gap_refresh_stale_neighbours_on_both_sides(
    pipeline: Callable[..., Pipeline], whole: Pipeline, instance: dg.DagsterInstance
) -> None:
    grown = pipeline("grown", at_the_edge, **FAR_REACHING)
    grown.collect(instance, WEEKS[1::2])
    collected = grown.collect(instance, WEEKS[0::2])
    assert collected.weeks == tuple(WEEKS[0::2])
    assert grown.checksums() == whole.checksums()


@pytest.mark.integration
def test_a_new_week_refreshes_stale_neighbours(
    pipeline: Callable[..., Pipeline], whole: Pipeline, instance: dg.DagsterInstance
) -> None:
    """Week by week in order of the calendar: the previous week is made again if windows cross into it."""
    grown = pipeline("grown", at_the_edge, **FAR_REACHING)
    for week in WEEKS:
        grown.collect(instance, [week])
    assert grown.checksums() == whole.checksums()


@pytest.mark.integration
def test_failing_weeks_are_named_and_repaired_separately(
    pipeline: Callable[..., Pipeline], instance: dg.DagsterInstance
) -> None:
    good = pipeline("good", **STRICT)
    good.collect(instance, WEEKS)
    bad = pipeline("bad", poisoned(WEEKS[1], WEEKS[4]), **STRICT)
    collected = bad.collect(instance, WEEKS)
    assert sorted(collected.failures) == [WEEKS[1], WEEKS[4]]
    assert all("BadAnswer: the answer holds junk" in words for words in collected.failures.values())
    expected = {name: sha for name, sha in good.checksums().items() if name[-10:] not in {WEEKS[1], WEEKS[4]}}
    stored = {name: sha for name, sha in bad.checksums().items() if name[-10:] not in {WEEKS[1], WEEKS[4]}}
    assert stored == expected, "all good weeks are there with all that is made of them"
    assert collected.made == 8 * 6 - 2 - 2 * 6, "two weeks failed in raw_matches; without it nothing but raw_orders"
    repaired = pipeline("bad", **STRICT)
    again = repaired.collect(instance, WEEKS, is_stale_only=True)
    assert (again.failures, again.made) == ({}, 2 * 7)
    assert repaired.checksums() == good.checksums()


def test_fresh_weeks_are_not_made_again(pipeline: Callable[..., Pipeline], ready: World) -> None:
    with ready.instance() as instance:
        assert pipeline().collect(instance, WEEKS, is_stale_only=True).runs == 0


@pytest.mark.usefixtures("ready")
def test_a_new_code_version_or_setting_makes_dependents_stale(
    pipeline: Callable[..., Pipeline], instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    weeks = [pipeline().week(key) for key in WEEKS[:2]]
    longer = pipeline(PIZZA_POST_MINUTES="90").backfill(instance)
    assert longer.stale_weeks(longer.graph.assets, weeks) == {
        key: dict.fromkeys(["merged_orders", "match_windows"], "its inputs have changed") for key in WEEKS[:2]
    }
    monkeypatch.setitem(layout.CODE_VERSIONS, "order_bins", "2")
    newer = pipeline().backfill(instance)
    assert newer.stale_weeks(newer.graph.assets, weeks[:1]) == {
        WEEKS[0]: {"order_bins": "made by code version 1, now 2"}
    }


@pytest.mark.usefixtures("ready")
def test_derived_weeks_whose_orders_are_gone_are_stale_and_deleted(
    pipeline: Callable[..., Pipeline], instance: dg.DagsterInstance
) -> None:
    without = pipeline()
    without.tables.objects.delete(f"raw-data/dominos-orders/mock/week={WEEKS[0]}/raw_orders.parquet")
    backfill = without.backfill(instance)
    reasons = backfill.stale_weeks(backfill.graph.assets, [without.week(WEEKS[0])])
    assert reasons[WEEKS[0]] == {
        "mock_orders": "missing",
        "order_bins": "its inputs no longer exist",
        "quarter_hours": "its inputs no longer exist",
        "merged_orders": "its inputs no longer exist",
    }


@pytest.mark.integration
def test_the_analysis_is_stale_until_it_includes_the_latest_weeks(
    pipeline: Callable[..., Pipeline], instance: dg.DagsterInstance
) -> None:
    ready = pipeline()
    ready.collect(instance, WEEKS[:2])
    assert ready.analyse(instance) is None
    assert ready.staleness(instance).of_analysis() == []
    ready.collect(instance, WEEKS[:2])
    assert ready.staleness(instance).of_analysis() == [], "the same bytes again change nothing"
    ready.collect(instance, WEEKS[2:3])
    assert "dashboard_page" in ready.staleness(instance).of_analysis()


def test_a_blocked_week_stays_blocked_until_its_check_passes(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    files = export_with_bad_rows(tmp_path)
    strict = Pipeline(tmp_path / "data", **files)
    for is_stale_only in (False, True):
        collected = strict.collect(instance, WEEKS[:2], is_stale_only)
        assert list(collected.failures) == [WEEKS[1]]
        assert "rows_are_valid" in collected.failures[WEEKS[1]]
        assert strict.tables.weeks("order_bins") == WEEKS[:1]
    tolerant = Pipeline(tmp_path / "data", PIZZA_REJECT_ERROR_SHARE="0.9", **files)
    assert tolerant.collect(instance, WEEKS[:2], is_stale_only=True).failures == {}
    assert tolerant.tables.weeks("order_bins") == WEEKS[:2]


@pytest.mark.integration
def test_a_damaged_week_is_repaired_by_making_it_again(
    pipeline: Callable[..., Pipeline], instance: dg.DagsterInstance
) -> None:
    ready = pipeline()
    ready.collect(instance, WEEKS[:2])
    assert ready.analyse(instance) is None
    good = ready.checksums()
    path = Path(ready.tables.objects.uri(week_key("mock_orders", WEEKS[1], "mock")))
    for damage in ("truncated", "flipped"):
        content = bytearray(path.read_bytes())
        content[300] ^= 255
        path.write_bytes(content[:500] if damage == "truncated" else content)
        assert len(damages(ready.tables.objects)) == 1, damage
        graph, staleness = ready.backfill(instance).graph, ready.staleness(instance)
        status = status_of(ready.tables, [ready.week(WEEKS[1])], graph.assets, staleness, ready.now)
        if damage == "truncated":  # a flipped bit in the rows shows only when they are read
            assert "unreadable" in status_text(status, None)
            assert status.stale_analysis
        collected = ready.collect(instance, WEEKS[1:2], is_stale_only=damage == "truncated")
        assert (collected.failures, collected.error) == ({}, None), damage
        assert ready.checksums() == good, damage
        assert damages(ready.tables.objects) == [], damage


def test_a_new_export_makes_only_its_weeks_stale(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    files = export_with_bad_rows(tmp_path, bad=0)
    Pipeline(tmp_path / "data", **files).collect(instance, WEEKS[:2])
    (tmp_path / "inbox" / "later.csv").write_text("id,at,total,pizzas\nlate,2026-08-12T18:00:00Z,12.50,1\n")
    later = Pipeline(tmp_path / "data", **files).backfill(instance)
    weeks = [MatchWeek(key, "Europe/London") for key in WEEKS[:2]]
    assert later.stale_weeks(["raw_orders"], weeks) == {WEEKS[1]: {"raw_orders": "its inputs have changed"}}


def export_with_bad_rows(folder: Path, bad: int = 30) -> dict[str, str]:
    """Settings for a small export over two weeks; `bad` rows of the second have no total."""
    days = pd.date_range("2026-08-04 06:00", "2026-08-18 05:00", freq="6h", tz="UTC")
    rows = [f"{day:%m%d%H},{day:%Y-%m-%dT%H:%M}:00Z,12.50,1" for day in days]
    return write_export(folder, [*rows, *(f"bad{n},2026-08-13T18:{n:02}:00Z,nothing,1" for n in range(bad))])


def attempt(pipeline: Pipeline, instance: dg.DagsterInstance, starts_over: bool = False) -> tuple[Collected, set[str]]:
    """Run one `backfill` of all weeks as the command line does; return it and what it made, by asset and week."""
    before = set(instance.get_run_ids())
    going_on = attempt_for(instance, WEEKS[0], WEEKS[-1], starts_over)
    is_done = going_on.is_done(pipeline.tables, pipeline.staleness(instance))
    request = Request([pipeline.week(key) for key in WEEKS], is_done=is_done, tags=going_on.tags)
    collected = pipeline.backfill(instance).collect(request)
    if not collected.failures:
        pipeline.definitions.resolve_job_def("analyse").execute_in_process(
            instance=instance, tags={**going_on.tags, ALL_MADE_TAG: "yes"}
        )
    new = set(instance.get_run_ids()) - before
    return collected, {
        f"{event.asset_key.to_user_string()} {event.partition}"
        for run in new
        for record in instance.all_logs(run, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        if (event := record.dagster_event) and event.partition
    }


@pytest.mark.integration
def test_a_stopped_backfill_resumes_and_a_finished_one_starts_over(
    pipeline: Callable[..., Pipeline], instance: dg.DagsterInstance
) -> None:
    collected, _ = attempt(pipeline("data", poisoned(WEEKS[2]), **STRICT), instance)
    assert list(collected.failures) == [WEEKS[2]]
    again = pipeline("data", **STRICT)
    collected, made = attempt(again, instance)
    assert collected.failures == {}
    assert {name for name in made if not name.startswith("raw_orders")} == {
        f"{asset} {WEEKS[2]}" for asset in again.backfill(instance).graph.assets if asset != "raw_orders"
    }, "only what was not made; raw_orders stores nothing here, so nothing tells that it was asked"
    assert len(attempt(again, instance)[1]) == 8 * len(WEEKS), "it was over, so this is a new one"


@pytest.mark.integration
def test_another_storage_in_the_same_instance_does_not_resume_the_first_one(
    pipeline: Callable[..., Pipeline], instance: dg.DagsterInstance
) -> None:
    """What is done is decided by the storage, so PIZZA_STORAGE can be changed without DAGSTER_HOME."""
    attempt(pipeline("data", poisoned(WEEKS[2]), **STRICT), instance)
    assert len(attempt(pipeline("other", **STRICT), instance)[1]) == 8 * len(WEEKS)


@pytest.mark.integration
def test_starting_over_makes_all_weeks_again(pipeline: Callable[..., Pipeline], instance: dg.DagsterInstance) -> None:
    attempt(pipeline("data", poisoned(WEEKS[2]), **STRICT), instance)
    assert len(attempt(pipeline("data", **STRICT), instance, starts_over=True)[1]) == 8 * len(WEEKS)


def test_a_dry_run_describes_the_plan_and_does_nothing(
    pipeline: Callable[..., Pipeline], instance: dg.DagsterInstance
) -> None:
    ready = pipeline()
    weeks = [ready.week(key) for key in WEEKS[:2]]
    new = attempt_for(instance, *WEEKS[:2], starts_over=False)
    everything = plan_text(ready.backfill(instance), ready.staleness(instance), Request(weeks), new)
    assert everything == f"2 weeks from {WEEKS[0]} to {WEEKS[1]} would be made, then one analysis."
    stale = plan_text(ready.backfill(instance), ready.staleness(instance), Request(weeks, is_stale_only=True), new)
    assert f"2 of 2 weeks from {WEEKS[0]} to {WEEKS[1]} are missing or stale:" in stale
    assert f"  {WEEKS[0]}: raw_matches (missing)" in stale
    assert not instance.get_run_ids()


@pytest.mark.parametrize(
    ("todo", "chunk", "expected"),
    [
        ({}, 9, None),
        ({"a": set()}, 9, None),
        ({"a": {"2026-08-04", "2026-08-11"}, "b": {"2026-08-11"}}, 9, (["a"], ["2026-08-04"])),
        ({"a": {"2026-08-04", "2026-08-11", "2026-08-25"}}, 9, (["a"], ["2026-08-04", "2026-08-11"])),
        ({"a": {"2026-08-04", "2026-08-11"}, "b": {"2026-08-04"}}, 9, (["a", "b"], ["2026-08-04"])),
        ({"a": {"2026-08-04", "2026-08-11"}}, 1, (["a"], ["2026-08-04"])),
        ({"a": {"2026-12-29", "2027-01-05"}}, 9, (["a"], ["2026-12-29", "2027-01-05"])),
    ],
)
def test_the_next_run(todo: dict[str, set[str]], chunk: int, expected: tuple | None) -> None:
    assert next_run(todo, chunk) == expected


def test_layers_follow_from_reads_of_neighbouring_weeks(pipeline: Callable[..., Pipeline]) -> None:
    graph = WeeklyGraph.of(pipeline().definitions)
    assert [set(layer) for layer in graph.layers] == [
        {"raw_matches", "raw_match_events", "raw_orders"},
        {"mock_orders", "order_bins", "quarter_hours", "merged_orders"},
        {"match_windows"},
    ]
    of_orders = {"mock_orders", "order_bins", "quarter_hours", "merged_orders", "match_windows"}
    assert graph.descendants(["raw_orders"]) == of_orders
    assert graph.in_order(["match_windows", "raw_orders"]) == ["raw_orders", "match_windows"]


def test_an_export_that_is_labelled_mock_is_not_mistaken_for_invented_orders(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    files = export_with_bad_rows(tmp_path, bad=0)
    mapping = Path(files["PIZZA_ORDERS_MAPPING"])
    mapping.write_text(mapping.read_text().replace('label = "real"', 'label = "mock"'))
    labelled = Pipeline(tmp_path / "data", **files)
    labelled.collect(instance, WEEKS[:1])
    facts = labelled.tables.week_facts("raw_orders", WEEKS[0])
    assert facts is not None
    assert (facts.data_source, facts.source_name) == ("mock", "files")
    backfill = labelled.backfill(instance)
    assert backfill.stale_weeks(backfill.graph.assets, [labelled.week(WEEKS[0])]) == {}
