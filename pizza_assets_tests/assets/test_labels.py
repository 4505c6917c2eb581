"""Labels survive every step on every row, and swapping them changes nothing else."""

from dataclasses import replace

import pandas as pd
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from pizza_assets.analysis.baseline import expected_grids, expected_rows
from pizza_assets.analysis.correlation_results import main_effects
from pizza_assets.analysis.event_bins import event_panel
from pizza_assets.analysis.event_points import event_study as event_rows
from pizza_assets.analysis.event_points import kick_off_points
from pizza_assets.analysis.event_study import kick_off_study
from pizza_assets.analysis.events_in_shops import events_in_shops
from pizza_assets.analysis.insights import insights
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.match_windows import sum_windows
from pizza_assets.analysis.order_batches import FrameBatches
from pizza_assets.analysis.order_bins import bin_orders
from pizza_assets.analysis.order_values import order_values
from pizza_assets.analysis.outcomes import classify, own_outcomes
from pizza_assets.analysis.panel import market_panel
from pizza_assets.analysis.store_hours import effects_in_shops, store_hours
from pizza_assets.analysis.store_quarters import store_quarters
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.dashboards import extracts
from pizza_assets.models import OrderAnomalies
from pizza_assets.models.vocabulary import Span, Window, combined_source
from pizza_assets.models.week import MatchWeek
from pizza_assets_tests.strategies import World, worlds
from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.merging import merge_orders

LABELS = ["order_source", "match_source", "data_source"]
OTHER = {"real": "mock", "mock": "real"}
PAIRED = {
    "correlation_results", "insights", "dashboard_correlations", "dashboard_insights", "dashboard_event_study",
}  # fmt: skip
"""Tables with a row for every pair of sources, also for those without data."""
WORDED_BY_LABEL = {
    *LABELS, "real_share", "analysis_id", "family_id", "headline", "caveat", "pattern_description", "data_quality",
    "rank", "seen_in",
}  # fmt: skip


def tables_of(world: World) -> dict[str, pd.DataFrame]:
    """Every derived table of a world, from bins to extracts, as the assets make them."""
    lengths = WindowLengths()
    week = MatchWeek.containing(world.starts_at, "Europe/London").key
    orders = FrameBatches(world.orders), world.covered, world.starts_at, world.ends_at
    bins = bin_orders(*orders, order_source=world.order_source)
    windows = sum_windows(world.matches, bins, world.markets, lengths)
    label = world.matches.set_index("match_id")["match_source"].sort_index().head(1).tolist()  # of one match
    quarters = store_quarters(*orders, order_source=world.order_source)
    panels = {(world.order_source, *label): market_panel(quarters, week)} if label else {}
    grids = expected_grids(panels, world.matches, world.markets, lengths, default_timezone="Europe/London")
    expected = expected_rows(grids)
    impact = match_impact(windows, grids, world.matches, world.markets, lengths)
    results = main_effects(impact, grids)
    sentences = insights(results, impact, windows)
    types = classify(world.matches)[["match_source", "match_id", "match_type"]]
    hours = store_hours(windows)
    timeline = extracts.orders_timeline(bins)
    match_timeline = extracts.match_timeline(impact, expected, types, hours)
    points = kick_off_rows(grids, world)
    alarms = alarms_of(world, expected)
    return {
        "order_bins": bins,
        "quarter_hours": quarters,
        "merged_orders": merge_orders(FrameBatches(world.orders), world.matches, world.markets, lengths),
        "match_windows": windows,
        "expected_orders": expected,
        "match_impact": impact,
        "correlation_results": results,
        "insights": sentences,
        "dashboard_orders_timeline": timeline,
        "dashboard_match_timeline": match_timeline,
        "dashboard_matches": extracts.matches_extract(classify(world.matches), {}),
        "dashboard_match_impact": extracts.match_impact_extract(impact, types, own_outcomes(impact), hours),
        "dashboard_correlations": extracts.correlations_extract(results, effects_in_shops(results, impact, windows)),
        "dashboard_event_study": extracts.event_study_extract(
            points, events_in_shops(points, match_timeline, impact, windows)
        ),
        "dashboard_anomalies": extracts.anomalies_extract(
            alarms, classify(world.matches), order_values(timeline, ["order_source", "market", "chain"])
        ),
        "dashboard_insights": extracts.insights_extract(sentences),
    }


