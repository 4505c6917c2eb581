"""A small simulator with known truth: markets, a fixture list, gamma-mixed quarter-hour counts, planted effects."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from pizza_assets.analysis.baseline import expected_grids, expected_rows
from pizza_assets.analysis.correlation_results import main_effects
from pizza_assets.analysis.expected_grid import ExpectedGrid, SourcePair, grids_of
from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.insights import insights
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.panel import Panel, market_panel
from pizza_assets.analysis.windows import WindowLengths, epoch_minutes, times_of, window_bounds
from pizza_assets.models import MatchWindows, QuarterHours, RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.week import MatchWeek, weeks_between

LENGTHS = WindowLengths()
ZONE = "Europe/London"
FIRST_WEEK = MatchWeek("2025-08-05", ZONE)
_SLOTS = ((5, 12.5), (5, 15), (5, 15), (5, 15), (5, 17.5), (6, 14), (6, 16.5), (0, 20))


@dataclass(frozen=True)
class World:
    """Quarter-hours and windows of all weeks, as the weekly assets would produce them."""

    quarters: pd.DataFrame
    windows: pd.DataFrame
    matches: pd.DataFrame
    markets: tuple[Market, ...]
    weeks: tuple[str, ...]
    match_source: str = "mock"
    timezone: str = field(default=ZONE)

    @property
    def match_source_by_week(self) -> dict[str, str]:
        return dict.fromkeys(self.weeks, self.match_source)


@dataclass(frozen=True)
class Analysis:
    expected: pd.DataFrame
    impact: pd.DataFrame
    results: pd.DataFrame
    insights: pd.DataFrame


def analyse(world: World) -> Analysis:
    """Run the whole analysis in the order of the assets."""
    grids = fitted_grids(world)
    expected = expected_rows(grids)
    impact = match_impact(world.windows, grids, world.matches, world.markets, LENGTHS)
    results = main_effects(impact, grids)
    return Analysis(expected, impact, results, insights(results, impact, world.windows))


def fitted_grids(world: World) -> dict[SourcePair, ExpectedGrid]:
    panels = panels_of(world.quarters, world.match_source_by_week)
    return expected_grids(panels, world.matches, world.markets, LENGTHS, default_timezone=world.timezone)


def panels_of(quarters: pd.DataFrame, match_source_by_week: Mapping[str, str]) -> dict[SourcePair, Panel]:
    """Panels of every pair of sources, from rows of order_source, market, bin_at, week and observed."""
    known = quarters[quarters["week"].isin(list(match_source_by_week))]
    stores = known.rename(columns={"observed": "order_count"}).assign(chain="dominos", store_id="a")
    table = QuarterHours.conform(stores)
    week_of_row = table["bin_at"].map(known.drop_duplicates("bin_at").set_index("bin_at")["week"])
    match_source_of_row = week_of_row.map(dict(match_source_by_week))
    parts: dict[SourcePair, list[Panel]] = {}
    for (order_source, match_source, week), rows in table.groupby(["order_source", match_source_of_row, week_of_row]):
        parts.setdefault((order_source, match_source), []).append(market_panel(rows.reset_index(drop=True), week))
    return {pair: Panel.joined(panels) for pair, panels in parts.items()}


def grids_in(world: World, expected: pd.DataFrame) -> dict[SourcePair, ExpectedGrid]:
    return grids_of(expected, {market.name: market.timezone for market in world.markets}, world.timezone)


def part_of(world: World, *, markets: int, weeks: int, matches: int, has_orders: bool = True) -> World:
    """The first markets, weeks and matches of a world, with or without its orders."""
    names, keys = [market.name for market in world.markets[:markets]], world.weeks[:weeks]
    kept = world.matches.iloc[:matches].reset_index(drop=True)
    quarters = world.quarters[world.quarters["market"].isin(names) & world.quarters["week"].isin(keys) & has_orders]
    windows = world.windows[world.windows["market"].isin(names) & world.windows["match_id"].isin(kept["match_id"])]
    return replace(
        world,
        quarters=quarters.reset_index(drop=True),
        windows=windows[np.full(len(windows), has_orders)].reset_index(drop=True),
        matches=kept,
        markets=world.markets[:markets],
        weeks=keys,
    )


def relabelled(world: World, order_source: str, match_source: str) -> World:
    """The same world with other labels."""
    return replace(
        world,
        quarters=world.quarters.assign(order_source=pd.array([order_source], dtype="str").repeat(len(world.quarters))),
        windows=MatchWindows.conform(world.windows.assign(order_source=order_source, match_source=match_source)),
        matches=RawMatches.conform(world.matches.assign(match_source=match_source)),
        match_source=match_source,
    )


def multiplied(world: World, factor: int) -> World:
    """The same world with every order repeated `factor` times."""
    counts = ["order_count", "revenue_cents", "pizza_count"]
    return replace(
        world,
        quarters=world.quarters.assign(observed=world.quarters["observed"] * factor),
        windows=world.windows.assign(**{name: world.windows[name] * factor for name in counts}),
    )


def markets_of(count: int, zones: tuple[str, ...] = (ZONE,)) -> tuple[Market, ...]:
    return tuple(Market(f"market {i:02d}", zones[i % len(zones)], (f"team {i:02d}",)) for i in range(count))


def match_row(match_id: str, kickoff_at: pd.Timestamp, home: str, away: str, **changes) -> dict:
    row = dict.fromkeys(RawMatches.column_names())
    return {
        **row,
        "match_id": match_id,
        "kickoff_at": kickoff_at,
        "kickoff_is_fixed": True,
        "sport": "football",
        "competition": "Premier League",
        "competition_type": "league",
        "season": "2025-26",
        "stage": "REGULAR_SEASON",
        "home_team": home,
        "away_team": away,
        "status": "FINISHED",
        "decided_by": "regular",
        "home_goals": 2,
        "away_goals": 1,
        "match_source": "mock",
        "source_name": "mock",
        **changes,
    }


def fixtures(markets: tuple[Market, ...], weeks: list[MatchWeek], rng: np.random.Generator) -> pd.DataFrame:
    """A fixture list in which all teams play every weekend at usual hours; every fourth week is free."""
    rows = []
    for number, week in enumerate(weeks):
        if number % 4 == 3:
            continue
        teams = [market.teams[0] for market in markets]
        rng.shuffle(teams)
        for pair in range(len(teams) // 2):
            weekday, hour = _SLOTS[rng.integers(len(_SLOTS))]
            days = (weekday - 1) % 7
            local = pd.Timestamp(week.key) + pd.Timedelta(days=days, hours=hour)
            rows.append(
                match_row(
                    f"{week.key}-{pair:02d}",
                    local.tz_localize(ZONE).tz_convert("UTC"),
                    teams[2 * pair],
                    teams[2 * pair + 1],
                )
            )
    return RawMatches.conform(rows)


def simulate(
    seed: int = 0,
    *,
    market_count: int = 20,
    week_count: int = 52,
    uplift: dict[str, float] | None = None,
    orders_per_bin: float = 4.0,
    order_source: str = "mock",
    zones: tuple[str, ...] = (ZONE,),
) -> World:
    """A year with hour-of-week shapes, common day effects, market-week levels and gamma noise per market and two hours.

    uplift: planted relative effect by window, e.g. {"post": 0.10}.
    """
    rng = np.random.default_rng(seed)
    markets = markets_of(market_count, zones)
    weeks = weeks_between(FIRST_WEEK, FIRST_WEEK.shifted(week_count - 1))
    matches = fixtures(markets, weeks, rng)
    first = int(weeks[0].starts_at.timestamp()) // 900
    last = int(weeks[-1].ends_at.timestamp()) // 900
    bins = np.arange(first, last)
    instants = pd.DatetimeIndex(times_of(bins * 15))
    week_of_bin = np.searchsorted([int(w.starts_at.timestamp()) // 900 for w in weeks], bins, side="right") - 1
    mean = _mean(rng, markets, instants, week_of_bin, orders_per_bin)
    effect = _effect(matches, markets, bins, uplift or {})
    counts = rng.poisson(mean * effect)
    quarters = _quarters(counts, markets, bins, np.array([week.key for week in weeks])[week_of_bin], order_source)
    windows = windows_of(counts, markets, bins, matches, order_source)
    return World(quarters, windows, matches, markets, tuple(week.key for week in weeks))


def _mean(
    rng: np.random.Generator,
    markets: tuple[Market, ...],
    instants: pd.DatetimeIndex,
    week_of_bin: np.ndarray,
    scale: float,
) -> np.ndarray:
    size = len(instants)
    days = rng.gamma(100, 1 / 100, size // 96 + 2)[np.arange(size) // 96]
    mean = np.empty((len(markets), size))
    for row, market in enumerate(markets):
        local = instants.tz_convert(market.timezone)
        hour = (local.hour + local.minute / 60).to_numpy()
        shape = np.exp(-(((hour - 19 - rng.normal(0, 0.5)) / 3) ** 2)) + 0.15
        shape = np.where((hour >= 11) & (hour < 23.5), shape, 0.0) * (1 + 0.3 * (local.day_of_week.to_numpy() >= 4))
        level = rng.gamma(200, 1 / 200, week_of_bin.max() + 1)[week_of_bin]
        noise = rng.gamma(100, 1 / 100, size // 8 + 1)[np.arange(size) // 8]
        mean[row] = scale * rng.gamma(10, 1 / 10) * shape * days * level * noise
    return mean


def _effect(
    matches: pd.DataFrame, markets: tuple[Market, ...], bins: np.ndarray, uplift: dict[str, float]
) -> np.ndarray:
    effect = np.ones((len(markets), len(bins)))
    names = [market.name for market in markets]
    exposed = exposures(matches, markets).merge(window_bounds(matches, LENGTHS), on=["match_id", "match_source"])
    start, end = epoch_minutes(exposed["window_start_at"]), epoch_minutes(exposed["window_end_at"])
    for row, (market, window) in enumerate(zip(exposed["market"], exposed["window"], strict=True)):
        share = np.clip(np.minimum(end[row], bins * 15 + 15) - np.maximum(start[row], bins * 15), 0, None) / 15
        effect[names.index(market)] += uplift.get(window, 0.0) * share
    return effect


def _quarters(
    counts: np.ndarray, markets: tuple[Market, ...], bins: np.ndarray, weeks: np.ndarray, source: str
) -> pd.DataFrame:
    row, position = np.nonzero(np.ones_like(counts, dtype=bool))
    return pd.DataFrame(
        {
            "order_source": pd.array([source], dtype="str").repeat(counts.size),
            "market": pd.array([market.name for market in markets], dtype="str").take(row),
            "bin_at": times_of(bins[position] * 15),
            "week": pd.array(weeks, dtype="str").take(position),
            "observed": counts[row, position].astype(np.int64),
        }
    )


def windows_of(
    counts: np.ndarray, markets: tuple[Market, ...], bins: np.ndarray, matches: pd.DataFrame, order_source: str
) -> pd.DataFrame:
    """MatchWindows from quarter-hour counts: a quarter's orders spread evenly over its minutes, rounded per window."""
    names = [market.name for market in markets]
    exposed = exposures(matches, markets).merge(window_bounds(matches, LENGTHS), on=["match_id", "match_source"])
    start, end = epoch_minutes(exposed["window_start_at"]), epoch_minutes(exposed["window_end_at"])
    edges = np.append(bins, bins[-1] + 1) * 15
    totals = np.concatenate([np.zeros((len(names), 1)), np.cumsum(counts, axis=1)], axis=1)
    market = np.array([names.index(name) for name in exposed["market"]], dtype=np.int64)
    orders = [
        round(np.interp(e, edges, totals[m]) - np.interp(s, edges, totals[m]))
        for m, s, e in zip(market, start, end, strict=True)
    ]
    covered = np.clip(np.minimum(end, edges[-1]) - np.maximum(start, edges[0]), 0, None)
    frame = exposed.assign(
        sport="football",
        competition="Premier League",
        chain="dominos",
        currency="GBP",
        covered_minutes=covered,
        is_complete=covered == end - start,
        order_count=orders,
        revenue_cents=np.array(orders, dtype=np.int64) * 1650,
        average_order_cents=np.where(np.array(orders) > 0, 1650.0, np.nan),
        pizza_count=orders,
        store_count=2,
        orders_per_hour=60 * np.array(orders) / np.maximum(covered, 1),
        order_source=order_source,
    )
    return MatchWindows.conform(frame)
