"""Years in which the sentence about a match must say more than its size: orders that only moved, late matches only,
promotions on home match days, and few control markets. Choosing years does not belong here."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pizza_assets.analysis.correlation_results import main_effects
from pizza_assets.analysis.correlation_rows import Evidence, answer_rows, results_table
from pizza_assets.analysis.effects import own_match_answer
from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.hours_before import hours_before_answer
from pizza_assets.analysis.hypotheses import KICKOFF_HYPOTHESIS, WINDOW_HYPOTHESES, kickoff_class_hypothesis
from pizza_assets.analysis.kickoff_classes import AFTERNOON, EARLY, LATE, MIDWEEK
from pizza_assets.analysis.kickoff_times import kickoff_times
from pizza_assets.analysis.own_seasons import own_seasons
from pizza_assets.analysis.result_context import context_of
from pizza_assets.analysis.sentences import SUSPICIOUS_P
from pizza_assets.analysis.whole_match import whole_matches
from pizza_assets.analysis.windows import edges_by_match
from pizza_assets.models.vocabulary import ResultStatus, Scope, Span, Window
from pizza_assets.models.week import MatchWeek
from pizza_assets_tests.calibration.worlds import (
    CELL_MINUTES,
    LENGTHS,
    NOTHING,
    Planted,
    SimulatedYear,
    WorldKind,
    simulate_year,
)
from pizza_assets_tests.calibration.years import PAIR, fitted, impact_of

Record = tuple[str, str, float]
MOVED_SHARE = 0.12
"""Orders added before the match, as a share; as many are missing during it."""
LATE_EFFECT, PROMOTION = float(np.log(1.15)), float(np.log(1.15))
GROUPS_PER_YEAR = 6


def diagnosed_trial(
    rng: np.random.Generator, kind: WorldKind, fixtures: pd.DataFrame, weeks: Sequence[MatchWeek]
) -> Iterator[Record]:
    """Records of four years with the same noise: nothing, moved orders, late matches only, promotions on home days."""
    seed = int(rng.integers(2**62))

    def year(planted: Planted) -> SimulatedYear:
        return simulate_year(np.random.default_rng(seed), kind, fixtures, weeks, planted)

    nothing = year(NOTHING)
    yield from _told(nothing, "null")
    yield from _told(year(moved_orders_of(nothing)), "moved")
    yield from _told(year(Planted(late_kickoffs=LATE_EFFECT)), "late")
    yield from _told(year(Planted(home_days=PROMOTION)), "promotions")


def moved_orders_of(year: SimulatedYear) -> Planted:
    """+12 % before the match, and as many orders fewer during it, summed over all own matches of a null year."""
    edges = edges_by_match(exposures(year.matches, year.markets), year.matches, LENGTHS)
    rows = exposures(year.matches, year.markets)["market"].map({m.name: i for i, m in enumerate(year.markets)})
    cells = np.clip((edges - year.first_minute) // CELL_MINUTES, 0, year.usual.shape[1])
    running = np.concatenate([np.zeros((len(year.markets), 1)), np.cumsum(year.usual, axis=1)], axis=1)
    before, during, _ = np.diff(running[rows.to_numpy()[:, None], cells], axis=1).sum(axis=0)
    fewer = 1 - MOVED_SHARE * before / during
    return Planted(windows={"pre": float(np.log1p(MOVED_SHARE)), "during": float(np.log(fewer))})


def _told(year: SimulatedYear, name: str) -> Iterator[Record]:
    """Only the two families concerned share the budget, so more is called a finding than on a whole page."""
    grid = fitted(year)
    impact = impact_of(year, grid)
    by_window = {h: impact[impact["window"] == h.window] for h in WINDOW_HYPOTHESES if h.window != Span.MATCH}
    answers = {hypothesis: own_match_answer(rows, grid) for hypothesis, rows in by_window.items()}
    (whole,) = (hypothesis for hypothesis in WINDOW_HYPOTHESES if hypothesis.window == Span.MATCH)
    answers[whole] = own_match_answer(whole_matches(impact), grid)
    times = kickoff_times(impact[impact["window"] == Window.POST], grid)
    by_class = {kickoff_class_hypothesis(kickoff): answer for kickoff, answer in times.by_class.items()}
    found = results_table(
        list(answer_rows(PAIR, Evidence(impact, grid), {**answers, KICKOFF_HYPOTHESIS: times.test, **by_class}))
    )
    of_kickoff = found["scope_value"].where(found["scope"] == Scope.KICKOFF, "")
    keys = zip(found["subject"], found["time_window"], of_kickoff, strict=True)
    rows = dict(zip(keys, found.to_dict("records"), strict=True))
    context = context_of(rows.values())
    yield f"whole match, {name}", "net zero said", float(bool(context.moved and context.moved.is_unchanged))
    if name in ("null", "moved"):
        together = rows["own_team_match", "match", ""]
        yield f"whole match, {name}", "found at 5 %", float(together["p_value"] <= 0.05)
        yield f"whole match, {name}", "covered", float(together["ci_low_pct"] <= 0 <= together["ci_high_pct"])
        yield f"whole match, {name}", "bias", together["estimate_log"]
    if name in ("null", "late") and not times.test.missing:
        test = rows["kickoff_time", "post", ""]
        yield f"times of kick-off, {name}", "found at 5 %", float(test["p_value"] <= 0.05)
        yield f"times of kick-off, {name}", "finding", float(test["direction"] == "differs")
        for kickoff in (MIDWEEK, EARLY, AFTERNOON, LATE):
            if kickoff in times.by_class:
                is_found = rows["own_team_match", "post", kickoff]["direction"] in ("up", "down")
                yield f"times of kick-off, {name}", f"finding: {kickoff}", float(is_found)
    if name == "null":
        yield from false_warnings(impact, grid)
    if name == "promotions":
        yield from _hours_before(impact, grid, name)


def false_warnings(impact: pd.DataFrame, grid: ExpectedGrid) -> Iterator[Record]:
    """Records of a year without an effect: whether a market's season is named (right only in the world of own seasons),
    and whether the hours before kick-off are flagged."""
    yield "seasons of single markets", "any market named", float(bool(own_seasons(impact, grid).markets))
    yield from _hours_before(impact, grid, "null")


def _hours_before(impact: pd.DataFrame, grid: ExpectedGrid, name: str) -> Iterator[Record]:
    before = hours_before_answer(impact, grid)
    if not before.missing:
        yield f"hours before, {name}", "flagged", float(before.numbers["p_value"] <= SUSPICIOUS_P)


def few_controls_trial(
    rng: np.random.Generator, kind: WorldKind, fixtures: pd.DataFrame, weeks: Sequence[MatchWeek]
) -> Iterator[Record]:
    """Records of a null year of which only two, three or four markets are known: one, two or three control markets."""
    year = simulate_year(rng, kind, fixtures, weeks)
    for size in (2, 3, 4):
        groups = [_only(year, range(start, start + size)) for start in range(0, size * GROUPS_PER_YEAR, size)]
        groups = [group for group in groups if len(group.markets) == size]
        rows = pd.concat([_main_effects(group) for group in groups])
        part = f"control markets: {size - 1}, null"
        ok = rows[rows["status"] == ResultStatus.OK]
        yield part, "answered", len(ok) / len(rows)
        if len(ok):
            yield part, "found at 5 %", float((ok["p_value"] <= 0.05).mean())
            yield part, "bias", float(ok["estimate_log"].mean())


def _only(year: SimulatedYear, numbers: range) -> SimulatedYear:
    some = slice(numbers.start, numbers.stop)
    return replace(
        year, markets=year.markets[some], counts=year.counts[some], mean=year.mean[some], usual=year.usual[some]
    )


def _main_effects(year: SimulatedYear) -> pd.DataFrame:
    grid = fitted(year)
    return main_effects(impact_of(year, grid), {PAIR: grid})
