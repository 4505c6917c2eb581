"""Effects of matches that every market follows, so that no control market is left: one shop, or a national team.

Instead of other markets, the rest of the same day is the control, and other dates at the same time of the week show how
much a window varies without a match (randomisation inference; Fisher 1935). Matches with control markets belong to
effects.py, the estimate from the sums of the dates to same_day_effect.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pizza_assets.analysis.days_left_out import DaysLeftOut
from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.exposure import exposures, is_inside, unknown_spans
from pizza_assets.analysis.own_habits import usual_orders
from pizza_assets.analysis.reasons import MIN_CONTROL_MARKETS, Answer, Reason
from pizza_assets.analysis.same_day_effect import MIN_MATCHES, Dates, same_day_answer
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import WINDOWS, WindowLengths, epoch_minutes
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import MatchStatus, Span, Window

BEFORE_MINUTES, AFTER_MINUTES = 120, 240
"""The rest of the day excludes this time before and after kick-off, and all windows of the match."""
PLACEBO_WEEKS = 8
"""A placebo date lies at most this far from a match of its slot: habits change with the season."""


@dataclass(frozen=True)
class SameDay:
    """The answers about matches that every market follows, by window and for the whole match (SPANS).

    is_main: whether no match ever has enough control markets, as with one market alone. Then these are the answers
    about the own team's match. is_of_each: whether each market was compared with its own days, as they follow different
    teams.
    """

    answers: Mapping[Window | Span, Answer]
    is_main: bool = False
    is_of_each: bool = False


SPANS: tuple[Window | Span, ...] = (*WINDOWS, Span.MATCH)
NO_SHARED_MATCH = SameDay(dict.fromkeys(SPANS, Answer(missing=(Reason.NO_SHARED_MATCH,))))


@dataclass(frozen=True)
class _Moments:
    """Kick-offs and placebos. column: in the grid. slot: number of the time of the week. match_count: 0 for placebos.

    is_usable: whether a market's orders are used then [market, moment]. is_disturbed: whether another own match may
    have been played near a match [market, moment]. before, after: bins near a kick-off.
    """

    column: np.ndarray
    slot: np.ndarray
    match_count: np.ndarray
    is_usable: np.ndarray
    is_disturbed: np.ndarray
    before: int
    after: int


def same_day_effects(
    matches: pd.DataFrame, markets: Sequence[Market], grid: ExpectedGrid, lengths: WindowLengths
) -> SameDay:
    """The effect of matches that every market of the grid follows, per window.

    Two markets with different teams are too few to be each other's control: then it is the effect of each one's own
    matches on its own orders, in one answer. If only one of two follows a team, it is the answer of that one alone.

    matches: RawMatches with the pair's label. Orders are summed over the markets whose day is not disturbed by another
    own match. Usual orders are those of own_habits.py; the estimate is that of `same_day_answer`. Special days and
    those around bank holidays are left out: as matches, as placebos and as usual days.
    """
    is_shared = follow_the_same(markets, grid)
    followers = () if is_shared or len(grid.markets) > MIN_CONTROL_MARKETS else _with_a_team(markets, grid)
    is_of_each = len(followers) > 1
    groups = [grid.of_markets([name]) for name in followers] or [grid]
    parts = [_chosen(matches, markets, group) for group in groups]
    counts = {
        "n_matches": sum(len(part.matches) for part in parts),
        "n_market_matches": sum(len(part.matches) * len(part.grid.markets) for part in parts),
        "n_clusters": pd.concat([part.matches["kickoff_at"] for part in parts]).nunique(),
    }
    noted = tuple(
        f"{counted_noun(count, 'match', 'matches')} {text}" + (f" in {part.grid.markets[0]}" if is_of_each else "")
        for part in parts
        for text, count in part.left_out_in_words.items()
    )
    if counts["n_matches"] < MIN_MATCHES:
        none = Reason.NO_MATCHES if is_shared or followers else Reason.NO_SHARED_MATCH
        missing = Reason.TOO_FEW_MATCHES if any(part.followed_count for part in parts) else none
        answers: dict[Window | Span, Answer] = dict.fromkeys(SPANS, Answer(counts, (missing,)))
    else:
        sums = [_sums_by_span(part, matches, markets, lengths) for part in parts if len(part.matches)]
        answers = {}
        for span in SPANS:
            found = same_day_answer(Dates.joined([of_span[span].dates for of_span in sums]))
            unused = _added([of_span[span].unused for of_span in sums])
            answers[span] = replace(found, unused=_added([unused, found.unused]))
    days = _added(
        [{text: count * len(part.grid.markets) for text, count in part.left_out_in_words.items()} for part in parts]
    )
    noted_answers = {
        span: _noted(replace(answer, unused=_added([days, answer.unused])), noted) for span, answer in answers.items()
    }
    return SameDay(noted_answers, is_shared or bool(followers), is_of_each)


@dataclass(frozen=True)
class _Chosen:
    """The matches of a group of markets that are used, with their column in the grid. followed_count: those that the
    markets follow. left_out_in_words: the difference."""

    grid: ExpectedGrid
    matches: pd.DataFrame
    followed_count: int
    left_out: DaysLeftOut
    left_out_in_words: Mapping[str, int]


@dataclass(frozen=True)
class _Sums:
    """dates: of one span. unused: market-matches of the chosen matches that are not among them, by the reason."""

    dates: Dates
    unused: Mapping[str, int]


def _chosen(matches: pd.DataFrame, markets: Sequence[Market], grid: ExpectedGrid) -> _Chosen:
    left_out = DaysLeftOut.of(markets, grid)
    followed = _followed_by_all(matches, markets, grid)
    is_out = left_out.has_all(followed["column"].to_numpy(dtype=np.int64))
    in_words = left_out.in_words(followed["column"].to_numpy(dtype=np.int64)[is_out], grid)
    return _Chosen(grid, followed[~is_out].reset_index(drop=True), len(followed), left_out, in_words)


def _added(parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The counts of all parts, without zeros, in the order in which they are first met."""
    sums: dict[str, int] = {}
    for part in parts:
        for text, count in part.items():
            sums[text] = sums.get(text, 0) + count
    return {text: count for text, count in sums.items() if count}


