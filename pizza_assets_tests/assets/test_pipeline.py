"""The whole asset graph in one process, with mock sources and a temporary folder."""

from dataclasses import replace
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from pizza_assets.errors import BadAnswer, SourceUnavailable
from pizza_assets.models import RawMatches
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.partitions import range_tags
from pizza_assets.orchestration.sources import Sources
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.orders import week_files
from pizza_assets.storage.layout import PLACES
from pizza_assets_tests.support.order_export import write_export
from pizza_assets_tests.support.pipeline import WEEKS, Pipeline, PoisonedMatches, RelabelledMatches, as_real, poison
from pizza_assets_tests.support.worlds import World


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def test_weeks_are_collected_analysed_and_shown(analysed: World) -> None:
    pipeline = Pipeline(analysed.data)
    for asset, place in PLACES.items():
        if place.weekly and asset != "raw_orders":
            assert pipeline.tables.weeks(asset) == WEEKS, asset
    page = pipeline.tables.objects.read("quicksight-ready/dashboard-data/dashboard.html")
    assert page is not None
    assert b"MOCK" in page
    for week in WEEKS:
        orders = pipeline.tables.week_facts("raw_orders", week)
        bins = pipeline.tables.read_week("order_bins", week)
        assert orders is not None
        assert bins is not None
        assert orders.row_count == bins.rows["order_count"].sum()


def test_a_repeated_run_changes_no_byte_and_duplicates_no_row(collected: World) -> None:
    first = Pipeline(collected.data).checksums()
    again = Pipeline(collected.data)
    with collected.instance() as instance:
        assert again.collect(instance, WEEKS).made == 8 * len(WEEKS)
    assert again.checksums() == first
    assert len(first) == 8 * len(WEEKS), "mock_orders is read as raw_orders"


