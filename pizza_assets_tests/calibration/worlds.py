"""Simulated years of orders with known truth, around a fixture calendar; described in docs/calibration.md.

All parameters were specified before anything was measured and are not tuned to results. Analyses do not belong here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.windows import WindowLengths, edges_by_match, epoch_minutes, times_of, window_edges
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.week import MatchWeek

ZONE = "Europe/London"
CELL_MINUTES = 5
LATE_HOUR = 17
"""Local hour of kick-off from which `Planted.late_kickoffs` applies."""
CELLS_PER_DAY = 24 * 60 // CELL_MINUTES
LENGTHS = WindowLengths()
GOALS = {"home": 1.55, "away": 1.25}
"""Expected goals by side: scores are redrawn every year, so in a null year nothing depends on them."""


@dataclass(frozen=True)
class WorldKind:
    """How orders vary without football. All `*_sd` are standard deviations of a logarithm.

    orders_per_week: median orders of a market. market_sd: between markets. trend_sd: a market's drift over a year.
    evening_trend_sd: drift over a year of a market's share of orders after 17:00. season_sd: amplitude of a market's
    own yearly wave; evening_season_sd: that of a wave of its evenings, from 17:00 on. week_sd: market x week, AR(1)
    with 0.6. day_sd: a date, common to all markets. bin_sd: half an hour, common. market_day_sd: market x date.
    noise_sd: market x half-hour, AR(1) with 0.7. noise_df: degrees of freedom of that noise (t, scaled to noise_sd;
    capped at +-1.5), 0 for normal. promotion_share: share of market-days with a promotion, by a factor between 1.5 and
    2.5.
    """

    name: str
    orders_per_week: float = 1400.0
    market_sd: float = 0.4
    trend_sd: float = 0.05
    evening_trend_sd: float = 0.0
    season_sd: float = 0.0
    evening_season_sd: float = 0.0
    week_sd: float = 0.05
    day_sd: float = 0.08
    bin_sd: float = 0.03
    market_day_sd: float = 0.04
    noise_sd: float = 0.10
    noise_df: float = 0.0
    promotion_share: float = 0.0


PLAIN = WorldKind("plain")
HEAVY_TAILS = WorldKind("heavy tails", noise_sd=0.18, noise_df=3.0, promotion_share=0.01)
SHOCKS_AND_TRENDS = WorldKind(
    "shocks and trends", trend_sd=0.20, evening_trend_sd=0.10, season_sd=0.10, market_day_sd=0.12
)
OWN_SEASONS = WorldKind("own seasons", evening_season_sd=0.15)
KINDS = (PLAIN, HEAVY_TAILS, SHOCKS_AND_TRENDS, OWN_SEASONS)


@dataclass(frozen=True)
class Planted:
    """Effects of football in a year, as logarithms of factors; all zero is a null year.

    windows: own team's match, by window. common: all markets during any match of the calendar, by window, which the
    estimate must not contain. own_win: added in `post` after the own team's win. per_goal: added in `post` per goal of
    the match. after_goal: added for 15 minutes from each goal of the own team. everybody: all markets, in `during` and
    `post` of the matches named in `SimulatedYear.shared_match_ids`. market_sd, match_sd: how the effects of `windows`
    differ between markets, and between the matches of one. late_kickoffs: added in `post` after own matches that kick
    off at 17:00 or later. home_days: added all day, in the market of the home team.
    """

    windows: dict[str, float] = field(default_factory=dict)
    common: dict[str, float] = field(default_factory=dict)
    own_win: float = 0.0
    per_goal: float = 0.0
    after_goal: float = 0.0
    everybody: float = 0.0
    market_sd: float = 0.0
    match_sd: float = 0.0
    late_kickoffs: float = 0.0
    home_days: float = 0.0


NOTHING = Planted()


@dataclass(frozen=True)
class SimulatedYear:
    """counts: orders [market, cell of five minutes], from first_minute (epoch) on. week: index into `weeks` [cell].

    matches: finished RawMatches. goals: match_id, minute (epoch minute of the goal), side. mean: expected orders of
    every cell before the Poisson draw. `mean` includes planted effects, `usual` does not. holidays: cells on a holiday.
    """

    kind: WorldKind
    markets: tuple[Market, ...]
    weeks: tuple[str, ...]
    first_minute: int
    counts: np.ndarray
    mean: np.ndarray
    usual: np.ndarray
    holidays: np.ndarray
    week: np.ndarray
    matches: pd.DataFrame
    goals: pd.DataFrame

    @property
    def minutes(self) -> np.ndarray:
        """First epoch minute of every cell."""
        return self.first_minute + CELL_MINUTES * np.arange(self.counts.shape[1])

    def by(self, bin_minutes: int) -> np.ndarray:
        """Orders [market, bin of `bin_minutes`]."""
        cells = bin_minutes // CELL_MINUTES
        return self.counts.reshape(len(self.markets), -1, cells).sum(axis=2)


def simulate_year(
    rng: np.random.Generator,
    kind: WorldKind,
    fixtures: pd.DataFrame,
    weeks: Sequence[MatchWeek],
    planted: Planted = NOTHING,
    *,
    shared_match_ids: Sequence[str] = (),
    teams: Sequence[str] = (),
) -> SimulatedYear:
    """Simulate one year. fixtures: RawMatches; kick-offs and teams are kept, scores are redrawn.

    Each of `teams` (all teams of the fixtures, if empty) has one market, which follows only that team; all markets
    follow the matches in shared_match_ids.
    """
    followed = teams or sorted({*fixtures["home_team"], *fixtures["away_team"]})
    markets = tuple(Market(f"market {number:02d}", ZONE, (team,)) for number, team in enumerate(followed))
    matches, goals = _played(rng, fixtures)
    first = int(weeks[0].starts_at.timestamp()) // 60
    ends = np.array([int(week.ends_at.timestamp()) // 60 for week in weeks])
    minutes = np.arange(first, ends[-1], CELL_MINUTES)
    week = np.searchsorted(ends, minutes, side="right")
    log_mean, holidays = _habits(rng, kind, minutes, week, len(markets))
    is_open = np.isfinite(log_mean)
    usual = np.where(is_open, np.exp(log_mean), 0.0)
    log_mean += _football(minutes, markets, matches, goals, planted, shared_match_ids)
    if planted.market_sd or planted.match_sd:
        log_mean += _differing(rng, minutes, markets, matches, planted)
    mean = np.where(is_open, np.exp(log_mean), 0.0)
    return SimulatedYear(
        kind,
        markets,
        tuple(week.key for week in weeks),
        first,
        rng.poisson(mean),
        mean,
        usual,
        holidays,
        week,
        matches,
        goals,
    )


def _played(rng: np.random.Generator, fixtures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The fixtures with new scores, and the goals: uniform over 90 minutes, a quarter-hour later after half-time."""
    scores = {side: rng.poisson(mean, len(fixtures)) for side, mean in GOALS.items()}
    matches = RawMatches.conform(
        fixtures.assign(
            status="FINISHED",
            decided_by="regular",
            kickoff_is_fixed=True,
            **{f"{side}_goals": pd.array(goals, dtype="Int64") for side, goals in scores.items()},
            shootout_home_goals=pd.array([None] * len(fixtures), dtype="Int64"),
            shootout_away_goals=pd.array([None] * len(fixtures), dtype="Int64"),
        )
    )
    kickoff = epoch_minutes(matches["kickoff_at"])
    parts = []
    for side in GOALS:
        row = np.repeat(np.arange(len(matches)), matches[f"{side}_goals"].to_numpy(dtype=int))
        played = rng.integers(0, 90, len(row))
        parts.append(
            pd.DataFrame(
                {
                    "match_id": matches["match_id"].take(row).array,
                    "minute": kickoff[row] + played + np.where(played >= 45, 15, 0),
                    "side": pd.array([side] * len(row), dtype="str"),
                }
            )
        )
    return matches, pd.concat(parts, ignore_index=True)