def _sums_by_span(
    chosen: _Chosen, matches: pd.DataFrame, markets: Sequence[Market], lengths: WindowLengths
) -> dict[Window | Span, _Sums]:
    grid, left_out = chosen.grid, chosen.left_out
    unclear = is_inside(unknown_spans(matches, markets, lengths), grid.markets, grid.minutes, BIN_MINUTES)
    moments = _moments(chosen.matches, grid, left_out, _own_kickoffs(matches, markets, grid), unclear, lengths)
    usual = usual_orders(grid, ~left_out.is_cell)
    edges = {span: _bins(span, lengths) for span in SPANS}
    return {
        span: _Sums(_dates(grid, usual, moments, *edges[span]), _unused(grid, moments, *edges[span])) for span in SPANS
    }


def _noted(answer: Answer, left_out: tuple[str, ...]) -> Answer:
    """The answer with what was left out; if too few matches remain, that is the reason."""
    if not left_out:
        return answer
    is_short = answer.missing == (Reason.TOO_FEW_MATCHES,)
    missing = (Reason.TOO_FEW_ORDINARY_DAYS,) if is_short else answer.missing
    return replace(answer, missing=missing, left_out=left_out)


def follow_the_same(markets: Sequence[Market], grid: ExpectedGrid) -> bool:
    """Whether all markets of the grid follow the same teams, and at least one."""
    teams = {market.name: frozenset(market.teams) for market in markets}
    followed = {teams.get(str(name), frozenset()) for name in grid.markets}
    return len(followed) == 1 and all(followed)


def _with_a_team(markets: Sequence[Market], grid: ExpectedGrid) -> list[str]:
    """The markets of the grid that follow a team."""
    following = {market.name for market in markets if market.teams}
    return [str(name) for name in grid.markets if str(name) in following]


