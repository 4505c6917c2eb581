"""Every declared hypothesis with its answer: one table per run, corrected by family, with self-contained rows.

Answering a hypothesis belongs to effects.py and outcome_effects.py, the columns of a row to correlation_rows.py, and
sentences for managers to insights.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.correlation_rows import Evidence, answer_rows, results_table
from pizza_assets.analysis.effects import own_match_answer, why_none_usable
from pizza_assets.analysis.expected_grid import EMPTY_GRID, ExpectedGrid, SourcePair
from pizza_assets.analysis.hours_before import hours_before_answer
from pizza_assets.analysis.hypotheses import (
    GOAL_HYPOTHESES,
    KICKOFF_HYPOTHESIS,
    OF_EACH_HYPOTHESES,
    SAME_DAY_HYPOTHESES,
    SHARED_HYPOTHESES,
    WINDOW_HYPOTHESES,
    Hypothesis,
    kickoff_class_hypothesis,
    outcome_hypotheses,
    scoped_hypotheses,
)
from pizza_assets.analysis.kickoff_times import kickoff_times
from pizza_assets.analysis.outcome_effects import outcome_answers
from pizza_assets.analysis.outcomes import part_values
from pizza_assets.analysis.own_seasons import OwnSeasons, own_seasons
from pizza_assets.analysis.placebo import placebo_windows
from pizza_assets.analysis.reasons import Answer, joined
from pizza_assets.analysis.same_day import NO_SHARED_MATCH, SameDay
from pizza_assets.analysis.whole_match import rows_of_span
from pizza_assets.models import CorrelationResults, MatchImpact
from pizza_assets.models.labels import SOURCES, rows_for_sources
from pizza_assets.models.vocabulary import KICKOFF_TIME, OWN_TEAM_MATCH, DataSource, ResultStatus, Scope
from pizza_assets.threads import side_by_side

DRAWS = 1_999
SCOPED_DRAWS = 4_999
"""Families over parts of the business are larger, so they need smaller p-values and thus more draws."""
_NARROW = (Scope.TEAM, Scope.MARKET)
"""Scopes whose parts have few of the grid's markets: see `date_scores`."""


@dataclass(frozen=True)
class _Part:
    """One part of the business and the hypotheses about it."""

    part: Evidence
    hypotheses: Sequence[Hypothesis]
    scope: Scope

    @property
    def is_narrow(self) -> bool:
        return self.scope in _NARROW

    @property
    def rows(self) -> tuple[bytes, bool, int]:
        """A key that is equal for parts with the same rows and the same hypotheses."""
        return self.part.impact.index.to_numpy().tobytes(), self.is_narrow, len(self.hypotheses)

    def answers(self) -> dict[str, Answer]:
        """The answers by `_question`."""
        answers = _scoped_answers(self.part, self.hypotheses, is_narrow=self.is_narrow)
        return {_question(hypothesis): answer for hypothesis, answer in answers.items()}


def main_effects(
    impact: DataFrame[MatchImpact],
    grids: Mapping[SourcePair, ExpectedGrid],
    same_day: Mapping[SourcePair, SameDay] | None = None,
) -> DataFrame[CorrelationResults]:
    """`correlation_results` for the own team's match only, in the three windows and together, without placebos."""
    rows: list[dict] = []
    for pair in _pairs(impact, grids):
        evidence, by_day = _evidence(impact, grids, pair), (same_day or {}).get(pair, NO_SHARED_MATCH)
        rows += answer_rows(pair, evidence, _by_day(by_day) if by_day.is_main else _window_answers(evidence))
    return results_table(rows)


