"""Which hypotheses an export could test, before it is collected: runs the same analysis without storing anything.

It reports no results, so that nobody chooses a hypothesis because of its result.
"""

from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pizza_assets.analysis.anomaly_rows import order_anomalies
from pizza_assets.analysis.baseline import expected_grids
from pizza_assets.analysis.correlation_results import main_effects
from pizza_assets.analysis.expected_grid import ExpectedGrid, SourcePair
from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.lost_hour_alarms import usable_panels
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.match_windows import sum_windows
from pizza_assets.analysis.order_batches import FrameBatches
from pizza_assets.analysis.order_bins import bin_orders
from pizza_assets.analysis.panel import Panel, market_panel, store_panel
from pizza_assets.analysis.reasons import Answer, counted, split
from pizza_assets.analysis.same_day import SameDay, same_day_effects
from pizza_assets.analysis.store_quarters import BIN_MINUTES, store_quarters
from pizza_assets.analysis.whole_match import rows_of_span
from pizza_assets.analysis.windows import WindowLengths, epoch_minutes
from pizza_assets.analysis.wording import is_same_day
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models import MatchImpact, MatchWindows, OrderBins, QuarterHours, RawMatches
from pizza_assets.models.labels import rows_for_sources
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import DataSource, MatchStatus, ResultStatus
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult

WeekOfOrders = Callable[[MatchWeek], SourceResult]


