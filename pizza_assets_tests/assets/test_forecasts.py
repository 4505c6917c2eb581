"""The forecast in the whole graph: a file of orders, off season, failing sources, kept and scored forecasts, checks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd
import pytest

from pizza_assets.assets.forecasts import MIN_TARGETS, coverage_result
from pizza_assets.cli.forecasting import forecast_text
from pizza_assets.errors import SourceUnavailable
from pizza_assets.models import ForecastScores
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.orchestration.runs.run_summary import summary
from pizza_assets.sources.base import SourceResult
from pizza_assets_tests.support.order_export import write_export
from pizza_assets_tests.support.pipeline import Pipeline, PoisonedMatches, RelabelledMatches, as_real

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
RUNNING = MatchWeek.containing(NOW, "Europe/London")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def weeks(count: int, last: MatchWeek = RUNNING) -> list[str]:
    return [week.key for week in weeks_between(last.shifted(1 - count), last)]


def own_orders(folder: Path, count: int, until: datetime) -> dict[str, str]:
    """Settings for a real export of one store in Leeds: `count` weeks until the evening before `until`."""
    rng = np.random.default_rng(4)
    days = pd.date_range(until.date() - timedelta(weeks=count), until.date() - timedelta(days=1), tz="Europe/London")
    rows = []
    for day in days:
        hours = np.repeat(np.arange(12, 23), rng.poisson([3, 2, 1, 1, 3, 6, 9, 10, 8, 5, 2]))
        for number, hour in enumerate(hours):
            at = day + pd.Timedelta(hours=int(hour), minutes=int(rng.integers(60)))
            rows.append(f"{day:%m%d}-{number},{at.isoformat()},12.50,1")
    return write_export(folder, rows)


@pytest.mark.integration
def test_twelve_weeks_of_own_orders_show_next_saturday_in_one_run(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    files = own_orders(tmp_path, 12, NOW)
    pipeline = Pipeline(tmp_path / "data", as_real, NOW, **files | {"PIZZA_MATCHES": "openfootball"})
    collected = pipeline.collect(instance, weeks(13))
    assert pipeline.analyse(instance) is None
    text = summary(pipeline.tables, collected, None)
    assert "\nNext     " in text
    assert "Leeds United" in text
    rows = pipeline.tables.read_whole("dashboard_match_forecast")
    fixtures = pipeline.tables.read_whole("dashboard_coming_matches")
    assert rows is not None
    assert fixtures is not None
    assert set(rows["market"]) == {"Leeds"}
    assert set(rows["data_source"]) == {"real"}
    assert (rows["status"] == "ok").all(), rows["reasons"].unique()
    assert rows["football_reasons"].str.contains("too_few_control_markets").all()
    assert pd.Timestamp(rows["kickoff_at"].min()) < pd.Timestamp("2026-11-30", tz="UTC")
    assert rows.loc[rows["span"] == "match", "peak_hour_quantile_90"].notna().all()
    text = forecast_text(fixtures, rows, "Leeds", pd.Timestamp(NOW), 14)
    assert "Leeds United" in text
    assert "MOCK" not in text
    assert "too low if matches raise orders" in text
    assert (fixtures["forecast_count"] <= fixtures["market_count"]).all()
    kept = pipeline.tables.read_whole("kept_forecasts")
    pipeline.analyse(instance)
    pd.testing.assert_frame_equal(pipeline.tables.read_whole("kept_forecasts"), kept)


@pytest.mark.integration
def test_off_season_says_so_in_the_list_and_in_the_terminal(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    summer = datetime(2026, 6, 24, 12, tzinfo=UTC)
    pipeline = Pipeline(tmp_path, now=summer)
    pipeline.collect(instance, weeks(3, MatchWeek.containing(summer, "Europe/London")))
    assert pipeline.analyse(instance) is None
    fixtures, rows = (pipeline.tables.read_whole(f"dashboard_{name}") for name in ("coming_matches", "match_forecast"))
    assert fixtures is not None
    assert rows is not None
    assert rows.empty
    assert fixtures["entry"].tolist() == ["notice"]
    assert "No fixture" in forecast_text(fixtures, rows, None, pd.Timestamp(summer), 14)


@pytest.mark.integration
@pytest.mark.parametrize("fallback", ["mock", "fail"])
def test_a_failing_source_does_not_stop_the_analysis_and_a_check_warns(
    tmp_path: Path, instance: dg.DagsterInstance, fallback: str
) -> None:
    ahead = {RUNNING.shifted(n).key for n in range(-1, 5)}

    def down(sources) -> None:
        sources.matches = PoisonedMatches(RelabelledMatches(sources.mock_matches), ahead, SourceUnavailable("down"))

    pipeline = Pipeline(tmp_path, down, NOW, PIZZA_MATCHES="openfootball", PIZZA_FALLBACK=fallback)
    pipeline.collect(instance, weeks(3, RUNNING.shifted(-2)))
    assert pipeline.analyse(instance) is None
    fixtures = pipeline.tables.read_whole("coming_matches")
    rows = pipeline.tables.read_whole("match_forecast")
    assert fixtures is not None
    assert rows is not None
    assert (fixtures["entry"] == "failure").any()
    assert set(fixtures.loc[fixtures["entry"] == "fixture", "match_source"]) == (
        {"mock"} if fallback == "mock" else set()
    )
    assert (rows["status"] != "ok").all()
    record = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey("coming_matches"), "fixtures_are_known"), limit=1
    )[0]
    assert record.event is not None
    assert not record.event.dagster_event.event_specific_data.passed


@pytest.mark.integration
def test_fixtures_without_a_time_are_listed_not_forecast(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    class Unscheduled(RelabelledMatches):
        def matches(self, week: MatchWeek) -> SourceResult:
            result = super().matches(week)
            if week <= RUNNING:
                return result
            rows = result.rows.assign(kickoff_is_fixed=False, status="SCHEDULED")
            rows["kickoff_at"] = rows["kickoff_at"].dt.normalize()
            return type(result)(rows, result.data_source, result.source_name)

    def unscheduled(sources) -> None:
        sources.matches = Unscheduled(sources.mock_matches)

    pipeline = Pipeline(tmp_path, unscheduled, NOW, PIZZA_MATCHES="openfootball")
    pipeline.collect(instance, weeks(2))
    assert pipeline.analyse(instance) is None
    fixtures = pipeline.tables.read_whole("dashboard_coming_matches")
    rows = pipeline.tables.read_whole("match_forecast")
    assert fixtures is not None
    assert rows is not None
    unfixed = fixtures[~fixtures["kickoff_is_fixed"]]
    assert len(unfixed) > 5
    assert unfixed["kickoff_local"].str.endswith("time not fixed").all()
    assert unfixed["sentence"].str.contains("nothing is forecast").all()
    assert not set(rows["match_id"]) & set(unfixed["match_id"])


def scores(inside: float, count: int) -> pd.DataFrame:
    rows = [
        {
            "made_on": "2026-11-20",
            "match_id": f"m{number}",
            "market": "Leeds",
            "span": "post",
            "starts_at": pd.Timestamp("2026-11-21 15:00", tz="UTC"),
            "ends_at": pd.Timestamp("2026-11-21 17:00", tz="UTC"),
            "days_ahead": 1,
            "orders": 20.0,
            "observed": 20,
            "usual_orders": 20.0,
            "is_inside_80": number < inside * count,
            "is_inside_95": True,
            "order_source": "real",
            "match_source": "real",
            "data_source": "real",
        }
        for number in range(count)
    ]
    return ForecastScores.checked(rows)


@pytest.mark.parametrize(
    ("inside", "count", "passed"), [(0.8, 50, True), (0.5, 50, False), (1.0, 50, False), (0.0, MIN_TARGETS - 1, True)]
)
def test_the_check_warns_when_coverage_is_outside_its_band(inside: float, count: int, passed: bool) -> None:
    since = pd.Timestamp("2026-10-01", tz="UTC")
    result = coverage_result(scores(inside, count), since)
    assert result.passed == passed
    assert result.severity == dg.AssetCheckSeverity.WARN
    assert coverage_result(scores(0.0, 50), since + pd.Timedelta(days=90)).passed, "too old to judge"