def correlation_results(
    impact: DataFrame[MatchImpact],
    grids: Mapping[SourcePair, ExpectedGrid],
    *,
    chains: Mapping[str, tuple[DataFrame[MatchImpact], Mapping[SourcePair, ExpectedGrid]]],
    pre_trends: Mapping[SourcePair, float],
    same_day: Mapping[SourcePair, SameDay],
    goals: Mapping[SourcePair, Mapping[str, Answer]],
    parts: Sequence[Scope] = (Scope.COMPETITION, Scope.TEAM, Scope.MARKET, Scope.RESULT),
) -> DataFrame[CorrelationResults]:
    """Every declared hypothesis for each pair of order source and match source, also for a pair without usable data.

    impact, grids: all pairs. chains: impact and grids of each chain alone; empty with fewer than two. pre_trends: the
    p-value of the event study's pre-trend test, by pair. same_day: `same_day_effects`, by pair. goals: answers about
    goals (`event_points.goal_claims`), by pair and series. parts: the scopes to test besides chains.

    Where all markets follow the same teams, or there are only two, no match has enough control markets: then the
    same-day answers are those about the own team's match, the primary one included, and there are none about matches
    that every market follows.

    mde_80_pct: the change detected with 80 % power at level 0.05 for the primary hypothesis, and for the others at
    EXPLORATORY_LEVEL / families / family_size. At that level a hypothesis is a finding whatever the others show; it is
    found more easily if they are findings too. A scope is tested only if it has two or more parts. With no pair at
    all, real orders and real matches are reported as missing.
    """
    rows: list[dict] = []
    for pair in _pairs(impact, grids):
        start = len(rows)
        evidence = _evidence(impact, grids, pair)
        by_day = same_day.get(pair, NO_SHARED_MATCH)
        pre_trend = pre_trends.get(pair, np.nan)
        windows = {} if by_day.is_main else _window_answers(evidence, pre_trend=pre_trend, has_placebo=True)
        after_goals = {GOAL_HYPOTHESES[series]: answer for series, answer in goals.get(pair, {}).items()}
        overall = {
            **windows,
            **_answered_outcomes(evidence, list(outcome_hypotheses()), DRAWS),
            **_by_day(by_day),
            **after_goals,
            **_by_kickoff(evidence),
        }
        rows += answer_rows(pair, evidence, overall)
        scoped = [_Part(part, scoped_hypotheses(scope, value), scope) for scope, value, part in _parts(evidence, parts)]
        # the only market that follows a team has the same rows as the team, and so the same answers
        distinct = {tested.rows: tested for tested in scoped}
        answers_by_rows = dict(zip(distinct, side_by_side(_Part.answers, distinct.values()), strict=True))
        for tested in scoped:
            answers = answers_by_rows[tested.rows]
            rows += answer_rows(pair, tested.part, {h: answers[_question(h)] for h in tested.hypotheses})
        for chain, (chain_impact, chain_grids) in chains.items():
            part = _evidence(chain_impact, chain_grids, pair)
            rows += answer_rows(
                pair, part, _scoped_answers(part, scoped_hypotheses(Scope.CHAIN, chain), is_narrow=False)
            )
        if not by_day.is_main:
            rows[start:] = _with_hours_before(rows[start:], hours_before_answer(evidence.impact, evidence.grid))
            rows[start:] = _with_own_seasons(rows[start:], own_seasons(evidence.impact, evidence.grid))
    return results_table(rows)


def _with_hours_before(rows: Sequence[dict], answer: Answer) -> list[dict]:
    """The rows, with what happened hours before kick-off where they are about the match itself against controls."""
    numbers = {f"hours_before_{name}": answer.numbers.get(name, np.nan) for name in ("uplift_pct", "p_value")}
    return [row | numbers if row["subject"] in (OWN_TEAM_MATCH, KICKOFF_TIME) else row for row in rows]


def _with_own_seasons(rows: Sequence[dict], seasons: OwnSeasons) -> list[dict]:
    """The rows, with the markets that keep a season of their own where they are about the match over all markets, or
    about one of these."""
    whole = {
        (Scope.OVERALL.value, None, span): (joined(seasons.markets[span]), off_by)
        for span, off_by in seasons.off_by_pct.items()
    }
    single = {(Scope.MARKET.value, *key): (key[0], off_by) for key, off_by in seasons.of_market.items()}
    found = whole | single
    added = []
    for row in rows:
        key = row["scope"], row["scope_value"], row["time_window"]
        markets, off_by = found.get(key, (None, np.nan)) if row["subject"] == OWN_TEAM_MATCH else (None, np.nan)
        added.append(row | {"own_season_markets": markets, "own_season_off_by_pct": off_by})
    return added


def _pairs(impact: pd.DataFrame, grids: Mapping[SourcePair, ExpectedGrid]) -> list[SourcePair]:
    present = {*impact[SOURCES].drop_duplicates().itertuples(index=False, name=None), *grids}
    return sorted(present) or [(DataSource.REAL.value, DataSource.REAL.value)]


_NOT_READ = [
    *("sport", "season", "home_team", "away_team", "uplift_pct", "ci_low_pct", "ci_high_pct"),
    *("extra_orders", "orders_per_hour", "currency", "revenue_cents", *SOURCES, "data_source"),
]
"""Columns of MatchImpact that no test here reads; without them, the many selections of rows take half as long."""


