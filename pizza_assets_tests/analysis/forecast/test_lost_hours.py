"""Hours that a store lost say nothing to forecasts: neither to their means nor to their scores (decision 0044)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.forecast.backtest import backtest
from pizza_assets.analysis.forecast.demand_tables import demand_scores, kept_demand
from pizza_assets.analysis.forecast.demand_units import Units, observed_sums
from pizza_assets.analysis.forecast.match_forecast import order_histories
from pizza_assets.analysis.forecast.order_history import HORIZON, OrderHistory
from pizza_assets.analysis.forecast.origin import forecast_at
from pizza_assets.analysis.forecast.scores import forecast_scores, kept_forecasts
from pizza_assets.analysis.lost_hour_alarms import usable_panels
from pizza_assets.analysis.panel import STORE, Panel
from pizza_assets.analysis.windows import times_of
from pizza_assets.models import DemandForecast, OrderAnomalies
from pizza_assets.models.vocabulary import DemandLevel
from pizza_assets_tests.analysis.forecast import test_scores
from pizza_assets_tests.analysis.forecast.histories import PAIR, small_world
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, ZONE


class Shops:
    """A history of one shop per market; the first one lost an evening from 18:00 to 21:00."""

    def __init__(self, markets: int = 1, days_before_the_end: int = 9, weeks: int = 12) -> None:
        everyone, _, panel, _, self.fixtures = small_world(max(markets, 2), weeks, per_hour=40.0)
        self.markets = everyone[:markets]
        own = {"names": panel.names[:markets], "counts": panel.counts[:markets], "is_known": panel.is_known[:markets]}
        panel = replace(panel, **own)
        names = [(name, "Uno", "1") for name in panel.names]
        self.panel = replace(panel, names=pd.MultiIndex.from_tuples(names, names=STORE))
        self.of_markets = panel
        end = panel.counts.shape[1]
        first = end - days_before_the_end * 96 + 12 * 4  # weeks end at 06:00
        self.evening = slice(first, first + 12)

    def with_evening(self, panel: Panel, orders: int = 0) -> Panel:
        counts = panel.counts.copy()
        counts[0, self.evening] = orders
        return replace(panel, counts=counts)

    def outage(self, **changes: object) -> pd.DataFrame:
        blank = {column.name: (None if column.nullable else 0) for column in OrderAnomalies.columns()}
        starts_at, ends_at = times_of(self.panel.minutes[[self.evening.start, self.evening.stop]])
        row = {
            **blank, "market": self.panel.names[0][0], "chain": "Uno", "store_id": "1", "kind": "low",
            "starts_at": starts_at, "ends_at": ends_at, "expected": 40.0, "p_value": np.exp(-40.0),
            "order_source": PAIR[0], "seen_in": PAIR[0],
            **changes,
        }  # fmt: skip
        return OrderAnomalies.checked([row])

    def history(self, panel: Panel, outages: pd.DataFrame | None = None) -> OrderHistory:
        usable = {PAIR: panel} if outages is None else usable_panels({PAIR: panel}, outages)
        return order_histories(usable, self.fixtures, self.markets, LENGTHS, ZONE)[PAIR]


@pytest.mark.parametrize("markets", [1, 3], ids=["one shop", "three shops"])
@pytest.mark.parametrize("days", [3, 9, 46], ids=["this week", "last week", "seven weeks ago"])
@pytest.mark.parametrize("of_markets", [False, True], ids=["shops", "markets"])
def test_a_lost_evening_is_no_evening_without_orders(markets: int, days: int, of_markets: bool) -> None:
    world = Shops(markets, days)
    panel = world.of_markets if of_markets else world.panel
    known, lost = (world.history(world.with_evening(panel, orders), world.outage()) for orders in (10, 0))
    as_zeros = world.history(world.with_evening(panel))
    forecasts = [forecast_at(of, of.end) for of in (known, lost, as_zeros)]
    for name in ("without", "with_football", "unaware", "seasonal"):
        of_evening, of_lost, of_zeros = (getattr(one, name) for one in forecasts)
        np.testing.assert_array_equal(of_evening, of_lost)
        assert (of_zeros != of_lost).any()
    same = np.isin(lost.place[0, lost.end : lost.end + HORIZON], lost.place[0, world.evening])
    means = [one.seasonal[0, same].sum() for one in forecasts[1:]]
    assert means[1] < 0.95 * means[0]


def test_the_mean_of_eight_weeks_is_that_of_the_other_seven() -> None:
    world = Shops()
    history = world.history(world.with_evening(world.panel), world.outage())
    place = history.place[0, world.evening.start]
    [ahead, *_] = np.flatnonzero(history.place[0, history.end :] == place)
    weeks = np.flatnonzero(history.place[0, : history.end] == place)[-8:]
    assert history.counts[0, world.evening.start] == 0
    [mean] = forecast_at(history, history.end).seasonal[:, ahead]
    assert mean == pytest.approx(history.counts[0, weeks].sum() / 7)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"observed": 1}, id="some orders"),
        pytest.param({"p_value": 1e-12}, id="block without orders"),
        pytest.param({"store_id": "2"}, id="another shop"),
        pytest.param({"chain": "Due"}, id="another chain"),
        pytest.param({"order_source": "mock"}, id="another source"),
    ],
)
def test_other_outages_count_as_before(changes: dict[str, object]) -> None:
    world = Shops()
    panel = world.with_evening(world.panel)
    before, after = (world.history(panel, outages) for outages in (None, world.outage(**changes)))
    for name in ("counts", "is_known", "is_lost"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))
        assert getattr(before, name).dtype == getattr(after, name).dtype


def test_backtests_do_not_score_lost_hours() -> None:
    world = Shops()
    panel = world.with_evening(world.of_markets)
    before, after = (backtest(world.history(panel, outages)).targets for outages in (None, world.outage()))

    def overlapping(targets) -> int:
        return int(((targets.start < world.evening.stop) & (targets.end > world.evening.start)).sum())

    assert overlapping(before)
    assert not overlapping(after)
    assert len(after.start) == len(before.start) - overlapping(before)


@pytest.mark.parametrize("level", list(DemandLevel))
def test_no_sum_is_compared_with_orders_of_which_a_shop_lost_some(level: DemandLevel) -> None:
    world = Shops(3)
    history = world.history(world.with_evening(world.panel), world.outage())
    units, cut = Units.of(level, world.panel.names), history.end - HORIZON
    came = observed_sums(history, units, cut)
    evening = slice(world.evening.start - cut, world.evening.stop - cut)
    assert np.isnan(came[0, evening]).all()
    assert np.isnan(came).sum() == 12


def test_published_forecasts_of_lost_hours_are_not_scored() -> None:
    world = Shops(3)
    shops = world.with_evening(world.panel)
    blank = {column.name: (None if column.nullable else 0) for column in DemandForecast.columns()}
    hours = [
        {
            **blank, "level": level.value, "chain": "Uno",
            "market": None if level == DemandLevel.CHAIN else market,
            "store_id": "1" if level == DemandLevel.SHOP else None,
            "span": "hour", "starts_at": at, "ends_at": at + pd.Timedelta(hours=1), "days_ahead": 1, "origin_at": at,
            "status": "ok", "business_date": f"{at:%Y-%m-%d}", "order_source": PAIR[0], "match_source": PAIR[1],
            "data_source": "real",
        }
        for level in DemandLevel
        for market in ([world.panel.names[0][0]] if level == DemandLevel.CHAIN else world.of_markets.names)
        for at in times_of(world.panel.minutes[world.evening.start + np.arange(-4, 16, 4)])
    ]  # fmt: skip
    forecast = DemandForecast.checked(hours)
    kept = kept_demand(forecast, None, forecast["starts_at"].min().to_pydatetime())
    before, after = (
        demand_scores(kept, panels).groupby("level")["scored_forecasts"].sum().to_dict()
        for panels in ({PAIR: shops}, usable_panels({PAIR: shops}, world.outage()))
    )
    assert before == {"shop": 15, "market": 15, "chain": 5}
    assert after == {"shop": 12, "market": 12, "chain": 2}


def test_published_forecasts_of_matches_in_lost_hours_are_not_scored() -> None:
    kept = kept_forecasts(test_scores.GIVEN, None)
    market, at = kept.loc[0, "market"], kept.loc[kept["span"] == "match", "starts_at"].iloc[0]
    panels = {PAIR: test_scores.LATER}
    outage = Shops().outage(market=market, starts_at=at, ends_at=at + pd.Timedelta(hours=1))
    all_rows, scored = (
        forecast_scores(kept, of, test_scores.KICKOFFS) for of in (panels, usable_panels(panels, outage))
    )
    hits = (all_rows["market"] == market) & (all_rows["starts_at"] < at + pd.Timedelta(hours=1))
    hits &= all_rows["ends_at"] > at
    assert hits.any()
    assert len(scored) == len(all_rows) - hits.sum()
