"""Kept forecasts: one set per day, scored once orders have arrived, and accuracy over time."""

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.forecast.scores import (
    forecast_accuracy,
    forecast_scores,
    kept_forecasts,
    recent_coverage,
    skills,
)
from pizza_assets.models import ForecastBacktest, ForecastScores
from pizza_assets_tests.analysis.forecast.histories import PAIR, matches_of, panel_of, small_world, without
from pizza_assets_tests.analysis.forecast.test_match_forecast import forecasts
from pizza_assets_tests.analysis.simulated_worlds import markets_of

WORLD = small_world(weeks=12)
PAST, GIVEN = forecasts(WORLD)
LATER = panel_of(markets_of(8), matches_of(markets_of(8), 12), 14)
KICKOFFS = WORLD[4]


def test_a_day_has_one_set_of_forecasts_however_often_it_is_run() -> None:
    once = kept_forecasts(GIVEN, None)
    pd.testing.assert_frame_equal(kept_forecasts(GIVEN, once), once)
    tomorrow = kept_forecasts(GIVEN.assign(made_on="2026-01-02"), once)
    assert tomorrow["made_on"].value_counts().to_dict() == {"2026-01-01": len(once), "2026-01-02": len(once)}
    assert not (once["span"] == "hour").sum() > (once["span"] == "match").sum()


def test_refused_forecasts_are_not_kept() -> None:
    assert kept_forecasts(GIVEN.assign(status="insufficient_data"), None).empty


def test_scores_use_actual_orders() -> None:
    kept = kept_forecasts(GIVEN, None)
    assert forecast_scores(kept, {PAIR: WORLD[2]}, KICKOFFS).empty
    scores = forecast_scores(kept, {PAIR: LATER}, KICKOFFS)
    assert len(scores) == len(kept)
    row = scores[scores["span"] == "match"].iloc[0]
    inside = (LATER.minutes >= row["starts_at"].timestamp() / 60) & (LATER.minutes < row["ends_at"].timestamp() / 60)
    assert row["observed"] == LATER.counts[LATER.names.get_loc(row["market"]), inside].sum()
    assert scores["is_inside_95"].mean() > 0.7


def test_a_gap_or_a_moved_kickoff_is_not_scored() -> None:
    kept = kept_forecasts(GIVEN, None)
    lost = np.zeros(LATER.counts.shape, dtype=bool)
    lost[:, -7 * 96 :] = True
    fewer = forecast_scores(kept, {PAIR: without(LATER, lost)}, KICKOFFS)
    assert 0 < len(fewer) < len(kept)
    moved = KICKOFFS.assign(kickoff_at=KICKOFFS["kickoff_at"] + pd.Timedelta(minutes=30))
    assert forecast_scores(kept, {PAIR: LATER}, moved).empty


def test_pairs_are_not_scored_against_each_other() -> None:
    kept = kept_forecasts(GIVEN.assign(order_source="mock", data_source="mock"), None)
    assert forecast_scores(kept, {PAIR: LATER}, KICKOFFS).empty


def test_accuracy_is_cumulative_and_ends_with_all_forecasts() -> None:
    scores = forecast_scores(kept_forecasts(GIVEN, None), {PAIR: LATER}, KICKOFFS)
    line = forecast_accuracy(PAST, scores)
    for (evidence, span), rows in line.groupby(["evidence", "span"]):
        assert rows["scored_forecasts"].is_monotonic_increasing
        if evidence == "kept":
            span_scores = scores[scores["span"] == span]
            last = rows.iloc[-1]
            assert last["scored_forecasts"] == len(span_scores)
            assert last["inside_80_pct"] == pytest.approx(100 * span_scores["is_inside_80"].mean())
            miss = (span_scores["observed"] - span_scores["orders"]).abs().sum() / span_scores["observed"].sum()
            assert last["error_pct"] == pytest.approx(100 * miss)
    assert line["sentence"].str.contains("80 % interval").all()
    assert set(line["evidence"]) == {"backtest", "kept"}


def test_a_forecast_beats_the_mean_by_as_much_as_the_accuracy_says() -> None:
    """`pizza forecast` said 28 % below the mean (of the deviance) where the page said 10 % against 12 % of orders."""
    for past, given in ((PAST, GIVEN), forecasts(small_world(effect=0.3, weeks=26))):
        line = forecast_accuracy(past, ForecastScores.empty())
        last = line[line["span"] == "match"].iloc[-1]
        columns = ["skill_against_mean_pct", "scored_forecasts"]
        [[skill, scored]] = given.loc[given["span"] == "match", columns].drop_duplicates().to_numpy()
        assert skill == pytest.approx(100 * (1 - last["error_pct"] / last["error_of_mean_pct"]))
        assert scored == last["scored_forecasts"]


def test_without_football_the_forecast_of_the_other_model_is_scored() -> None:
    with_football, without = (skills(PAST, uses_football=uses).loc["match"] for uses in (True, False))
    assert float(without["skill_against_no_football_pct"]) == 0
    assert float(with_football["skill_against_no_football_pct"]) != 0


def test_few_own_matches_are_scored_with_the_other_days() -> None:
    of_match = PAST[PAST["orders"].notna() & (PAST["span"] == "match")]
    few = of_match[~of_match["is_own_match"] | (of_match["is_own_match"].cumsum() < 30)]
    found = skills(few, uses_football=True).loc["match", "scored_forecasts"]
    assert found == len(few) > 29


def test_nothing_to_score_is_not_an_error() -> None:
    assert skills(ForecastBacktest.empty(), uses_football=True).empty
    assert forecast_accuracy(ForecastBacktest.empty(), ForecastScores.empty()).empty
    assert recent_coverage(ForecastScores.empty(), pd.Timestamp("2026-01-01", tz="UTC"))["targets"] == 0
