"""The forecast for coming matches: sound intervals, or a refusal with a reason; never a number alone."""

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.forecast import sentences
from pizza_assets.analysis.forecast.backtest import MIN_WEEKS, origins
from pizza_assets.analysis.forecast.coming import NUMBERS
from pizza_assets.analysis.forecast.match_forecast import (
    forecast_backtest,
    known_fixtures,
    match_forecast,
    order_histories,
)
from pizza_assets.analysis.forecast.scores import kept_forecasts
from pizza_assets_tests.analysis.forecast.histories import (
    PAIR,
    history_of,
    matches_of,
    panel_of,
    small_world,
    without,
)
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS


def forecasts(world, pair=PAIR) -> tuple[pd.DataFrame, pd.DataFrame]:
    markets, _, panel, coming, fixtures = world
    histories = order_histories({pair: panel}, fixtures, markets, LENGTHS)
    past = forecast_backtest(histories, fixtures)
    return past, match_forecast(histories, past, fixtures, coming, markets)


def assert_sound(rows: pd.DataFrame) -> None:
    """Assert that every row has an interval around its number, or no number and a reason."""
    ok = rows[rows["status"] == "ok"]
    refused = rows[rows["status"] != "ok"]
    assert refused[list(NUMBERS)].isna().all().all()
    assert refused["reasons"].str.contains(": ").all()
    assert refused["sentence"].str.contains("no forecast, because").all()
    assert ok["reasons"].isna().all()
    for low, high in (("low_80", "high_80"), ("low_95", "high_95")):
        assert (ok[low] <= ok["orders"]).all()
        assert (ok["orders"] <= ok[high]).all()
    assert (ok["low_95"] <= ok["low_80"]).all()
    assert (ok["high_80"] <= ok["high_95"]).all()
    with_football = ok[ok["football_reasons"].isna()]
    assert with_football[["with_football", "difference_low", "average_difference_high"]].notna().all().all()
    assert ok.loc[ok["football_reasons"].notna(), ["with_football", "difference", "effect_pct"]].isna().all().all()


def test_a_strong_effect_is_in_the_forecast_and_confirmed_by_the_backtest() -> None:
    past, rows = forecasts(small_world(effect=0.3, weeks=26))
    assert_sound(rows)
    assert (rows["status"] == "ok").all()
    post = rows[rows["span"] == "post"]
    assert post["football_reasons"].isna().all()
    assert post["effect_pct"].between(8, 35).all()  # 35 % was planted; estimates are shrunk
    assert (post["skill_against_no_football_pct"] > 0).all()
    assert (post["difference_low"] <= post["average_difference_low"]).all()
    assert past["origin_at"].nunique() > 9
    scored = past[past["orders"].notna() & past["is_own_match"]]
    assert scored["observed"].between(scored["low_80"], scored["high_80"]).mean() == pytest.approx(0.82, abs=0.08)
    assert ((past["starts_at"] >= past["origin_at"]) & past["days_ahead"].between(1, 14)).all()


def test_every_match_has_one_busiest_hour_and_the_sentence_names_it() -> None:
    _, rows = forecasts(small_world())
    peaks = rows[rows["is_peak_hour"]]
    assert not peaks.duplicated(["match_id", "market"]).any()
    around = rows[rows["span"] == "match"].merge(peaks, on=["match_id", "market"], suffixes=("", "_peak"))
    assert len(around) == (rows["span"] == "match").sum()
    for row in around.to_dict("records"):
        assert f"staff for {row['quantile_90_peak']:.0f} orders" in row["sentence"]


def test_the_busiest_hour_is_that_of_the_day_even_if_the_match_is_over_by_then() -> None:
    _, rows = forecasts(small_world())
    hours = rows[(rows["span"] == "hour") & (rows["status"] == "ok")]
    for _, day in hours.groupby(["match_id", "market"]):
        assert day.loc[day["is_peak_hour"], "orders"].item() >= day["orders"].max() - 1  # medians of whole orders
    peaks = rows[rows["is_peak_hour"]]
    assert (peaks["starts_at"] > peaks["kickoff_at"] + pd.Timedelta(hours=5)).any()


