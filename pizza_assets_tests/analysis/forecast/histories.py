"""Small histories with known truth: Poisson orders around one evening peak, matches at the usual hours."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pizza_assets.analysis.expected_grid import bins_under
from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.forecast.match_forecast import known_fixtures
from pizza_assets.analysis.forecast.order_history import OrderHistory
from pizza_assets.analysis.local_week import bins_of_week
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.windows import edges_by_match, epoch_minutes, times_of
from pizza_assets.models import ComingMatches, RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.week import weeks_between
from pizza_assets_tests.analysis.simulated_worlds import FIRST_WEEK, LENGTHS, ZONE, fixtures, markets_of

PAIR = ("real", "real")


def matches_of(markets: Sequence[Market], weeks: int, seed: int = 1) -> pd.DataFrame:
    """Real matches of all weeks and two more."""
    calendar = weeks_between(FIRST_WEEK, FIRST_WEEK.shifted(weeks + 1))
    rows = fixtures(tuple(markets), calendar, np.random.default_rng(seed))
    return RawMatches.conform(rows.assign(match_source="real"))


def panel_of(
    markets: Sequence[Market],
    matches: pd.DataFrame,
    weeks: int,
    *,
    per_hour: float = 20.0,
    effect: float = 0.0,
    seed: int = 2,
    noise: float = 0.1,
) -> Panel:
    """Orders from 11:00 to 23:00 local time, with a higher level in each further market; orders in the post window of
    own matches are multiplied by exp(effect)."""
    rng = np.random.default_rng(seed)
    calendar = weeks_between(FIRST_WEEK, FIRST_WEEK.shifted(weeks - 1))
    first, last = int(calendar[0].starts_at.timestamp()) // 900, int(calendar[-1].ends_at.timestamp()) // 900
    bins = np.arange(first, last)
    hour = bins_of_week(bins * 15, [ZONE])[0] % 96 / 4
    usual = np.where((hour >= 11) & (hour < 23), 0.3 + np.exp(-(((hour - 19) / 2.5) ** 2)), 0.0) * per_hour / 4
    mean = usual * np.linspace(0.7, 1.4, len(markets))[:, None] if len(markets) > 1 else usual[None]
    day = (bins - first) // 96
    mean = mean * np.exp(rng.normal(0, noise, (len(markets), day[-1] + 1)))[:, day]
    exposed = exposures(matches, markets)
    edges = edges_by_match(exposed, matches, LENGTHS)
    column, share = bins_under(times_of(edges[:, 2]), times_of(edges[:, 3]))
    row = exposed["market"].map({market.name: number for number, market in enumerate(markets)}).to_numpy()
    inside = (column >= first) & (column < last)
    market = np.broadcast_to(row[:, None], column.shape)[inside]
    mean[market, column[inside] - first] *= 1 + share[inside] * np.expm1(effect)
    counts = rng.poisson(mean).astype(np.int32)
    ends = np.array([int(week.ends_at.timestamp()) // 900 for week in calendar])
    return Panel(
        pd.Index([market.name for market in markets], dtype="str"),
        pd.Index([week.key for week in calendar], dtype="str"),
        first,
        np.searchsorted(ends, bins, side="right"),
        counts,
        np.ones(counts.shape, dtype=bool),
    )


def without(panel: Panel, is_lost: np.ndarray) -> Panel:
    """The panel with these cells unknown [market, bin]."""
    known = panel.is_known & ~is_lost
    return replace(panel, is_known=known, counts=np.where(known, panel.counts, 0).astype(np.int32))


def history_of(panel: Panel, markets: Sequence[Market], matches: pd.DataFrame) -> OrderHistory:
    return OrderHistory.of(panel, matches, markets, LENGTHS, {m.name: m.timezone for m in markets}, ZONE)


def coming_of(matches: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """The matches of the 14 days after the panel, as a list of coming matches."""
    now = panel.minutes[-1] + 15
    kickoff = epoch_minutes(matches["kickoff_at"])
    ahead = matches[(kickoff >= now) & (kickoff < now + 14 * 1440)]
    return ComingMatches.conform(
        ahead.assign(entry="fixture", announced_kickoff_at=ahead["kickoff_at"], note=None, asked_on="2026-01-01")
    )


def small_world(market_count: int = 8, weeks: int = 20, **settings):
    """Return markets, matches, panel, coming, fixtures."""
    markets = markets_of(market_count)
    matches = matches_of(markets, weeks)
    panel = panel_of(markets, matches, weeks, **settings)
    coming = coming_of(matches, panel)
    past = matches[epoch_minutes(matches["kickoff_at"]) <= panel.minutes[-1]].reset_index(drop=True)
    return markets, past, panel, coming, known_fixtures(past, coming)