def test_one_week_alone_equals_the_same_week_in_a_range(
    collected: World, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    """Mock rounds end on Monday, so no window crosses the edges of the week."""
    ranged, alone = Pipeline(collected.data), Pipeline(tmp_path / "alone")
    alone.collect(instance, WEEKS[1:2])
    in_range = {name: checksum for name, checksum in ranged.checksums().items() if name.endswith(WEEKS[1])}
    assert alone.checksums() == in_range


@pytest.mark.integration
def test_a_failed_week_does_not_affect_other_weeks(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    pipeline = Pipeline(tmp_path, poison(WEEKS[1], BadAnswer("the answer holds junk")), PIZZA_FALLBACK="fail")
    collected = pipeline.collect(instance, WEEKS)
    assert list(collected.failures) == [WEEKS[1]]
    assert "junk" in collected.failures[WEEKS[1]]
    good = [WEEKS[0], WEEKS[2]]
    for asset in ("raw_matches", "mock_orders", "order_bins", "merged_orders", "match_windows"):
        assert pipeline.tables.weeks(asset) == good, asset
    assert pipeline.analyse(instance) is None
    quality = pipeline.tables.read_whole("dashboard_data_quality")
    assert quality is not None
    gap = quality[quality["week"] == WEEKS[1]]
    assert gap["data_source"].tolist() == ["none", "none"], "the page shows the gap"
    materialised = instance.get_materialized_partitions(dg.AssetKey("raw_matches"))
    assert materialised == set(good), "a failed week is not reported as made"


def test_with_fallback_mock_a_failed_week_is_labelled_and_reported(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    error = BadAnswer("the answer holds junk")
    pipeline = Pipeline(tmp_path, poison(WEEKS[1], error), PIZZA_MATCHES="openfootball")
    result = pipeline.definitions.resolve_job_def("collect_weeks").execute_in_process(
        instance=instance,
        tags={"dagster/asset_partition_range_start": WEEKS[0], "dagster/asset_partition_range_end": WEEKS[2]},
    )
    facts = pipeline.tables.week_facts("raw_matches", WEEKS[1])
    assert facts is not None
    assert (facts.data_source, facts.source_name) == (DataSource.MOCK, "mock")
    assert "junk" in (facts.reason or "")
    checks = {
        check.check_name: check
        for check in result.get_asset_check_evaluations()
        if check.asset_key.path == ["raw_matches"]
    }
    assert not checks["comes_from_chosen_source"].passed
    assert checks["comes_from_chosen_source"].severity == dg.AssetCheckSeverity.WARN
    assert "junk" in (checks["comes_from_chosen_source"].description or "")


@pytest.mark.integration
def test_a_bug_is_never_replaced_with_mock(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    pipeline = Pipeline(tmp_path, poison(WEEKS[1], ZeroDivisionError("a bug")), PIZZA_MATCHES="openfootball")
    collected = pipeline.collect(instance, WEEKS)
    assert "ZeroDivisionError" in collected.failures[WEEKS[1]]
    assert pipeline.tables.week_facts("raw_matches", WEEKS[1]) is None


def test_every_failed_week_logs_its_trace(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    def two_bugs(sources: Sources) -> None:
        sources.matches = PoisonedMatches(sources.mock_matches, set(WEEKS[:2]), ZeroDivisionError("a bug"))

    job = Pipeline(tmp_path, two_bugs, PIZZA_MATCHES="openfootball").definitions.resolve_job_def("collect_weeks")
    result = job.execute_in_process(instance=instance, tags=range_tags(WEEKS[0], WEEKS[2]), raise_on_error=False)
    assert not result.success
    logged = [entry.user_message for entry in instance.all_logs(result.run_id)]
    traced = {week: [text for text in logged if f"raw_matches {week}: Traceback" in text] for week in WEEKS}
    assert {week: len(texts) for week, texts in traced.items()} == {WEEKS[0]: 1, WEEKS[1]: 1, WEEKS[2]: 0}
    assert "ZeroDivisionError: a bug" in traced[WEEKS[1]][0]


def test_metadata_is_kept_per_week(collected: World) -> None:
    pipeline = Pipeline(collected.data)
    for week in WEEKS:
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey("mock_orders"), asset_partitions=[week])
        with collected.instance() as instance:
            (record, *more) = instance.fetch_materializations(wanted, limit=5).records
        assert not more, "each week is reported once"
        assert record.asset_materialization is not None
        metadata = record.asset_materialization.metadata
        facts = pipeline.tables.week_facts("raw_orders", week)
        assert facts is not None
        assert metadata["dagster/row_count"].value == facts.row_count
        assert metadata["real_share"].value == 0.0
        assert week in str(metadata["dagster/uri"].value)


def test_an_analysis_without_stored_data_succeeds(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    pipeline = Pipeline(tmp_path)
    assert pipeline.analyse(instance) is None
    insights = pipeline.tables.read_whole("insights")
    assert insights is not None
    assert len(insights) >= 1


def test_a_failing_source_deletes_no_real_data(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    """A good run, then one in which the source fails: matches and events are kept, and the failure is reported."""
    good = Pipeline(tmp_path, as_real, PIZZA_MATCHES="openfootball")
    good.collect(instance, WEEKS)
    before = {asset: good.tables.read_week(asset, WEEKS[1]) for asset in ("raw_matches", "raw_match_events")}
    bad = Pipeline(tmp_path, poison(WEEKS[1], BadAnswer("the answer holds junk")), PIZZA_MATCHES="openfootball")
    result = bad.definitions.resolve_job_def("collect_weeks").execute_in_process(
        instance=instance, tags={"dagster/partition": WEEKS[1]}, partition_key=WEEKS[1]
    )
    for asset, stored in before.items():
        kept = bad.tables.read_week(asset, WEEKS[1])
        assert stored is not None
        assert kept is not None
        pd.testing.assert_frame_equal(kept.rows, stored.rows)
        assert len(kept.rows) > 0
        assert set(kept.rows["match_source"]) == {"real"}
    (check,) = [
        c
        for c in result.get_asset_check_evaluations()
        if c.asset_key.path == ["raw_matches"]
        and c.check_name == "comes_from_chosen_source"
        and c.partition == WEEKS[1]
    ]
    assert not check.passed
    assert "kept from before, because a refresh failed" in (check.description or "")
    assert "junk" in (check.description or "")


def order_file(folder: Path) -> dict[str, str]:
    """Settings for a small real export over the three weeks."""
    days = pd.date_range("2026-08-18", "2026-09-07", tz="UTC")
    rows = [f"{day:%m%d}-{hour},{day:%Y-%m-%d}T{hour}:30:00Z,12.50,1" for day in days for hour in (17, 18, 19, 20)]
    return write_export(folder, rows)


def test_a_junk_file_stops_no_other_file_and_takes_no_order_away(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    """All weeks were kept from before as long as it lay there: a file that could never be read may hold any week."""
    files, inbox = order_file(tmp_path), tmp_path / "inbox"
    week = WEEKS[1]

    def collected() -> tuple[int, bool, bool, str]:
        pipeline = Pipeline(tmp_path / "data", **files)
        assert pipeline.collect(instance, [week]).failures == {}
        facts = pipeline.tables.week_facts("raw_orders", week)
        assert facts is not None
        return facts.row_count, facts.is_partial, facts.is_kept, facts.reason or ""

    count, *_ = collected()
    (inbox / "junk.csv").write_bytes(bytes(range(256)) * 80)
    (inbox / "today.csv").write_text(f"id,at,total,pizzas\nnew,{week}T18:05:00Z,9.50,1\n")
    *found, reason = collected()
    assert found == [count + 1, True, False]
    assert "some files can't be read and may hold more: junk.csv" in reason
    (inbox / "today.csv").rename(inbox / "broken.csv")  # as if the next version of a file came damaged and renamed
    (inbox / "broken.csv").write_bytes(b"\xff\x00")
    *found, reason = collected()
    assert found == [count + 1, True, True]
    assert reason.startswith("kept from before")
    for name in ("junk.csv", "broken.csv"):
        (inbox / name).unlink()
    assert collected()[:3] == (count, False, False), "the owner took the file away"


def test_football_being_down_does_not_stop_real_orders(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    def all_down(sources: Sources) -> None:
        sources.matches = PoisonedMatches(sources.mock_matches, set(WEEKS), SourceUnavailable("nobody answers"))

    files = order_file(tmp_path / "inbox")
    pipeline = Pipeline(tmp_path / "data", all_down, PIZZA_FALLBACK="fail", **files | {"PIZZA_MATCHES": "openfootball"})
    collected = pipeline.collect(instance, WEEKS)
    assert set(collected.failures) == set(WEEKS)
    assert pipeline.tables.weeks("raw_orders") == WEEKS
    assert pipeline.tables.weeks("order_bins") == WEEKS
    assert pipeline.tables.weeks("raw_matches") == []


@pytest.mark.integration
def test_streamed_orders_are_stored_like_those_of_a_frame(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = order_file(tmp_path / "inbox")
    by_frame = Pipeline(tmp_path / "frame", **files)
    assert by_frame.collect(instance, WEEKS).failures == {}
    monkeypatch.setattr(week_files, "LARGE_WEEK_ORDERS", 10)
    by_stream = Pipeline(tmp_path / "stream", **files)
    assert by_stream.collect(instance, WEEKS).failures == {}

    assert by_stream.sources.order_files is not None
    answer = by_stream.sources.order_files.orders(by_stream.week(WEEKS[0]), may_stream=True)
    assert isinstance(answer.rows, RowStream)
    assert by_stream.checksums() == by_frame.checksums()
    for week in WEEKS:
        facts, known = (made.tables.week_facts("raw_orders", week) for made in (by_stream, by_frame))
        assert facts is not None
        assert known is not None
        assert replace(facts, run_id=known.run_id, collected_at=known.collected_at) == known
    events = instance.fetch_materializations(dg.AssetKey("raw_orders"), limit=10).records
    metadata = [event.asset_materialization.metadata for event in events if event.asset_materialization]
    shares = [(shown["dagster/row_count"].value, shown["real_share"].value) for shown in metadata]
    assert len(shares) == 2 * len(WEEKS)
    assert shares[: len(WEEKS)] == shares[len(WEEKS) :]


@pytest.mark.integration
def test_with_fallback_fail_stored_mock_is_ignored_everywhere(
    collected: World, tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    files = order_file(tmp_path / "inbox")
    strict = Pipeline(collected.data, as_real, PIZZA_FALLBACK="fail", **files | {"PIZZA_MATCHES": "openfootball"})
    collected = strict.collect(instance, WEEKS[1:2])
    assert (collected.failures, collected.error) == ({}, None)
    newest = instance.get_latest_materialization_event(dg.AssetKey("mock_orders"))
    assert newest is not None
    assert newest.asset_materialization is not None
    metadata = newest.asset_materialization.metadata
    assert (metadata["dagster/row_count"].value, metadata["data_source"].value) == (0, "none")
    assert strict.analyse(instance) is None
    timeline = strict.tables.read_whole("dashboard_orders_timeline")
    expected = strict.tables.read_whole("expected_orders")
    assert timeline is not None
    assert expected is not None
    assert set(timeline["order_source"]) == {"real"}
    assert set(expected["order_source"]) | set(expected["match_source"]) == {"real"}


def test_a_week_that_cannot_be_written_does_not_affect_others(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    def absurd(sources: Sources) -> None:
        class Absurd(RelabelledMatches):
            def matches(self, week: MatchWeek) -> SourceResult:
                result = super().matches(week)
                return replace(result, rows=result.rows.assign(home_goals=99)) if week.key == WEEKS[1] else result

        sources.matches = Absurd(sources.mock_matches)

    pipeline = Pipeline(tmp_path, absurd, PIZZA_MATCHES="openfootball")
    collected = pipeline.collect(instance, WEEKS)
    assert list(collected.failures) == [WEEKS[1]]
    assert "home_goals = 99" in collected.failures[WEEKS[1]]
    assert pipeline.tables.weeks("match_windows") == [WEEKS[0], WEEKS[2]]


@pytest.mark.integration
def test_a_match_that_moves_to_another_week_counts_once(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    """The old week still lists it; the most recently collected week counts, and its old windows are ignored."""

    class Moved(RelabelledMatches):
        def matches(self, week: MatchWeek) -> SourceResult:
            result = super().matches(week)
            if week.key != WEEKS[2]:
                return result
            moved = super().matches(week.shifted(-1)).rows.head(1)
            moved = moved.assign(kickoff_at=moved["kickoff_at"] + pd.Timedelta(days=7))
            return replace(result, rows=RawMatches.conform(pd.concat([result.rows, moved])))

    def moving(sources: Sources) -> None:
        sources.matches = Moved(sources.mock_matches)

    first = Pipeline(tmp_path, as_real, PIZZA_MATCHES="openfootball")
    first.collect(instance, WEEKS)
    second = Pipeline(tmp_path, moving, PIZZA_MATCHES="openfootball")
    assert second.collect(instance, WEEKS[2:]).failures == {}
    assert second.analyse(instance) is None
    listed = second.tables.read_whole("dashboard_matches")
    impact = second.tables.read_whole("match_impact")
    assert listed is not None
    assert impact is not None
    assert not listed["match_id"].duplicated().any()
    kickoffs = impact.groupby("match_id")["kickoff_at"].nunique()
    assert (kickoffs == 1).all()


def test_a_week_that_the_source_does_not_cover_is_kept(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    """As with openfootball for weeks outside the chosen seasons."""
    Pipeline(tmp_path, as_real).collect(instance, WEEKS[:1])
    before = {
        asset: Pipeline(tmp_path).tables.read_week(asset, WEEKS[0]) for asset in ("raw_matches", "raw_match_events")
    }

    class Silent:
        name, is_remote = "openfootball", False

        def matches(self, week: MatchWeek) -> SourceResult:
            return SourceResult(RawMatches.empty(), DataSource.REAL, self.name, is_covered=False, reason="not chosen")

    def silence(sources: Sources) -> None:
        sources.matches = Silent()

    silent = Pipeline(tmp_path, silence)
    assert silent.collect(instance, WEEKS[:1]).failures == {}
    for asset, stored in before.items():
        kept = silent.tables.read_week(asset, WEEKS[0])
        assert stored is not None
        assert kept is not None
        assert len(stored.rows) > 0
        pd.testing.assert_frame_equal(kept.rows, stored.rows)
