"""Orders by shop and hour: days with or without a match, sums with errors of their own, what has passed left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.forecast.demand import Staffing, column_at, demand_rows
from pizza_assets.analysis.forecast.demand_backtest import Football
from pizza_assets.analysis.forecast.demand_tables import (
    demand_backtest,
    demand_forecast,
    demand_scores,
    kept_demand,
)
from pizza_assets.analysis.forecast.demand_units import Units, all_units, demand_targets, observed_sums, selling
from pizza_assets.analysis.forecast.match_forecast import forecast_backtest, order_histories
from pizza_assets.analysis.forecast.order_history import HORIZON
from pizza_assets.analysis.panel import STORE, Panel
from pizza_assets.analysis.reasons import Reason
from pizza_assets.dashboards.extracts.demand import demand_forecast_extract
from pizza_assets.models.market import Markets
from pizza_assets.models.orders_per_person import OrdersPerPerson
from pizza_assets.models.special_days import SpecialDay, SpecialKind
from pizza_assets.models.vocabulary import DemandLevel
from pizza_assets_tests.analysis.forecast.histories import PAIR, small_world
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, ZONE

MARKETS, PAST, PANEL, COMING, FIXTURES = small_world(effect=0.3, per_hour=40.0)
END = datetime.fromtimestamp(float(PANEL.minutes[-1] + 15) * 60, UTC)


def shops_of(panel: Panel) -> Panel:
    """Two shops of two chains per market: a third and two thirds of its orders."""
    rng = np.random.default_rng(3)
    small = rng.binomial(panel.counts, 1 / 3).astype(np.int32)
    names = [(name, chain, f"{name}-{chain}") for chain in ("Uno", "Due") for name in panel.names]
    counts = np.concatenate([small, panel.counts - small])
    order = sorted(range(len(names)), key=lambda number: names[number])
    index = pd.MultiIndex.from_tuples([names[number] for number in order], names=STORE)
    return replace(panel, names=index, counts=counts[order], is_known=np.ones_like(counts, dtype=bool))


SHOPS = shops_of(PANEL)

EIGHT_EACH = OrdersPerPerson(8.0)


class World:
    """Histories and backtests, from which forecasts can be made at several times."""

    def __init__(self, panel: Panel = SHOPS, markets: Markets = MARKETS) -> None:
        self.panel = panel
        self.histories = order_histories({PAIR: PANEL}, FIXTURES, markets, LENGTHS, ZONE)
        self.shops = order_histories({PAIR: panel}, FIXTURES, markets, LENGTHS, ZONE)
        self.past = forecast_backtest(self.histories, FIXTURES)
        self.scored = demand_backtest(self.shops, {PAIR: panel}, self.histories, self.past)

    def forecast(self, now: datetime = END, people: OrdersPerPerson = EIGHT_EACH) -> pd.DataFrame:
        staffing = {PAIR[0]: Staffing(people, {(MARKETS[0].name, "Uno"): 1.5})}
        backtests, panels = (self.past, self.scored), {PAIR: self.panel}
        return demand_forecast(self.shops, panels, self.histories, backtests, FIXTURES, staffing, now, "2026-01-01")


WORLD = World()
BACKTEST, FORECAST = WORLD.scored, WORLD.forecast()
OF_SHOPS = FORECAST[FORECAST["level"] == "shop"]


def test_every_shop_has_every_open_hour_with_or_without_a_match() -> None:
    hours = OF_SHOPS[OF_SHOPS["span"] == "hour"]
    assert (hours["status"] == "ok").equals(hours["holiday"].isna())
    by_day = hours.groupby(["store_id", "business_date"]).size()
    assert len(by_day.groupby("store_id").size()) == len(SHOPS.names)
    assert set(by_day[by_day.index.get_level_values(1) > hours["business_date"].min()].iloc[:-1]) == {12}
    assert hours["local_start"].between("11:00", "22:00").all()
    assert hours["match"].notna().any()
    assert hours["match"].isna().any()


def test_football_is_added_in_its_window_only() -> None:
    hours = OF_SHOPS[OF_SHOPS["span"] == "hour"]
    added = hours["with_football"] / hours["without_football"]
    after = hours[(hours["match_window"] == "post") & (added > 1.05)]
    assert len(after)
    assert added[hours["match"].isna()].to_numpy() == pytest.approx(1.0)


def test_sums_are_of_one_chain_and_have_narrower_ranges_than_their_parts() -> None:
    chains = FORECAST[(FORECAST["level"] == "chain") & (FORECAST["span"] == "day")]
    assert set(chains["chain"]) == {"Uno", "Due"}
    parts = OF_SHOPS[OF_SHOPS["span"] == "day"].groupby(["chain", "business_date"])[["expected", "low_80", "high_80"]]
    both = chains.set_index(["chain", "business_date"]).join(parts.sum(), suffixes=("", "_added"))
    whole = both[(both["days_ahead"] > 0) & both["holiday"].isna()]
    assert whole["expected"].to_numpy() == pytest.approx(whole["expected_added"].to_numpy())
    assert (whole["high_80"] - whole["low_80"] < whole["high_80_added"] - whole["low_80_added"]).all()


def test_people_follow_the_markets_number_then_the_chains() -> None:
    rows = WORLD.forecast(people=OrdersPerPerson(8.0, {"Uno": 5.0}, {MARKETS[1].name: 2.0}))
    hours = rows[(rows["span"] == "hour") & rows["quantile_90"].notna()]
    per_person = hours["chain"].map({"Uno": 5.0, "Due": 8.0}).mask(hours["market"] == MARKETS[1].name, 2.0)
    per_person = per_person.mask(hours["level"] == "chain")
    assert per_person.nunique() == 3
    assert hours["people"].equals(np.ceil(hours["quantile_90"] / per_person))
    assert rows.loc[rows["span"] == "day", "people"].isna().all()


def test_on_a_bank_holiday_the_mean_is_given_without_a_range() -> None:
    on_holiday = FORECAST[FORECAST["holiday"].notna()]
    assert len(on_holiday)
    assert on_holiday["expected"].notna().all()
    assert on_holiday[["low_80", "quantile_90", "people"]].isna().all(axis=None)
    assert on_holiday["reasons"].str.startswith(Reason.BANK_HOLIDAY.code).all()
    assert not on_holiday["is_peak_hour"].any()


def test_no_mean_is_given_on_a_holiday_of_which_no_orders_are_known() -> None:
    """All shops were closed on it 20 days ago, and it comes again in five days."""
    shops = WORLD.shops[PAIR]
    past, ahead = (shops.day == shops.day[0, shops.end + days * 96] for days in (-20, 5))
    odd = replace(
        shops,
        holiday=(past | ahead).astype(np.int16),
        holiday_names=("Christmas Day",),
        is_known=shops.is_known & ~past,
    )
    football, staffing = Football(WORLD.histories[PAIR], ()), Staffing(OrdersPerPerson(), {})
    rows = demand_rows(odd, all_units(SHOPS.names), football, BACKTEST, staffing, odd.end)
    on_holiday = rows[rows["holiday"].notna()]
    assert (on_holiday["reasons"] == Reason.HOLIDAY_UNKNOWN).all()
    assert len(on_holiday) == len(SHOPS.names) + len(SHOPS.names) + 2
    assert on_holiday["expected"].isna().all()


def test_listed_days_are_told_apart_and_past_ones_have_no_say() -> None:
    """The first market is closed the day after tomorrow and has a promotion the day before; it had ten times its usual
    orders on a listed day last week. It has no bank holiday on 26 December, as the others have."""
    first, *others = (replace(MARKETS[0], country="AE"), *MARKETS[1:])
    past, closed, promotion = (END.date() + timedelta(days=days) for days in (-6, 3, 2))
    kinds = {past: SpecialKind.CONCERT, closed: SpecialKind.CLOSED, promotion: SpecialKind.PROMOTION}
    listed = replace(first, special_days=tuple(SpecialDay(day, day, kind) for day, kind in kinds.items()))
    counts = SHOPS.counts.copy()
    local = pd.to_datetime(SHOPS.minutes, unit="m", utc=True).tz_convert(ZONE) - pd.Timedelta(hours=6)
    counts[np.ix_(SHOPS.names.get_level_values("market") == first.name, local.date == past)] *= 10
    rows = World(replace(SHOPS, counts=counts), (listed, *others)).forecast()
    own = rows[(rows["market"] == first.name) & (rows["level"] == "shop")]
    [*whys] = own.loc[own["business_date"] == closed.isoformat(), "reasons"]
    assert whys == [Reason.LISTED_AS_CLOSED.value] * 2  # the days of its shops, without hours
    on_promotion = own[own["business_date"] == promotion.isoformat()]
    assert on_promotion["reasons"].str.contains(Reason.LISTED_DAY.code).all()
    assert on_promotion["expected"].notna().all()
    assert on_promotion["quantile_90"].isna().all()
    days = rows[(rows["level"] == "chain") & (rows["span"] == "day")].set_index(["chain", "business_date"])
    assert set(days.loc[(slice(None), "2025-12-26"), "holiday"]) == {"Boxing Day"}
    before = FORECAST[(FORECAST["level"] == "chain") & (FORECAST["span"] == "day")]
    share = days["expected"] / before.set_index(["chain", "business_date"])["expected"]
    share = share.unstack("chain")
    usual = share.drop(index=[closed.isoformat()]).to_numpy()
    assert usual == pytest.approx(1.0, abs=0.02)
    assert (share.loc[closed.isoformat()] < 1 - 0.5 / len(MARKETS)).all()


def test_a_shop_is_not_silent_because_its_last_week_is_listed() -> None:
    """The first market had a promotion of ten days until now. Its first shop closed a week before that."""
    first, *others = MARKETS
    promotion = SpecialDay(END.date() - timedelta(days=10), END.date(), SpecialKind.PROMOTION)
    known = SHOPS.is_known.copy()
    known[0, -18 * 96 :] = False
    markets = (replace(first, special_days=(promotion,)), *others)
    history = order_histories({PAIR: replace(SHOPS, is_known=known)}, FIXTURES, markets, LENGTHS, ZONE)[PAIR]
    assert np.flatnonzero(history.silent_rows(history.end)).tolist() == [0]
    chains, cut = Units.of(DemandLevel.CHAIN, SHOPS.names), history.end - HORIZON
    came = observed_sums(history, chains, cut)[chains.unit_of_shop[1]]
    np.testing.assert_array_equal(np.isnan(came), history.listed[1, cut : history.end] != 0)
    assert not np.isnan(selling(history, history.end, np.ones((len(SHOPS.names), HORIZON)))[1]).any()


def test_one_hour_of_a_day_is_the_busiest() -> None:
    hours = OF_SHOPS[OF_SHOPS["span"] == "hour"]
    peaks = hours[hours["is_peak_hour"]].set_index(["store_id", "business_date"])
    assert not peaks.index.duplicated().any()
    most = hours[hours["status"] == "ok"].groupby(["store_id", "business_date"])["expected"].max()
    assert peaks["expected"].to_numpy() == pytest.approx(most.reindex(peaks.index).to_numpy())


def test_people_and_pizzas_are_given_where_they_are_known() -> None:
    hours = OF_SHOPS[OF_SHOPS["span"] == "hour"]
    given = hours[hours["status"] == "ok"]
    assert (given["people"] == np.ceil(given["quantile_90"] / 8)).all()
    known = (hours["market"] == MARKETS[0].name) & (hours["chain"] == "Uno")
    assert hours.loc[known, "pizzas"].to_numpy() == pytest.approx(1.5 * hours.loc[known, "expected"].to_numpy())
    assert hours.loc[~known, "pizzas"].isna().all()
    assert FORECAST.loc[FORECAST["span"] == "day", "people"].isna().all()


def test_hours_that_have_passed_are_left_out_and_the_rest_stands() -> None:
    """Data until a Tuesday morning; it is 18:20 the day after."""
    now = END + timedelta(hours=36) + timedelta(minutes=20)
    late = WORLD.forecast(now)
    assert late["ends_at"].min() > now
    assert late.loc[late["span"] == "hour", "starts_at"].min() > now - timedelta(hours=1)
    key = ["level", "market", "chain", "store_id", "span", "starts_at"]
    both = late[late["span"] == "hour"].merge(FORECAST, on=key, suffixes=("", "_before"))
    assert len(both) == (late["span"] == "hour").sum()
    assert both["quantile_90"].to_numpy() == pytest.approx(both["quantile_90_before"].to_numpy(), nan_ok=True)
    rest = late[(late["span"] == "day") & (late["business_date"] == late["business_date"].min())]
    assert (rest["days_ahead"] == 0).all()


def test_after_closing_time_the_forecast_begins_with_the_next_day() -> None:
    """It is 23:30: the business day runs until 6:00 and nothing more is sold on it."""
    late = WORLD.forecast(END + timedelta(hours=17, minutes=30))
    assert not late["reasons"].str.contains("shop_closed|shop_done").any()
    assert late["business_date"].min() == (END.date() + timedelta(days=1)).isoformat()


@pytest.fixture(scope="module")
def odd_shops() -> World:
    """The first shop closed 30 days ago, the second sells nothing after 20:00."""
    counts, known = SHOPS.counts.copy(), SHOPS.is_known.copy()
    known[0, -30 * 96 :] = False
    counts[1, WORLD.shops[PAIR].place[1, : counts.shape[1]] % 96 >= 80] = 0
    return World(replace(SHOPS, is_known=known, counts=np.where(known, counts, 0).astype(np.int32)))


def test_a_shop_that_has_closed_for_the_day_before_others_is_done(odd_shops: World) -> None:
    """It is 21:30."""
    rows = odd_shops.forecast(END + timedelta(hours=15, minutes=30))
    today = rows[(rows["level"] == "shop") & (rows["span"] == "day") & (rows["days_ahead"] == 0)]
    closed, done, *others = today.set_index("store_id").loc[[name[2] for name in SHOPS.names], "reasons"]
    assert [closed, done] == [Reason.SHOP_SILENT, Reason.SHOP_DONE]
    assert pd.isna(others).all()


def test_nothing_is_forecast_when_the_newest_orders_are_two_weeks_old() -> None:
    history = order_histories({PAIR: SHOPS}, FIXTURES, MARKETS, LENGTHS, ZONE)[PAIR]
    units = Units.of(DemandLevel.SHOP, SHOPS.names)
    late = column_at(history, int((END + timedelta(days=20)).timestamp()) // 60)
    assert len(demand_targets(history, units, history.end, late).start) == 0
    assert WORLD.forecast(END + timedelta(days=20)).empty


def test_a_shop_that_closed_is_listed_with_a_reason_and_left_out_of_sums(odd_shops: World) -> None:
    rows = odd_shops.forecast()
    closed = rows[rows["store_id"] == SHOPS.names[0][2]]
    assert set(closed["span"]) == {"day"}
    assert closed["reasons"].str.startswith(Reason.SHOP_SILENT.code).all()
    chain = rows[(rows["level"] == "chain") & (rows["chain"] == SHOPS.names[0][1])]
    assert set(chain["shops"]) == {len(MARKETS) - 1}
    days = rows[(rows["chain"] == SHOPS.names[0][1]) & (rows["span"] == "day") & rows["holiday"].isna()]
    usual = days.pivot_table(index="starts_at", columns="level", values="usual_orders", aggfunc="sum")
    assert usual["chain"].to_numpy() == pytest.approx(usual["shop"].to_numpy())


def test_intervals_hold_what_they_say_at_every_level() -> None:
    hours = BACKTEST[(BACKTEST["span"] == "hour") & (BACKTEST["level"] == "shop")]
    assert hours["inside_80_pct"].between(75, 85).all()
    assert (BACKTEST["error_pct"] < BACKTEST["error_of_mean_pct"] * 1.1).all()


def test_the_last_forecast_before_an_hour_is_kept_and_scored_when_its_orders_arrive() -> None:
    kept = kept_demand(FORECAST, None, END)
    pd.testing.assert_frame_equal(kept_demand(FORECAST, kept, END), kept)
    assert len(demand_scores(kept, {PAIR: SHOPS})) == 0
    half_past = END + timedelta(hours=14, minutes=30)
    assert kept_demand(FORECAST, None, half_past)["starts_at"].min() == half_past + timedelta(minutes=30)
    later = kept_demand(FORECAST.assign(made_on="2026-01-02", orders=FORECAST["orders"] + 1), kept, END)
    assert len(later) == len(kept)
    assert set(later["made_on"]) == {"2026-01-02"}
    width = 3 * 96
    ones = np.ones((len(SHOPS.names), width), dtype=np.int32)
    arrived = replace(
        SHOPS,
        counts=np.concatenate([SHOPS.counts, ones], axis=1),
        is_known=np.concatenate([SHOPS.is_known, ones > 0], axis=1),
        week=np.concatenate([SHOPS.week, np.full(width, SHOPS.week[-1])]),
    )
    scores = demand_scores(kept, {PAIR: arrived})
    hours = scores[(scores["span"] == "hour") & (scores["level"] == "shop")]
    assert (hours["observed"] == 4 * hours["scored_forecasts"]).all()
    assert set(scores["level"]) == {"shop", "market", "chain"}


def test_dashboards_get_whole_business_days() -> None:
    """The rest of today and both weeks; a day that the horizon cuts has no row of its own, and is left out."""
    extract = demand_forecast_extract(FORECAST, END + timedelta(hours=12))
    assert extract["business_date"].nunique() == 14
    last = OF_SHOPS[OF_SHOPS["business_date"] == extract["business_date"].max()]
    assert (extract["business_date"] == extract["business_date"].max()).sum() == len(last)
    is_last_day = (FORECAST["span"] == "day") & (FORECAST["business_date"] == FORECAST["business_date"].max())
    cut = demand_forecast_extract(FORECAST[~is_last_day], END + timedelta(hours=12))
    assert cut["business_date"].nunique() == 13


def test_units_sum_only_what_is_known() -> None:
    names = pd.MultiIndex.from_tuples([("A", "c", "1"), ("A", "c", "2"), ("B", "c", "3")], names=STORE)
    markets = Units.of(DemandLevel.MARKET, names)
    sums = markets.sums(np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, 5.0]]))
    np.testing.assert_array_equal(sums, [[3.0, np.nan], [np.nan, 5.0]])