@dataclass(frozen=True)
class Answerable:
    """Whether correlation_results could test one hypothesis. usable_windows: out of all `windows`.

    mde_80_pct: the smallest effect in per cent that is detected with 80 % power; None if `reasons` prevent the test.
    left_out: what is left out on purpose.
    """

    hypothesis: str
    role: str
    match_source: str
    is_answered: bool
    match_count: int
    usable_windows: int
    windows: int
    mde_80_pct: float | None
    reasons: tuple[str, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Readiness:
    """orders: order_count and revenue_cents per week, market, chain and currency. hours: number of orders by local hour
    [24]. exposed: per market with orders its teams, number of matches, and weeks without any.
    """

    orders: pd.DataFrame
    hours: np.ndarray
    exposed: pd.DataFrame
    questions: tuple[Answerable, ...]


def readiness(
    weeks: Sequence[MatchWeek],
    orders_of: WeekOfOrders,
    match_answers: Mapping[str, SourceResult],
    markets: Sequence[Market],
    lengths: WindowLengths,
    clock: str,
) -> Readiness:
    """Read the orders of `weeks` one by one and assess them. match_answers: by key of the same weeks. clock: the time
    zone of `hours`, and of markets that are not in `markets`.

    Hours that a store lost are left out as in the analysis. Memory: one week of orders and all quarter-hours of all
    stores. Raises SourceError as the sources do.
    """
    matches = all_matches(match_answers)
    reader = _Reader(clock)
    panels: dict[SourcePair, list[Panel]] = {}
    stores: dict[str, list[Panel]] = {}
    windows = []
    for week, around in _with_neighbours(reader.weeks(weeks, orders_of)):
        answer = match_answers[week.key]
        own = around[week.key]
        if len(own.quarters):
            stores.setdefault(str(own.quarters["order_source"].iloc[0]), []).append(store_panel(own.quarters, week.key))
        if answer.is_covered and len(own.quarters):
            pair = str(own.quarters["order_source"].iloc[0]), str(answer.data_source)
            panels.setdefault(pair, []).append(market_panel(own.quarters, week.key))
        bins = pd.concat([counted_week.bins for counted_week in around.values()], ignore_index=True)
        windows.append(sum_windows(answer.frame, bins, markets, lengths))
    store_panels = {source: Panel.joined(parts) for source, parts in stores.items()}
    anomalies = order_anomalies(store_panels, matches, markets, lengths, default_timezone=clock)
    usable = usable_panels({pair: Panel.joined(parts) for pair, parts in panels.items()}, anomalies)
    grids = expected_grids(usable, matches, markets, lengths, default_timezone=clock)
    all_windows = pd.concat([w for w in windows if len(w)] or [MatchWindows.empty()], ignore_index=True)
    impact = match_impact(all_windows, grids, matches, markets, lengths)
    same_day = {
        pair: same_day_effects(matches[matches["match_source"] == pair[1]], markets, grid, lengths)
        for pair, grid in grids.items()
    }
    orders = reader.totals()
    return Readiness(
        orders, reader.hours, _exposed(orders, matches, markets, weeks), _questions(impact, matches, grids, same_day)
    )


def all_matches(answers: Mapping[str, SourceResult]) -> DataFrame[RawMatches]:
    """The matches of several weeks in one frame."""
    filled = [answer.frame for answer in answers.values() if len(answer.frame)]
    return RawMatches.conform(pd.concat(filled, ignore_index=True)) if filled else RawMatches.empty()


class _Counted(NamedTuple):
    """A week's OrderBins and QuarterHours."""

    bins: DataFrame[OrderBins]
    quarters: DataFrame[QuarterHours]


class _Reader:
    """Totals accumulated while weeks of orders are read."""

    def __init__(self, clock: str) -> None:
        self.hours = np.zeros(24, dtype=np.int64)
        self._clock = ZoneInfo(clock)
        self._totals: list[pd.DataFrame] = []

    def weeks(self, weeks: Sequence[MatchWeek], orders_of: WeekOfOrders) -> Iterator[tuple[MatchWeek, "_Counted"]]:
        """Each week with its counted orders."""
        for week in weeks:
            answer = orders_of(week)
            if not answer.is_covered:
                yield week, _Counted(OrderBins.empty(), QuarterHours.empty())
                continue
            local = answer.frame["ordered_at"].dt.tz_convert(self._clock)
            self.hours += np.bincount(local.dt.hour, minlength=24)
            week_of_orders = FrameBatches(answer.frame), answer.covered, week.starts_at, week.ends_at
            label = str(answer.data_source)
            bins = bin_orders(*week_of_orders, order_source=label)
            sums = bins.groupby(["market", "chain", "currency"], as_index=False)[["order_count", "revenue_cents"]].sum()
            self._totals.append(sums.assign(week=week.key))
            yield week, _Counted(bins, store_quarters(*week_of_orders, order_source=label))

    def totals(self) -> pd.DataFrame:
        """Readiness.orders."""
        if self._totals:
            return pd.concat(self._totals, ignore_index=True)
        columns = ["market", "chain", "currency", "order_count", "revenue_cents", "week"]
        return pd.DataFrame(columns=columns).astype({"order_count": "int64", "revenue_cents": "int64"})


def _with_neighbours(weeks: Iterator[tuple[MatchWeek, _Counted]]) -> Iterator[tuple[MatchWeek, dict[str, _Counted]]]:
    """Each week with the counts of itself and its neighbours, because windows cross the edges."""
    known: dict[str, _Counted] = {}
    waiting: MatchWeek | None = None
    for week, counted_week in weeks:
        known[week.key] = counted_week
        if waiting is not None:
            yield waiting, _around(waiting, known)
            known = _around(week, known)
        waiting = week
    if waiting is not None:
        yield waiting, _around(waiting, known)


def _around(week: MatchWeek, known: dict[str, _Counted]) -> dict[str, _Counted]:
    keys = [week.shifted(n).key for n in (-1, 0, 1)]
    return {key: known[key] for key in keys if key in known}


def _exposed(
    orders: pd.DataFrame, matches: pd.DataFrame, markets: Sequence[Market], weeks: Sequence[MatchWeek]
) -> pd.DataFrame:
    """Per market with orders: its teams, their matches, weeks with orders, and how many of those have no match."""
    teams = {market.name: ", ".join(market.teams) for market in markets}
    exposed = exposures(matches, markets)
    starts = [pd.Timestamp(week.starts_at) for week in weeks]
    exposed["week"] = [weeks[bisect(starts, at) - 1].key for at in exposed["kickoff_at"]]
    rows = []
    for market, market_orders in orders.groupby("market"):
        own = exposed[exposed["market"] == market]
        sold_in = set(market_orders["week"])
        rows.append(
            {
                "market": market,
                "teams": teams.get(str(market), ""),
                "is_known": market in teams,
                "match_count": int(own["match_id"].nunique()),
                "week_count": len(sold_in),
                "free_weeks": len(sold_in - set(own["week"])),
            }
        )
    columns = ["market", "teams", "is_known", "match_count", "week_count", "free_weeks"]
    return pd.DataFrame(rows, columns=columns)


def _unused_windows(
    windows: pd.DataFrame, matches: pd.DataFrame, grid: ExpectedGrid, answer: Answer
) -> Mapping[str, int]:
    """The number of `windows` (MatchImpact of one span) that `answer` does not use, by the reason.

    The answer counts those of matches that it considers: finished ones within the time of the grid.
    matches: RawMatches with the label of these windows.
    """
    finished = matches.loc[matches["status"] == MatchStatus.FINISHED, "match_id"]
    is_finished = windows["match_id"].isin(finished)
    column = epoch_minutes(windows["kickoff_at"]) // BIN_MINUTES - grid.first_bin
    is_outside = (column < 0) | (column >= grid.observed.shape[1])
    others = {
        "of matches that are not finished": int((~is_finished).sum()),
        "of matches before the first or after the last orders": int((is_finished & is_outside).sum()),
    }
    return {why: number for why, number in {**answer.unused, **others}.items() if number}


def _questions(
    impact: pd.DataFrame,
    matches: pd.DataFrame,
    grids: Mapping[SourcePair, ExpectedGrid],
    same_day: Mapping[SourcePair, SameDay],
) -> tuple[Answerable, ...]:
    results = main_effects(impact if len(impact) else MatchImpact.empty(), grids, same_day)
    found = []
    for row in results.to_dict("records"):
        windows = rows_of_span(rows_for_sources(impact, row["order_source"], row["match_source"]), row["time_window"])
        is_answered = row["status"] == ResultStatus.OK
        usable = int((windows["status"] == ResultStatus.OK).sum())
        by_window = [f"{reason} ({count} windows)" for reason, count in counted(windows["reasons"]).items()]
        left_out = split(row["left_out"])
        if is_same_day(row):
            # windows are refused for want of a control market, which this answer does without
            usable, by_window = int(row["n_market_matches"]), []
            pair = row["order_source"], row["match_source"]
            [answer] = [found for span, found in same_day[pair].answers.items() if span == row["time_window"]]
            unused = _unused_windows(windows, matches[matches["match_source"] == pair[1]], grids[pair], answer)
            left_out = [f"{counted_noun(number, 'window', 'windows')} {why}" for why, number in unused.items()]
        found.append(
            Answerable(
                row["hypothesis"],
                row["role"],
                row["match_source"],
                is_answered,
                int(row["n_matches"]),
                usable,
                len(windows),
                float(row["mde_80_pct"]) if is_answered else None,
                tuple(by_window) or tuple(split(row["reasons"])),
                tuple(left_out),
            )
        )
    return tuple(
        sorted(found, key=lambda question: (question.match_source != DataSource.REAL, question.role != "primary"))
    )
