"""The calendar as an asset: written by every analysis, and updated in place in the storage."""

from datetime import UTC, datetime

import dagster as dg
import pandas as pd
from icalendar import Calendar, Component

from pizza_assets.models.demand import DemandForecast
from pizza_assets.models.forecasts import ComingMatches
from pizza_assets.storage.layout import whole_key
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.dashboards.sample_forecasts import SATURDAY, coming_matches, demand_forecast
from pizza_assets_tests.support.pipeline import Pipeline
from pizza_assets_tests.support.worlds import World

NOW = datetime(2026, 8, 4, 18, tzinfo=UTC)
COMING = ComingMatches.conform(coming_matches(["real"], 2)[ComingMatches.column_names()])


def store(pipeline: Pipeline, coming: pd.DataFrame, match_source: str = "real") -> None:
    rows = DemandForecast.conform(demand_forecast(["real"], [match_source], is_known=True))
    rows.loc[(rows["span"] == "day") & rows["with_football"].notna(), "with_football"] *= 1.12
    for asset, frame in (("demand_forecast", rows), ("coming_matches", coming)):
        pipeline.tables.write_whole(asset, frame, Origin("real", "1", "run"))


def made(pipeline: Pipeline, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    job = pipeline.definitions.resolve_job_def("analyse")
    chosen = [dg.AssetKey("match_calendar")]
    return job.execute_in_process(instance=instance, asset_selection=chosen, raise_on_error=False)


def events(pipeline: Pipeline) -> list[Component]:
    content = pipeline.tables.objects.read(whole_key("match_calendar"))
    assert content is not None
    return Calendar.from_ical(content).walk("VEVENT")


def test_a_kick_off_that_moves_is_updated_where_it_is_stored(analysed: World) -> None:
    pipeline = Pipeline(analysed.data, now=NOW)
    assert events(pipeline) == [], "the analysis has written it, and three weeks of orders forecast nothing"
    with analysed.instance() as instance:
        store(pipeline, COMING)
        assert made(pipeline, instance).success
        (first,) = events(pipeline)
        store(pipeline, COMING.assign(kickoff_at=COMING["kickoff_at"] + pd.Timedelta(hours=2)))
        assert made(pipeline, instance).success
        (moved,) = events(pipeline)
    assert (first["UID"], first["SEQUENCE"], first["DTSTART"].dt) == (
        moved["UID"],
        0,
        SATURDAY + pd.Timedelta(hours=15),
    )
    assert (moved["SEQUENCE"], moved["DTSTART"].dt) == (1, SATURDAY + pd.Timedelta(hours=17))
    facts = pipeline.tables.whole_facts("match_calendar")
    assert facts is not None
    assert facts.data_source == "real"


def test_a_file_with_mock_events_is_not_labelled_real(analysed: World) -> None:
    pipeline = Pipeline(analysed.data, now=NOW)
    mock = ComingMatches.conform(coming_matches(["mock"], 2)[ComingMatches.column_names()])
    with analysed.instance() as instance:
        for coming, source in ((mock, "mock"), (COMING, "real")):
            store(pipeline, coming, source)
            result = made(pipeline, instance)
            assert result.success
            (stored,) = result.asset_materializations_for_node("match_calendar")
    assert sorted(str(event["STATUS"]) for event in events(pipeline)) == ["CANCELLED", "CONFIRMED"]
    facts = pipeline.tables.whole_facts("match_calendar")
    assert facts is not None
    assert facts.data_source == "mixed"
    assert stored.metadata["real_share"].value == 0.5


def test_a_damaged_file_is_named_with_what_to_do(analysed: World) -> None:
    pipeline = Pipeline(analysed.data, now=NOW)
    key = whole_key("match_calendar")
    with pipeline.tables.objects.writing(key) as file:
        file.write(b"BEGIN:VCALENDAR\r\nnonsense")
    with analysed.instance() as instance:
        result = made(pipeline, instance)
        logged = "\n".join(str(entry) for entry in instance.all_logs(result.run_id))
    assert not result.success
    assert "coming_matches.ics is no calendar any more" in logged
    assert "remove it, then analyse again" in logged