def forecast_when_orders_end(hours_after_kickoff: float) -> pd.DataFrame:
    """The forecast of the first coming match, with orders known until so long after its kick-off."""
    markets, past, _, coming, fixtures = small_world(weeks=12)
    panel = panel_of(markets, matches_of(markets, 12), 14)
    first = coming.iloc[0]
    now = first["kickoff_at"] + pd.Timedelta(hours=hours_after_kickoff)
    lost = np.zeros(panel.counts.shape, dtype=bool)
    lost[:, int(now.timestamp()) // 900 - panel.first_bin :] = True
    _, rows = forecasts((markets, past, without(panel, lost), coming, fixtures))
    assert_sound(rows)
    return rows[rows["match_id"] == first["match_id"]]


def test_of_a_window_that_has_begun_the_rest_is_forecast() -> None:
    rows = forecast_when_orders_end(-0.5)
    assert (rows["status"] == "ok").all()
    begun = rows[rows["days_ahead"] == 0]
    assert set(begun["span"]) == {"pre", "match", "day"}
    assert (begun["starts_at"] == begun["origin_at"]).all()
    for row in begun.to_dict("records"):
        words = "the rest of the day" if row["span"] == "day" else sentences.LABELS[row["span"]]
        assert f"{words}, from {row['local_start']} on" in row["sentence"]
    hours = rows[rows["span"] == "hour"]
    assert (hours["starts_at"] >= hours["origin_at"]).all()
    assert hours.groupby("market")["is_peak_hour"].sum().eq(1).all()
    spans = rows.set_index(["market", "span"])
    for name in ("without_football", "usual_orders"):
        windows = sum(spans.xs(span, level="span")[name] for span in ("pre", "during", "post"))
        pd.testing.assert_series_equal(windows, spans.xs("match", level="span")[name])
        # the origin is at a full hour, so that the hours that are left make up the rest of the day
        pd.testing.assert_series_equal(hours.groupby("market")[name].sum(), spans.xs("day", level="span")[name])


@pytest.mark.parametrize("hours_after_kickoff", [-2, -6])
def test_a_span_that_starts_with_the_forecast_is_whole(hours_after_kickoff: float) -> None:
    rows = forecast_when_orders_end(hours_after_kickoff)
    before = forecast_when_orders_end(-12)
    begun = set(rows.loc[rows["days_ahead"] == 0, "span"])
    assert begun == {"day"}
    around = [part[part["span"] == "match"].set_index("market") for part in (rows, before)]
    assert (around[0]["starts_at"] == around[1]["starts_at"]).all()
    assert not around[0]["sentence"].str.contains(" on\\)").any()
    assert set(kept_forecasts(rows, None)["span"]) == {"pre", "during", "post", "match"}


def test_a_window_that_is_over_is_refused_and_the_rest_stands() -> None:
    rows = forecast_when_orders_end(1)
    assert set(rows.loc[rows["status"] != "ok", "span"]) == {"pre"}
    assert rows.loc[rows["span"] == "pre", "reasons"].str.contains("already_over").all()


def test_the_rest_of_a_window_is_not_kept_but_what_was_forecast_of_the_whole_stays() -> None:
    morning = kept_forecasts(forecast_when_orders_end(-12), None)
    later = forecast_when_orders_end(-1)
    assert set(kept_forecasts(later, None)["span"]) == {"during", "post"}
    kept = kept_forecasts(later, morning)
    own = kept[kept["match_id"].isin(set(later["match_id"]))]
    others = kept_forecasts(later[later["match_id"] == "none"], morning)
    pd.testing.assert_frame_equal(others, morning)  # a match that is no longer listed keeps what was forecast
    expected = later.groupby("market")["span"].nunique().eq(6)
    assert expected.all()
    whole = morning.merge(own, on=["match_id", "market", "span", "starts_at"], suffixes=("", "_kept"))
    stayed = whole[whole["span"].isin(["pre", "match", "day", "hour"])]
    assert len(stayed) == 4 * later["market"].nunique()
    assert (stayed["orders"] == stayed["orders_kept"]).all()


def test_without_an_effect_the_forecast_is_not_worse() -> None:
    past, rows = forecasts(small_world(weeks=26))
    assert_sound(rows)
    own = past[past["is_own_match"] & (past["span"] == "post")]
    miss = {name: (own["observed"] - own[name]).abs().sum() for name in ("with_football", "without_football_model")}
    assert miss["with_football"] < 1.02 * miss["without_football_model"]


@pytest.mark.parametrize(
    ("weeks", "reason"), [(3, "too_short_history"), (MIN_WEEKS - 1, "too_short_history"), (12, None)]
)
def test_short_histories(weeks: int, reason: str | None) -> None:
    _, rows = forecasts(small_world(weeks=weeks))
    assert_sound(rows)
    assert len(rows)
    if reason:
        assert rows["reasons"].str.contains(reason).all()
    else:
        assert (rows["status"] == "ok").any()


def test_a_single_market_has_a_forecast_without_the_football_part() -> None:
    _, rows = forecasts(small_world(2, weeks=12))
    assert_sound(rows)
    assert (rows["status"] == "ok").any()
    assert rows["football_reasons"].str.contains("too_few_control_markets").all()
    assert rows.loc[rows["status"] == "ok", "sentence"].str.contains("too low if the match raises orders").all()


@pytest.mark.parametrize("per_hour", [0.2, 1.0])
def test_sparse_orders(per_hour: float) -> None:
    past, rows = forecasts(small_world(per_hour=per_hour, weeks=12))
    assert_sound(rows)
    scored = past[past["pit"].notna()]
    assert scored["pit"].between(0.1, 0.9).mean() == pytest.approx(0.8, abs=0.07)


def test_gaps_a_new_market_and_a_silent_one() -> None:
    markets, past, panel, coming, fixtures = small_world(weeks=20)
    lost = np.zeros(panel.counts.shape, dtype=bool)
    lost[:, 50 * 96 : 60 * 96] = True
    lost[0, : -5 * 672] = True
    lost[1, -10 * 96 :] = True
    _, rows = forecasts((markets, past, without(panel, lost), coming, fixtures))
    assert_sound(rows)
    of = {market: rows.loc[rows["market"] == market.name] for market in markets[:3]}
    assert of[markets[0]]["reasons"].str.contains("market_too_new").all()
    assert of[markets[1]]["reasons"].str.contains("market_silent").all()
    assert (of[markets[2]]["status"] == "ok").all()


def test_orders_that_end_long_before_the_match() -> None:
    markets, past, panel, coming, fixtures = small_world(weeks=20)
    lost = np.zeros(panel.counts.shape, dtype=bool)
    lost[:, -20 * 96 :] = True
    _, rows = forecasts((markets, past, without(panel, lost), coming, fixtures))
    assert_sound(rows)
    assert rows["reasons"].str.contains("too_far_ahead").all()


# Property 13
@pytest.mark.parametrize("pair", [("mock", "real"), ("mock", "mock"), ("real", "mock")])
def test_labels_do_not_change_numbers(pair: tuple[str, str]) -> None:
    markets, past, panel, coming, _ = world = small_world(weeks=12)
    _, real = forecasts(world)
    past, coming = (part.assign(match_source=pair[1]) for part in (past, coming))
    _, rows = forecasts((markets, past, panel, coming, known_fixtures(past, coming)), pair)
    assert_sound(rows)
    pd.testing.assert_frame_equal(rows[list(NUMBERS)], real[list(NUMBERS)])
    assert set(rows["data_source"]) == {"mock" if pair[0] == "mock" else "mixed"}
    assert rows["sentence"].str.contains("MOCK").all()


def test_fixtures_of_another_label_than_all_known_weeks_are_refused() -> None:
    markets, past, panel, coming, _ = small_world(weeks=12)
    coming = coming.assign(match_source="mock")
    _, rows = forecasts((markets, past, panel, coming, known_fixtures(past, coming)))
    assert_sound(rows)
    assert rows["reasons"].str.contains("no_common_weeks").all()


def test_without_orders_or_fixtures_there_are_no_rows() -> None:
    markets, past, panel, coming, fixtures = small_world(weeks=9)
    assert match_forecast({}, forecast_backtest({}, fixtures), fixtures, coming, markets).empty
    _, rows = forecasts((markets, past, panel, coming.head(0), known_fixtures(past, coming.head(0))))
    assert rows.empty


@pytest.mark.parametrize("weeks", [8, 9, 12, 30, 60])
def test_origins_fall_on_every_weekday_and_leave_eight_weeks(weeks: int) -> None:
    markets, _, panel, _, fixtures = small_world(2, weeks=weeks)
    cuts = origins(history_of(panel, markets, fixtures))
    assert len(cuts) <= 20
    assert all(MIN_WEEKS * 672 <= cut < panel.counts.shape[1] for cut in cuts)
    assert (len(cuts) == 0) == (weeks == 8)
    if len(cuts) >= 7:
        assert len({cut // 96 % 7 for cut in cuts}) == 7
