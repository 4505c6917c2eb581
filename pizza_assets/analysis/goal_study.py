"""Orders around goals: goal times, orders in the minutes after, and the effect with its error.

The regression itself is in goal_regression.py. Orders around kick-off belong to event_study.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.effects import MIN_DATES
from pizza_assets.analysis.expected_grid import ExpectedGrid, bins_under
from pizza_assets.analysis.goal_regression import ROW_MINUTES, ROWS, goal_regression, goal_terms, own_rows
from pizza_assets.analysis.reasons import Answer, Reason, counted
from pizza_assets.analysis.windows import times_of
from pizza_assets.models import RawMatchEvents
from pizza_assets.models.vocabulary import EventType, ResultStatus, Side, Window

GOALS = (EventType.GOAL, EventType.PENALTY_GOAL, EventType.OWN_GOAL)
BREAK_MINUTES = 17
"""Minutes between minute 45 of the first half and the second half: half-time and the usual stoppage time."""
EXTRA_TIME_BREAK_MINUTES = 5
_MINUTES = ["match_id", "market", "minutes_from_kickoff"]


@dataclass(frozen=True)
class GoalTerm:
    """One term of the regression on goals. lag: quarter-hours from the goal (-1: before it). is_calibrated: whether its
    95 % interval reaches its nominal coverage in simulated years; those of the curve reach 93 %."""

    name: str
    scorer: str
    lag: int
    is_calibrated: bool


TERMS = (
    GoalTerm("own_goal_0_15", "own", 0, is_calibrated=True),
    GoalTerm("opponent_goal_0_15", "opponent", 0, is_calibrated=True),
    GoalTerm("own_goal_before", "own", -1, is_calibrated=True),
)
"""Terms that are fitted together. The last one is a check: orders can't respond to a goal before it is scored."""
CURVE = (
    GoalTerm("own_goal_curve_0_15", "own", 0, is_calibrated=False),
    GoalTerm("own_goal_curve_15_30", "own", 1, is_calibrated=False),
    GoalTerm("own_goal_curve_30_45", "own", 2, is_calibrated=False),
)


@dataclass(frozen=True)
class GoalRows:
    """Market-matches whose goals and orders are known. counts, expected: [match, five-minute row from kick-off]. own,
    opponent: for each market-match, the minutes from kick-off to the goals. date: int [match]. left_out: number of
    market-matches with usable windows but unknown goal minutes. refused: why the windows of others are not usable, the
    most frequent reason first."""

    counts: np.ndarray
    expected: np.ndarray
    own: list[np.ndarray]
    opponent: list[np.ndarray]
    date: np.ndarray
    match_id: np.ndarray
    left_out: int
    refused: tuple[str, ...] = ()


def goal_minutes(events: DataFrame[RawMatchEvents]) -> pd.DataFrame:
    """Goals with the minutes since kick-off: match_source, match_id, side (that it counts for), minute.

    A goal in minute 45+2 was scored 46 minutes after kick-off; one in minute 46, 45 + BREAK_MINUTES after it.
    """
    goals = events[events["event_type"].isin(list(GOALS))]
    played = goals["minute"] - 1 + goals["stoppage_minute"].fillna(0).astype("int64")
    later = (goals["minute"] > 45) * BREAK_MINUTES + (goals["minute"] > 90) * EXTRA_TIME_BREAK_MINUTES
    minute = (played + later).clip(lower=0)
    named = goals[["match_source", "match_id"]].assign(side=goals["benefiting_side"], minute=minute)
    return named.reset_index(drop=True)


