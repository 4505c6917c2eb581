"""The label of every row survives every step, and changing it changes nothing else."""

import pandas as pd
from hypothesis import HealthCheck, given, settings

from pizza_assets.analysis.baseline import expected_orders
from pizza_assets.analysis.effects import main_effects
from pizza_assets.analysis.insights import insights
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.match_windows import sum_windows
from pizza_assets.analysis.merged_orders import merge_orders
from pizza_assets.analysis.order_bins import bin_orders
from pizza_assets.analysis.outcomes import classify
from pizza_assets.analysis.panel import quarter_hours
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.dashboards import extracts
from pizza_assets.models.vocabulary import combined_source
from pizza_assets.models.week import MatchWeek
from pizza_assets_tests.strategies import World, worlds

LABELS = ["order_source", "match_source", "data_source"]
OTHER = {"real": "mock", "mock": "real"}


def tables_of(world: World) -> dict[str, pd.DataFrame]:
    """Every derived table of a world, from bins to extracts, as the assets make them."""
    lengths = WindowLengths()
    week = MatchWeek.containing(world.starts_at, "Europe/London").key
    bins = bin_orders(world.orders, world.covered, world.starts_at, world.ends_at, order_source=world.order_source)
    windows = sum_windows(world.matches, bins, world.markets, lengths)
    weeks = dict.fromkeys([week] if len(world.matches) else [], world.matches["match_source"].min())
    expected = expected_orders(
        quarter_hours(bins, week),
        world.matches,
        world.markets,
        lengths,
        match_source_by_week=weeks,
        default_timezone="Europe/London",
    )
    impact = match_impact(windows, expected, world.matches, world.markets, lengths)
    results = main_effects(impact, expected, permutations=19)
    sentences = insights(results, impact, windows)
    return {
        "order_bins": bins,
        "merged_orders": merge_orders(world.orders, world.matches, world.markets, lengths),
        "match_windows": windows,
        "expected_orders": expected,
        "match_impact": impact,
        "correlation_results": results,
        "insights": sentences,
        "dashboard_orders_timeline": extracts.orders_timeline(bins),
        "dashboard_matches": extracts.matches_extract(classify(world.matches), {}),
        "dashboard_match_impact": extracts.match_impact_extract(impact),
        "dashboard_correlations": extracts.correlations_extract(results),
        "dashboard_insights": extracts.insights_extract(sentences),
    }


def with_swapped_labels(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows under the other labels."""
    swapped = {name: frame[name].map(OTHER) for name in ("order_source", "match_source") if name in frame}
    return frame.assign(**swapped)


# Property 9
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_labels_survive_every_step(world: World) -> None:
    match_labels = set(world.matches["match_source"])
    for name, table in tables_of(world).items():
        if "order_source" in table:
            assert set(table["order_source"].dropna()) <= {world.order_source}, name
        if "match_source" in table:
            assert set(table["match_source"].dropna()) <= match_labels, name
        if {"order_source", "match_source", "data_source"} <= set(table.columns):
            known = table.dropna(subset=["order_source", "match_source"])
            labels = [combined_source(*pair) for pair in zip(known["order_source"], known["match_source"], strict=True)]
            assert known["data_source"].tolist() == labels, name
        if "match_id" in table and "match_source" in table:
            label_of_match = world.matches.set_index("match_id")["match_source"]
            assert (table["match_source"] == table["match_id"].map(label_of_match)).all(), name


# Property 9: a person reads the label, too
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_no_sentence_about_mock_data_is_without_the_word(world: World) -> None:
    sentences = tables_of(world)["insights"]
    for sentence in sentences.itertuples():
        if sentence.data_source != "real":
            assert "mock" in sentence.headline.lower(), sentence.headline


# Property 13
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_swapping_labels_changes_labels_only(world: World) -> None:
    swapped = World(
        world.markets,
        with_swapped_labels(world.matches),
        with_swapped_labels(world.orders),
        world.covered,
        world.starts_at,
        world.ends_at,
        OTHER[world.order_source],
    )
    texts = [*LABELS, "real_share", "analysis_id", "family_id", "headline", "caveat", "pattern_description"]
    before, after = tables_of(world), tables_of(swapped)
    for name in before:
        numbers = [column for column in before[name] if column not in [*texts, "data_quality", "rank"]]
        assert len(before[name]) == len(after[name]), name
        pd.testing.assert_frame_equal(_sorted(before[name][numbers]), _sorted(after[name][numbers]), obj=name)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(list(frame.columns), ignore_index=True) if len(frame.columns) else frame


# Property 18
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_every_run_ends_with_a_complete_summary(world: World) -> None:
    tables = tables_of(world)
    assert len(tables["insights"]) >= 1
    assert tables["insights"]["headline"].str.len().gt(10).all()
    windows = tables["correlation_results"].groupby(["order_source", "match_source"])["time_window"].agg(set)
    assert (windows.map(len) == 3).all()
    unanswered = tables["correlation_results"].query("status != 'ok'")
    assert unanswered["reasons"].notna().all()
    assert unanswered["p_value"].isna().all()