def _evidence(impact: pd.DataFrame, grids: Mapping[SourcePair, ExpectedGrid], pair: SourcePair) -> Evidence:
    rows = rows_for_sources(impact, *pair).drop(columns=_NOT_READ)
    return Evidence(rows, grids.get(pair, EMPTY_GRID))


def _parts(evidence: Evidence, scopes: Sequence[Scope]) -> Iterator[tuple[Scope, str, Evidence]]:
    for scope in scopes:
        parts = evidence.impact.groupby(part_values(evidence.impact, scope), sort=True)
        if len(parts) > 1:
            for value, rows in parts:
                yield scope, str(value), Evidence(rows, evidence.grid)


def _window_answers(
    evidence: Evidence, *, pre_trend: float = np.nan, has_placebo: bool = False
) -> dict[Hypothesis, Answer]:
    answers = {
        hypothesis: own_match_answer(_window_rows(evidence, hypothesis), evidence.grid)
        for hypothesis in WINDOW_HYPOTHESES
    }
    if not has_placebo or not any(not answer.missing for answer in answers.values()):
        return answers
    placebo = Evidence(*placebo_windows(evidence.impact, evidence.grid))
    return {
        hypothesis: Answer(
            {**answer.numbers, **_placebo_numbers(placebo, hypothesis), "pre_trend_p_value": pre_trend}, answer.missing
        )
        for hypothesis, answer in answers.items()
    }


def _by_day(same_day: SameDay) -> dict[Hypothesis, Answer]:
    hypotheses = SHARED_HYPOTHESES
    if same_day.is_main:
        hypotheses = OF_EACH_HYPOTHESES if same_day.is_of_each else SAME_DAY_HYPOTHESES
    return {hypothesis: same_day.answers[hypothesis.window] for hypothesis in hypotheses}


def _by_kickoff(evidence: Evidence) -> dict[Hypothesis, Answer]:
    """Whether the effect differs by time of kick-off, and the effect at each of them."""
    found = kickoff_times(_window_rows(evidence, KICKOFF_HYPOTHESIS), evidence.grid)
    by_class = {kickoff_class_hypothesis(name): answer for name, answer in found.by_class.items()}
    return {KICKOFF_HYPOTHESIS: found.test, **by_class}


def _placebo_numbers(placebo: Evidence, hypothesis: Hypothesis) -> dict[str, float]:
    answer = own_match_answer(_window_rows(placebo, hypothesis), placebo.grid)
    shown = ("uplift_pct", "ci_low_pct", "ci_high_pct")
    numbers = {f"placebo_{name}": answer.numbers.get(name, np.nan) for name in shown}
    return {**numbers, "placebo_window_count": answer.numbers["n_market_matches"]}


def _question(hypothesis: Hypothesis) -> str:
    """The question that a hypothesis asks, without the part of the business."""
    return f"{hypothesis.subject}.{hypothesis.window}"


def _scoped_answers(part: Evidence, hypotheses: Sequence[Hypothesis], *, is_narrow: bool) -> dict[Hypothesis, Answer]:
    """is_narrow: as in `date_scores`."""
    windows = {
        hypothesis: own_match_answer(_window_rows(part, hypothesis), part.grid, is_narrow=is_narrow)
        for hypothesis in hypotheses
        if hypothesis.outcome is None
    }
    outcomes = [hypothesis for hypothesis in hypotheses if hypothesis.outcome is not None]
    return {**windows, **_answered_outcomes(part, outcomes, SCOPED_DRAWS)}


def _answered_outcomes(evidence: Evidence, hypotheses: Sequence[Hypothesis], draws: int) -> dict[Hypothesis, Answer]:
    outcomes = list(dict.fromkeys(h.outcome for h in hypotheses if h.outcome))
    windows = list(dict.fromkeys(h.window for h in hypotheses))
    window_rows = evidence.impact[evidence.impact["window"].isin(windows)]
    used = window_rows[window_rows["status"] == ResultStatus.OK]
    missing = why_none_usable(window_rows, used, evidence.grid)
    if missing:
        return {hypothesis: Answer(missing=missing) for hypothesis in hypotheses}
    answers = outcome_answers(used, outcomes, windows, draws=draws)
    return {hypothesis: answers[hypothesis.subject, hypothesis.window.value] for hypothesis in hypotheses}


def _window_rows(evidence: Evidence, hypothesis: Hypothesis) -> pd.DataFrame:
    return rows_of_span(evidence.impact, hypothesis.window.value)