def clock_counts(merged_weeks: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Orders per market-match and five-minute row from kick-off.

    merged_weeks: MergedOrders by week; only sources, match, market and minutes_from_kickoff are read. A market-match
    may span two weeks. Columns: order_source, match_source, match_id, market, row, orders.
    """
    key = ["order_source", "match_source", "match_id", "market", "row"]
    parts = []
    for merged in merged_weeks:
        near = merged[merged["minutes_from_kickoff"].between(0, ROWS * ROW_MINUTES - 1)]
        rows = near.assign(row=near["minutes_from_kickoff"] // ROW_MINUTES)
        parts.append(rows.groupby(key, as_index=False).size())
    if not parts:
        return pd.DataFrame(columns=[*key, "orders"])
    together = pd.concat(parts, ignore_index=True).groupby(key, as_index=False)["size"].sum()
    return together.rename(columns={"size": "orders"})


def goal_rows(impact: pd.DataFrame, grid: ExpectedGrid, counts: pd.DataFrame, goals: pd.DataFrame) -> GoalRows:
    """The market-matches of one pair of sources that can be used to study goals.

    impact: MatchImpact; only market-matches with usable during and post windows are included. counts: `clock_counts`
    of the pair. goals: `goal_minutes`. A match is included only if its listed goals add up to its score.
    """
    windows = impact[impact["window"].isin([Window.DURING, Window.POST])]
    ok = windows[windows["status"] == ResultStatus.OK]
    both = ok.groupby(["match_id", "market"])["window"].nunique() == 2
    rows = ok[ok["window"] == Window.DURING].set_index(["match_id", "market"])
    rows = rows[both.reindex(rows.index).to_numpy(dtype=bool)].reset_index()
    by_side = goals.groupby(["match_id", "side"])["minute"]
    minutes_by_key = {key: np.sort(minutes.to_numpy(dtype=np.int64)) for key, minutes in by_side}
    none = np.empty(0, dtype=np.int64)
    minutes_by_side = {
        side: [minutes_by_key.get((match, side.value), none) for match in rows["match_id"]]
        for side in (Side.HOME, Side.AWAY)
    }
    is_known = np.ones(len(rows), dtype=bool)
    for side, minutes in minutes_by_side.items():
        scored = rows[f"{side}_goals"].fillna(-1).to_numpy(dtype=int)
        is_known &= np.array([len(found) for found in minutes], dtype=int) == scored
    is_home = (rows["side"] == Side.HOME).to_numpy()
    own = [minutes_by_side[Side.HOME if home else Side.AWAY][i] for i, home in enumerate(is_home)]
    opponent = [minutes_by_side[Side.AWAY if home else Side.HOME][i] for i, home in enumerate(is_home)]
    chosen = np.flatnonzero(is_known)
    kept = rows.iloc[chosen].reset_index(drop=True)
    return GoalRows(
        _counts(kept, counts),
        _expected(kept, grid),
        [own[i] for i in chosen],
        [opponent[i] for i in chosen],
        pd.factorize(kept["kickoff_date"], sort=True)[0],
        kept["match_id"].to_numpy(),
        len(rows) - len(chosen),
        tuple(counted(windows["reasons"])),
    )


def _counts(rows: pd.DataFrame, counts: pd.DataFrame) -> np.ndarray:
    place = pd.MultiIndex.from_frame(rows[["match_id", "market"]])
    found = (
        place.get_indexer(pd.MultiIndex.from_frame(counts[["match_id", "market"]]))
        if len(place)
        else (np.full(len(counts), -1))
    )
    table = np.zeros((len(rows), ROWS))
    inside = found >= 0
    np.add.at(
        table,
        (found[inside], counts["row"].to_numpy(dtype=np.int64)[inside]),
        counts["orders"].to_numpy(dtype=float)[inside],
    )
    return table


def _expected(rows: pd.DataFrame, grid: ExpectedGrid) -> np.ndarray:
    """Expected orders [match, row], from the quarter-hours that contain the rows; NaN where one is unknown."""
    table = np.full((len(rows), ROWS), np.nan)
    kickoff = rows["kickoff_at"].astype("datetime64[us, UTC]").astype("int64").to_numpy() // 60_000_000
    for row in range(ROWS):
        start = kickoff + row * ROW_MINUTES
        bins, share = bins_under(times_of(start), times_of(start + ROW_MINUTES))
        place, column, inside = grid.locate(rows["market"], bins)
        cells = (
            np.where(inside, grid.expected[place, column], np.nan)
            if grid.expected.size
            else np.full(bins.shape, np.nan)
        )
        table[:, row] = np.where(share > 0, share * cells, 0.0).sum(axis=1)
    return table


def goal_answers(rows: GoalRows) -> dict[str, Answer]:
    """The answer to every term of TERMS and CURVE, by name: the effect per goal on the log of orders."""
    return {**_answers(rows, TERMS), **_answers(rows, CURVE)}


def _answers(rows: GoalRows, terms: tuple[GoalTerm, ...]) -> dict[str, Answer]:
    counts = {"n_matches": len(np.unique(rows.match_id)), "n_market_matches": len(rows.date)}
    counts["n_clusters"] = len(np.unique(rows.date))
    missing = _missing(rows, counts["n_clusters"])
    if missing:
        return {term.name: Answer(counts, missing) for term in terms}
    scorers = {"own": rows.own, "opponent": rows.opponent}
    nuisance = [own_rows(rows.own), own_rows(rows.opponent)]
    # control for the opponent's goals also where only the own team's are terms
    if all(term.scorer == "own" for term in terms):
        nuisance.append(goal_terms(rows.opponent, 0))
    columns = [goal_terms(scorers[term.scorer], term.lag) for term in terms]
    fit = goal_regression(rows.counts, rows.expected, np.stack([*columns, *nuisance], axis=2), rows.date)
    n_goals = {name: sum(len(minutes) for minutes in found) for name, found in scorers.items()}
    return {
        term.name: _answer(
            fit.log_effect[i], fit.se[i], fit.df[i], {**counts, "n_goals": n_goals[term.scorer]}, _no_goals(rows)
        )
        if fit.converged
        else Answer(counts, (Reason.NOT_CONVERGED,))
        for i, term in enumerate(terms)
    }


def _missing(rows: GoalRows, dates: int) -> tuple[str, ...]:
    """Why nothing can be fitted; empty if something can. Without a usable window, it is what all windows lack."""
    if not len(rows.date):
        return (Reason.NO_GOAL_MINUTES,) if rows.left_out else rows.refused or (Reason.NO_MATCHES,)
    if dates < MIN_DATES:
        return (Reason.TOO_FEW_DATES,)
    return () if any(len(minutes) for minutes in [*rows.own, *rows.opponent]) else (_no_goals(rows),)


def _no_goals(rows: GoalRows) -> Reason:
    """Why there is no goal to study; that none fell can be said only if the minutes of all goals are known."""
    return Reason.NO_GOAL_MINUTES if rows.left_out else Reason.NO_GOALS


def _answer(log_effect: float, se: float, df: float, counts: dict[str, float], if_none: Reason) -> Answer:
    from scipy.special import stdtr, stdtrit

    if not np.isfinite(log_effect) or not se > 0 or not df > 1:
        return Answer(counts, (if_none,))
    reach = float(stdtrit(df, 0.975)) * se
    return Answer(
        {
            **counts,
            "estimate_log": float(log_effect),
            "uplift_pct": 100 * float(np.expm1(log_effect)),
            "ci_low_pct": 100 * float(np.expm1(log_effect - reach)),
            "ci_high_pct": 100 * float(np.expm1(log_effect + reach)),
            "se": float(se),
            "df": float(df),
            "p_value": float(2 * stdtr(df, -abs(log_effect) / se)),
        }
    )