def _followed_by_all(matches: pd.DataFrame, markets: Sequence[Market], grid: ExpectedGrid) -> pd.DataFrame:
    """Finished matches that all markets of the grid follow, within the time of the grid, with their column."""
    finished = matches[matches["status"] == MatchStatus.FINISHED]
    exposed = exposures(finished, markets)
    followers = exposed[exposed["market"].isin(grid.markets)].groupby("match_id")["market"].nunique()
    followed_by_all = followers.index[followers == len(grid.markets)]
    chosen = finished[finished["match_id"].isin(followed_by_all)]
    chosen = chosen.assign(column=epoch_minutes(chosen["kickoff_at"]) // BIN_MINUTES - grid.first_bin)
    return chosen[(chosen["column"] >= 0) & (chosen["column"] < grid.observed.shape[1])].reset_index(drop=True)


def _own_kickoffs(matches: pd.DataFrame, markets: Sequence[Market], grid: ExpectedGrid) -> list[np.ndarray]:
    """The columns of each market's own kick-offs, distinct and in order."""
    exposed = exposures(matches, markets)
    column = epoch_minutes(exposed["kickoff_at"]) // BIN_MINUTES - grid.first_bin
    return [np.unique(column[(exposed["market"] == name).to_numpy()]) for name in grid.markets]


def _moments(
    chosen: pd.DataFrame,
    grid: ExpectedGrid,
    left_out: DaysLeftOut,
    own_kickoffs: Sequence[np.ndarray],
    unclear: np.ndarray,
    lengths: WindowLengths,
) -> _Moments:
    """The chosen kick-offs, and the same times of the week on dates near one of them and without an own match.

    unclear: True [market, bin] where another own match may have been played.
    """
    clock, day = grid.bin_of_week[0], grid.day[0]
    before = -(-max(BEFORE_MINUTES, lengths.pre_minutes) // BIN_MINUTES)
    after = -(-max(AFTER_MINUTES, lengths.regular_minutes + lengths.post_minutes) // BIN_MINUTES)
    treated, match_count = np.unique(chosen["column"].to_numpy(dtype=np.int64), return_counts=True)
    slots = np.unique(clock[treated])
    column = np.flatnonzero(np.isin(clock, slots))
    days_away = [np.abs(day[treated[clock[treated] == clock[at]]] - day[at]).min() for at in column]
    column = column[np.array(days_away) <= 7 * PLACEBO_WEEKS]
    found = np.searchsorted(treated, column).clip(max=len(treated) - 1)
    count = np.where(treated[found] == column, match_count[found], 0)
    near = _clipped(column - before, column + after, grid.observed.shape[1])
    is_alone = np.stack(
        [
            _is_only_match(column, own, before + after) & (_between(_running(unclear[row]), near) == 0)
            for row, own in enumerate(own_kickoffs)
        ]
    )
    is_free = np.stack([_is_free(grid, row, column, before, after) for row in range(len(own_kickoffs))])
    is_usable = np.where(count > 0, is_alone, is_free) & ~left_out.is_cell[:, column]
    slot = np.searchsorted(slots, clock[column])
    return _Moments(column, slot, count, is_usable, ~is_alone & (count > 0), before, after)


def _is_only_match(column: np.ndarray, own_kickoffs: np.ndarray, reach: int) -> np.ndarray:
    """Whether no other own match kicks off within `reach` bins of each column."""
    distance = np.abs(own_kickoffs[None, :] - column[:, None])
    is_other = (distance > 0) & (distance < reach)
    return np.logical_not(np.any(is_other, axis=1))


def _is_free(grid: ExpectedGrid, market: int, column: np.ndarray, before: int, after: int) -> np.ndarray:
    """Whether no own match of the market lies on the day of each column or near it."""
    day, is_masked = grid.day[market], grid.is_masked[market]
    near = _clipped(column - before, column + after, len(is_masked))
    return ~np.isin(day[column], day[is_masked]) & (_between(_running(is_masked), near) == 0)


def _bins(span: Window | Span, lengths: WindowLengths) -> tuple[int, int]:
    """The quarter-hours completely inside the span, relative to that of kick-off."""
    edges = np.cumsum([-lengths.pre_minutes, lengths.pre_minutes, lengths.regular_minutes, lengths.post_minutes])
    first, end = (0, -1) if span == Span.MATCH else (WINDOWS.index(span), WINDOWS.index(span) + 1)
    return -(-int(edges[first]) // BIN_MINUTES), int(edges[end]) // BIN_MINUTES


def _dates(grid: ExpectedGrid, usual: np.ndarray, moments: _Moments, first: int, end: int) -> Dates:
    """The sums of every moment over its usable markets, for the window from `first` to `end` (bins from kick-off).

    A market is not used at a moment if any of its orders in the window are unknown.
    """
    size = grid.observed.shape[1]
    is_whole = _is_whole(grid, moments, first, end)
    sums = {name: np.zeros(len(moments.column)) for name in ("observed", "usual", "rest_observed", "rest_usual")}
    open_bins = np.zeros(len(moments.column))
    window = _clipped(moments.column + first, moments.column + end, size)
    near = _clipped(moments.column - moments.before, moments.column + moments.after, size)
    market_count = np.zeros(len(moments.column), dtype=np.int64)
    for row, is_usable in enumerate(moments.is_usable):
        is_used = is_usable & is_whole[row]
        market_count += is_used
        known, free = grid.is_known[row], grid.is_known[row] & ~grid.is_masked[row]
        day = np.maximum.accumulate(grid.day[row])
        today = day[moments.column]
        whole_day = np.searchsorted(day, today), np.searchsorted(day, today, side="right")
        near_today = tuple(np.clip(edge, *whole_day) for edge in near)
        for name, values in (("observed", grid.observed[row]), ("usual", usual[row])):
            sums[name] += is_used * _between(_running(np.where(known, values, 0.0)), window)
            running = _running(np.where(free, values, 0.0))
            sums[f"rest_{name}"] += is_used * (_between(running, whole_day) - _between(running, near_today))
        is_open = np.where(known, usual[row], 0.0) > 0
        open_bins = np.maximum(open_bins, is_used * _between(_running(is_open), window))
    return Dates(
        moments.slot,
        moments.match_count,
        market_count,
        open_bins,
        sums["observed"],
        sums["usual"],
        sums["rest_observed"],
        sums["rest_usual"],
        np.zeros(len(moments.column), dtype=np.int64),
        grid.day[0, moments.column],
    )


def _is_whole(grid: ExpectedGrid, moments: _Moments, first: int, end: int) -> np.ndarray:
    """Whether all orders of the window are known [market, moment]."""
    window = _clipped(moments.column + first, moments.column + end, grid.observed.shape[1])
    return np.stack([_between(_running(~is_known), window) == 0 for is_known in grid.is_known])


def _unused(grid: ExpectedGrid, moments: _Moments, first: int, end: int) -> dict[str, int]:
    """The number of market-matches of which the orders in the window are not used, by the reason."""
    is_unknown = moments.is_usable & ~_is_whole(grid, moments, first, end)
    cases = {
        "near another match of the team, or one that may have been played": moments.is_disturbed,
        "on special days or next to holidays of one market": ~moments.is_usable & ~moments.is_disturbed,
        "of which not all orders are known, or a store lost some": is_unknown,
    }
    return {text: int((is_so * moments.match_count).sum()) for text, is_so in cases.items()}


def _clipped(first: np.ndarray, end: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    return np.clip(first, 0, size), np.clip(end, 0, size)


def _running(values: np.ndarray) -> np.ndarray:
    """The sum of all values before each position, one position more than values."""
    return np.concatenate([[0.0], np.cumsum(values, dtype=float)])


def _between(running: np.ndarray, edges: tuple[np.ndarray, ...]) -> np.ndarray:
    return running[edges[1]] - running[edges[0]]