def _habits(
    rng: np.random.Generator, kind: WorldKind, minutes: np.ndarray, week: np.ndarray, market_count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Log of expected orders [market, cell] without football, -inf where closed (before 11:00, from 23:30 on); and
    whether a cell is on a holiday [cell]."""
    local = pd.DatetimeIndex(times_of(minutes)).tz_convert(ZONE)
    hour = (local.hour + local.minute / 60).to_numpy()
    weekday = local.day_of_week.to_numpy()
    date = (local.normalize() - local[0].normalize()).days.to_numpy()
    half_hour = np.arange(len(minutes)) // (30 // CELL_MINUTES)
    year = (minutes - minutes[0]) / (minutes[-1] - minutes[0]) - 0.5
    common = rng.normal(0, kind.day_sd, date[-1] + 1)[date] + rng.normal(0, kind.bin_sd, half_hour[-1] + 1)[half_hour]
    holiday_effect = _holidays(rng, date[-1] + 1)[date]
    common += holiday_effect
    is_open = (hour >= 11) & (hour < 23.5)
    log_mean = np.empty((market_count, len(minutes)))
    for market in range(market_count):
        lunch, dinner = rng.normal(13, 0.25), rng.normal(19, 0.4)
        shape = 0.5 * np.exp(-(((hour - lunch) / 1.3) ** 2)) + np.exp(-(((hour - dinner) / 2.0) ** 2)) + 0.08
        weekend = 1 + rng.uniform(0.2, 0.5) * np.isin(weekday, (4, 5, 6))
        habit = np.where(is_open, shape * weekend, 0.0)
        level = kind.orders_per_week * np.exp(rng.normal(0, kind.market_sd))
        cells_per_week = 7 * CELLS_PER_DAY
        with np.errstate(divide="ignore"):
            log = np.log(habit * level / (habit.sum() / (len(minutes) / cells_per_week)))
        log += common + rng.normal(0, kind.trend_sd) * year
        log += rng.normal(0, kind.evening_trend_sd) * year * (hour >= 17)
        log += rng.normal(0, kind.season_sd) * np.sin(2 * np.pi * (year + rng.random()))
        if kind.evening_season_sd:
            wave = np.sin(2 * np.pi * (year + rng.random()))
            log += rng.normal(0, kind.evening_season_sd) * wave * (hour >= 17)
        log += _ar1(rng.normal(0, kind.week_sd, week[-1] + 1), 0.6)[week]
        log += rng.normal(0, kind.market_day_sd, date[-1] + 1)[date]
        log += _noise(rng, kind, half_hour[-1] + 1)[half_hour]
        promoted = rng.random(date[-1] + 1) < kind.promotion_share
        log += np.where(promoted, np.log(rng.uniform(1.5, 2.5, date[-1] + 1)), 0.0)[date]
        log_mean[market] = log
    return log_mean, holiday_effect != 0


def _holidays(rng: np.random.Generator, days: int) -> np.ndarray:
    """Eight days a year on which orders in all markets are 0.6 to 1.3 times as high."""
    effect = np.zeros(days)
    effect[rng.choice(days, 8, replace=False)] = np.log(rng.uniform(0.6, 1.3, 8))
    return effect


def _noise(rng: np.random.Generator, kind: WorldKind, size: int) -> np.ndarray:
    if not kind.noise_df:
        return _ar1(rng.normal(0, kind.noise_sd, size), 0.7)
    scale = kind.noise_sd * np.sqrt((kind.noise_df - 2) / kind.noise_df)
    return np.clip(_ar1(scale * rng.standard_t(kind.noise_df, size), 0.7), -1.5, 1.5)


def _ar1(innovations: np.ndarray, rho: float) -> np.ndarray:
    """A stationary AR(1) series with the variance of its innovations."""
    from scipy.signal import lfilter

    return lfilter([np.sqrt(1 - rho**2)], [1, -rho], innovations)


def mean_effect(year: SimulatedYear, planted: Planted) -> np.ndarray:
    """The mean log effect of the windows of own matches [market, cell]."""
    nothing = year.goals.head(0)
    return _football(year.minutes, year.markets, year.matches, nothing, Planted(windows=planted.windows), ())


def _differing(
    rng: np.random.Generator,
    minutes: np.ndarray,
    markets: Sequence[Market],
    matches: pd.DataFrame,
    planted: Planted,
) -> np.ndarray:
    """Deviations of the windows' log effects from their mean [market, cell]."""
    added = np.zeros((len(markets), len(minutes)))
    exposed = exposures(matches, markets)
    edges = (edges_by_match(exposed, matches, LENGTHS) - minutes[0]) // CELL_MINUTES
    number = {market.name: row for row, market in enumerate(markets)}
    market_deviation = rng.normal(0, planted.market_sd, len(markets))
    match_deviation = rng.normal(0, planted.match_sd, len(exposed))
    for row, market in enumerate(exposed["market"].map(number)):
        for window, name in enumerate(("pre", "during", "post")):
            if name in planted.windows:
                start, end = (max(edge, 0) for edge in edges[row, window : window + 2])
                added[market, start:end] += market_deviation[market] + match_deviation[row]
    return added


def _football(
    minutes: np.ndarray,
    markets: Sequence[Market],
    matches: pd.DataFrame,
    goals: pd.DataFrame,
    planted: Planted,
    shared_match_ids: Sequence[str],
) -> np.ndarray:
    """Log of the factor of football [market, cell]."""
    effect = np.zeros((len(markets), len(minutes)))
    if planted == NOTHING:
        return effect
    cell = (window_edges(matches, LENGTHS) - minutes[0]) // CELL_MINUTES
    spans = {name: (cell[:, i], cell[:, i + 1]) for i, name in enumerate(("pre", "during", "post"))}
    row_of_match = {match: row for row, match in enumerate(matches["match_id"])}
    for name, size in planted.common.items():
        on_air = np.zeros(len(minutes), dtype=bool)
        for start, end in zip(*spans[name], strict=True):
            on_air[max(start, 0) : max(end, 0)] = True
        effect += size * on_air
    for match_id in shared_match_ids:
        row = row_of_match[match_id]
        effect[:, max(cell[row, 1], 0) : max(cell[row, 3], 0)] += planted.everybody
    exposed = exposures(matches, markets)
    number = {market.name: row for row, market in enumerate(markets)}
    margin = (matches["home_goals"] - matches["away_goals"]).to_numpy(dtype=int)
    total = (matches["home_goals"] + matches["away_goals"]).to_numpy(dtype=int)
    is_late = (matches["kickoff_at"].dt.tz_convert(ZONE).dt.hour >= LATE_HOUR).to_numpy()
    midnight = matches["kickoff_at"].dt.tz_convert(ZONE).dt.normalize().dt.tz_convert("UTC")
    day = (epoch_minutes(midnight) - minutes[0]) // CELL_MINUTES
    goals_of = {key: rows["minute"].to_numpy() for key, rows in goals.groupby(["match_id", "side"])}
    for match_id, market, side in exposed[["match_id", "market", "side"]].itertuples(index=False, name=None):
        row, target = row_of_match[match_id], effect[number[market]]
        for name, size in planted.windows.items():
            start, end = (max(edge[row], 0) for edge in spans[name])
            target[start:end] += size
        has_won = margin[row] > 0 if side == "home" else margin[row] < 0
        start, end = (max(edge[row], 0) for edge in spans["post"])
        target[start:end] += planted.own_win * has_won + planted.per_goal * total[row]
        target[start:end] += planted.late_kickoffs * is_late[row]
        if side == "home":
            target[max(day[row], 0) : max(day[row] + CELLS_PER_DAY, 0)] += planted.home_days
        for minute in goals_of.get((match_id, side), ()):
            # a goal's quarter-hour starts with the first whole cell after it
            start = max(-(-(minute - minutes[0]) // CELL_MINUTES), 0)
            target[start : start + 3] += planted.after_goal
    return effect