def kick_off_rows(grids: dict, world: World) -> pd.DataFrame:
    """event_study around kick-off, as the asset makes it."""
    studies = {
        pair: kick_off_study(event_panel(grid, world.matches[world.matches["match_source"] == pair[1]], world.markets))
        for pair, grid in grids.items()
    }
    return event_rows({pair: kick_off_points(study) for pair, study in studies.items()})


def alarms_of(world: World, expected: pd.DataFrame) -> pd.DataFrame:
    """An artificial alarm per market: a world is too short for real ones."""
    blank = {column.name: None if column.nullable else 0 for column in OrderAnomalies.columns()}
    source = {"order_source": world.order_source, "seen_in": world.order_source}
    span = {"starts_at": world.starts_at, "ends_at": world.ends_at, "kind": "low", "store_id": "s1"}
    match = world.matches[["match_id", "match_source"]].sort_values("match_id").head(1).to_dict("records")
    near = match[0] if match else {}
    markets = sorted(expected["market"].unique())
    rows = [{**blank, **source, **span, **near, "market": name, "chain": "dominos"} for name in markets]
    return OrderAnomalies.checked(rows) if rows else OrderAnomalies.empty()


def swapped(world: World) -> World:
    """The same world, real for mock and mock for real."""
    return replace(
        world,
        matches=with_swapped_labels(world.matches),
        orders=with_swapped_labels(world.orders),
        order_source=OTHER[world.order_source],
    )


def with_swapped_labels(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows under the other labels."""
    swapped = {name: frame[name].map(OTHER) for name in ("order_source", "match_source") if name in frame}
    return frame.assign(**swapped)


# Property 9, Property 13, Property 18: one test, because making all tables of a world is the expensive part (over a
# second of CPU an example). Few examples, so half of them are sure to have matches.
@examples(10, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([4, 0]).flatmap(worlds))
def test_labels_survive_swapping_them_changes_nothing_else_and_the_summary_is_complete(world: World) -> None:
    tables = tables_of(world)
    _labels_survive(world, tables)
    _mock_is_said_in_words(tables["insights"])
    _summary_is_complete(tables)
    _only_labels_differ(tables, tables_of(swapped(world)))


def _labels_survive(world: World, tables: dict[str, pd.DataFrame]) -> None:
    label_of_match = world.matches.set_index("match_id")["match_source"]
    for name, table in tables.items():
        if "order_source" in table and name not in PAIRED:
            assert set(table["order_source"].dropna()) <= {world.order_source}, name
        if {*LABELS} <= set(table.columns):
            known = table.dropna(subset=["order_source", "match_source"])
            labels = [combined_source(*pair) for pair in zip(known["order_source"], known["match_source"], strict=True)]
            assert known["data_source"].tolist() == labels, name
        if "match_id" in table and "match_source" in table:
            assert (table["match_source"] == table["match_id"].map(label_of_match)).all(), name


def _mock_is_said_in_words(insights: pd.DataFrame) -> None:
    for sentence in insights.itertuples():
        if sentence.data_source != "real":
            assert "mock" in sentence.headline.lower(), sentence.headline


def _summary_is_complete(tables: dict[str, pd.DataFrame]) -> None:
    assert len(tables["insights"]) >= 1
    assert tables["insights"]["headline"].str.len().gt(10).all()
    windows = tables["correlation_results"].groupby(["order_source", "match_source"])["time_window"].agg(set)
    assert (windows == {*Window, Span.MATCH}).all()
    unanswered = tables["correlation_results"].query("status != 'ok'")
    assert unanswered["reasons"].notna().all()
    assert unanswered["p_value"].isna().all()


def _only_labels_differ(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> None:
    for name, table in before.items():
        same = [column for column in table if column not in WORDED_BY_LABEL]
        pd.testing.assert_frame_equal(_sorted(table[same]), _sorted(after[name][same]), obj=name)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(list(frame.columns), ignore_index=True)
